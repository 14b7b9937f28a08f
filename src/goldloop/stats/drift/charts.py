"""Control charts: has a person, or a model, become worse? With the false-alarm rate decided beforehand."""

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Floats, Whole

CELLS = 201
HIGHEST, WIDEST = 30.0, 8.0  # limits in sigma among which a design is sought
LONGEST = 1e12  # beyond, 15 digits cannot tell the run from an endless one
LARGEST_STATES = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A control chart: its path(s), its limit(s) and where it signalled (positions from 0; None: never).

    `run_length` is the average number of values between false alarms for which it was designed, `average_run_length`
    what the limit really gives; None where the limit was handed in.
    """

    upper: Floats
    lower: Floats | None
    limit: Floats
    first_signal: int | None
    signals: Whole
    method: str
    run_length: float | None = None
    average_run_length: float | None = None


def cusum(values: ArrayLike, *, target: float, sigma: float, k: float = 0.5, h: float = 5.0) -> Chart:
    """The two-sided tabular CUSUM of standardised values (Page 1954; Montgomery, ch. 9).

    Steps beyond k sigma accumulate, signal above h sigma. `design_cusum` chooses h for a run length. Independent,
    roughly normal values (daily means of scores, times); `target` and `sigma` from a period known to be good.
    """
    x = arguments.numbers("values", values)
    sigma = arguments.number("sigma", sigma, low=1e-300)
    k, h = arguments.number("k", k, low=0), arguments.number("h", h, low=0)
    z = (x - arguments.number("target", target)) / sigma
    upper, lower = _page(z - k), _page(-z - k)
    signals = np.flatnonzero((upper > h) | (lower > h))
    return Chart(
        upper=upper, lower=lower, limit=np.full(len(x), h), first_signal=_first(signals), signals=signals,
        method=f"tabular CUSUM, k {k:g}, h {h:g}, in sigma",
    )  # fmt: skip


def ewma(values: ArrayLike, *, target: float, sigma: float, weight: float = 0.1, width: float = 2.7) -> Chart:
    """The exponentially weighted moving average with exact, widening limits (Roberts 1959; Montgomery, ch. 9).

    `upper` is the average in the values' unit, `limit` its allowed distance from `target`.
    """
    x = arguments.numbers("values", values)
    sigma = arguments.number("sigma", sigma, low=1e-300)
    weight, width = arguments.share("weight", weight), arguments.number("width", width, low=0)
    target = arguments.number("target", target)
    path, level = np.empty(len(x)), target
    for i, value in enumerate(x.tolist()):
        level = weight * value + (1 - weight) * level
        path[i] = level
    t = np.arange(1, len(x) + 1)
    limit = width * sigma * np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * t)))
    signals = np.flatnonzero(np.abs(path - target) > limit)
    return Chart(
        upper=path, lower=None, limit=limit, first_signal=_first(signals), signals=signals,
        method=f"EWMA, weight {weight:g}, width {width:g}",
    )  # fmt: skip


def cusum_run_length(*, h: float, k: float = 0.5, shift: float = 0.0) -> float:
    """The average number of normal values before the two-sided CUSUM signals, the mean `shift` sigma away.

    A Markov chain over 201 cells a side (Brook & Evans 1972), sides combined by 1/ARL = 1/ARL+ + 1/ARL-.
    Infinite where it is longer than 1e12, which is no longer told apart from never.
    """
    h, k = arguments.number("h", h, low=1e-9), arguments.number("k", k, low=0)
    shift = arguments.number("shift", shift)
    return _told(1 / (1 / _one_sided(h, k - shift) + 1 / _one_sided(h, k + shift)))


def design_cusum(*, run_length: float, k: float = 0.5) -> float:
    """The limit h whose false alarms are `run_length` values apart on average."""
    run_length = arguments.number("run_length", run_length, low=2, high=1e6)
    return _solve(lambda h: cusum_run_length(h=h, k=k), run_length, 0.05, HIGHEST)


def ewma_run_length(*, width: float, weight: float = 0.1, shift: float = 0.0) -> float:
    """The average number of normal values before the EWMA leaves its final limits (Lucas & Saccucci 1990)."""
    width, weight = arguments.number("width", width, low=1e-9), arguments.share("weight", weight)
    shift = arguments.number("shift", shift)
    half = width * math.sqrt(weight / (2 - weight))
    step = 2 * half / CELLS
    centre = -half + (np.arange(CELLS) + 0.5) * step
    low = (centre[None, :] - step / 2 - (1 - weight) * centre[:, None]) / weight - shift
    stay = ndtr(low + step / weight) - ndtr(low)
    return _told(float(_expected(stay)[CELLS // 2]))


def design_ewma(*, run_length: float, weight: float = 0.1) -> float:
    """The width whose false alarms are `run_length` values apart on average."""
    run_length = arguments.number("run_length", run_length, low=2, high=1e6)
    return _solve(lambda width: ewma_run_length(width=width, weight=weight), run_length, 0.05, WIDEST)


def error_charts(
    wrong: ArrayLike, people: Any, *, baseline: float, worse: float, run_length: float = 1000
) -> dict[Hashable, Chart]:
    """One chart a person on right and wrong answers in order of time: a Bernoulli CUSUM (Reynolds & Stoumbos 1999).

    Tuned to notice quickly a rise of the error rate from `baseline` to `worse`; the limit is the smallest with at
    least `run_length` answers between false alarms at the baseline rate, by an exact Markov chain. Wrong answers
    must be known without regard to the person's history (gold items, random audits).
    """
    bad = arguments.flags("wrong", wrong)
    codes, names = arguments.codes("people", people)
    arguments.same_length(people=codes, wrong=bad)
    rise, height, reached = design_error_chart(baseline=baseline, worse=worse, run_length=run_length)
    charts: dict[Hashable, Chart] = {}
    for name, rows in zip(names, arguments.rows_of(codes, len(names)), strict=True):
        mine = bad[rows]
        path = _page(np.where(mine, rise - 1.0, -1.0))
        signals = np.flatnonzero(path >= height)
        charts[name] = Chart(
            upper=path, lower=None, limit=np.full(len(mine), float(height)), first_signal=_first(signals),
            signals=signals, method=f"Bernoulli CUSUM, +{rise - 1} wrong, -1 right, signal at {height}",
            run_length=run_length, average_run_length=reached,
        )  # fmt: skip
    return charts


def design_error_chart(*, baseline: float, worse: float, run_length: float) -> tuple[int, int, float]:
    """The whole-number steps of a Bernoulli CUSUM: (1 / slope, limit, average run length at the baseline)."""
    baseline, worse = arguments.share("baseline", baseline), arguments.share("worse", worse)
    run_length = arguments.number("run_length", run_length, low=2, high=1e6)
    if worse <= baseline:
        raise Invalid("must lie above baseline", field="worse", expected=f"more than {baseline}", found=str(worse))
    per_wrong, per_right = math.log(worse / baseline), math.log((1 - worse) / (1 - baseline))
    rise = max(2, math.floor((per_wrong - per_right) / -per_right))
    if rise > LARGEST_STATES:
        raise Invalid("is too close to 0 for a chart", field="baseline", expected="a wider gap", found=repr(baseline))
    low, high = 0, rise
    while error_run_length(rise=rise, height=high, rate=baseline) < run_length:
        low, high = high, 2 * high
        if high > LARGEST_STATES:
            raise Invalid("is too long for these rates", field="run_length", expected="a shorter one or a wider gap")
    while high - low > 1:
        middle = (low + high) // 2
        reached = error_run_length(rise=rise, height=middle, rate=baseline)
        low, high = (middle, high) if reached < run_length else (low, middle)
    return rise, high, error_run_length(rise=rise, height=high, rate=baseline)


def error_run_length(*, rise: int, height: int, rate: float) -> float:
    """The exact average number of answers before a Bernoulli CUSUM signals at an error rate."""
    state = np.arange(height)
    move = np.zeros((height, height))
    np.add.at(move, (state, np.maximum(state - 1, 0)), 1 - rate)
    up = state + rise - 1
    np.add.at(move, (state[up < height], up[up < height]), rate)
    return float(_expected(move)[0])


def _page(steps: Floats) -> Floats:
    """max(0, S + step) along the values, by the reflection of the running sum at its minimum."""
    total = np.concatenate([[0.0], np.cumsum(steps)])
    return np.asarray((total - np.minimum.accumulate(total))[1:], dtype=np.float64)


def _one_sided(h: float, k: float) -> float:
    """Brook & Evans with the half cell at zero."""
    step = 2 * h / (2 * CELLS - 1)
    at = np.arange(CELLS)
    jump = (at[None, :] - at[:, None]) * step + k
    move = ndtr(jump + step / 2) - ndtr(jump - step / 2)
    move[:, 0] = ndtr(jump[:, 0] + step / 2)
    return float(_expected(move)[0])


def _told(run_length: float) -> float:
    return run_length if 0 < run_length < LONGEST else math.inf


def _expected(move: Floats) -> Floats:
    return np.asarray(np.linalg.solve(np.eye(len(move)) - move, np.ones(len(move))), dtype=np.float64)


def _solve(run_length: Callable[[float], float], wanted: float, low: float, high: float) -> float:
    for _ in range(40):
        middle = (low + high) / 2
        reached = run_length(middle)
        low, high = (middle, high) if 0 < reached < wanted else (low, middle)
    return high


def _first(signals: Whole) -> int | None:
    return int(signals[0]) if len(signals) else None
