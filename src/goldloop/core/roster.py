"""When a person works: hours by day of the week on their own clock, less the days on which they are away."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated

from pydantic import Field, model_validator

from goldloop.core.clock import HOUR
from goldloop.core.nouns import Noun
from goldloop.core.working_time import DAYS, Day, Hours, WorkingTime

MOST_DAYS = 366  # of one leave: whoever is away for longer has left


class Roster(Noun):
    """A person's week: the hours of each day they work, as the clock of an IANA zone shows them."""

    zone: str = "UTC"
    week: dict[Day, Annotated[tuple[Hours, ...], Field(min_length=1)]] = {}

    @model_validator(mode="after")
    def _is_a_week(self) -> "Roster":
        WorkingTime(zone=self.zone)
        _ = self.calendars
        return self

    @cached_property
    def calendars(self) -> Mapping[Day, WorkingTime]:
        """The calendar of each day that is worked; what is wrong with a day's hours is told as for any calendar."""
        return {day: WorkingTime(zone=self.zone, days=(day,), hours=hours) for day, hours in self.week.items()}

    def local_day(self, at: int) -> date:
        """The day on which a moment falls where they are."""
        return WorkingTime(zone=self.zone).local_day(at)

    def hours_by_day(self, at: int, days: int, away: "Collection[Leave]") -> dict[date, float]:
        """The hours they work on each of so many days from the one that `at` falls on; past hours are left out."""
        first = self.local_day(at)
        return {
            day: self._worked(day, at) / HOUR if not any(one.holds(day) for one in away) else 0.0
            for day in _days(first, days)
        }

    def weekly(self) -> float:
        """The hours of a week in which no clock changes."""
        monday = date(2026, 1, 5)
        utc = Roster(zone="UTC", week=self.week)
        return sum(utc._worked(day, 0) for day in _days(monday, len(DAYS))) / HOUR

    def _worked(self, day: date, at: int) -> int:
        calendar = self.calendars.get(DAYS[day.weekday()])
        spans = calendar.spans(day) if calendar is not None else []
        return sum(max(0, end - max(begin, at)) for begin, end in spans)


class Leave(Noun):
    """Days on which somebody is away, both ends included."""

    first_day: date
    last_day: date

    @model_validator(mode="after")
    def _ends(self) -> "Leave":
        if self.last_day < self.first_day:
            raise ValueError("last_day: a leave ends on its first day or later")
        if (self.last_day - self.first_day).days >= MOST_DAYS:
            raise ValueError(f"last_day: a leave is at most {MOST_DAYS} days; whoever is away for longer has left")
        return self

    def holds(self, day: date) -> bool:
        """True for a day of it."""
        return self.first_day <= day <= self.last_day


def _days(first: date, count: int) -> Iterator[date]:
    for n in range(count):
        yield first + timedelta(days=n)
