"""Which unlabelled items to label next: every selection puts the most telling ones first. Pure.

A selection orders items; it says nothing of them and measures nothing, so that it belongs to none of the six families:
whatever order it chooses, labels are judged, gated and measured as ever, and a random arm beside it says what it is
worth. The kinds here are therefore a table of this capability.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pydantic import Field, ValidationError

from goldloop.core.errors import Invalid
from goldloop.core.nouns import Spec
from goldloop.core.registry import Kind
from goldloop.judges.ngrams import Ngrams, fit_ngrams

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Candidate(NamedTuple):
    """What a selection may know of an item: what the model in force and a second one say of it, its text and slices."""

    item_id: int
    labels: tuple[str, ...] | None = None
    confidence: float | None = None
    margin: float | None = None
    entropy: float | None = None
    second: tuple[str, ...] | None = None
    second_confidence: float | None = None
    text: str = ""
    slices: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is labelled already: texts, how many items of every label and slice, and where the model was corrected.

    `checked` and `wrong` count, by suggested label, the items that people settled and those settled otherwise.
    """

    texts: Sequence[str] = ()
    labels: Mapping[str, int] = field(default_factory=dict)
    slices: Mapping[tuple[str, str], int] = field(default_factory=dict)
    checked: Mapping[str, int] = field(default_factory=dict)
    wrong: Mapping[str, int] = field(default_factory=dict)


class Picked(NamedTuple):
    """An item to label next, and what speaks for it; the highest score first."""

    item_id: int
    score: float


class Selection(Kind):
    """Unlabelled items -> those to label next."""

    reads_text: ClassVar[bool] = False
    reads_second: ClassVar[bool] = False

    def pick(self, pool: Sequence[Candidate], known: Known, size: int) -> list[Picked]:
        """At most `size` items, the most telling first. An item of which too little is known is not picked."""
        scored = [Picked(one.item_id, score) for one in pool if (score := self.score(one, known)) is not None]
        return sorted(scored, key=lambda one: (-one.score, one.item_id))[:size]

    def score(self, one: Candidate, known: Known) -> float | None:
        """How much labelling an item would teach; None where that cannot be said."""
        raise NotImplementedError


class Uncertainty(Selection):
    """The items whose suggestion is the least certain over all labels: the highest entropy, in nats.

    Where a model tells no entropy, 1 - confidence stands in for it (Settles 2009, sections 3.1).
    """

    def score(self, one: Candidate, known: Known) -> float | None:
        """See `Selection.score`."""
        if one.entropy is not None:
            return one.entropy
        return None if one.confidence is None else 1 - one.confidence


class Margin(Selection):
    """The items whose two likeliest labels are nearest to each other (Scheffer et al. 2001)."""

    def score(self, one: Candidate, known: Known) -> float | None:
        """See `Selection.score`."""
        if one.margin is not None:
            return 1 - one.margin
        return None if one.confidence is None else 1 - one.confidence


class Committee(Selection):
    """The items of which two models say different things, those first of which both are sure (Seung et al. 1992)."""

    reads_second: ClassVar[bool] = True

    def score(self, one: Candidate, known: Known) -> float | None:
        """See `Selection.score`."""
        if one.labels is None or one.second is None or one.labels == one.second:
            return None
        return ((one.confidence or 0.0) + (one.second_confidence or 0.0)) / 2


class Diversity(Selection):
    """The items that lie farthest from everything labelled and chosen so far: greedy k-center (Sener & Savarese 2018).

    Distance is 1 - cosine over word and letter n-grams, weighted by TF-IDF over the pool.
    """

    reads_text: ClassVar[bool] = True

    def pick(self, pool: Sequence[Candidate], known: Known, size: int) -> list[Picked]:
        """See `Selection.pick`."""
        import numpy as np

        told = [one for one in pool if one.text.strip()]
        if not told:
            return []
        texts = [one.text for one in told]
        ngrams = Ngrams(*fit_ngrams(texts))
        points: Any = ngrams.features(texts)
        nearest: NDArray[np.float64] = np.ones(len(told))
        if known.texts:
            anchors: Any = ngrams.features(known.texts)
            for start in range(0, anchors.shape[0], 256):
                shared = _shared(points, anchors[start : start + 256])
                nearest = np.minimum(nearest, 1 - shared.max(axis=1))
        out = []
        for _ in range(min(size, len(told))):
            best = int(nearest.argmax())
            out.append(Picked(told[best].item_id, max(float(nearest[best]), 0.0)))
            nearest = np.minimum(nearest, 1 - _shared(points, points[best])[:, 0])
            nearest[best] = -1.0
        return out


def _shared(points: Any, others: Any) -> "NDArray[np.float64]":
    """(points, others) cosines: both views of a text have length 1, so that two texts share at most 2."""
    import numpy as np

    return np.asarray((points @ others.T).todense(), np.float64) / 2


class ErrorCluster(Selection):
    """The items whose suggested label people corrected most often so far.

    The score is the lower exact limit of the share that was corrected, so that a few unlucky items make no cluster.
    """

    fewest: int = Field(default=5, ge=1, description="checked items of a label below which it is no cluster")

    def score(self, one: Candidate, known: Known) -> float | None:
        """See `Selection.score`."""
        scores = [self._limit(known, label) for label in one.labels or ()]
        return max((score for score in scores if score is not None), default=None)

    def _limit(self, known: Known, label: str) -> float | None:
        from scipy.special import betaincinv

        n, wrong = known.checked.get(label, 0), known.wrong.get(label, 0)
        if n < self.fewest or not wrong:
            return None
        return float(betaincinv(wrong, n - wrong + 1, 0.05))


class Coverage(Selection):
    """The items that look like what is labelled too rarely: the label, or the slice, farthest below its target.

    After each pick its label counts as labelled, so that several gaps fill side by side.
    """

    target: int | None = Field(default=None, ge=1, description="labelled items wanted of each; the mean if left out")
    slice: str | None = Field(default=None, description="key of a slice to cover, instead of labels")

    def pick(self, pool: Sequence[Candidate], known: Known, size: int) -> list[Picked]:
        """See `Selection.pick`."""
        waiting: dict[str, list[Candidate]] = {}
        for one in pool:
            for name in self._groups(one):
                waiting.setdefault(name, []).append(one)
        counts = {name: self._count(known, name) for name in waiting}
        if not counts:
            return []
        target = self.target or max(1, math.ceil(sum(counts.values()) / len(counts)))
        for ones in waiting.values():  # the surest of a label are the likeliest to be of it
            ones.sort(key=lambda one: (one.confidence or 0.0, -one.item_id))
        out: list[Picked] = []
        taken: set[int] = set()
        while len(out) < size:
            open_ = [name for name in waiting if waiting[name] and counts[name] < target]
            if not open_:
                break
            name = min(open_, key=lambda name: (counts[name], name))
            one = waiting[name].pop()
            if one.item_id not in taken:
                taken.add(one.item_id)
                out.append(Picked(one.item_id, (target - counts[name]) / target))
                counts[name] += 1
        return out

    def _groups(self, one: Candidate) -> tuple[str, ...]:
        if self.slice is None:
            return one.labels or ()
        return (one.slices[self.slice],) if self.slice in one.slices else ()

    def _count(self, known: Known, name: str) -> int:
        return known.slices.get((self.slice, name), 0) if self.slice is not None else known.labels.get(name, 0)


class AtRandom(Selection):
    """No selection: the control arm that the others are measured against."""

    def pick(self, pool: Sequence[Candidate], known: Known, size: int) -> list[Picked]:
        """See `Selection.pick`. The pool comes in no order, so its beginning is as good as any part of it."""
        return [Picked(one.item_id, 0.0) for one in pool[:size]]


SELECTIONS: Mapping[str, type[Selection]] = {
    "uncertainty.v1": Uncertainty,
    "margin.v1": Margin,
    "committee.v1": Committee,
    "diversity.v1": Diversity,
    "error_cluster.v1": ErrorCluster,
    "coverage.v1": Coverage,
    "random.v1": AtRandom,
}
for _name, _kind in SELECTIONS.items():
    _kind.name = _name


def selection_of(spec: Spec) -> Selection:
    """The selection that a spec names, its version left out or not. Raises Invalid with those there are."""
    name = spec.name if spec.name in SELECTIONS else f"{spec.name}.v1"
    if name not in SELECTIONS:
        known = ", ".join(SELECTIONS)
        raise Invalid("there is no such selection", field="strategy", expected=f"one of {known}", found=spec.name[:60])
    try:
        return SELECTIONS[name](**spec.params)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        expected, found = first["msg"].removeprefix("Input should be "), repr(first.get("input"))[:80]
        at = f"strategy.{where}"
        raise Invalid("this parameter cannot be used", field=at, expected=expected, found=found) from error
