"""The difference of two numbers that were estimated apart from each other."""

import math

from goldloop.stats.result import Estimate, Interval, undefined

INTERVAL = "limits of both combined by squares"


def difference(first: Estimate, second: Estimate, *, method: str) -> Estimate:
    """first - second, of two independent samples, whatever their designs.

    Interval: the distances of each from its own limits, combined by squares (Newcombe 1998 for two shares; Zou &
    Donner 2008 for any two parameters); none where either has none. None where either has no value.
    """
    n, eligible = first.n + second.n, first.eligible + second.eligible
    if first.value is None or second.value is None:
        return undefined(first.because or second.because or "", n=n, eligible=eligible, method=method)
    value = first.value - second.value
    a, b = first.interval, second.interval
    interval = None
    if a is not None and b is not None:
        interval = Interval(
            low=value - math.hypot(first.value - a.low, b.high - second.value),
            high=value + math.hypot(a.high - first.value, second.value - b.low),
            level=min(a.level, b.level),
            method=f"{INTERVAL} ({a.method})" if a.method == b.method else f"{INTERVAL} ({a.method}; {b.method})",
        )
    return Estimate(
        value=value,
        n=n,
        eligible=eligible,
        method=method,
        interval=interval,
        caution=None if interval else first.caution or second.caution,
        details={"first": first.value, "second": second.value},
    )
