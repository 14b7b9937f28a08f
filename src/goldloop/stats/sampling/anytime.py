"""Intervals that hold at every moment at once: look after every item, stop when you like, keep the promise.

Assumes values in [0, 1] whose mean given the past is constant (independent draws, or without replacement when
`population` is given). A rate that moves while you look, or items judged in a chosen order, break it.
"""

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Floats
from goldloop.stats.result import Estimate, Interval, undefined

Method = Literal["betting", "empirical-bernstein"]
BOLDNESS = 0.75
PRECISION = 1e-11
SPAN = 8_000
LARGEST_LOG = 700.0


def confidence_sequence(
    values: ArrayLike, *, level: float = 0.95, method: Method = "betting", population: int | None = None
) -> Estimate:
    """The mean of the values so far, with an interval that may be looked at after every single one.

    betting: two one-sided betting martingales, predictable plug-in bets, each refuted at 2 / (1 - level); the tightest
    here (Waudby-Smith & Ramdas 2024, sections 4-5). empirical-bernstein: their closed form (theorem 2).
    The interval is intersected over time. `values` lie in [0, 1], in the order of arrival; `population` is the size
    of the batch when they are drawn from it without replacement (betting only). None for no values.
    """
    x = arguments.numbers("values", values, low=0, high=1)
    level = arguments.share("level", level)
    arguments.one_of("method", method, ("betting", "empirical-bernstein"))
    lot = _lot(population, len(x))
    if not len(x):
        return undefined("nothing was judged", eligible=lot or 0, method="mean")
    if method == "betting":
        low, high = _betting(x, 1 - level, lot)
    elif lot is None:
        low, high = _bernstein(x, 1 - level)
    else:
        raise Invalid("is for endless streams", field="method", expected="betting with population", found=method)
    draws = "" if lot is None else ", without replacement"
    return Estimate(
        value=min(high, max(low, float(x.mean()))),
        n=len(x),
        eligible=lot or len(x),
        method="mean so far, moved into the interval where earlier evidence excludes it",
        interval=Interval(low=low, high=high, level=level, method=f"confidence sequence, {method}{draws}"),
        details={"mean": float(x.mean())},
    )


def e_process(
    values: ArrayLike,
    mean: float,
    *,
    alternative: Literal["greater", "less"] = "greater",
    level: float = 0.95,
    population: int | None = None,
) -> Floats:
    """The wealth, after every value, of a gambler who bets against "the mean is at most (at least) `mean`".

    An e-process: under the null its chance of ever reaching 1 / a is at most a (Ville 1939), so 20 is evidence at
    5 % whenever it is seen, and e-values of separate audits multiply. `level` only tunes the bets. `values` of shape
    (n,), or an array (streams, n) for several streams at once; the result has their shape.
    """
    x = arguments.numbers(
        "values", values, low=0, high=1, dimensions=2 if isinstance(values, np.ndarray) and values.ndim == 2 else 1
    )
    mean = arguments.number("mean", mean, low=0, high=1)
    arguments.one_of("alternative", alternative, ("greater", "less"))
    bets = _bets(x, 1 - arguments.share("level", level))
    lot = _lot(population, x.shape[-1])
    if alternative == "less":
        x, mean = 1 - x, 1 - mean
    wealth = _log_wealth(x, bets, np.float64(mean), lot)
    return np.asarray(np.exp(np.minimum(wealth, LARGEST_LOG)), dtype=np.float64)


def _lot(population: int | None, n: int) -> int | None:
    return None if population is None else arguments.whole("population", population, low=max(1, n))


def _bets(x: Floats, tail: float) -> Floats:
    """Bets that depend on earlier values only: near optimal for the variance seen so far."""
    t = np.arange(1, x.shape[-1] + 1)
    mean = (0.5 + np.cumsum(x, axis=-1)) / (t + 1)
    before = np.full(x.shape, 0.25)
    before[..., 1:] = ((0.25 + np.cumsum((x - mean) ** 2, axis=-1)) / (t + 1))[..., :-1]
    return np.asarray(np.sqrt(2 * math.log(2 / tail) / (before * t * np.log(t + 1))), dtype=np.float64)


def _log_wealth(x: Floats, bets: Floats, mean: Floats | np.float64, lot: int | None) -> Floats:
    """Log wealth of bets that the mean is above `mean`; without replacement the null follows what is left.

    Along the last axis; `x` and `mean` (one, or one a row) broadcast.
    """
    left = np.asarray(mean, dtype=np.float64)
    if lot is not None:
        left = (lot * left - (np.cumsum(x, axis=-1) - x)) / (lot - np.arange(x.shape[-1]))
    null = np.clip(left, 0.0, 1.0)
    stake = np.minimum(bets, BOLDNESS / np.maximum(null, 1e-12))
    wealth = np.cumsum(np.log1p(stake * (x - null)), axis=-1)
    if lot is None:
        return np.asarray(wealth)
    impossible = np.maximum.accumulate(left < -1e-12, axis=-1)
    return np.where(impossible, np.inf, wealth)


def _betting(x: Floats, tail: float, lot: int | None) -> tuple[float, float]:
    bets, line = _bets(x, tail), math.log(2 / tail)
    low = _lower_limit(x, bets, line, lot)
    high = 1 - _lower_limit(1 - x, bets, line, lot)
    return low, max(low, high)


def _lower_limit(x: Floats, bets: Floats, line: float, lot: int | None) -> float:
    """The largest mean refuted at any time so far: wealth falls as the supposed mean rises."""
    refuted, kept = 0.0, 1.0
    if _log_wealth(x, bets, np.float64(0), lot).max() < line:
        return 0.0
    parts = min(16, max(2, SPAN // len(x)))  # short streams: many means at once cost no more than one
    while kept - refuted > PRECISION:
        means = np.linspace(refuted, kept, parts + 1)
        fails = _log_wealth(x, bets, means[1:-1, None], lot).max(axis=1) < line
        first = int(fails.argmax()) if fails.any() else parts - 1
        refuted, kept = float(means[first]), float(means[first + 1])
    return refuted


def _bernstein(x: Floats, tail: float) -> tuple[float, float]:
    t = np.arange(1, len(x) + 1)
    mean = (0.5 + np.cumsum(x)) / (t + 1)
    before = np.concatenate([[0.5], mean[:-1]])
    bets = np.minimum(_bets(x, tail), 0.5)
    price = (-np.log1p(-bets) - bets) / 4
    total = np.cumsum(bets)
    centre = np.cumsum(bets * x) / total
    half = (math.log(2 / tail) + np.cumsum(4 * (x - before) ** 2 * price)) / total
    low = max(0.0, float((centre - half).max()))
    return low, max(low, min(1.0, float((centre + half).min())))
