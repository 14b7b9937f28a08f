"""What every truth model returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldloop.stats.arguments import Floats
from goldloop.stats.result import Interval
from goldloop.stats.truth.labels import Labels, Names

TIE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Inferred answers with their uncertainty; arrays line up with `items`, `classes` and `annotators`.

    posterior (items, classes): the model's probability of each answer. skill (annotators): the probability that the
    annotator answers an item of this mix rightly, with skill_low and skill_high at `level` (`skill_method` says which
    interval); NaN where unknown. confusion (annotators, true class, answer) where the model has one.
    n: distinct ratings used, eligible: rows given. `because` says why there is nothing (no ratings, one class ...), and
    the arrays are then empty or the trivial answer; `caution` why the answers deserve little trust; `converged` is
    False where the iterations ran out.
    """

    method: str
    items: Names
    classes: Names
    annotators: Names
    posterior: Floats
    skill: Floats
    skill_low: Floats
    skill_high: Floats
    answered: Floats
    level: float
    skill_method: str
    n: int
    eligible: int
    iterations: int = 0
    converged: bool = True
    log_likelihood: float | None = None
    confusion: Floats | None = None
    because: str | None = None
    caution: str | None = None
    details: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def tied(self) -> NDArray[np.bool_]:
        """Items whose best answers are equally probable."""
        return np.asarray(self._best().sum(axis=1) > 1)

    @property
    def answers(self) -> Names:
        """The most probable answer of each item; among tied ones the first in the order of `classes` (see `tied`)."""
        return np.asarray(self.classes[self._best().argmax(axis=1)]) if len(self.items) else self.classes[:0]

    @property
    def confidence(self) -> Floats:
        """The probability of that answer."""
        return np.asarray(self.posterior.max(axis=1)) if len(self.items) else np.zeros(0)

    def skill_of(self, annotator: Any) -> Interval | None:
        """One annotator's skill interval."""
        where = np.flatnonzero(self.annotators == annotator)
        if not len(where) or not np.isfinite(self.skill_low[where[0]]):
            return None
        low, high = float(self.skill_low[where[0]]), float(self.skill_high[where[0]])
        return Interval(low=low, high=high, level=self.level, method=self.skill_method)

    def _best(self) -> NDArray[np.bool_]:
        return np.asarray(self.posterior >= self.posterior.max(axis=1, keepdims=True, initial=0.0) - TIE)


def inferred(
    data: Labels, posterior: Floats, skill: tuple[Floats, Floats, Floats], *, level: float, **rest: Any
) -> Truth:
    """A `Truth` over the names of `data`; `skill` is value, low, high; `rest` are further fields."""
    return Truth(
        items=data.items,
        classes=data.classes,
        annotators=data.annotators,
        posterior=posterior,
        skill=skill[0],
        skill_low=skill[1],
        skill_high=skill[2],
        answered=data.answered,
        level=level,
        n=data.rows,
        eligible=data.given,
        **rest,
    )


def nothing(data: Labels, *, method: str, level: float) -> Truth | None:
    """The result where there is nothing to infer: no rating, or a single class; None where there is."""
    if data.rows and len(data.classes) > 1:
        return None
    unknown = np.full(len(data.annotators), np.nan)
    return inferred(
        data,
        np.ones((len(data.items), len(data.classes))),
        (unknown, unknown, unknown),
        level=level,
        method=method,
        skill_method="none",
        because="only one answer was used" if data.rows else "no ratings",
    )
