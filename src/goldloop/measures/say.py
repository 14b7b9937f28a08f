"""From a statistic to a measured value: nothing is computed here, and nothing is lost on the way."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from goldloop.core.families import Measured
from goldloop.core.figures import figure

if TYPE_CHECKING:
    from goldloop.stats.result import Estimate


def measured(
    estimate: "Estimate",
    *,
    n: int | None = None,
    eligible: int | None = None,
    slice_: Mapping[str, str] | None = None,
    method: str | None = None,
    details: Mapping[str, float] | None = None,
) -> Measured:
    """An estimate as evidence. `n` and `eligible` replace the estimate's own where the measure counts larger units."""
    return Measured(
        **figure(
            estimate,
            interval_method=estimate.interval.method if estimate.interval else None,
            n=estimate.n if n is None else n,
            eligible=estimate.eligible if eligible is None else eligible,
            method=method or estimate.method,
            slice=dict(slice_ or {}),
            because=estimate.because or estimate.caution,
            details={**estimate.details, **(details or {})},
        )
    )


def nothing(
    because: str, *, method: str, n: int = 0, eligible: int = 0, slice_: Mapping[str, str] | None = None
) -> Measured:
    """No value, and why."""
    return Measured(value=None, n=n, eligible=eligible, method=method, because=because, slice=dict(slice_ or {}))
