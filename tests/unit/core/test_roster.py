"""When people work: hours on their own clock, less the days on which they are away."""

from datetime import date

import pytest
from pydantic import ValidationError

from goldloop.core.clock import from_iso
from goldloop.core.roster import Leave, Roster

WEEK = {"mon": ("09:00-12:00", "13:00-17:30"), "fri": ("08:00-12:00",)}
BERLIN = Roster(zone="Europe/Berlin", week=WEEK)


def test_a_week_has_the_hours_of_its_days() -> None:
    assert BERLIN.weekly() == 11.5
    monday = from_iso("2026-05-11T00:00:00+02:00")
    found = BERLIN.hours_by_day(monday, 7, [])
    assert found[date(2026, 5, 11)] == 7.5
    assert found[date(2026, 5, 15)] == 4.0
    assert sum(found.values()) == 11.5


def test_hours_that_have_passed_are_left_out_and_days_are_those_of_their_own_clock() -> None:
    late = from_iso("2026-05-10T22:30:00Z")  # half past midnight on Monday in Berlin
    assert next(iter(BERLIN.hours_by_day(late, 1, []))) == date(2026, 5, 11)
    at_two = from_iso("2026-05-11T14:00:00+02:00")
    assert BERLIN.hours_by_day(at_two, 1, []) == {date(2026, 5, 11): 3.5}


def test_a_day_on_which_a_clock_changes_has_the_hours_that_pass() -> None:
    nights = Roster(zone="Europe/Berlin", week={"sun": ("00:00-06:00",)})
    spring, autumn = (from_iso(f"{day}T00:00:00+0{n}:00") for day, n in (("2026-03-29", 1), ("2026-10-25", 2)))
    assert list(nights.hours_by_day(spring, 1, []).values()) == [5.0]
    assert list(nights.hours_by_day(autumn, 1, []).values()) == [7.0]
    assert nights.weekly() == 6.0


def test_nobody_on_leave_is_counted_both_ends_included() -> None:
    monday = from_iso("2026-05-11T00:00:00+02:00")
    away = [Leave(first_day=date(2026, 5, 12), last_day=date(2026, 5, 15))]
    assert sum(BERLIN.hours_by_day(monday, 7, away).values()) == 7.5
    assert sum(BERLIN.hours_by_day(monday, 14, away).values()) == 7.5 + 11.5


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"zone": "Europe/Berlni"}, "IANA time zone such as Europe/Berlin"),
        ({"week": {"monday": ["09:00-17:00"]}}, "mon"),
        ({"week": {"mon": ["9-17"]}}, "match"),
        ({"week": {"mon": ["17:00-09:00"]}}, "end after they begin"),
        ({"week": {"mon": ["09:00-12:00", "11:00-13:00"]}}, "do not overlap"),
        ({"week": {"mon": []}}, "at least 1"),
        ({"hours": 8}, "hours"),
    ],
)
def test_a_week_that_is_none_is_refused_with_what_is_wrong(given: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Roster.model_validate(given)


@pytest.mark.parametrize(("first", "last"), [("2026-05-12", "2026-05-11"), ("2026-05-12", "2027-05-13")])
def test_a_leave_ends_after_it_begins_and_within_a_year(first: str, last: str) -> None:
    with pytest.raises(ValidationError, match="last_day"):
        Leave.model_validate({"first_day": first, "last_day": last})
