"""Caps: reached when the active hours are, said on the clock of the person, with when work continues."""

from datetime import date

import pytest
from pydantic import ValidationError

from goldloop.core.cap import Cap, Worked, began, rest
from goldloop.core.clock import from_iso
from goldloop.core.roster import Leave, Roster

OFFICE = Roster(zone="Europe/Berlin", week=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("09:00-17:00",)))
THURSDAY = from_iso("2026-11-26T23:30:00Z")  # half past midnight on Friday in Berlin
SIX = Cap(day=6, week=30)


@pytest.mark.parametrize(
    ("worked", "roster", "at", "because", "until"),
    [
        (Worked(5.99, 29.9), OFFICE, THURSDAY, None, None),
        (
            Worked(6, 12),
            OFFICE,
            from_iso("2026-11-26T15:00:00Z"),
            "reached 6 h today; work continues tomorrow at 09:00 (Europe/Berlin)",
            "2026-11-27T08:00:00Z",
        ),
        (
            Worked(6, 12),
            OFFICE,
            THURSDAY,
            "reached 6 h today; work continues on Monday, 30 November, at 09:00 (Europe/Berlin)",
            "2026-11-30T08:00:00Z",
        ),
        (
            Worked(2, 30.5),
            Roster(),
            THURSDAY,
            "reached 30 h this week; work continues on Monday, 30 November, at 00:00 (UTC)",
            "2026-11-30T00:00:00Z",
        ),
        (Worked(7, 1), Roster(), THURSDAY, "reached 6 h today; work continues tomorrow at 00:00 (UTC)", "2026-11-27"),
    ],
)
def test_a_cap_that_is_reached_says_so_and_when_work_continues(
    worked: Worked, roster: Roster, at: int, because: str | None, until: str | None
) -> None:
    found = rest(SIX, worked, roster, [], at=at)
    assert (found.because if found else None) == because
    assert (found.until if found else None) == (from_iso(until) if until else None)


def test_work_continues_when_a_leave_is_over() -> None:
    away = [Leave(first_day=date(2026, 11, 28), last_day=date(2026, 12, 8))]
    found = rest(SIX, Worked(6, 12), OFFICE, away, at=THURSDAY)
    assert found is not None
    assert found.until == from_iso("2026-12-09T08:00:00Z")


def test_a_day_and_a_week_begin_on_the_clock_of_the_person() -> None:
    assert began(OFFICE, THURSDAY) == (from_iso("2026-11-26T23:00:00Z"), from_iso("2026-11-22T23:00:00Z"))
    assert began(Roster(zone="Asia/Kathmandu"), THURSDAY)[0] == from_iso("2026-11-26T18:15:00Z")


@pytest.mark.parametrize(
    ("new", "widens"),
    [(Cap(day=7, week=30), True), (Cap(day=5, week=None), True), (Cap(day=5, week=20), False), (Cap(), True)],
)
def test_what_allows_more_in_a_day_or_in_a_week_widens(new: Cap, widens: bool) -> None:
    assert new.widens(SIX) is widens
    assert not new.widens(Cap())


@pytest.mark.parametrize("wrong", [{"day": 0}, {"day": 25}, {"week": 169}, {"day": "x"}, {"month": 3}])
def test_a_cap_is_hours_of_a_day_and_of_a_week(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Cap.model_validate(wrong)
