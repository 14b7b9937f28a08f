"""Items reduced to what resampling needs: distinct count patterns with their multiplicity, or random groups of items.

Items with the same counts of answers are exchangeable, so an item bootstrap may draw multiplicities of patterns: exact,
and a thousand replicates over two million items cost what a hundred patterns cost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldloop.stats.arguments import Floats, Whole

LIMIT = 4096  # units drawn from in one resampling
DENSE = 30_000_000  # cells of an items x answers table held in memory
CHUNK = 4_000_000


@dataclass(frozen=True, slots=True)
class Units:
    """Summed features of each resampling unit (units, features), how often it occurs, and what a unit is."""

    features: Floats
    times: Whole
    name: str

    @property
    def total(self) -> Floats:
        return np.asarray(self.times @ self.features)


def counted(item: NDArray[Any], value: NDArray[Any], *, items: int, values: int) -> Whole:
    """The (items, values) table of counts; callers check that it fits (`DENSE`)."""
    key = item.astype(np.int64)
    key *= values
    key += value
    return np.bincount(key, minlength=items * values).reshape(items, values)


def patterns(counts: Whole) -> tuple[Whole, Whole]:
    """Distinct rows of a table of counts, and how often each occurs."""
    if not len(counts):
        return counts, np.zeros(0, np.int64)
    base, width = int(counts.max()) + 1, counts.shape[1]
    if width * np.log2(base) < 62:
        key = counts @ (base ** np.arange(width, dtype=np.int64))
        if base**width <= max(len(counts), CHUNK):
            times = np.bincount(key, minlength=base**width)
            found = np.flatnonzero(times)
            return found[:, None] // base ** np.arange(width, dtype=np.int64) % base, times[found]
        _, first, times = np.unique(key, return_index=True, return_counts=True)
        return counts[first], times
    # a random linear hash modulo 2^64: two million different rows collide with probability 1e-7
    mixer = np.random.default_rng(0).integers(1, 2**63, width, dtype=np.int64)
    _, first, times = np.unique(counts @ mixer, return_index=True, return_counts=True)
    return counts[first], times


def of_items(counts: Whole, feature: Callable[[Whole], Floats], cluster: Whole | None) -> Units:
    """Resampling units over items given by their counts; with `cluster` (one code per item) whole clusters."""
    if cluster is None:
        rows, times = patterns(counts)
        if len(rows) <= LIMIT:
            return Units(feature(rows), times, "items")
    labels, units, name = grouping(len(counts), cluster)
    step = max(1, CHUNK // max(feature(counts[:1]).size, 1))
    features = summed(feature(counts[:step]), labels[:step], units)
    for start in range(step, len(counts), step):
        part = slice(start, start + step)
        features += summed(feature(counts[part]), labels[part], units)
    return Units(features, np.ones(units, np.int64), name)


def grouping(items: int, cluster: Whole | None) -> tuple[Whole, int, str]:
    """Which unit each item belongs to: its cluster, itself, or one of `LIMIT` random groups of near-equal size."""
    if cluster is None:
        labels, name = np.arange(items), "items"
    else:
        labels, name = cluster, "clusters"
    units = int(labels.max(initial=-1)) + 1
    if units > LIMIT:
        shuffled = np.random.default_rng(0).permutation(units) % LIMIT
        return shuffled[labels], LIMIT, f"{LIMIT} random groups of {name}"
    return labels, units, name


def summed(features: Floats, labels: Whole, units: int) -> Floats:
    """Features added up by unit."""
    columns = [np.bincount(labels, column, minlength=units) for column in features.T]
    return np.stack(columns, axis=1) if columns else np.zeros((units, 0))
