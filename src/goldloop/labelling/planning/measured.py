"""What batches measured, as an assumption file has it: each number with its interval, and what it was counted on."""

import math
from collections.abc import Sequence
from statistics import fmean, stdev
from typing import Any, NamedTuple

from goldloop import statistics
from goldloop.core.policy import TierDoc

LEVEL = 0.95
LEAST = 10  # answers of a band, works of a tier: below, the whole speaks for it
ALONE = 3.0  # a single time may be so many times too long, or too short
WILSON = "Wilson"


class Told(NamedTuple):
    """Where an input comes from: what it was counted on, and how."""

    input: str
    n: int
    eligible: int
    method: str


class Pilot(NamedTuple):
    """Everything that batches tell: the inputs as an assumption file has them, where each comes from, and rates."""

    inputs: dict[str, Any]
    told: list[Told]
    rates: dict[int, TierDoc]
    batches: list[str]
    missing: dict[str, str]


def put(out: Pilot, name: str, value: Any, n: int, eligible: int, method: str) -> None:
    at = out.inputs
    *path, last = name.split(".")
    for part in path:
        at = at.setdefault(part, {})
    at[last] = value
    out.told.append(Told(name, n, eligible, method))


def share(hits: int, n: int) -> dict[str, float]:
    """A share with its interval."""
    low, high = statistics.estimate.limits(float(hits), n, method="wilson", level=LEVEL)
    return {"value": hits / n, "low": max(0.0, min(float(low), hits / n)), "high": min(1.0, max(float(high), hits / n))}


def mean(values: Sequence[float], *, error: float = 0.0) -> dict[str, float]:
    """A mean with its t interval on the scale of logarithms, no narrower than a standard `error` known otherwise.

    One value alone is known to within a factor, and several are known no worse.
    """
    from scipy.special import stdtrit

    middle, n = fmean(values), len(values)
    if middle <= 0:
        return {"value": middle}
    factor = ALONE
    if n > 1:
        half = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * max(stdev(values) / math.sqrt(n), error)
        factor = math.exp(min(half / middle, math.log(ALONE)))
    return {"value": middle, "low": middle / factor, "high": middle * factor}
