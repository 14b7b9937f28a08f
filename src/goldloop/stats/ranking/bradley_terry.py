"""Who is better, from pairs: Bradley-Terry with ties, order, covariates, raters and clusters."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, ndtri

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Floats
from goldloop.stats.ranking.design import (
    Design,
    Point,
    cluster_scores,
    estimable,
    evaluate,
    gradient,
    information,
    predictor,
)
from goldloop.stats.ranking.ranks import rank_sets
from goldloop.stats.ranking.table import Table, comparison_table
from goldloop.stats.result import Estimate, Interval, undefined

Ties = Literal["davidson", "half"]
STEPS = 60
REFIT_WORK = 30_000_000
LARGEST_ODDS = 25.0
FEWEST = 10
PERFECT = "the order or a covariate predicts some results perfectly: no finite effects"
UNDEFEATED = "some items won or lost every comparison with the others: no finite ability (give a prior)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Abilities in log odds, best first, with intervals, and the set of places each item may have.

    `ranks[item]` is (best, worst), 1 best, right for all items together at `level`. `effects` holds order (the pull of
    being shown first), every covariate and "tie" (log of Davidson's parameter); `leans` every rater's own pull to the
    first shown. None and `because` where finite abilities do not exist. `deviance` compares with one free share a
    distinct cell.
    """

    abilities: Mapping[Hashable, Estimate]
    ranks: Mapping[Hashable, tuple[int, int]]
    effects: Mapping[str, Estimate]
    leans: Mapping[Hashable, Estimate]
    covariance: Floats
    n: int
    level: float
    method: str
    rank_method: str
    deviance: float | None
    because: str | None = None

    def probability(self, first: Hashable, second: Hashable) -> float | None:
        """The chance that `first` beats `second` in a decided comparison without order effect."""
        one, two = self.abilities[first].value, self.abilities[second].value
        return None if one is None or two is None else float(expit(one - two))


def bradley_terry(
    first: Any,
    second: Any,
    outcome: ArrayLike,
    *,
    counts: ArrayLike | None = None,
    order: bool = False,
    covariates: Mapping[str, ArrayLike] | None = None,
    raters: Any = None,
    clusters: Any = None,
    ties: Ties = "davidson",
    reference: Hashable | None = None,
    prior: float = 0.0,
    rater_prior: float = 1.0,
    level: float = 0.95,
    resamples: int = 300,
    seed: int = 0,
) -> Ranking:
    """Abilities from comparisons: P(first beats second) = 1 / (1 + exp(-(a_first - a_second + effects))).

    Bradley & Terry (1952) by Newton's method. `outcome`: 1 first won, 0 second won, 0.5 tie; `counts` how often.
    ties: davidson (1970: a tie has weight nu sqrt of both strengths; without ties the plain model) or half (each tie
    half a win: a quasi-likelihood). `order`: the first shown gains a constant. `covariates` differ between the two
    sides (first minus second: length, price). `raters`: every rater's own lean to the first, shrunk by a normal prior
    of precision `rater_prior`. `prior`: precision of a normal prior on abilities, 0 for none; then items that won or
    lost everything have no finite ability and the result is None. Abilities sum to 0 unless `reference` is 0.

    Intervals: from the information matrix; with `clusters` (prompts, documents) by a cluster bootstrap, refitted
    where small, one Newton step per replicate where large. Clusters must be independent, and at least 10. Invalid for a
    comparison of an item with itself.
    """
    level, seed = arguments.share("level", level), arguments.whole("seed", seed)
    prior = arguments.number("prior", prior, low=0)
    rater_prior = arguments.number("rater_prior", rater_prior, low=1e-9)
    resamples = arguments.whole("resamples", resamples, low=50)
    arguments.one_of("ties", ties, ("davidson", "half"))
    table = comparison_table(first, second, outcome, counts, order, covariates, raters, clusters, ties)
    if reference is not None and reference not in table.names:
        raise Invalid("was never compared", field="reference", expected="a compared item", found=repr(reference))
    scale = "mean 0" if reference is None else "reference 0"
    method = f"Bradley-Terry, ties {ties if table.design.ties.any() else 'none'}, {scale}"
    if len(table.names) < 2 or (prior == 0 and not estimable(table.design)):
        because = UNDEFEATED if len(table.names) > 1 else "fewer than two items"
        return _none(table, because, method, level)
    penalty = _penalty(table.design, prior, rater_prior)
    fitted, matrix, point = _fit(table.design, np.zeros(table.design.size), penalty)
    if prior == 0 and float(np.abs(predictor(table.design, fitted)).max()) > LARGEST_ODDS:
        return _none(table, PERFECT, method, level)
    contrast = _contrast(table, reference)
    draws = None
    name = "Wald, information matrix"
    if table.cluster is not None and table.clusters < FEWEST:
        return _none(table, f"{table.clusters} clusters: an interval over clusters needs {FEWEST}", method, level)
    if table.cluster is not None:
        draws, name = _bootstrap(table, fitted, matrix, point, penalty, resamples, seed)
        draws = draws @ contrast.T
        covariance = np.atleast_2d(np.cov(draws.T))
    else:
        covariance = contrast @ np.linalg.inv(matrix) @ contrast.T
    return _ranking(table, contrast @ fitted, covariance, draws, point, method, name, level)


def _penalty(design: Design, prior: float, rater_prior: float) -> Floats:
    penalty = np.zeros(design.size)
    penalty[: design.items] = prior
    start = design.items + design.extra.shape[1]
    penalty[start : start + design.raters] = rater_prior
    return penalty


def _fit(design: Design, start: Floats, penalty: Floats) -> tuple[Floats, Floats, Point]:
    """Newton with halved steps; a matrix of ones on the abilities pins their mean at 0."""
    fitted = start
    pin = np.zeros((design.size, design.size))
    pin[: design.items, : design.items] = 1.0
    diagonal = np.diag(penalty + 1e-10)
    point = evaluate(design, fitted)
    matrix = information(design, point) + diagonal + pin
    for _ in range(STEPS):
        step = np.linalg.solve(matrix, gradient(design, point) - penalty * fitted)
        here = point.log_likelihood - float((penalty * fitted**2).sum()) / 2
        size = min(1.0, 8.0 / max(1e-12, float(np.abs(step).max())))
        for _ in range(20):
            candidate = fitted + size * step
            there = evaluate(design, candidate)
            if there.log_likelihood - float((penalty * candidate**2).sum()) / 2 >= here - 1e-9 * abs(here):
                break
            size /= 2
        fitted, point = candidate, there
        matrix = information(design, point) + diagonal + pin
        if np.abs(size * step).max() < 1e-8:
            break
    return fitted, matrix, point


def _contrast(table: Table, reference: Hashable | None) -> Floats:
    """The linear map from parameters to what is reported: abilities less their mean, or less the reference's."""
    contrast = np.eye(table.design.size)
    k = table.design.items
    if reference is None:
        contrast[:k, :k] -= 1 / k
    else:
        contrast[:k, table.names.index(reference)] -= 1
    return contrast


def _bootstrap(
    table: Table, fitted: Floats, matrix: Floats, point: Point, penalty: Floats, resamples: int, seed: int
) -> tuple[Floats, str]:
    cluster = np.zeros(0, np.int64) if table.cluster is None else table.cluster
    random = np.random.default_rng(seed)
    k = table.clusters
    design = table.design
    refit = resamples * (len(design.first) + design.size**2) <= REFIT_WORK
    draws = np.empty((resamples, design.size))
    scores = None if refit else np.linalg.solve(matrix, cluster_scores(design, point, cluster, k).T)
    for b in range(resamples):
        times = np.bincount(random.integers(0, k, k), minlength=k).astype(np.float64)
        if scores is None:
            draws[b] = _fit(design.reweighted(times[cluster]), fitted, penalty)[0]
        else:
            draws[b] = fitted + scores @ (times - 1)
    kind = "refitted" if refit else "one Newton step"
    return draws, f"percentile bootstrap of {k} clusters, {kind}, {resamples} resamples, seed {seed}"


def _ranking(
    table: Table, values: Floats, covariance: Floats, draws: Floats | None, point: Point, method: str, name: str,
    level: float,
) -> Ranking:  # fmt: skip
    z = float(ndtri((1 + level) / 2))
    error = np.sqrt(np.maximum(np.diag(covariance), 0))
    low, high = values - z * error, values + z * error
    if draws is not None:
        low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    estimates = [
        Estimate(
            value=float(values[i]), n=table.n, eligible=table.n, method=method,
            details={"standard_error": float(error[i])},
            interval=Interval(low=float(low[i]), high=float(high[i]), level=level, method=name),
        )
        for i in range(len(values))
    ]  # fmt: skip
    k, q = table.design.items, len(table.columns)
    best, worst, rank_method = rank_sets(values[:k], covariance[:k, :k], level=level)
    by_ability = np.argsort(-values[:k], kind="stable")
    effects = dict(zip(table.columns, estimates[k : k + q], strict=True))
    if table.design.davidson:
        effects["tie"] = estimates[-1]
    return Ranking(
        abilities={table.names[i]: estimates[i] for i in by_ability},
        ranks={table.names[i]: (int(best[i]), int(worst[i])) for i in by_ability},
        effects=effects,
        leans=dict(zip(table.rater_names, estimates[k + q : k + q + len(table.rater_names)], strict=True)),
        covariance=covariance[:k, :k],
        n=table.n,
        level=level,
        method=method,
        rank_method=rank_method,
        deviance=_deviance(table.design, point),
    )


def _deviance(design: Design, point: Point) -> float | None:
    """Twice the distance to the saturated model; None under half wins, which is no likelihood."""
    if not design.davidson and design.ties.any():
        return None
    n = design.wins + design.losses + design.ties
    saturated = 0.0
    for part in (design.wins, design.losses, design.ties):
        some = part > 0
        saturated += float((part[some] * np.log(part[some] / n[some])).sum())
    return 2 * (saturated - point.log_likelihood)


def _none(table: Table, because: str, method: str, level: float) -> Ranking:
    nothing = undefined(because, n=table.n, eligible=table.n, method=method)
    k = len(table.names)
    return Ranking(
        abilities=dict.fromkeys(table.names, nothing), ranks=dict.fromkeys(table.names, (1, k)), effects={}, leans={},
        covariance=np.zeros((0, 0)), n=table.n, level=level, method=method, rank_method="none", deviance=None,
        because=because,
    )  # fmt: skip
