"""Comparisons as a linear predictor: ability of the first - ability of the second + order + covariates + rater's lean.

Rows that share items, rater, covariates and cluster are one cell, so that a million votes over a thousand items
cost what their distinct pairs cost.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from goldloop.stats.arguments import Flags, Floats, Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Cells and the layout of the parameters: abilities, extra columns, raters' leans, log tie parameter."""

    first: Whole
    second: Whole
    rater: Whole | None
    extra: Floats
    wins: Floats
    losses: Floats
    ties: Floats
    items: int
    raters: int
    davidson: bool

    @property
    def size(self) -> int:
        """How many parameters there are."""
        return self.items + int(self.extra.shape[1]) + self.raters + int(self.davidson)

    def reweighted(self, times: Floats) -> "Design":
        """The same cells, each counted `times` as often."""
        return Design(
            first=self.first, second=self.second, rater=self.rater, extra=self.extra, wins=self.wins * times,
            losses=self.losses * times, ties=self.ties * times, items=self.items, raters=self.raters,
            davidson=self.davidson,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The likelihood at one parameter vector: log likelihood, score and information per cell."""

    log_likelihood: float
    residual: Floats
    tie_residual: Floats
    weight: Floats
    cross: Floats
    tie_weight: Floats


def predictor(design: Design, parameters: Floats) -> Floats:
    """The log odds that the first of the pair beats the second, per cell."""
    k, q = design.items, design.extra.shape[1]
    ability = parameters[:k]
    eta = ability[design.first] - ability[design.second] + design.extra @ parameters[k : k + q]
    if design.rater is not None:
        eta = eta + parameters[k + q : k + q + design.raters][design.rater]
    return np.asarray(eta, dtype=np.float64)


def evaluate(design: Design, parameters: Floats) -> Point:
    """Davidson's (1970) trinomial, or the logistic with half wins for ties."""
    eta = predictor(design, parameters)
    n = design.wins + design.losses + design.ties
    if not design.davidson:
        p, y = expit(eta), design.wins + design.ties / 2
        likelihood = float((y * eta - n * np.logaddexp(0, eta)).sum())
        none = np.zeros(0)
        weight = n * p * (1 - p)
        return Point(
            log_likelihood=likelihood, residual=y - n * p, tie_residual=none, weight=weight, cross=none, tie_weight=none
        )
    tie = parameters[-1]
    top = np.logaddexp(np.logaddexp(eta / 2, -eta / 2), tie)
    p1, p2, pt = np.exp(eta / 2 - top), np.exp(-eta / 2 - top), np.exp(tie - top)
    likelihood = float(((design.wins - design.losses) * eta / 2 + design.ties * tie - n * top).sum())
    lead = p1 - p2
    return Point(
        log_likelihood=likelihood,
        residual=(design.wins - design.losses - n * lead) / 2,
        tie_residual=design.ties - n * pt,
        weight=n * (p1 + p2 - lead**2) / 4,
        cross=-n * lead * pt / 2,
        tie_weight=n * pt * (1 - pt),
    )


def gradient(design: Design, point: Point) -> Floats:
    """The score: what the data still want of every parameter."""
    r = point.residual
    parts = [
        np.bincount(design.first, r, design.items) - np.bincount(design.second, r, design.items),
        design.extra.T @ r,
    ]
    if design.rater is not None:
        parts.append(np.bincount(design.rater, r, design.raters))
    if design.davidson:
        parts.append(np.array([point.tie_residual.sum()]))
    return np.concatenate(parts)


def information(design: Design, point: Point) -> Floats:
    """The observed information matrix (a Laplacian of the pairs, bordered by the other effects)."""
    w, k, q = point.weight, design.items, design.extra.shape[1]
    matrix = np.zeros((design.size, design.size))
    pairs = np.bincount(design.first * k + design.second, w, k * k).reshape(k, k)
    pairs = pairs + pairs.T
    matrix[:k, :k] = np.diag(pairs.sum(1)) - pairs
    matrix[np.arange(k), np.arange(k)] = pairs.sum(1) - np.diag(pairs)
    columns = [design.extra[:, c] for c in range(q)]
    for c, column in enumerate(columns):
        matrix[:k, k + c] = _items(design, w * column)
        matrix[k : k + q, k + c] = [(w * column * other).sum() for other in columns]
    if design.rater is not None:
        at = slice(k + q, k + q + design.raters)
        lean = np.bincount(design.first * design.raters + design.rater, w, k * design.raters)
        lean = lean - np.bincount(design.second * design.raters + design.rater, w, k * design.raters)
        matrix[:k, at] = lean.reshape(k, design.raters)
        for c, column in enumerate(columns):
            matrix[k + c, at] = np.bincount(design.rater, w * column, design.raters)
        matrix[at, at] = np.diag(np.bincount(design.rater, w, design.raters))
    if design.davidson:
        matrix[:k, -1] = _items(design, point.cross)
        matrix[k : k + q, -1] = [(point.cross * column).sum() for column in columns]
        if design.rater is not None:
            matrix[k + q : -1, -1] = np.bincount(design.rater, point.cross, design.raters)
        matrix[-1, -1] = point.tie_weight.sum()
    upper = np.triu(matrix)
    return np.asarray(upper + np.triu(matrix, 1).T, dtype=np.float64)


def cluster_scores(design: Design, point: Point, cluster: Whole, clusters: int) -> Floats:
    """The score of every cluster, shape (clusters, parameters)."""
    k, q = design.items, design.extra.shape[1]
    scores = np.zeros((clusters, design.size))
    flat = scores.reshape(-1)
    row = cluster * design.size
    flat += np.bincount(row + design.first, point.residual, len(flat))
    flat -= np.bincount(row + design.second, point.residual, len(flat))
    for c in range(q):
        scores[:, k + c] = np.bincount(cluster, point.residual * design.extra[:, c], clusters)
    if design.rater is not None:
        flat += np.bincount(row + k + q + design.rater, point.residual, len(flat))
    if design.davidson:
        scores[:, -1] = np.bincount(cluster, point.tie_residual, clusters)
    return scores


def estimable(design: Design) -> bool:
    """Whether finite abilities exist: no ordering of the items explains every result perfectly.

    Every item must, through others, both have beaten and have lost to every other, a tie counting for both (Ford
    1957). Davidson's ties need more: no abilities may put every win at least, and every tie at most, one step apart
    (a win graph without negative cycles; Bellman & Ford).
    """
    beats = np.zeros((design.items, design.items), dtype=bool)
    beats[design.first[design.wins > 0], design.second[design.wins > 0]] = True
    beats[design.second[design.losses > 0], design.first[design.losses > 0]] = True
    tied = np.zeros_like(beats)
    tied[design.first[design.ties > 0], design.second[design.ties > 0]] = True
    tied |= tied.T
    both = beats | tied
    if not (_reaches_all(both) and _reaches_all(both.T)):
        return False
    if not design.davidson or (beats & beats.T).any():
        return True
    start, end = (np.concatenate(pair) for pair in zip(np.nonzero(beats), np.nonzero(tied), strict=True))
    step = np.concatenate([np.full(int(beats.sum()), -1.0), np.full(int(tied.sum()), 1.0)])
    height = np.zeros(design.items)
    for _ in range(design.items + 1):
        lower = height.copy()
        np.minimum.at(lower, end, height[start] + step)
        if (lower == height).all():
            return False
        height = lower
    return True


def _reaches_all(edges: Flags) -> bool:
    seen = np.zeros(len(edges), dtype=bool)
    seen[0] = True
    frontier = seen.copy()
    while frontier.any():
        frontier = edges[frontier].any(0) & ~seen
        seen |= frontier
    return bool(seen.all())


def _items(design: Design, values: Floats) -> Floats:
    return np.asarray(
        np.bincount(design.first, values, design.items) - np.bincount(design.second, values, design.items),
        dtype=np.float64,
    )
