"""What hangs together, and which part of a whole each group goes into."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from goldloop.stats.overlap.nearness import Edges
from goldloop.stats.overlap.phrases import Codes, mixed

Ints = NDArray[np.int64]


class Allotted(NamedTuple):
    """The part of every member, how many groups there are, and what was merged.

    `merged`: groups that hold members of several parts of before; `moved`: the members that changed their part by it.
    """

    parts: Ints
    groups: int
    largest: int
    merged: int
    moved: int


def joined(members: Ints, keys: Codes) -> Edges:
    """Pairs of members with a key in common: neighbours in the order of the keys, so that all of them hang together."""
    order = np.argsort(keys, kind="stable")
    same = keys[order][1:] == keys[order][:-1]
    return members[order][:-1][same], members[order][1:][same]


def components(size: int, edges: Sequence[Edges]) -> Ints:
    """The group of every member, numbered from 0 by their first members."""
    one = np.concatenate([first for first, _ in edges]) if edges else np.zeros(0, dtype=np.int64)
    other = np.concatenate([second for _, second in edges]) if edges else np.zeros(0, dtype=np.int64)
    graph = coo_array((np.ones(one.size, dtype=np.int8), (one, other)), shape=(size, size))
    labels = np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
    _, first = np.unique(labels, return_index=True)
    rank = np.empty(first.size, dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(first.size)
    return rank[labels]


def allot(groups: Ints, had: Ints, names: Codes, *, shares: Sequence[float], seed: int) -> Allotted:
    """A part for every member, the same within a group, as close to the shares as groups allow.

    `had` is each member's part of before, -1 where it is new. A group keeps its part; where several parts meet in one,
    it takes the first of them: what a model may have learnt from is never tested on. New groups go, the largest first
    and equal ones in an order drawn from `seed` and the names of their first members, to the part that lacks most.
    `names` are numbers that stay from time to time.
    """
    count = int(groups.max()) + 1 if groups.size else 0
    sizes = np.bincount(groups, minlength=count)
    known = had >= 0
    part = np.full(count, len(shares), dtype=np.int64)
    last = np.full(count, -1, dtype=np.int64)
    np.minimum.at(part, groups[known], had[known])
    np.maximum.at(last, groups[known], had[known])
    part[part == len(shares)] = -1
    merged = (last >= 0) & (last != part)
    held = [int(sizes[part == k].sum()) for k in range(len(shares))]
    lacks = [share * groups.size - have for share, have in zip(shares, held, strict=True)]
    named = np.full(count, np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(named, groups, names)
    drawn = mixed(named ^ mixed(np.array([seed], dtype=np.uint64)))
    new = np.flatnonzero(part < 0)
    for group in new[np.lexsort((drawn[new], -sizes[new]))].tolist():
        to = max(range(len(shares)), key=lacks.__getitem__)
        part[group] = to
        lacks[to] -= int(sizes[group])
    parts = part[groups]
    return Allotted(
        parts,
        count,
        int(sizes.max()) if count else 0,
        int(merged.sum()),
        int((known & (had != parts)).sum()),
    )
