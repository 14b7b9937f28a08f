"""Agreement of several batches taken together: per task type, label and slice. Pure."""

import math
from collections.abc import Sequence

from goldloop.core.nouns import Evidence, Noun

NORMAL = {0.95: 1.959963984540054, 0.9: 1.6448536269514722, 0.99: 2.5758293035489004}
LEVEL = 0.95
METHOD = "mean over batches of {}, weighted by their items with several answers; normal interval of the mean"


class Pooled(Noun):
    """Agreement over several batches: `n` items with several answers in `batches` of `of` batches."""

    value: float | None
    low: float | None = None
    high: float | None = None
    level: float = LEVEL
    n: int
    eligible: int
    batches: int
    of: int
    method: str
    because: str | None = None


def pooled(found: Sequence[Evidence]) -> Pooled:
    """One number of each batch as one number of all: batches are measured each for itself, never mixed."""
    told = [one for one in found if one.value is not None and one.n]
    n, eligible = sum(one.n for one in told), sum(one.eligible for one in found)
    name = told[0].method if told else "agreement"
    method = METHOD.format(name.partition(";")[0])
    if not told:
        why = next((one.because for one in found if one.because), "nothing was measured")
        return Pooled(value=None, n=0, eligible=eligible, batches=0, of=len(found), method=method, because=why)
    value = sum(one.n * (one.value or 0.0) for one in told) / n
    errors = [_error(one) for one in told]
    if any(error is None for error in errors):
        because = f"{errors.count(None)} of {len(told)} batches have no interval of their own"
        return Pooled(
            value=value, n=n, eligible=eligible, batches=len(told), of=len(found), method=method, because=because
        )
    spread = sum((one.n / n * (error or 0.0)) ** 2 for one, error in zip(told, errors, strict=True))
    half = NORMAL[LEVEL] * math.sqrt(spread)
    return Pooled(
        value=value,
        low=max(-1.0, value - half),
        high=min(1.0, value + half),
        n=n,
        eligible=eligible,
        batches=len(told),
        of=len(found),
        method=method,
    )


def _error(one: Evidence) -> float | None:
    """The standard error behind an interval; None where there is no interval, or one of a level we cannot turn."""
    if one.interval is None or one.interval.level not in NORMAL:
        return None
    return (one.interval.high - one.interval.low) / (2 * NORMAL[one.interval.level])
