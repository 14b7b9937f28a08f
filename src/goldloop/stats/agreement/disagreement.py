"""Observed and expected disagreement of Krippendorff's alpha as sums over items, in four forms that scale differently.

    counts        nominal, up to 256 answers     d, n, count of each answer
    coincidence   any metric, up to 64 answers   the coincidence matrix itself (ordinal ranks follow each replicate)
    moments       interval; ordinal beyond 64    d, n, sum x, sum x^2
    linear        any metric beyond those        d, n, q: expected disagreement to first order around the sample's

A form gives features per item and turns summed features into alpha. d = sum over pairs of delta^2 / (n - 1).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from goldloop.stats.agreement.pairing import Ratings
from goldloop.stats.agreement.table import runs
from goldloop.stats.agreement.units import Units, grouping, of_items, summed
from goldloop.stats.arguments import Floats, Whole

EXACT = 256
MATRIX = 64


@dataclass(frozen=True, slots=True)
class Form:
    """`observed_expected` maps summed features (..., features) to the two disagreements, each per rating.

    `feature` gives the features of items from their counts, where the form is exact in them.
    """

    units: Units
    observed_expected: Callable[[Floats], tuple[Floats, Floats]]
    feature: Callable[[Whole], Floats] | None = None

    def alpha(self, sums: Floats) -> Floats:
        observed, expected = self.observed_expected(sums)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(expected > 0, 1 - observed / np.where(expected > 0, expected, 1.0), np.nan)


def nominal(counts: Whole, cluster: Whole | None) -> Form:
    """Answers are equal or not."""

    def feature(rows: Whole) -> Floats:
        n = rows.sum(axis=1)
        d = (n * n - (rows * rows).sum(axis=1)) / np.maximum(n - 1, 1)
        return np.column_stack([d, n, rows]).astype(np.float64)

    def split(sums: Floats) -> tuple[Floats, Floats]:
        d, n, marginal = sums[..., 0], sums[..., 1], sums[..., 2:]
        pairs = np.maximum(n * (n - 1), 1)
        return d / np.maximum(n, 1), (n * n - (marginal * marginal).sum(axis=-1)) / pairs

    return Form(of_items(counts, feature, cluster), split, feature)


def coincidence(counts: Whole, cluster: Whole | None, squared: Floats | None) -> Form:
    """`squared`: the table of delta^2, or None for ordinal: mid-rank differences under the current marginals."""
    size = counts.shape[1]

    def feature(rows: Whole) -> Floats:
        weight = 1 / np.maximum(rows.sum(axis=1) - 1, 1)
        together = rows[:, :, None] * rows[:, None, :]
        together[:, np.arange(size), np.arange(size)] -= rows
        return np.asarray(together.reshape(len(rows), size * size) * weight[:, None])

    def split(sums: Floats) -> tuple[Floats, Floats]:
        together = sums.reshape(*sums.shape[:-1], size, size)
        marginal = together.sum(axis=-1)
        n = marginal.sum(axis=-1)
        if squared is None:
            rank = marginal.cumsum(axis=-1) - marginal / 2
            second = (together * rank[..., :, None] * rank[..., None, :]).sum(axis=(-1, -2))
            first, mean = (marginal * rank**2).sum(axis=-1), (marginal * rank).sum(axis=-1)
            observed, expected = 2 * (first - second), 2 * (n * first - mean**2)
        else:
            observed = (together * squared).sum(axis=(-1, -2))
            expected = ((marginal @ squared) * marginal).sum(axis=-1)
        return observed / np.maximum(n, 1), expected / np.maximum(n * (n - 1), 1)

    return Form(of_items(counts, feature, cluster), split, feature)


def moments(kept: Ratings, x: Floats) -> Form:
    """Squared differences of numbers, from per-item sums; `x` holds one number per rating."""
    item, items, x = kept.item, kept.items, x - x.mean()
    n = np.bincount(item, minlength=items).astype(np.float64)
    first, second = np.bincount(item, x, minlength=items), np.bincount(item, x * x, minlength=items)
    d = 2 * (n * second - first**2) / np.maximum(n - 1, 1)
    labels, units, name = grouping(items, kept.cluster)
    features = summed(np.column_stack([np.maximum(d, 0), n, first, second]), labels, units)

    def split(sums: Floats) -> tuple[Floats, Floats]:
        d, n, first, second = (sums[..., k] for k in range(4))
        return d / np.maximum(n, 1), 2 * (n * second - first**2) / np.maximum(n * (n - 1), 1)

    return Form(Units(features, np.ones(units, np.int64), name), split)


def linear(kept: Ratings, squared: Floats | None) -> Form:
    """Many answers: `squared` is their table of delta^2, or None for nominal."""
    item, value, items, values = kept.item, kept.value, kept.items, kept.values
    n = np.bincount(item, minlength=items).astype(np.float64)
    marginal = np.bincount(value, minlength=values).astype(np.float64)
    if squared is None:
        cell, times = runs(item * np.int64(values) + value)
        equal = np.bincount(cell // values, times.astype(np.float64) ** 2, minlength=items)
        d = (n * n - equal) / np.maximum(n - 1, 1)
        pull = marginal.sum() - marginal
    else:
        d, pull = _pair_distances(item, value, n, squared), squared @ marginal
    q = 2 * np.bincount(item, pull[value], minlength=items)
    constant = float(marginal @ pull)
    labels, units, name = grouping(items, kept.cluster)
    features = summed(np.column_stack([d, n, q]), labels, units)

    def split(sums: Floats) -> tuple[Floats, Floats]:
        d, n, q = (sums[..., k] for k in range(3))
        return d / np.maximum(n, 1), (q - constant) / np.maximum(n * (n - 1), 1)

    return Form(Units(features, np.ones(units, np.int64), f"{name}, expected part to first order"), split)


def _pair_distances(item: Whole, value: Whole, n: Floats, squared: Floats) -> Floats:
    """Per item: the sum of delta^2 over ordered pairs of its ratings, over n - 1."""
    order = np.argsort(item, kind="stable")
    ordered, size = value[order], n.astype(np.int64)
    start = np.concatenate([[0], np.cumsum(size)])
    d = np.zeros(len(n))
    for k in np.flatnonzero(size > 1):
        own = ordered[start[k] : start[k + 1]]
        d[k] = squared[np.ix_(own, own)].sum() / (size[k] - 1)
    return d


def mid_ranks(value: Whole, values: int) -> Floats:
    """The mid-rank of each rating among all ratings."""
    marginal = np.bincount(value, minlength=values)
    return np.asarray((marginal.cumsum() - marginal / 2)[value])
