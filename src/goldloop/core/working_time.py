"""Working time: which hours of which days count, in the time zone of the people who keep them.

Hours are said as a clock on the wall shows them and counted as they pass: where clocks change, a day from 00:00 to
24:00 has 23 or 25 hours. An hour that the clock shows twice begins and ends at its first time; one that it leaves out
has no length.
"""

import difflib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, model_validator

from goldloop.core.clock import SECOND
from goldloop.core.nouns import Noun

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Hours = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
Period = Literal["week", "month", "quarter"]
MOST_DAYS = 3660  # ten years: a deadline beyond is a mistake


def _is_a_zone(zone: str) -> str:
    if zone != "UTC" and zone not in _zones():  # which are the names of some 600 files
        near = difflib.get_close_matches(zone, _zones(), n=1)
        raise ValueError(f"an IANA time zone such as {near[0] if near else 'Europe/Berlin'}")
    return zone


Zone = Annotated[str, AfterValidator(_is_a_zone)]


class WorkingTime(Noun):
    """A calendar: days of the week, hours of a day, holidays, and the IANA zone whose clock they are read on."""

    zone: Zone = "UTC"
    days: tuple[Day, ...] = Field(default=DAYS, min_length=1)
    hours: tuple[Hours, ...] = Field(default=("00:00-24:00",), min_length=1)
    holidays: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> "WorkingTime":
        for what, named in (("days", self.days), ("holidays", self.holidays)):
            if len(set(named)) != len(named):
                raise ValueError(f"{what}: each once")
        parts = [_minutes(part) for part in self.hours]
        if any(begin >= end for begin, end in parts):
            raise ValueError("hours end after they begin; what goes past midnight is two entries")
        if any(before[1] > after[0] for before, after in pairwise(parts)):
            raise ValueError("hours stand in order and do not overlap")
        return self

    def local_day(self, at: int) -> date:
        """The day of the calendar on which a moment falls."""
        return datetime.fromtimestamp(at / SECOND, ZoneInfo(self.zone)).date()

    def begins(self, day: date, hour: int = 0) -> int:
        """The first moment of a day, or of an hour of it."""
        return _moment(day, 60 * hour, self.zone)

    def is_worked(self, day: date) -> bool:
        """True where the calendar has hours on a day."""
        return DAYS[day.weekday()] in self.days and day not in self.holidays

    def spans(self, day: date) -> list[tuple[int, int]]:
        """The stretches of a day that count, half-open."""
        if not self.is_worked(day):
            return []
        parts = (_minutes(part) for part in self.hours)
        return [(_moment(day, begin, self.zone), _moment(day, end, self.zone)) for begin, end in parts]

    def between(self, start: int, end: int) -> int:
        """The working time from one moment to another, in microseconds; 0 where the second is not later."""
        total = 0
        for day in _days(self.local_day(start), self.local_day(end)) if end > start else ():
            total += sum(max(0, min(end, last) - max(start, first)) for first, last in self.spans(day))
        return total

    def after(self, start: int, working: int) -> int | None:
        """The moment at which so much working time has passed; None where ten years do not hold it."""
        left, first_day = working, self.local_day(start)
        for day in _days(first_day, first_day + timedelta(days=MOST_DAYS)):
            for first, last in self.spans(day):
                begin = max(start, first)
                if begin < last and left <= last - begin:
                    return begin + left
                left -= max(0, last - begin)
        return None

    def working_days(self, start: int, end: int) -> list[date]:
        """The days of [start, end) on which the calendar has hours."""
        return [day for day in _days(self.local_day(start), self.local_day(end - 1)) if self.is_worked(day)]

    def period(self, at: int, length: Period) -> tuple[int, int]:
        """The period in which a moment falls, half-open: from midnight to midnight of the zone."""
        day = self.local_day(at)
        if length == "week":
            first = day - timedelta(days=day.weekday())
            return self.begins(first), self.begins(first + timedelta(days=7))
        month = day.month if length == "month" else (day.month - 1) // 3 * 3 + 1
        months = 1 if length == "month" else 3
        first = date(day.year, month, 1)
        over = month - 1 + months
        return self.begins(first), self.begins(date(day.year + over // 12, over % 12 + 1, 1))


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _minutes(part: str) -> tuple[int, int]:
    begin, end = (int(side[:2]) * 60 + int(side[3:]) for side in part.split("-"))
    return begin, end


def _moment(day: date, minutes: int, zone: str) -> int:
    """A wall clock's time on a day as a moment; 24:00 is the next day's 00:00."""
    if minutes == 24 * 60:
        day, minutes = day + timedelta(days=1), 0
    local = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=ZoneInfo(zone))
    return round(local.astimezone(UTC).timestamp()) * SECOND


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)
