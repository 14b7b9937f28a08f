"""Spearman's rank correlation of two judges."""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr

from goldloop.stats import arguments
from goldloop.stats.rankings.ranks import mid_ranks
from goldloop.stats.result import Estimate, Interval, undefined

NAME = "Spearman's rho, mid-ranks"


def spearman(first: ArrayLike, second: ArrayLike, *, level: float = 0.95) -> Estimate:
    """The correlation of the mid-ranks of two judges' scores of the same things (Spearman 1904).

    Interval: Fisher's z with the standard error sqrt((1 + rho^2 / 2) / (n - 3)) of Bonett & Wright (2000); from 10
    things on. `details`: the t-test's two-sided p-value. None with fewer than 3 things or where a judge ties all.
    """
    x, y = arguments.numbers("first", first), arguments.numbers("second", second)
    level = arguments.share("level", level)
    n = arguments.same_length(first=x, second=y)
    if n < 3:
        return undefined(f"{n} things cannot be correlated", n=n, eligible=n, method=NAME)
    a, b = (ranks - ranks.mean() for ranks in (mid_ranks(x), mid_ranks(y)))
    length = math.sqrt(float(a @ a) * float(b @ b))
    if length == 0:
        return undefined("a judge ties everything", n=n, eligible=n, method=NAME)
    rho = float(np.clip(a @ b / length, -1.0, 1.0))
    limits, caution = None, None
    details = {}
    if abs(rho) < 1:
        t = rho * math.sqrt((n - 2) / (1 - rho * rho))
        details["p_value"] = 2 * float(stdtr(n - 2, -abs(t)))
    if n < 10 or abs(rho) == 1:
        caution = f"{n} things: an interval needs 10" if n < 10 else "perfect order: no interval"
    else:
        half = arguments.normal(level) * math.sqrt((1 + rho * rho / 2) / (n - 3))
        middle = math.atanh(rho)
        limits = Interval(
            low=math.tanh(middle - half), high=math.tanh(middle + half), level=level, method="Fisher z, Bonett & Wright"
        )
    return Estimate(value=rho, n=n, eligible=n, method=NAME, interval=limits, caution=caution, details=details)
