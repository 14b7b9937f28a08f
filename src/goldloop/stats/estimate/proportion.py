"""The share of successes in a simple random sample."""

import math
from typing import Literal

from scipy.special import betaincinv, ndtri

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.result import Estimate, Interval, undefined

Method = Literal["wilson", "clopper-pearson", "jeffreys"]
METHODS = ("wilson", "clopper-pearson", "jeffreys")


def proportion(
    successes: int, n: int, *, method: Method = "wilson", level: float = 0.95, eligible: int | None = None
) -> Estimate:
    """The share of `n` judged units that were right (accepted, agreed ...), with its interval.

    wilson: Wilson (1927), score test inverted; covers `level` on average over p, dips at small n near 0 and 1.
    clopper-pearson: Clopper & Pearson (1934), exact: covers at least `level` for every p; use it for promises.
    jeffreys: equal-tailed Beta(1/2, 1/2) posterior, with 0 and 1 as limits at the ends (Brown, Cai & DasGupta 2001).

    `eligible` is how many units could have been counted (default `n`); it is recorded and changes nothing. For a
    sample that is a good part of a finite population use `stratified`, which corrects for it.
    None where `n` is 0. Invalid for negative or fractional counts, successes > n, n > eligible, level outside (0, 1).
    """
    successes, n = arguments.whole("successes", successes), arguments.whole("n", n)
    eligible = n if eligible is None else arguments.whole("eligible", eligible)
    level = arguments.share("level", level)
    arguments.one_of("method", method, METHODS)
    if successes > n:
        raise Invalid("exceeds n", field="successes", expected=f"at most {n}", found=str(successes))
    if n > eligible:
        raise Invalid("is less than n", field="eligible", expected=f"at least {n}", found=str(eligible))
    if n == 0:
        return undefined("nothing was counted", eligible=eligible, method="share of successes")
    share = successes / n
    low, high = limits(float(successes), float(n), method=method, level=level)
    return Estimate(
        value=share,
        n=n,
        eligible=eligible,
        method="share of successes",
        interval=Interval(low=low, high=high, level=level, method=method),
        details={"successes": float(successes), "standard_error": math.sqrt(share * (1 - share) / n)},
    )


def limits(successes: float, n: float, *, method: Method, level: float) -> tuple[float, float]:
    """The two limits for checked arguments; `successes` and `n` may be fractions (effective sample sizes)."""
    tail = (1 - level) / 2
    if method == "wilson":
        low, high = _wilson(successes, n, z=float(ndtri(1 - tail)))
    elif method == "clopper-pearson":
        low = float(betaincinv(successes, n - successes + 1, tail)) if successes > 0 else 0.0
        high = float(betaincinv(successes + 1, n - successes, 1 - tail)) if successes < n else 1.0
    else:
        low = float(betaincinv(successes + 0.5, n - successes + 0.5, tail)) if successes > 0 else 0.0
        high = float(betaincinv(successes + 0.5, n - successes + 0.5, 1 - tail)) if successes < n else 1.0
    return min(low, successes / n), max(high, successes / n)


def _wilson(successes: float, n: float, *, z: float) -> tuple[float, float]:
    middle = (successes + z * z / 2) / (n + z * z)
    half = z * math.sqrt(successes * (n - successes) / n + z * z / 4) / (n + z * z)
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == n else min(1.0, middle + half)
    return low, high
