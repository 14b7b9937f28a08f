"""The mean or total of a simple random sample."""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.result import Estimate, Interval, undefined

ALIKE = "all values are alike: a sample without spread says nothing of the rest (for shares use proportion)"
ROUNDING = 1e-12


def mean(values: ArrayLike, *, population: int | None = None, level: float = 0.95) -> Estimate:
    """The mean of a numeric answer (seconds per item, error points per segment), with Student's t interval.

    With `population` the sample was drawn without replacement from that many units and the standard error carries the
    finite population correction sqrt(1 - n/N) (Cochran 1977, ch. 2). The interval needs means near normal: for
    shares use `proportion`. One value, or values all alike, have a mean and no interval. None for an empty sample.
    """
    array = arguments.numbers("values", values)
    level = arguments.share("level", level)
    n = len(array)
    eligible = n if population is None else arguments.whole("population", population)
    if eligible < n:
        raise Invalid("is less than the sample", field="population", expected=f"at least {n}", found=str(eligible))
    if n == 0:
        return undefined("nothing was counted", eligible=eligible, method="mean")
    value = float(array.mean())
    if n == 1 and population != 1:
        return Estimate(value=value, n=n, eligible=eligible, method="mean", caution="one value has no spread")
    correction = 1 - n / eligible if population is not None else 1.0
    error = math.sqrt(float(array.var(ddof=1)) / n * correction) if n > 1 else 0.0
    interval = student(value, error, freedom=n - 1, level=level, census=n == population)
    return Estimate(
        value=value,
        n=n,
        eligible=eligible,
        method="mean",
        interval=interval,
        caution=None if interval else ALIKE,
        details={"standard_error": error},
    )


def total(values: ArrayLike, *, population: int, level: float = 0.95) -> Estimate:
    """The total over a population of known size from a simple random sample: N times `mean`, same conditions."""
    one = mean(values, population=population, level=level)
    if one.value is None:
        return undefined("nothing was counted", eligible=one.eligible, method="total")
    interval = one.interval
    if interval is not None:
        interval = Interval(
            low=interval.low * population, high=interval.high * population, level=level, method=interval.method
        )
    details = {name: number * population for name, number in one.details.items()}
    return Estimate(
        value=one.value * population,
        n=one.n,
        eligible=one.eligible,
        method="total",
        interval=interval,
        caution=one.caution,
        details=details,
    )


def student(
    value: float, error: float, *, freedom: float, level: float, method: str = "student t", census: bool = False
) -> Interval | None:
    """value +- t * error, without width for a census.

    None without a degree of freedom, and where a sample shows no spread at all (`ALIKE`): the rest need not be alike.
    """
    if census:
        return Interval(low=value, high=value, level=level, method="every unit was counted")
    if freedom <= 0 or error <= ROUNDING * max(1.0, abs(value)):
        return None
    half = float(stdtrit(freedom, (1 + level) / 2)) * error
    if not np.isfinite(half):
        return None
    return Interval(low=value - half, high=value + half, level=level, method=method)
