"""Why two annotators' spans differ: the boundary, the type, or whether there is anything at all."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from goldloop.stats.spans.columns import Columns, Spans, joined, packed
from goldloop.stats.spans.match import overlapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Why two annotators' spans differ. Every span of either is in one place; pairs count once.

    exact: same span, same type. type_only: same span, another type. boundary_only: overlapping, same type.
    both: overlapping, another type. first_only, second_only: nothing of the other's there.
    """

    exact: int
    type_only: int
    boundary_only: int
    both: int
    first_only: int
    second_only: int


def split(first: Columns, second: Columns) -> Split:
    """Compare columns (document, start, end, type) of two annotators.

    Pairs are taken in the order exact, type_only, boundary_only, both; each span is used once (see `Split`).
    """
    both = joined(first, second)
    free = np.ones(len(both), np.bool_)
    exact = _equal(both, free, packed(both.document, both.start, both.end, both.type))
    type_only = _equal(both, free, packed(both.document, both.start, both.end))
    counts = []
    for same_type in (True, False):
        rest = _subset(both, free)
        hit = overlapping(rest, same_type=same_type)
        counts.append(int(hit.sum()) // 2)
        free[np.flatnonzero(free)[hit]] = False
    left, right = (int((free & (both.source == k)).sum()) for k in (0, 1))
    return Split(
        exact=exact,
        type_only=type_only,
        boundary_only=counts[0],
        both=counts[1],
        first_only=left,
        second_only=right,
    )


def _equal(both: Spans, free: Any, key: Any) -> int:
    """Pair free spans of the two sources with equal keys, one to one; marks them taken."""
    rows = [np.flatnonzero(free & (both.source == k)) for k in (0, 1)]
    rows = [part[np.argsort(key[part], kind="stable")] for part in rows]
    # equal keys are numbered within each source, so that two equal spans pair with two
    number = np.concatenate([_within(key[part]) for part in rows])
    place = packed(np.concatenate([key[part] for part in rows]), number)
    size = len(rows[0])
    _, one, other = np.intersect1d(place[:size], place[size:], assume_unique=True, return_indices=True)
    free[rows[0][one]] = False
    free[rows[1][other]] = False
    return len(one)


def _within(ordered: Any) -> Any:
    """Running number among equal keys of an ordered array."""
    if not len(ordered):
        return np.zeros(0, np.int64)
    start = np.flatnonzero(np.diff(ordered, prepend=ordered[0] - 1))
    return np.arange(len(ordered)) - np.repeat(start, np.diff(start, append=len(ordered)))


def _subset(both: Spans, keep: Any) -> Spans:
    return Spans(
        both.source[keep],
        both.document[keep],
        both.start[keep],
        both.end[keep],
        both.type[keep],
        both.documents,
        both.types,
        both.sources,
    )
