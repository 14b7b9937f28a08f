"""Is today's data distributed like the baseline? Tests for numbers and for categories."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, kolmogorov

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Floats, Whole

SMALL_EXPECTED = 5.0
SPAN = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A test that two samples come from one distribution. A small p says "different", never "worse".

    `p` is None where `because` says why. Several tests (features, slices) are adjusted with `paired.adjust`.
    """

    statistic: float | None
    p: float | None
    baseline: int
    current: int
    method: str
    because: str | None = None


def kolmogorov_smirnov(baseline: ArrayLike, current: ArrayLike, *, permutations: int = 0, seed: int = 0) -> Shift:
    """The largest distance between two empirical distribution functions (Smirnov 1939), for numbers.

    p by the asymptotic distribution with the effective size n m / (n + m), conservative with ties; `permutations`
    (for example 999) gives an exact one instead, right for ties and small samples. None for an empty sample.
    """
    one, two = arguments.numbers("baseline", baseline), arguments.numbers("current", current)
    permutations = arguments.whole("permutations", permutations)
    method = f"Kolmogorov-Smirnov, {permutations} permutations" if permutations else "Kolmogorov-Smirnov, asymptotic"
    if not len(one) or not len(two):
        return _empty(len(one), len(two), method)
    pooled = np.concatenate([one, two])
    order = np.argsort(pooled, kind="stable")
    last = np.append(np.diff(pooled[order]) != 0, True)
    current_ = (np.arange(len(pooled)) >= len(one))[order]
    statistic = float(_distances(current_[None, :], last, len(one), len(two))[0])
    if permutations:
        random = np.random.default_rng(arguments.seed(seed))
        found = _permuted(current_, last, len(one), len(two), permutations, random)
        p = float((1 + (found >= statistic - 1e-12).sum()) / (permutations + 1))
    else:
        p = float(kolmogorov(np.sqrt(len(one) * len(two) / len(pooled)) * statistic))
    return Shift(statistic=statistic, p=p, baseline=len(one), current=len(two), method=method)


def chi_square(baseline: Any, current: Any, *, permutations: int = 0, seed: int = 0) -> Shift:
    """Pearson's test that two samples share their category shares (Pearson 1900), for labels of any kind.

    Asymptotic p with k - 1 degrees of freedom, refused where an expected count is below 5 (Cochran 1954): give
    `permutations` then. None for an empty sample or a single category.
    """
    table, counts = _table(baseline, current)
    n, m = (int(x) for x in counts)
    permutations = arguments.whole("permutations", permutations)
    method = f"chi-square, {permutations} permutations" if permutations else "chi-square, asymptotic"
    if not n or not m:
        return _empty(n, m, method)
    if table.shape[1] < 2:
        because = "only one category"
        return Shift(statistic=None, p=None, baseline=n, current=m, method=method, because=because)
    expected = table.sum(1, keepdims=True) * table.sum(0) / (n + m)
    statistic = float(((table - expected) ** 2 / expected).sum())
    if permutations:
        random = np.random.default_rng(arguments.seed(seed))
        drawn = random.multivariate_hypergeometric(table.sum(0), m, size=permutations)
        current_ = expected[1]
        rest = table.sum(0) - drawn
        found = ((drawn - current_) ** 2 / current_).sum(1) + ((rest - expected[0]) ** 2 / expected[0]).sum(1)
        p = float((1 + (found >= statistic - 1e-9).sum()) / (permutations + 1))
    elif expected.min() < SMALL_EXPECTED:
        because = f"an expected count of {expected.min():.2g} is below 5: use permutations"
        return Shift(statistic=statistic, p=None, baseline=n, current=m, method=method, because=because)
    else:
        p = float(chdtrc(table.shape[1] - 1, statistic))
    return Shift(statistic=statistic, p=p, baseline=n, current=m, method=method)


def _table(baseline: Any, current: Any) -> tuple[Whole, Whole]:
    """Counts by sample (2 rows) and category, and the sizes of the samples."""
    one, two = arguments.rows("baseline", baseline), arguments.rows("current", current)
    sizes = np.array([len(one), len(two)], dtype=np.int64)
    if not sizes.all():
        return np.zeros((2, 0), dtype=np.int64), sizes
    codes, names = arguments.codes("baseline and current", [*one, *two])
    first = codes[: sizes[0]]
    return np.array([np.bincount(part, minlength=len(names)) for part in (first, codes[sizes[0] :])]), sizes


def category_shares(baseline: Any, current: Any) -> tuple[Whole, Whole]:
    """Counts of every category in both samples; Invalid for an empty sample."""
    table, sizes = _table(baseline, current)
    if not sizes.all():
        field = "baseline" if not sizes[0] else "current"
        raise Invalid("is empty", field=field, expected="at least one value", found="none")
    return table[0], table[1]


def _distances(current: arguments.Flags, last: arguments.Flags, n: int, m: int) -> Floats:
    step = np.where(current, 1 / m, -1 / n).cumsum(1)[:, last]
    return np.asarray(np.abs(step).max(1), dtype=np.float64)


def _permuted(
    current: arguments.Flags, last: arguments.Flags, n: int, m: int, permutations: int, random: np.random.Generator
) -> Floats:
    """The distance under `permutations` random assignments to the samples, as many rows at once as fit."""
    step = max(1, SPAN // len(current))
    parts = []
    for start in range(0, permutations, step):
        rows = np.tile(current, (min(step, permutations - start), 1))
        parts.append(_distances(random.permuted(rows, axis=1), last, n, m))
    return np.concatenate(parts)


def _empty(n: int, m: int, method: str) -> Shift:
    because = "the baseline is empty" if not n else "nothing arrived in the current window"
    return Shift(statistic=None, p=None, baseline=n, current=m, method=method, because=because)
