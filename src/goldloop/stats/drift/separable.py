"""Can anything tell today's items from the baseline's? Two-sample tests for many columns at once."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Flags, Floats
from goldloop.stats.drift.shift import Shift

Scorer = Callable[[Floats], Floats]
Learner = Callable[[Floats, Flags], Scorer]
STEPS = 25


def classifier_test(
    baseline: ArrayLike, current: ArrayLike, *, learner: Learner | None = None, folds: int = 5,
    permutations: int = 99, seed: int = 0,
) -> Shift:  # fmt: skip
    """A classifier tries to tell the samples apart; the statistic is its cross-fitted AUC (Lopez-Paz & Oquab 2017).

    p by permutation of the sample labels with everything refitted: exact for any learner. `learner(rows, is_current)`
    returns a scorer of rows; the default is our ridge logistic regression on standardised columns (one linear
    direction: hand in a boosted tree for interactions). AUC 0.5: indistinguishable; near 1: a model knows at once
    (so do not call such a synthetic copy faithful). Rows are items, columns features, no NaN. Significant is not
    harmful: val and test of one benchmark are often separable.
    """
    one = arguments.numbers("baseline", baseline, dimensions=2)
    two = arguments.numbers("current", current, dimensions=2)
    folds = arguments.whole("folds", folds, low=2)
    permutations = arguments.whole("permutations", permutations, low=19)
    if one.shape[1] != two.shape[1]:
        raise Invalid("has other columns", field="current", expected=str(one.shape[1]), found=str(two.shape[1]))
    method = f"classifier two-sample test, cross-fitted AUC, {folds} folds, {permutations} permutations"
    if min(len(one), len(two)) < folds:
        because = f"fewer than {folds} rows in a sample"
        return Shift(statistic=None, p=None, baseline=len(one), current=len(two), method=method, because=because)
    rows = np.concatenate([one, two])
    is_current = np.arange(len(rows)) >= len(one)
    random = np.random.default_rng(arguments.seed(seed))
    fit = learner or logistic
    statistic = _cross_fitted(rows, is_current, fit, folds, random)
    found = [_cross_fitted(rows, random.permutation(is_current), fit, folds, random) for _ in range(permutations)]
    p = (1 + sum(auc >= statistic for auc in found)) / (permutations + 1)
    return Shift(statistic=statistic, p=float(p), baseline=len(one), current=len(two), method=method)


def logistic(rows: Floats, is_current: Flags, *, ridge: float = 1.0) -> Scorer:
    """Ridge logistic regression on standardised columns, by Newton's method; scores are log odds."""
    centre, scale = rows.mean(0), rows.std(0)
    scale[scale == 0] = 1.0
    design = np.column_stack([(rows - centre) / scale, np.ones(len(rows))])
    penalty = np.append(np.full(rows.shape[1], ridge), 0.0)
    weights = np.zeros(design.shape[1])
    for _ in range(STEPS):
        p = expit(design @ weights)
        gradient = design.T @ (p - is_current) + penalty * weights
        hessian = (design * (p * (1 - p) + 1e-9)[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        step *= min(1.0, 5.0 / max(1e-12, float(np.abs(step).max())))
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    return lambda new: np.asarray(((new - centre) / scale) @ weights[:-1] + weights[-1], dtype=np.float64)


def kernel_test(
    baseline: ArrayLike, current: ArrayLike, *, bandwidth: float | None = None, permutations: int = 199,
    most: int = 1000, seed: int = 0,
) -> Shift:  # fmt: skip
    """The maximum mean discrepancy with a Gaussian kernel (Gretton et al. 2012), p by permutation: exact.

    The unbiased squared MMD; the bandwidth is the median distance unless given. At most `most` rows of each sample
    are used, drawn by the seed (the cost grows with the square). Standardise columns first. None under 2 rows.
    """
    one = arguments.numbers("baseline", baseline, dimensions=2)
    two = arguments.numbers("current", current, dimensions=2)
    if one.shape[1] != two.shape[1]:
        raise Invalid("has other columns", field="current", expected=str(one.shape[1]), found=str(two.shape[1]))
    permutations = arguments.whole("permutations", permutations, low=19)
    bandwidth = None if bandwidth is None else arguments.number("bandwidth", bandwidth, low=1e-50)
    random = np.random.default_rng(arguments.seed(seed))
    one, two = (x if len(x) <= most else x[random.choice(len(x), most, replace=False)] for x in (one, two))
    n, m = len(one), len(two)
    method = f"maximum mean discrepancy, Gaussian kernel, {permutations} permutations"
    if min(n, m) < 2:
        return Shift(statistic=None, p=None, baseline=n, current=m, method=method, because="fewer than 2 rows")
    rows = np.concatenate([one, two])
    squares = (rows**2).sum(1)
    distance = np.maximum(squares[:, None] + squares[None, :] - 2 * rows @ rows.T, 0)
    width = float(np.median(distance[np.triu_indices(n + m, 1)])) if bandwidth is None else bandwidth**2
    kernel = np.exp(-distance / (2 * width)) if width > 0 else (distance == 0).astype(np.float64)
    np.fill_diagonal(kernel, 0.0)
    is_current = np.zeros((permutations + 1, n + m))
    is_current[0, n:] = 1
    for row in is_current[1:]:
        row[random.choice(n + m, m, replace=False)] = 1
    inside = (is_current @ kernel * is_current).sum(1)
    outside = ((1 - is_current) @ kernel * (1 - is_current)).sum(1)
    across = (is_current @ kernel * (1 - is_current)).sum(1)
    found = inside / (m * (m - 1)) + outside / (n * (n - 1)) - 2 * across / (n * m)
    p = float((found >= found[0] - 1e-12).sum() / (permutations + 1))
    return Shift(statistic=float(found[0]), p=p, baseline=n, current=m, method=method)


def area_under_curve(scores: Floats, positive: Flags) -> float:
    """The chance that a positive scores above a negative, ties half (Mann & Whitney 1947)."""
    order = np.sort(scores)
    rank = (np.searchsorted(order, scores, side="left") + np.searchsorted(order, scores, side="right") + 1) / 2
    n = int(positive.sum())
    return float((rank[positive].sum() - n * (n + 1) / 2) / (n * (len(scores) - n)))


def _cross_fitted(rows: Floats, is_current: Flags, fit: Learner, folds: int, random: np.random.Generator) -> float:
    """The mean AUC over folds that hold both samples in the same shares."""
    fold = np.empty(len(rows), dtype=np.int64)
    for part in (is_current, ~is_current):
        fold[part] = random.permutation(np.arange(int(part.sum())) % folds)
    areas = []
    for k in range(folds):
        held = fold == k
        areas.append(area_under_curve(fit(rows[~held], is_current[~held])(rows[held]), is_current[held]))
    return float(np.mean(areas))
