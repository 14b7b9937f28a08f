"""Working time across nights, weekends, holidays and the days on which clocks change."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from goldloop.core.clock import HOUR, MINUTE, from_iso
from goldloop.core.working_time import DAYS, WorkingTime

OFFICE = WorkingTime(
    zone="Europe/Berlin",
    days=("mon", "tue", "wed", "thu", "fri"),
    hours=("09:00-12:00", "13:00-17:00"),
    holidays=(date(2026, 12, 25),),
)
ALWAYS = WorkingTime(zone="Europe/Berlin")


def test_a_deadline_skips_the_night_the_lunch_the_weekend_and_the_holiday() -> None:
    thursday = from_iso("2026-12-24T16:00:00+01:00")
    assert OFFICE.after(thursday, 1 * HOUR) == from_iso("2026-12-24T17:00:00+01:00")
    assert OFFICE.after(thursday, 2 * HOUR) == from_iso("2026-12-28T10:00:00+01:00"), "Friday is a holiday"
    assert OFFICE.after(thursday, 5 * HOUR) == from_iso("2026-12-28T14:00:00+01:00")
    assert OFFICE.between(thursday, from_iso("2026-12-28T14:00:00+01:00")) == 5 * HOUR
    assert OFFICE.between(thursday, thursday) == OFFICE.between(thursday, thursday - HOUR) == 0


def test_a_day_is_an_hour_shorter_in_spring_and_longer_in_autumn() -> None:
    def whole(day: date) -> int:
        ((first, last),) = ALWAYS.spans(day)
        return last - first

    assert whole(date(2026, 3, 28)) == 24 * HOUR
    assert whole(date(2026, 3, 29)) == 23 * HOUR
    assert whole(date(2026, 10, 25)) == 25 * HOUR
    saturday = from_iso("2026-03-28T12:00:00+01:00")
    assert ALWAYS.after(saturday, 24 * HOUR) == from_iso("2026-03-29T13:00:00+02:00"), "a clock on the wall says 13"
    autumn = from_iso("2026-10-24T12:00:00+02:00")
    assert ALWAYS.after(autumn, 24 * HOUR) == from_iso("2026-10-25T11:00:00+01:00")


def test_an_hour_that_the_clock_leaves_out_has_no_length_and_one_shown_twice_is_counted_once() -> None:
    night = WorkingTime(zone="Europe/Berlin", hours=("02:00-03:00",))
    ((first, last),) = night.spans(date(2026, 3, 29))
    assert first == last
    ((first, last),) = night.spans(date(2026, 10, 25))
    assert first == from_iso("2026-10-25T02:00:00+02:00")
    assert last == from_iso("2026-10-25T03:00:00+01:00"), "03:00 comes once, after the hour was shown twice"
    half = WorkingTime(zone="Europe/Berlin", hours=("01:00-02:30",))
    ((first, last),) = half.spans(date(2026, 10, 25))
    assert last - first == 90 * MINUTE


@pytest.mark.parametrize(
    ("length", "first", "last"),
    [
        ("week", "2026-10-19T00:00:00+02:00", "2026-10-26T00:00:00+01:00"),
        ("month", "2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00"),
        ("quarter", "2026-10-01T00:00:00+02:00", "2027-01-01T00:00:00+01:00"),
    ],
)
def test_a_period_runs_from_midnight_to_midnight_of_the_zone(length, first, last) -> None:
    for at in (from_iso(first), from_iso("2026-10-25T02:30:00+02:00")):
        assert ALWAYS.period(at, length) == (from_iso(first), from_iso(last))
    assert ALWAYS.period(from_iso(first) - 1, length)[1] == from_iso(first)


ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
YEAR = st.integers(from_iso("2026-01-01"), from_iso("2027-01-01"))


@given(ZONES, st.sets(st.sampled_from(DAYS), min_size=1), YEAR, st.integers(1, 200 * 60))
def test_after_is_the_first_moment_at_which_so_much_has_passed(zone, days, start, minutes) -> None:
    time = WorkingTime(zone=zone, days=tuple(sorted(days)), hours=("01:30-09:00", "22:00-24:00"))
    end = time.after(start, minutes * MINUTE)
    assert end is not None
    assert time.between(start, end) == minutes * MINUTE
    assert time.between(start, end - 1) < minutes * MINUTE


@given(ZONES, YEAR, st.integers(0, 60 * 24), st.integers(0, 60 * 24))
def test_working_time_adds_up(zone, start, first, second) -> None:
    time = WorkingTime(zone=zone, hours=("08:00-20:00",))
    middle, end = start + first * HOUR, start + (first + second) * HOUR
    assert time.between(start, middle) + time.between(middle, end) == time.between(start, end)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"zone": "Europe/Berlni"}, "Europe/Berlin"),
        ({"hours": ["09:00-09:00"]}, "end after they begin"),
        ({"hours": ["22:00-06:00"]}, "two entries"),
        ({"hours": ["09:00-13:00", "12:00-17:00"]}, "do not overlap"),
        ({"hours": []}, "at least 1"),
        ({"days": ["mon", "mon"]}, "each once"),
        ({"holidays": ["2026-12-25", "2026-12-25"]}, "each once"),
        ({"zones": "UTC"}, "Extra inputs"),
    ],
)
def test_a_calendar_without_hours_or_of_no_place_is_refused(said, told) -> None:
    with pytest.raises(ValidationError, match=told):
        WorkingTime.model_validate(said)
