"""What every statistic returns: a value or None, its interval, its denominator, its method, and why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A confidence (or credible) interval.

    `level` is the nominal coverage, 0-1; `method` names how it was made, precisely enough to make it again.
    """

    low: float
    high: float
    level: float
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number that keeps its denominator.

    `n` units were counted of `eligible` that could have been. `value` is None exactly when `because` says why.
    `method` names the definition used where the field has several. `details` holds the numbers beside the number
    (standard error, observed and expected agreement ...). `caution` says why a value stands without an interval, or
    must be read with care.
    """

    value: float | None
    n: int
    eligible: int
    method: str
    interval: Interval | None = None
    because: str | None = None
    caution: str | None = None
    details: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if (self.value is None) != (self.because is not None):
            raise ValueError("an estimate has either a value or the reason why there is none")

    @property
    def low(self) -> float | None:
        """The lower limit, where there is an interval."""
        return self.interval.low if self.interval else None

    @property
    def high(self) -> float | None:
        """The upper limit, where there is an interval."""
        return self.interval.high if self.interval else None

    @property
    def level(self) -> float | None:
        """The level of the interval, where there is one."""
        return self.interval.level if self.interval else None


def undefined(because: str, *, n: int = 0, eligible: int = 0, method: str) -> Estimate:
    """The estimate that does not exist, and why."""
    return Estimate(value=None, n=n, eligible=eligible, method=method, because=because)
