"""When the open work is done: how many hours of people it is, how many days at the measured pace, how much by then."""

import math
import random
from collections.abc import Mapping, Sequence
from statistics import fmean, variance
from typing import NamedTuple

from goldloop.core.clock import DAY, HOUR

LEVEL = 0.95
NORMAL = 1.959963984540054  # the .975 quantile of the normal distribution
WHOLE_DAYS = 3  # fewer days say nothing about the next ones
WINDOW = 14  # days that are looked back
REPLICATES = 400
HORIZON = 365  # days: a forecast beyond says so
SEED = 7
IDLE = "no work is open"
EFFORT = "mean active time of the queue's newest answers, times its open works; normal interval for the sum"
PACE = f"bootstrap of the past whole days, drawn until the open work is done, {REPLICATES} times; middle 95 %"
PACE_TO = f"bootstrap of the past whole working days over those that are left, {REPLICATES} times; middle 95 %"


ROSTERED = (
    "hours of open work by the mean active time of past answers, put on the rostered hours of who may work here, less "
    "leave, as if nothing else were done in them; whoever works in several programmes gives each as much"
)


class Forecast(NamedTuple):
    """A number with its interval, or why there is none."""

    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    method: str
    because: str | None


def effort(open_works: Mapping[str, int], times: Mapping[str, Sequence[int]]) -> Forecast:
    """Hours of people that the open works of each queue take; `times` are active milliseconds of past answers."""
    asked = {queue: works for queue, works in open_works.items() if works}
    n = sum(len(times.get(queue, ())) for queue in asked)
    if not asked:
        return Forecast(0.0, 0.0, 0.0, LEVEL, n, EFFORT, IDLE)
    for queue in asked:
        if len(times.get(queue, ())) < 2:
            return _unknown(f"the time of fewer than 2 answers in {queue} is known", EFFORT, n)
    total = spread = 0.0
    for queue, works in asked.items():
        past = times[queue]
        total += works * fmean(past)
        spread += variance(past) * (works * works / len(past) + works)
    hours = total / 3_600_000
    half = NORMAL * math.sqrt(spread) / 3_600_000
    return Forecast(hours, max(0.0, hours - half), hours + half, LEVEL, n, EFFORT, None)


def finish(open_works: int, said_at: Sequence[int], *, at: int) -> Forecast:
    """The moment at which the open works are done, from the moments of past answers; `n` is how many answers."""
    n = len(said_at)
    if not open_works:
        return _unknown(IDLE, PACE, n)
    today = at // DAY
    first = max(min(said_at) // DAY, today - WINDOW) if said_at else today
    days = [0] * (today - first)
    for moment in said_at:
        if first <= moment // DAY < today:
            days[moment // DAY - first] += 1
    if len(days) < WHOLE_DAYS:
        return _unknown(f"work was done on {len(days)} whole days so far; {WHOLE_DAYS} are needed", PACE, n)
    if not any(days):
        return _unknown(f"nothing was answered in the last {len(days)} whole days", PACE, n)
    rng = random.Random(SEED)
    # first the days themselves are drawn anew, because two weeks are themselves only a sample of how the crew works
    ends = sorted(_days_until(open_works, rng.choices(days, k=len(days)), rng) for _ in range(REPLICATES))
    low, middle, high = (ends[round(share * (REPLICATES - 1))] for share in (0.025, 0.5, 0.975))
    if middle >= HORIZON:
        return _unknown(f"at the pace of the last {len(days)} days it takes longer than a year", PACE, n)
    return Forecast(at + middle * DAY, at + low * DAY, at + high * DAY, LEVEL, n, PACE, None)


def rostered(work: Forecast, days: Sequence[tuple[int, float]], *, people: int, at: int) -> Forecast:
    """The moment at which so many hours of work are done on the rostered hours of coming days.

    `days` are when each ends and its hours; `people` is whose hours they are. The interval is that of the work.
    """
    if work.value is None or not work.value:
        return _unknown(work.because or "the work is not known", ROSTERED, people)
    if not people:
        return _unknown("nobody who may work here has a roster", ROSTERED, people)
    ends = [_done(hours, days, at=at) for hours in (work.value, work.low, work.high) if hours is not None]
    if any(end is None for end in ends):
        hours = sum(hours for _, hours in days)
        return _unknown(
            f"{hours:.0f} hours are rostered for the next {len(days)} days, and it takes more", ROSTERED, people
        )
    middle, low, high = (float(end or 0) for end in ends)
    return Forecast(middle, low, high, LEVEL, people, ROSTERED, None)


def _done(hours: float, days: Sequence[tuple[int, float]], *, at: int) -> float | None:
    """When so many hours have been worked; None where the days hold fewer."""
    left, begin = hours, at
    for end, there in days:
        if there >= left and there > 0:
            return begin + (end - begin) * left / there
        left, begin = left - there, end
    return None


def by_then(done: int, days: Sequence[int], left: int) -> Forecast:
    """How many are done after `left` more days, from what was done on past whole days; `n` is how many days."""
    if not left:
        return Forecast(float(done), float(done), float(done), LEVEL, len(days), PACE_TO, None)
    seen = days[-WINDOW:]
    if len(seen) < WHOLE_DAYS:
        return _unknown(f"work was done on {len(seen)} whole days so far; {WHOLE_DAYS} are needed", PACE_TO, len(seen))
    rng = random.Random(SEED)
    ends = sorted(done + sum(rng.choices(rng.choices(seen, k=len(seen)), k=left)) for _ in range(REPLICATES))
    low, middle, high = (float(ends[round(share * (REPLICATES - 1))]) for share in (0.025, 0.5, 0.975))
    return Forecast(middle, low, high, LEVEL, len(seen), PACE_TO, None)


def _days_until(works: int, days: Sequence[int], rng: random.Random) -> float:
    """Days, with a fraction of the last, until so many works are done on days drawn from those seen."""
    left, taken = works, 0
    while taken < HORIZON:
        done = rng.choice(days)
        if done >= left:
            return taken + left / done
        left -= done
        taken += 1
    return float(HORIZON)


def _unknown(because: str, method: str, n: int) -> Forecast:
    return Forecast(None, None, None, LEVEL, n, method, because)


AGES = (("under an hour", HOUR), ("under a day", DAY), ("under 3 days", 3 * DAY), ("under a week", 7 * DAY))
"""How old waiting works are, in words, and below which age each holds; the rest is older."""
