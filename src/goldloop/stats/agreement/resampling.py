"""Intervals for a coefficient that is a smooth function of summed features: item bootstrap or linearisation."""

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
from scipy.special import ndtr, stdtrit

from goldloop.stats import arguments
from goldloop.stats.agreement.units import Units
from goldloop.stats.arguments import Floats
from goldloop.stats.result import Interval

Method = Literal["bootstrap", "analytic", "none"]
METHODS = ("bootstrap", "analytic", "none")
Coefficient = Callable[[Floats], Floats]
BLOCK = 100  # replicates drawn at once
STEP = 1e-5


def influence(units: Units, coefficient: Coefficient) -> Floats:
    """The infinitesimal jackknife value of each unit: the coefficient's derivative in its weight, times n."""
    total, size = units.total, float(units.times.sum())
    toward = size * units.features - total
    return np.asarray((coefficient(total + STEP * toward) - coefficient(total - STEP * toward)) / (2 * STEP))


def standard_error(units: Units, values: Floats, *, unbiased: bool = True) -> float | None:
    """sqrt(sum U^2 / (n (n-1))) over resampling units; with `unbiased` False the n^2 of the classical delta method."""
    size = float(units.times.sum())
    if size < 2 or not np.isfinite(values[units.times > 0]).all():
        return None
    return math.sqrt(float(units.times @ values**2) / (size * (size - unbiased)))


def interval(
    units: Units, coefficient: Coefficient, *, method: Method, level: float, repeats: int, seed: int, most: float = 1.0
) -> tuple[Interval | None, dict[str, float]]:
    """The interval and the numbers beside it (standard error, units, replicates that were undefined).

    `most` is the coefficient's largest possible value.

    bootstrap: percentiles, their tails widened to Student's t because percentiles of few units are too narrow
    (Hesterberg 2015, "expanded percentile"). analytic: value +- t * linearised error.
    """
    values = influence(units, coefficient)
    error = standard_error(units, values)
    size = int(units.times.sum())
    details = {"resampling_units": float(size)}
    if error is not None:
        details["standard_error"] = error
    if method == "none" or error is None:
        return None, details
    value = float(coefficient(units.total[None, :])[0])
    if method == "analytic":
        half = float(stdtrit(size - 1, (1 + level) / 2)) * error
        name = f"linearised over {units.name}, t"
        return Interval(low=value - half, high=min(most, value + half), level=level, method=name), details
    draws = replicates(units, coefficient, repeats=repeats, seed=seed)
    good = draws[np.isfinite(draws)]
    details["undefined_replicates"] = float(len(draws) - len(good))
    if len(good) < 0.9 * len(draws):
        return None, details
    tail = widened_tail(size, level=level)
    low, high = np.quantile(good, [tail, 1 - tail])
    name = f"bootstrap percentiles, t-widened, over {units.name}, {repeats} replicates, seed {seed}"
    return Interval(low=min(float(low), value), high=max(float(high), value), level=level, method=name), details


def widened_tail(size: int, *, level: float) -> float:
    """The percentile to take on each side of a bootstrap over `size` units (Hesterberg 2015)."""
    return float(ndtr(-math.sqrt(size / (size - 1)) * float(stdtrit(size - 1, (1 + level) / 2))))


def replicates(units: Units, coefficient: Coefficient, *, repeats: int, seed: int) -> Floats:
    """The coefficient in `repeats` samples of as many units drawn with replacement; NaN where undefined."""
    r = np.random.default_rng(arguments.seed(seed))
    size = int(units.times.sum())
    chance = units.times / size
    parts = []
    for start in range(0, repeats, BLOCK):
        drawn = r.multinomial(size, chance, size=min(BLOCK, repeats - start))
        parts.append(coefficient(drawn @ units.features))
    return np.concatenate(parts)
