"""Which spans of two sources belong together."""

from typing import Any

import numpy as np

from goldloop.stats.spans.columns import Spans, packed


def overlapping(both: Spans, *, same_type: bool) -> Any:
    """Rows of sources 0 and 1 matched one to one with a row of the other that shares a position (and the type).

    From left to right, the span that ends first takes the partner that ends first: the largest possible number of
    pairs where neither source overlaps itself.
    """
    hit = np.zeros(len(both), np.bool_)
    type_ = both.type if same_type else np.zeros(len(both), np.int64)
    group = packed(both.document, type_)
    order = np.lexsort((both.start, both.end, group))
    bounds = np.flatnonzero(np.diff(group[order], prepend=-1, append=-1))
    mixed = _mixed(both.source[order], bounds)
    for k in np.flatnonzero(mixed):
        rows = order[bounds[k] : bounds[k + 1]]
        for pair in pairs(both, rows):
            hit[list(pair)] = True
    return hit


def pairs(both: Spans, rows: Any) -> list[tuple[int, int]]:
    """Matched (row of source 0, row of source 1) among rows of one document ordered by end."""
    left = [int(row) for row in rows if both.source[row] == 0]
    right = [int(row) for row in rows if both.source[row] == 1]
    start, end = both.start, both.end
    found, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        a, b = left[i], right[j]
        if start[a] < end[b] and start[b] < end[a]:
            found.append((a, b))
            i, j = i + 1, j + 1
        elif end[a] <= end[b]:
            i += 1
        else:
            j += 1
    return found


def _mixed(source: Any, bounds: Any) -> Any:
    if len(bounds) < 2:
        return np.zeros(0, np.bool_)
    of_first = np.add.reduceat(source == 0, bounds[:-1]) if len(source) else np.zeros(0)
    size = np.diff(bounds)
    return (of_first > 0) & (of_first < size)
