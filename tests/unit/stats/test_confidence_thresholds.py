"""Thresholds with a promise: worked examples and refusals."""

import numpy as np
import pytest
from scipy.stats import binom

from goldloop.core.errors import Invalid
from goldloop.stats.confidence import certify, cheapest_thresholds, labels_needed, selective_curve


def stream(n, seed=0):
    r = np.random.default_rng(seed)
    score = r.random(n)
    return score, r.random(n) < 0.3 * (1 - score)


def test_a_selective_curve_worked_by_hand():
    curve = selective_curve([0.9, 0.8, 0.8, 0.1], [0, 1, 0, 1])
    assert curve.thresholds.tolist() == [0.9, 0.8, 0.1]
    assert curve.coverage.tolist() == [0.25, 0.75, 1.0]
    assert curve.risk == pytest.approx([0, 1 / 3, 0.5])
    assert curve.area == pytest.approx(0.25 * 0 + 0.5 / 3 + 0.25 * 0.5)


def test_fixed_sequence_stops_at_the_first_threshold_that_fails():
    scores, wrong = np.repeat([0.9, 0.7, 0.5, 0.3], 100), np.r_[[0] * 100, [1] * 30, [0] * 270].astype(bool)
    passed = certify(scores, wrong, alpha=0.05, candidates=[0.9, 0.7, 0.5, 0.3], correction="fixed-sequence")
    assert [t.value for t in passed] == [0.9]
    assert passed[0].p == pytest.approx(binom.cdf(0, 100, 0.05))
    each = certify(scores, wrong, alpha=0.10, candidates=[0.9, 0.7, 0.5, 0.3], correction="bonferroni")
    assert [t.value for t in each] == [0.9]


def test_no_errors_in_three_hundred_certify_one_percent_and_not_in_two_hundred():
    for n, certified in ((299, True), (298, False)):
        passed = certify(np.full(n, 0.9), np.zeros(n), alpha=0.01, candidates=[0.5], correction="fixed-sequence")
        assert bool(passed) is certified


def test_ranks_certify_without_candidates_and_accept_what_they_say():
    scores, wrong = stream(3000)
    passed = certify(scores, wrong, alpha=0.10)
    assert len(passed) > 3
    for threshold in passed:
        assert threshold.accepted == (scores >= threshold.value).sum()
        assert threshold.errors == wrong[scores >= threshold.value].sum()


def test_the_cheapest_threshold_of_each_group_accepts_most_where_errors_cost_nothing():
    scores, wrong = stream(4000)
    groups = np.where(np.arange(4000) % 2, "invoice", "letter")
    chosen = cheapest_thresholds(scores, wrong, groups=groups, alpha=0.12, review_cost=5)
    assert set(chosen) == {"invoice", "letter"}
    for name, threshold in chosen.items():
        certified = certify(scores[groups == name], wrong[groups == name], alpha=0.12, delta=0.025)
        assert threshold.accepted == max(t.accepted for t in certified)
        assert threshold.cost == pytest.approx(5 * (threshold.n - threshold.accepted) / threshold.n)
    dear = cheapest_thresholds(scores, wrong, alpha=0.12, review_cost=5, error_cost=100000)["all"]
    assert dear.value is None
    assert "cheaper" in dear.because


def test_a_group_with_little_calibration_is_reviewed_in_full_and_says_so():
    chosen = cheapest_thresholds([0.9] * 5, [0] * 5, alpha=0.01)["all"]
    assert chosen.value is None
    assert "no threshold is certified" in chosen.because


def test_limits_may_differ_by_group():
    scores, wrong = stream(4000)
    groups = np.where(np.arange(4000) % 2, "a", "b")
    chosen = cheapest_thresholds(scores, wrong, groups=groups, alpha={"a": 0.15, "b": 0.05})
    assert chosen["a"].accepted > chosen["b"].accepted


def test_labels_needed_without_errors_is_the_rule_of_three_and_grows_with_the_error():
    assert labels_needed(alpha=0.01, error=0.0) == 299
    assert labels_needed(alpha=0.05, error=0.02) > labels_needed(alpha=0.05, error=0.0)
    assert labels_needed(alpha=0.01, error=0.0, accepted=0.5) == 598


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: certify([0.5], [1], alpha=0), "alpha"),
        (lambda: certify([0.5], [1], alpha=0.1, delta=1), "delta"),
        (lambda: certify([np.nan], [1], alpha=0.1), "scores"),
        (lambda: certify([0.5], [1, 0], alpha=0.1), "wrong"),
        (lambda: certify([0.5], [1], alpha=0.1, candidates=[0.5]), "candidates"),
        (lambda: certify([0.5], [1], alpha=0.1, correction="bonferroni"), "candidates"),
        (lambda: certify([0.5], [1], alpha=0.1, correction="hope"), "correction"),
        (lambda: cheapest_thresholds([0.5], [1], alpha={"b": 0.1}, groups=["a"]), "alpha"),
        (lambda: cheapest_thresholds([0.5], [1], alpha=0.1, groups=["a", "b"]), "groups"),
        (lambda: cheapest_thresholds([0.5], [1], alpha=0.1, review_cost=-1), "review_cost"),
        (lambda: labels_needed(alpha=0.05, error=0.05), "error"),
        (lambda: selective_curve([], []), "scores"),
    ],
)
def test_bad_input_is_refused_by_name(call, field):
    with pytest.raises(Invalid) as caught:
        call()
    assert caught.value.field == field
