"""The difference between two versions in any score, on the same items, with items drawn again and again."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from goldloop.stats import arguments
from goldloop.stats.arguments import Floats
from goldloop.stats.paired.multiplicity import Correction, Family, family
from goldloop.stats.paired.verdicts import PairedVerdicts, compare
from goldloop.stats.result import Estimate, Interval, undefined

SPAN = 2_000_000
FEWEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceComparison:
    """Two versions compared on every slice, the p-values adjusted as one family, slices in order of appearance."""

    slices: Mapping[Hashable, PairedVerdicts]
    tests: Family


def bootstrap_difference(
    first: ArrayLike,
    second: ArrayLike,
    *,
    clusters: Any = None,
    method: Literal["percentile", "studentised"] = "studentised",
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Estimate:
    """The mean of second - first over the same items, whole clusters (documents, prompts, people) resampled.

    studentised (default): bootstrap t, right also for 10-30 clusters; percentile: the plain quantiles, too narrow
    below some 50 clusters (Efron & Tibshirani 1993, ch. 12-13; Cameron, Gelbach & Miller 2008 for clusters).
    `details`: standard_error, and p, the two-sided p-value of no difference (studentised; at least 1/(resamples + 1)).
    Clusters must be independent and drawn alike. Where fewer than 5 clusters differ there is a value and no interval
    (`caution` says so). None with fewer than 2 clusters.
    """
    one, two = arguments.numbers("first", first), arguments.numbers("second", second)
    arguments.same_length(second=two, first=one)
    level = arguments.share("level", level)
    resamples = arguments.whole("resamples", resamples, low=100)
    arguments.one_of("method", method, ("percentile", "studentised"))
    name = "mean difference, second minus first"
    totals, sizes = _by_cluster(two - one, clusters)
    n, k = len(one), len(totals)
    if k < 2:
        return undefined(
            "fewer than 2 clusters" if clusters is not None else "fewer than 2 items", n=n, eligible=n, method=name
        )
    value = float(totals.sum() / sizes.sum())
    differing = int((totals != 0).sum())
    if differing < FEWEST or np.ptp(totals / sizes) == 0:
        kind = "items" if clusters is None else "clusters"
        caution = f"{differing} {kind} differ: an interval needs {FEWEST} that differ, and not all alike"
        details = {"clusters": float(k)}
        return Estimate(value=value, n=n, eligible=n, method=name, caution=caution, details=details)
    error = _error(totals, sizes, np.ones((1, k)))[0]
    means, errors = _resample(totals, sizes, resamples, np.random.default_rng(arguments.seed(seed)))
    tail = (1 - level) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(errors > 0, (means - value) / errors, 0.0)
        p = (1 + (np.abs(t) >= abs(value) / error).sum()) / (resamples + 1)
    if method == "studentised":
        high_t, low_t = np.quantile(t, [1 - tail, tail])
        low, high = value - high_t * error, value - low_t * error
    else:
        low, high = np.quantile(means, [tail, 1 - tail])
    return Estimate(
        value=value,
        n=n,
        eligible=n,
        method=name,
        interval=Interval(
            low=float(low), high=float(high), level=level, method=f"{method} bootstrap of {k} clusters, seed {seed}"
        ),
        details={"standard_error": float(error), "p": float(p), "clusters": float(k)},
    )


def compare_slices(
    first: ArrayLike, second: ArrayLike, slices: Any, *, correction: Correction = "holm", level: float = 0.95
) -> SliceComparison:
    """Two versions compared on every slice by McNemar's exact test, Holm (default) or BH over the slices."""
    one, two = arguments.flags("first", first), arguments.flags("second", second)
    codes, names = arguments.codes("slices", slices)
    arguments.same_length(second=two, first=one)
    arguments.same_length(slices=codes, first=one)
    rows = zip(names, arguments.rows_of(codes, len(names)), strict=True)
    found = {name: compare(one[mine], two[mine], level=level) for name, mine in rows}
    p = {name: 1.0 if pairs.p is None else pairs.p for name, pairs in found.items()}
    return SliceComparison(slices=found, tests=family(p, method=correction, level=level))


def _by_cluster(difference: Floats, clusters: Any) -> tuple[Floats, Floats]:
    if clusters is None:
        return difference, np.ones(len(difference))
    codes, _ = arguments.codes("clusters", clusters)
    arguments.same_length(clusters=codes, first=difference)
    return np.bincount(codes, difference).astype(np.float64), np.bincount(codes).astype(np.float64)


def _error(totals: Floats, sizes: Floats, times: Floats) -> Floats:
    """The linearised standard error of the ratio of totals, one row of multiplicities at a time."""
    mean = (times @ totals) / (times @ sizes)
    k = len(totals)
    spread = times @ totals**2 - 2 * mean * (times @ (totals * sizes)) + mean**2 * (times @ sizes**2)
    return np.asarray(np.sqrt(np.maximum(spread, 0) * k / (k - 1)) / (times @ sizes), dtype=np.float64)


def _resample(totals: Floats, sizes: Floats, resamples: int, random: np.random.Generator) -> tuple[Floats, Floats]:
    k = len(totals)
    means, errors = [], []
    batch = max(1, SPAN // k)
    for start in range(0, resamples, batch):
        rows = min(batch, resamples - start)
        drawn = random.integers(0, k, (rows, k)) + k * np.arange(rows)[:, None]
        times = np.bincount(drawn.ravel(), minlength=rows * k).reshape(rows, k).astype(np.float64)
        means.append((times @ totals) / (times @ sizes))
        errors.append(_error(totals, sizes, times))
    return np.concatenate(means), np.concatenate(errors)
