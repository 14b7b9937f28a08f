"""When the open work is done: an interval where the past can tell, and the reason where it cannot."""

import random

import pytest

from goldloop.core.clock import DAY
from goldloop.loop.forecast import LEVEL, Forecast, effort, finish, rostered

NOON = 20_000 * DAY + DAY // 2


def days(*counts: int) -> list[int]:
    """Moments of answers, so many on each of the days before today."""
    first = NOON // DAY - len(counts)
    return [(first + n) * DAY + k for n, count in enumerate(counts) for k in range(count)]


def test_the_same_number_every_day_leaves_no_doubt() -> None:
    found = finish(35, days(10, 10, 10, 10), at=NOON)
    assert found.because is None
    assert found.value == found.low == found.high == NOON + 3.5 * DAY
    assert found.n == 40


def test_idle_days_count_and_widen_the_interval() -> None:
    found = finish(100, days(20, 0, 20, 20, 0, 0, 20), at=NOON)
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert NOON + 5 * DAY <= found.low < found.value < found.high
    assert NOON + 7 * DAY < found.value < NOON + 12 * DAY


def test_what_was_answered_today_is_no_whole_day() -> None:
    before = days(10, 10, 10)
    assert finish(30, [*before, *[NOON] * 500], at=NOON)[:3] == finish(30, before, at=NOON)[:3]


@pytest.mark.parametrize(
    ("works", "said", "because"),
    [
        (0, days(5, 5, 5), "no work is open"),
        (9, [], "0 whole days"),
        (9, days(5, 5), "2 whole days"),
        (10_000, days(1, 1, 1, 1), "longer than a year"),
    ],
)
def test_what_cannot_be_told_says_why(works: int, said: list[int], because: str) -> None:
    found = finish(works, said, at=NOON)
    assert (found.value, found.low, found.high) == (None, None, None)
    assert because in str(found.because)


def test_nothing_in_the_last_weeks_is_no_pace() -> None:
    long_ago = [NOON - 60 * DAY] * 50
    assert "nothing was answered" in str(finish(5, long_ago, at=NOON).because)


def test_the_middle_covers_what_really_comes() -> None:
    """Of many simulated programmes with a steady crew, the interval holds the true end of nearly all."""
    rng = random.Random(3)
    held, rounds = 0, 150
    for _ in range(rounds):
        past = [rng.randrange(60, 140) for _ in range(14)]
        found = finish(1_500, days(*past), at=NOON)
        left, taken = 1_500, 0.0
        while left > 0:
            done = rng.randrange(60, 140)
            taken += min(1, left / done)
            left -= done
        assert found.low is not None
        assert found.high is not None
        held += found.low <= NOON + taken * DAY <= found.high
    assert held / rounds > 0.85


def test_effort_is_the_sum_over_queues() -> None:
    found = effort({"verify": 100, "annotate": 10, "review": 0}, {"verify": [36_000] * 9, "annotate": [360_000] * 4})
    assert found.value == pytest.approx(2.0)
    assert found.low == found.high == pytest.approx(2.0)
    assert found.n == 13


def test_effort_is_unknown_where_a_queue_has_no_past() -> None:
    found = effort({"verify": 1, "review": 5}, {"verify": [1, 2]})
    assert found.value is None
    assert "review" in str(found.because)


def test_no_open_work_takes_no_hours() -> None:
    found = effort({"verify": 0}, {})
    assert (found.value, found.low, found.high, found.because) == (0, 0, 0, "no work is open")
    assert rostered(found, [(NOON + DAY, 5.0)], people=3, at=NOON)[-1] == "no work is open"


def test_the_interval_of_effort_holds_the_sum_that_comes() -> None:
    rng = random.Random(5)
    held, rounds = 0, 300
    for _ in range(rounds):
        past = [round(rng.lognormvariate(9, 0.5)) for _ in range(60)]
        found = effort({"verify": 200}, {"verify": past})
        true = sum(rng.lognormvariate(9, 0.5) for _ in range(200)) / 3_600_000
        assert found.low is not None
        assert found.high is not None
        held += found.low <= true <= found.high
    assert held / rounds > 0.9


WORK = Forecast(10.0, 5.0, 20.0, LEVEL, 40, "hours", None)


def test_work_is_done_when_the_rostered_hours_hold_it_and_its_doubt_is_that_of_the_work() -> None:
    midnight = NOON + DAY // 2
    ahead = [(midnight, 5.0), (midnight + DAY, 0.0), (midnight + 2 * DAY, 20.0)]
    found = rostered(WORK, ahead, people=3, at=NOON)
    assert (found.low, found.n) == (midnight, 3), "five hours are all of today's"
    assert found.value == midnight + DAY + DAY * 5 / 20, "nobody works tomorrow"
    assert found.high == midnight + DAY + DAY * 15 / 20


@pytest.mark.parametrize(
    ("work", "hours", "people", "because"),
    [
        (WORK, 19.0, 3, "19 hours are rostered for the next 1 days, and it takes more"),
        (WORK, 50.0, 0, "nobody who may work here has a roster"),
        (WORK._replace(value=None, because="no work is open"), 50.0, 3, "no work is open"),
    ],
)
def test_what_rosters_cannot_tell_is_said(work: Forecast, hours: float, people: int, because: str) -> None:
    found = rostered(work, [(NOON + DAY, hours)], people=people, at=NOON)
    assert (found.value, found.because) == (None, because)
