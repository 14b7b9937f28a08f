"""What a dataset has in common with the sets that models are evaluated on: rows that a model must not learn from.

A row collides with an evaluation set by the strictest of three:

    exact       the same text, letter by letter
    normalised  the same words; case, punctuation and white space aside
    overlap     a phrase of so many words in a row (8 unless told otherwise) that stands in an evaluation text, too

The evaluation sets become sorted arrays of hashes, which every row is looked up in: the work grows with the texts, not
with their pairs. A hash has 64 bits; phrases are made of words of 32 bits each.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from goldloop import statistics
from goldloop.core.canonical import digest
from goldloop.core.families import Measured
from goldloop.core.nouns import Spec
from goldloop.programmes.contamination.texts import said_in, words_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WAYS = ("exact", "normalised", "overlap")
MOST_NAMED = 1000
PAGE = 500


class Text(NamedTuple):
    """One item to hold against others: what its owner calls it, and what it is."""

    external_id: str
    body: Mapping[str, Any]


class Collision(NamedTuple):
    """A row that collides: how, and with which item of which evaluation set."""

    external_id: str
    way: str
    evaluation: str
    evaluation_id: str


class Found(NamedTuple):
    """What was found: rows looked at, rows that collide by the way they do, and the first of them by name."""

    rows: int
    ways: Mapping[str, int]
    evaluated: int
    named: tuple[Collision, ...]

    @property
    def share(self) -> float | None:
        """The share of rows that collide; None where there are none."""
        return sum(self.ways.values()) / self.rows if self.rows else None

    def measured(self, *, words: int) -> Measured:
        """As evidence. Every row was looked at, so there is no interval."""
        return Measured(
            value=self.share,
            n=self.rows,
            eligible=self.rows,
            method=f"rows with the same text, the same words or {words} words in a row of an evaluation set; every row",
            because=None if self.rows else "there are no rows",
            details={**{way: float(n) for way, n in self.ways.items()}, "evaluation_texts": float(self.evaluated)},
        )


class EvaluationSets:
    """The texts of evaluation sets, ready to be looked up in."""

    def __init__(self, *, words: int) -> None:
        self._words = words
        self._names: list[tuple[str, str]] = []
        self._parts: dict[str, list[tuple[NDArray[np.uint64], NDArray[np.int64]]]] = {way: [] for way in WAYS}
        self._sorted: dict[str, tuple[NDArray[np.uint64], NDArray[np.int64]]] = {}

    def add(self, name: str, texts: Iterable[Text]) -> int:
        """Take in the texts of one set; how many they were."""
        import numpy as np

        before = len(self._names)
        for text in texts:
            at = len(self._names)
            self._names.append((name, text.external_id))
            for way, hashes in _hashes(text.body, self._words).items():
                self._parts[way].append((hashes, np.full(hashes.size, at, dtype=np.int64)))
        return len(self._names) - before

    def held_against(self, rows: Iterable[Text]) -> Iterator[Collision | None]:
        """For every row what it collides with, None where with nothing."""
        for row in rows:
            found = None
            for way, hashes in _hashes(row.body, self._words).items():
                if (at := self._look_up(way, hashes)) is not None:
                    found = Collision(row.external_id, way, *self._names[at])
                    break
            yield found

    def found(self, rows: Iterable[Text]) -> Found:
        """Hold rows against all of it."""
        ways, named, count = dict.fromkeys(WAYS, 0), list[Collision](), 0
        for one in self.held_against(rows):
            count += 1
            if one is not None:
                ways[one.way] += 1
                if len(named) < MOST_NAMED:
                    named.append(one)
        return Found(count, ways, len(self._names), tuple(named))

    def _look_up(self, way: str, hashes: "NDArray[np.uint64]") -> int | None:
        """The evaluation text that has one of these hashes, None where none has."""
        known, whose = self._index(way)
        if not known.size or not hashes.size:
            return None
        places = known.searchsorted(hashes)
        places[places == known.size] = 0
        hits = (known[places] == hashes).nonzero()[0]
        return int(whose[places[hits[0]]]) if hits.size else None

    def _index(self, way: str) -> "tuple[NDArray[np.uint64], NDArray[np.int64]]":
        import numpy as np

        if way not in self._sorted:
            parts = self._parts.pop(way, [])
            hashes = np.concatenate([one for one, _ in parts]) if parts else np.zeros(0, dtype=np.uint64)
            whose = np.concatenate([at for _, at in parts]) if parts else np.zeros(0, dtype=np.int64)
            order = hashes.argsort(kind="stable")
            self._sorted[way] = hashes[order], whose[order]
        return self._sorted[way]


def spec_of(release: str, sets: Sequence[str], words: int) -> Spec:
    """What the evidence of a release's contamination is called."""
    return Spec(name="contamination.v1", params={"release": release, "against": list(sets), "words": words})


def _hashes(body: Mapping[str, Any], words: int) -> "dict[str, NDArray[np.uint64]]":
    """The hashes of a text, by the way in which it may collide, the strictest first."""
    import numpy as np

    overlap = statistics.overlap
    said = said_in(body)
    if not said.strip():
        none = np.zeros(0, dtype=np.uint64)
        return dict.fromkeys(WAYS, none)
    folded = words_of(said)
    phrases = overlap.phrases(overlap.codes(folded), words) if len(folded) >= words else np.zeros(0, dtype=np.uint64)
    same = _number(" ".join(folded)) if folded else np.zeros(0, dtype=np.uint64)
    return {"exact": _number(said), "normalised": same, "overlap": phrases}


def _number(text: str) -> "NDArray[np.uint64]":
    import numpy as np

    return np.frombuffer(digest(text)[:8], dtype=">u8").astype(np.uint64)
