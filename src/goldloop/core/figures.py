"""A number that keeps its denominator, whoever holds it: a statistic, a measure, the evidence that is stored."""

from typing import Any, Protocol

FIELDS = ("value", "low", "high", "level", "n", "eligible", "method", "because")


class Figure(Protocol):
    """`n` were counted of `eligible` that could have been; low to high is its interval of a `level`, by a `method`.

    Where there is no value `because` says why. Results spell these out beside what they are of, in the order in which
    a table shows them; `figure` is how they are filled.
    """

    @property
    def value(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def level(self) -> float | None: ...
    @property
    def n(self) -> int: ...
    @property
    def eligible(self) -> int: ...
    @property
    def method(self) -> str: ...
    @property
    def because(self) -> str | None: ...


def figure(found: Figure, **said: Any) -> dict[str, Any]:
    """A number as the fields of a noun or of an answer; `said` replaces some, or adds to them."""
    return {name: getattr(found, name) for name in FIELDS} | said


def no_figure(because: str, *, method: str | None, n: int = 0, eligible: int = 0, **said: Any) -> dict[str, Any]:
    """The number that there is not, and why."""
    return dict.fromkeys(FIELDS) | {"n": n, "eligible": eligible, "method": method, "because": because} | said
