"""Times and money: numbers that are never below 0, and of which a few are far above the rest."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.estimate.average import ALIKE
from goldloop.stats.result import Estimate, Interval, undefined

ON_LOGS = "on the scale of logarithms"
AHEAD = "so many more at the mean of those before"


def amount(found: Estimate) -> Estimate:
    """A mean or total of amounts, with its limits on the scale of logarithms: value exp(+-half / value).

    `found` has an interval that is symmetric about its value (`mean`, `hajek` of numbers). Skewed amounts leave a
    symmetric interval too low: it misses twice as often above as it may. By the delta method log(mean) has the standard
    error half / value, and is nearer to normal (Zhou & Gao 1997 compare such limits). The limits stay above 0.
    """
    interval = found.interval
    if found.value is None or interval is None or interval.high == interval.low:
        return found
    if found.value <= 0 or interval.high <= found.value:
        raise Invalid("is no amount", field="found", expected="a value above 0", found=f"{found.value:g}")
    return replace(found, interval=_around(found.value, interval.high - found.value, interval.level, interval.method))


def ahead(parts: Sequence[tuple[int, ArrayLike]], *, level: float = 0.95) -> Estimate:
    """What so many more amounts come to in all, part by part (count to come, amounts so far): count times their mean.

    The interval is one for prediction: s^2 (count^2 / n + count) a part, of the mean and of the amounts to come, added
    up; Student's t with Satterthwaite's (1946) degrees of freedom, on the scale of logarithms. None where a part has
    amounts to come and fewer than two so far.
    """
    level = arguments.share("level", level)
    value, spread, weighed, n, to_come = 0.0, 0.0, 0.0, 0, 0
    for count, amounts in parts:
        past = arguments.numbers("amounts", amounts, low=0)
        if count and len(past) < 2:
            return undefined("fewer than two amounts so far", n=len(past), eligible=count, method=AHEAD)
        if not count:
            continue
        own = float(past.var(ddof=1)) * (count * count / len(past) + count)
        value, spread, weighed = value + count * float(past.mean()), spread + own, weighed + own**2 / (len(past) - 1)
        n, to_come = n + len(past), to_come + count
    if not to_come:
        nothing = Interval(low=0.0, high=0.0, level=level, method="nothing is to come")
        return Estimate(value=0.0, n=n, eligible=0, method=AHEAD, interval=nothing)
    if spread <= 0:
        return Estimate(value=value, n=n, eligible=to_come, method=AHEAD, caution=ALIKE)
    half = float(stdtrit(spread**2 / weighed, (1 + level) / 2)) * math.sqrt(spread)
    interval = _around(value, half, level, "prediction, t")
    return Estimate(value=value, n=n, eligible=to_come, method=AHEAD, interval=interval)


def _around(value: float, half: float, level: float, method: str) -> Interval:
    factor = float(np.exp(min(half / value, 50.0)))  # e^50: as good as unknown, and a number all the same
    return Interval(low=value / factor, high=value * factor, level=level, method=f"{method}, {ON_LOGS}")
