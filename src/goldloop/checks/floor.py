"""A floor: a number must not lie below a line."""

from typing import Self

from goldloop.checks.bound import Bound
from goldloop.core.families import check
from goldloop.core.nouns import Spec


@check("floor.v1")
class Floor(Bound):
    """Passes where the measure is at least `at`; `bound: lower` asks that its interval leaves no doubt of it."""

    def _good(self, value: float) -> bool:
        return value >= self.at

    def _side(self, value: float) -> str:
        return "not below the floor of" if self._good(value) else "below the floor of"

    @property
    def _wanted(self) -> str:
        return "at least"

    @property
    def _careful(self) -> str:
        return "lower"

    @classmethod
    def example(cls) -> Self:
        return cls(of=Spec(name="accuracy.v1"), at=0.95, bound="lower")
