"""How often the interval over queries holds the mean of all queries, and what breaks it."""

from functools import lru_cache

import numpy as np
import pytest

from goldloop.stats.retrieval import evaluate

pytestmark = pytest.mark.simulation
NAMES = ("recip_rank", "ndcg_cut_5", "recall_5", "P_5")


def queries(r, n, *, topics=None):
    """Runs of five documents; how good a query is answered depends on its topic where topics are given."""
    run, truth, hard = [], [], r.beta(2, 2, topics or n)
    for q in range(n):
        skill = hard[q % topics] if topics else hard[q]
        good = r.random(5) < skill
        run += [(q, f"d{i}", 5.0 - i) for i in range(5)]
        truth += [(q, f"d{i}", int(good[i])) for i in range(5)] + [(q, "unfound", 1)]
    return run, truth


@lru_cache
def of_many_queries():
    means = evaluate(*queries(np.random.default_rng(2), 20_000), measures=NAMES).means
    return {name: estimate.value for name, estimate in means.items()}


@pytest.mark.parametrize("n", [20, 100])
def test_intervals_over_queries_cover(n):
    r, repeats = np.random.default_rng(1), 250
    truth = of_many_queries()
    hits = dict.fromkeys(NAMES, 0)
    for _ in range(repeats):
        for name, estimate in evaluate(*queries(r, n), measures=NAMES).means.items():
            hits[name] += estimate.interval.low <= truth[name] <= estimate.interval.high
    rates = {name: count / repeats for name, count in hits.items()}
    print(n, rates)
    assert abs(np.mean(list(rates.values())) - 0.95) <= 0.02
    assert min(rates.values()) >= 0.91


def test_many_queries_of_few_topics_break_the_interval():
    """Assumption: queries are independent draws. Twenty paraphrases a topic are one query said twenty times."""
    r, repeats = np.random.default_rng(3), 150
    truth = of_many_queries()["P_5"]
    intervals = [evaluate(*queries(r, 200, topics=10), measures=["P_5"]).means["P_5"].interval for _ in range(repeats)]
    held = np.mean([interval.low <= truth <= interval.high for interval in intervals])
    print(f"ten topics as 200 queries: {held:.2f}")
    assert held < 0.7
