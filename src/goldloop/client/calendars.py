"""Calendars: what a programme owes by day, and what one owes oneself."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from goldloop.client.wire import Row, Wire, address


class DutyRow(Row):
    """One thing that is due, done or lapsed. `day` is the day on the programme's clock."""

    day: str
    programme: str
    kind: str
    key: str
    title: str
    state: str
    due_at: int
    done_at: int | None = None
    accountable: str
    people: tuple[str, ...] = ()
    count: int = 1
    because: str
    href: str


class CalendarView(Row):
    """The days that were asked for, how many stand in each state, and everything that is due, by time."""

    zone: str
    first_day: str
    last_day: str
    as_of: int
    counts: dict[str, int]
    rows: tuple[DutyRow, ...]


class Calendars:
    """`client.calendars`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def get(
        self,
        programme: str | None = None,
        *,
        since: str | None = None,
        until: str | None = None,
        kinds: Sequence[str] = (),
        states: Sequence[str] = (),
    ) -> CalendarView:
        """The calendar of a programme; without one, what one answers for oneself in all of them.

        `since` and `until` are days such as 2026-05-12. What lapsed before and still waits is listed, too.
        """
        asked: dict[str, Any] = {"since": since, "until": until, "kind": list(kinds), "state": list(states)}
        return self._wire.one(CalendarView, "GET", _path(programme), params=asked)

    def save(
        self,
        file: Path | str,
        programme: str | None = None,
        *,
        format: str = "ics",
        since: str | None = None,
        until: str | None = None,
    ) -> Path:
        """The same as a file: ics for a calendar, csv for a spreadsheet."""
        return self._wire.save(_path(programme), file, format=format, since=since, until=until)


def _path(programme: str | None) -> str:
    return "me/calendar" if programme is None else address("programmes", programme, "calendar")
