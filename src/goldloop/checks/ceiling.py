"""A ceiling: a number must not lie above a line."""

from typing import Self

from goldloop.checks.bound import Bound
from goldloop.core.families import check
from goldloop.core.nouns import Spec


@check("ceiling.v1")
class Ceiling(Bound):
    """Passes where the measure is at most `at`; `bound: upper` asks that its interval leaves no doubt of it."""

    def _good(self, value: float) -> bool:
        return value <= self.at

    def _side(self, value: float) -> str:
        return "not above the ceiling of" if self._good(value) else "above the ceiling of"

    @property
    def _wanted(self) -> str:
        return "at most"

    @property
    def _careful(self) -> str:
        return "upper"

    @classmethod
    def example(cls) -> Self:
        return cls(of=Spec(name="cost.v1"), at=40.0)
