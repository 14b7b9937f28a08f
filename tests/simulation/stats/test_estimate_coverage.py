"""How often the intervals of `estimate` hold the truth."""

import numpy as np
import pytest
from scipy.stats import binom
from tests.simulation.stats.replicates import replicates, slack

from goldloop.stats.estimate import (
    control_variates,
    hajek,
    horvitz_thompson,
    mean,
    prediction_powered,
    proportion,
    stratified,
)

pytestmark = pytest.mark.simulation
LEVEL = 0.95
GRID = np.linspace(0.001, 0.999, 999)


def binomial_coverage(method, n):
    """Exact, by enumeration: no Monte-Carlo error."""
    intervals = [proportion(k, n, method=method).interval for k in range(n + 1)]
    low, high = np.array([i.low for i in intervals]), np.array([i.high for i in intervals])
    inside = (low[None, :] <= GRID[:, None]) & (GRID[:, None] <= high[None, :])
    return (binom.pmf(np.arange(n + 1)[None, :], n, GRID[:, None]) * inside).sum(1)


@pytest.mark.parametrize("n", [5, 10, 30, 50, 100, 300])
def test_clopper_pearson_covers_at_least_the_level_for_every_share(n):
    assert binomial_coverage("clopper-pearson", n).min() >= LEVEL - 1e-12


@pytest.mark.parametrize("n", [10, 30, 50, 100, 300])
@pytest.mark.parametrize("method", ["wilson", "jeffreys"])
def test_approximate_shares_cover_the_level_on_average(method, n):
    coverage = binomial_coverage(method, n)
    print(f"{method} n={n}: mean {coverage.mean():.4f} floor {coverage.min():.4f}")
    assert abs(coverage.mean() - LEVEL) <= 0.015
    assert coverage.min() >= 0.80


def covers(interval, truth):
    return interval.low - 1e-12 <= truth <= interval.high + 1e-12


STRATA = {
    "a large queue rarely audited": ([9000, 1000], [30, 500], [0.97, 0.8]),
    "two small audits": ([9000, 1000], [30, 30], [0.99, 0.7]),
    "ten queues, rare errors": ([1000] * 10, [10] * 10, [0.98] * 10),
    "ten queues": ([1000] * 10, [10] * 10, [0.9] * 10),
    "thirty tiny audits": ([1000] * 30, [3] * 30, [0.95] * 30),
    "a third of the population": ([60] * 5, [20] * 5, [0.95] * 5),
}


def test_stratified_covers_where_plug_in_variances_fail():
    r, repeats = np.random.default_rng(3), replicates(500, 200)
    rates, plug_in = {}, {}
    for name, (sizes, n, share) in STRATA.items():
        sizes, n = np.array(sizes), np.array(n)
        hits = plain = 0
        for _ in range(repeats):
            right = r.binomial(sizes, share)
            result = stratified(r.hypergeometric(right, sizes - right, n), n, sizes)
            truth = right.sum() / sizes.sum()
            hits += covers(result.interval, truth)
            plain += abs(result.value - truth) <= 1.96 * result.details["standard_error"] + 1e-12
        rates[name], plug_in[name] = hits / repeats, plain / repeats
    print("profile score", rates, "floor", min(rates.values()), "plug-in", plug_in)
    assert abs(np.mean(list(rates.values())) - LEVEL) <= 0.015 + slack(repeats * len(rates))
    assert min(rates.values()) >= 0.90 - slack(repeats)
    assert min(plug_in.values()) < 0.80


def test_weighted_estimators_cover_under_unequal_probabilities():
    r, repeats, population = np.random.default_rng(4), 800, 2000
    size = r.gamma(3, size=population)
    y = 2 * size + r.normal(size=population)
    right = (r.random(population) < 0.9).astype(float)
    pi = 150 * size / size.sum()
    hits = dict.fromkeys(("ht", "hajek", "share"), 0)
    for _ in range(repeats):
        drawn = r.random(population) < pi
        hits["ht"] += covers(
            horvitz_thompson(y[drawn], pi[drawn], population=population, design="poisson").interval, y.mean()
        )
        hits["hajek"] += covers(hajek(y[drawn], pi[drawn], design="poisson").interval, y.mean())
        hits["share"] += covers(hajek(right[drawn], pi[drawn]).interval, right.mean())
    rates = {name: count / repeats for name, count in hits.items()}
    print("weighted", rates)
    assert all(LEVEL - 0.03 <= rate <= 0.99 for rate in rates.values())


def test_clusters_must_be_named_or_the_interval_lies():
    r, repeats = np.random.default_rng(5), 500
    named = ignored = 0
    for _ in range(repeats):
        page = r.beta(8, 2, 400)
        right = (r.random((400, 10)) < page[:, None]).astype(float)
        drawn = r.choice(400, 30, replace=False)
        values, clusters = right[drawn].ravel(), np.repeat(drawn, 10)
        pi = np.full(300, 30 / 400)
        named += covers(hajek(values, pi, clusters=clusters).interval, right.mean())
        ignored += covers(hajek(values, pi).interval, right.mean())
    print("clusters named", named / repeats, "ignored", ignored / repeats)
    assert abs(named / repeats - LEVEL) <= 0.03
    assert ignored / repeats < 0.90


def test_means_helpers_and_audited_graders_cover():
    r, repeats = np.random.default_rng(6), replicates(1500, 500)
    hits = dict.fromkeys(("mean", "control", "tuned", "difference", "endless", "poststratified"), 0)
    for _ in range(repeats):
        x = r.normal(size=400)
        y = 1 + 0.8 * x + 0.6 * r.normal(size=400)
        n = 25
        hits["mean"] += covers(mean(y[:n], population=400).interval, y.mean())
        hits["control"] += covers(control_variates(y[:n], x[:n], 0.0).interval, 1.0)
        hits["tuned"] += covers(prediction_powered(y[:n], x[:n], x[n:]).interval, y.mean())
        hits["difference"] += covers(prediction_powered(y[:n], x[:n], x[n:], method="difference").interval, y.mean())
        hits["endless"] += covers(prediction_powered(y[:n], x[:n], x[n:], population="endless").interval, 1.0)
        grade = (r.random(400) < 0.8).astype(float)
        human = np.where(r.random(400) < 0.05, 1 - grade, grade)
        audit = prediction_powered(human[:50], grade[:50], grade[50:], method="poststratified")
        hits["poststratified"] += covers(audit.interval, human.mean())
    rates = {name: count / repeats for name, count in hits.items()}
    print("means", rates)
    assert abs(np.mean(list(rates.values())) - LEVEL) <= 0.015 + slack(repeats)
    assert min(rates.values()) >= LEVEL - 0.025 - slack(repeats)


def test_an_audit_of_hard_cases_only_breaks_prediction_powered_inference():
    r, repeats = np.random.default_rng(7), 200
    hits = 0
    for _ in range(repeats):
        hard = r.random(500) < 0.3
        grade = np.ones(500)
        human = (r.random(500) < np.where(hard, 0.5, 0.95)).astype(float)
        chosen = np.flatnonzero(hard)[:60]
        rest = np.setdiff1d(np.arange(500), chosen)
        hits += covers(prediction_powered(human[chosen], grade[chosen], grade[rest]).interval, human.mean())
    assert hits / repeats < 0.2
