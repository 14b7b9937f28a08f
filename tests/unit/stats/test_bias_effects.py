"""Anchoring, probes and clusters of errors: worked examples, real corrections, refusals."""

import csv

import numpy as np
import pytest
from scipy.stats import fisher_exact
from statsmodels.stats.proportion import confint_proportions_2indep
from tests.realdata import folder

from goldloop.core.errors import Invalid
from goldloop.stats.bias import anchoring, catch_rates, error_clusters, hasty, rubber_stamping
from goldloop.stats.bias.exact import binomial_at_least, hypergeometric_at_least


def arms(shown_hits, shown, blind_hits, blind):
    agrees = np.r_[np.arange(shown) < shown_hits, np.arange(blind) < blind_hits]
    return agrees, np.r_[np.ones(shown, bool), np.zeros(blind, bool)]


def test_newcombes_worked_example():
    """Newcombe (1998), table II: 56/70 against 48/80, method 10: 0.0524 to 0.3339."""
    effect = anchoring(*arms(56, 70, 48, 80)).overall
    assert effect.value == pytest.approx(0.2)
    assert (effect.interval.low, effect.interval.high) == (
        pytest.approx(0.0524, abs=1e-4),
        pytest.approx(0.3339, abs=1e-4),
    )


def test_the_interval_of_a_person_is_statsmodels_newcombe():
    effect = anchoring(*arms(9, 12, 4, 11), people=["a"] * 23).by_person["a"]
    low, high = confint_proportions_2indep(9, 12, 4, 11, method="newcomb")
    assert (effect.interval.low, effect.interval.high) == (pytest.approx(low), pytest.approx(high))


def test_one_person_following_everything_is_seen_and_does_not_count_as_a_thousand():
    r = np.random.default_rng(0)
    people, shown = np.repeat(np.arange(10), 200), r.random(2000) < 0.5
    agrees = r.random(2000) < np.where(shown & (people == 3), 1.0, 0.7)
    result = anchoring(agrees, shown, people=people)
    assert result.by_person[3].interval.low > 0.15
    assert result.overall.interval.low < 0.02
    assert "t over 10 people" in result.overall.interval.method
    assert result.between_people > 0.04


def test_a_few_answers_of_each_of_many_people_do_not_make_them_look_alike():
    """Twenty people, one blind answer each: t over their differences alone covered .88 of what was true."""
    rng, held, runs = np.random.default_rng(8), 0, 300
    for _ in range(runs):
        shown = rng.permutation(100) >= 20
        agrees = rng.random(100) < np.where(shown, 0.93, 0.88)
        between = anchoring(agrees, shown, people=rng.integers(0, 20, 100).tolist()).overall.interval
        held += between.low <= 0.05 <= between.high
    assert held / runs >= 0.95


def test_queues_are_measured_apart():
    r = np.random.default_rng(1)
    queue = np.repeat(["easy", "hard"], 1000)
    shown = r.random(2000) < 0.8
    agrees = r.random(2000) < np.where(shown & (queue == "hard"), 0.95, 0.7)
    result = anchoring(agrees, shown, queues=queue)
    assert result.by_queue["hard"].interval.low > 0.1
    assert result.by_queue["easy"].interval.low < 0 < result.by_queue["easy"].interval.high


def test_an_empty_arm_measures_nothing_and_says_which():
    assert "blind arm" in anchoring([1, 0], [1, 1]).overall.because
    assert "shown arm" in anchoring([1, 0], [0, 0]).overall.because


def test_tails_are_scipys():
    assert hypergeometric_at_least(6, 10, 15, 80) == pytest.approx(
        fisher_exact([[6, 4], [9, 61]], alternative="greater").pvalue
    )
    assert binomial_at_least(0, 10, 0.1) == 1.0
    assert binomial_at_least(10, 10, 0.1) == pytest.approx(1e-10)


def test_who_misses_more_than_the_others_is_named():
    caught = np.r_[np.arange(40) < 36, np.arange(40) < 35, np.arange(40) < 12]
    rates = catch_rates(caught, np.repeat(["ann", "ben", "cleo"], 40))
    assert rates.by_person["cleo"].value == 0.3
    assert dict(zip(rates.below_others.names, rates.below_others.found, strict=True)) == {
        "ann": False, "ben": False, "cleo": True,
    }  # fmt: skip
    assert rates.overall.n == 120


def test_rubber_stamping_is_the_share_not_looked_at():
    caught = np.r_[np.arange(200) < 80, np.arange(400) < 320]
    stamping = rubber_stamping(caught, np.repeat(["cleo", "others"], [200, 400]))
    assert stamping["cleo"].value == pytest.approx(0.5)
    assert stamping["cleo"].interval.low > 0.35
    assert stamping["others"].value == 0.0
    assert rubber_stamping([1, 0], ["a", "a"])["a"].because == "nobody else judged a probe"
    assert rubber_stamping([1, 0], ["a", "b"])["a"].because == "the others caught no probe"


def test_hasty_decisions_are_counted_below_the_floor():
    assert hasty([1.0, 2.0, 5.0, 0.5], ["a", "a", "a", "b"], fastest=2.0)["a"].value == pytest.approx(1 / 3)


def corrections():
    path = folder("conll-label-corrections") / "all_conll_corrections_combined.csv"
    with open(path, newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["error_type"].strip() == "Tag"]
    wrong, right = ([row[name].strip().upper() for row in rows] for name in ("corpus_ent_type", "correct_ent_type"))
    return wrong, right, [row["fold"] for row in rows]


@pytest.mark.parametrize("correction", ["bh", "by"])
def test_sports_teams_labelled_as_places_come_first_among_the_conll_corrections(correction):
    wrong, right, fold = corrections()
    clusters = error_clusters(wrong, right, slices={"fold": fold}, correction=correction)
    first = clusters[0]
    assert len(wrong) == 771
    assert (first.dimension, first.suggested, first.true, first.errors) == ("everywhere", "LOC", "ORG", 581)
    assert first.found
    assert first.adjusted < 1e-50


def test_a_confusion_in_one_slice_is_found_there_and_not_elsewhere():
    r = np.random.default_rng(2)
    truth, version = r.integers(0, 5, 6000), np.repeat(["v1", "v2", "v3"], 2000)
    suggested = np.where(r.random(6000) < 0.02, r.integers(0, 5, 6000), truth)
    suggested = np.where((version == "v2") & (truth == 1) & (r.random(6000) < 0.15), 4, suggested)
    found = [c for c in error_clusters(suggested, truth, slices={"version": version}) if c.found]
    assert {(c.slice, c.suggested, c.true) for c in found} == {("everywhere", 4, 1), ("v2", 4, 1)}
    inside = next(c for c in found if c.slice == "v2")
    assert inside.errors > 5 * inside.expected
    assert inside.rate.interval.low < inside.rate.value < inside.rate.interval.high


def test_no_errors_no_clusters():
    assert error_clusters(["a", "b"], ["a", "b"]) == ()
    assert error_clusters([], []) == ()


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: anchoring([1], [1, 0]), "shown"),
        (lambda: anchoring([0.5], [1]), "agrees"),
        (lambda: anchoring([1], [1], people=["a", "b"]), "people"),
        (lambda: anchoring([1], [1], queues=[None]), "queues"),
        (lambda: catch_rates([1], ["a", "b"]), "people"),
        (lambda: rubber_stamping([2], ["a"]), "caught"),
        (lambda: hasty([-1.0], ["a"], fastest=1), "seconds"),
        (lambda: error_clusters(["a"], ["a", "b"]), "true"),
        (lambda: error_clusters(["a"], ["b"], slices={"fold": [1, 2]}), "slices[fold]"),
        (lambda: error_clusters(["a"], ["b"], correction="holm"), "correction"),
        (lambda: error_clusters(["a"], ["b"], least=0), "least"),
        (lambda: error_clusters(["a"], [None]), "suggested"),
    ],
)
def test_bad_input_is_refused_by_name(call, field):
    with pytest.raises(Invalid) as caught:
        call()
    assert caught.value.field == field
