"""Caps: the most hours that a person works in a day and in a week, and when their work continues."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import Field

from goldloop.core.clock import SECOND
from goldloop.core.nouns import Noun
from goldloop.core.roster import Leave, Roster
from goldloop.core.working_time import DAYS, WorkingTime

LOOKED_AHEAD = 400  # days: longer than a leave lasts


class Cap(Noun):
    """The most hours of active work; a part that is left out is not limited."""

    day: float | None = Field(default=None, ge=0.25, le=24, description="most hours in a day")
    week: float | None = Field(default=None, ge=0.25, le=168, description="most hours from Monday to Sunday")

    def widens(self, before: "Cap") -> bool:
        """True where it allows more than another, in a day or in a week."""
        pairs = ((self.day, before.day), (self.week, before.week))
        return any(old is not None and (new is None or new > old) for new, old in pairs)

    def __str__(self) -> str:
        parts = [f"{hours:g} h a {name}" for hours, name in ((self.day, "day"), (self.week, "week")) if hours]
        return " and ".join(parts) or "no limit"


class Worked(NamedTuple):
    """The active hours of a person, since their day began and since their week began."""

    day: float
    week: float


class Rest(NamedTuple):
    """A cap is reached: why, as said after "you" or a name, and when work continues."""

    because: str
    until: int


def began(roster: Roster, at: int) -> tuple[int, int]:
    """When the day and the week of a person began, on the clock of their zone."""
    clock = WorkingTime(zone=roster.zone)
    return clock.begins(clock.local_day(at)), clock.period(at, "week")[0]


def rest(cap: Cap, worked: Worked, roster: Roster, away: Collection[Leave], *, at: int) -> Rest | None:
    """Why and until when somebody is handed nothing new; None where their cap is not reached.

    Work continues with the first hours of their roster, or at midnight where it has none, on a day that they are there.
    """
    today = roster.local_day(at)
    if cap.week is not None and worked.week >= cap.week:
        reached, first = f"{cap.week:g} h this week", today + timedelta(days=len(DAYS) - today.weekday())
    elif cap.day is not None and worked.day >= cap.day:
        reached, first = f"{cap.day:g} h today", today + timedelta(days=1)
    else:
        return None
    until = _begins_again(roster, away, first)
    when = datetime.fromtimestamp(until / SECOND, ZoneInfo(roster.zone))
    day = "tomorrow" if when.date() == today + timedelta(days=1) else f"on {when:%A}, {when.day} {when:%B},"
    return Rest(f"reached {reached}; work continues {day} at {when:%H:%M} ({roster.zone})", until)


def _begins_again(roster: Roster, away: Collection[Leave], first: date) -> int:
    for day in (first + timedelta(days=n) for n in range(LOOKED_AHEAD)):
        spans = roster.calendars[name].spans(day) if (name := DAYS[day.weekday()]) in roster.week else []
        if (spans or not roster.week) and not any(one.holds(day) for one in away):
            return spans[0][0] if spans else WorkingTime(zone=roster.zone).begins(day)
    return WorkingTime(zone=roster.zone).begins(first)
