"""What calibration numbers, maps and thresholds must obey."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldloop.stats.confidence import brier, calibration_error, certify, isotonic, platt, selective_curve
from goldloop.stats.confidence.recalibrate import pool

PAIRS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=40, max_size=120)


@settings(max_examples=25, deadline=None)
@given(PAIRS, st.randoms(use_true_random=False))
def test_calibration_numbers_are_bounded_and_do_not_depend_on_order(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    for measure in (lambda c, r: calibration_error(c, r, bins=5, resamples=60), brier):
        one, two = (measure([c for c, _ in rows], [r for _, r in rows]) for rows in (pairs, shuffled))
        assert one.value == pytest.approx(two.value)
        assert 0 <= one.value <= 1
        assert (one.interval is None) == (one.caution is not None)
        assert one.interval is None or one.interval.low <= one.interval.high


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 5)), min_size=1, max_size=40))
def test_pooling_rises_and_keeps_the_mean_and_is_its_own_fixed_point(rows):
    values, weights = (np.array(column) for column in zip(*rows, strict=True))
    fitted, blocks = pool(values, weights)
    assert (np.diff(fitted) >= -1e-12).all()
    assert (fitted * weights).sum() == pytest.approx((values * weights).sum(), abs=1e-7)
    assert pool(fitted, weights)[0] == pytest.approx(fitted)
    assert 1 <= blocks <= len(values)


@settings(max_examples=50, deadline=None)
@given(PAIRS)
def test_maps_keep_the_order_of_scores_where_better_scores_are_better(pairs):
    scores, right = np.array([c for c, _ in pairs]), np.array([r for _, r in pairs])
    grid = np.linspace(-1, 2, 50)
    fitted = isotonic(scores, right).apply(grid)
    assert (np.diff(fitted) >= 0).all()
    assert ((fitted >= 0) & (fitted <= 1)).all()
    if 0 < right.sum() < len(right):
        assert ((platt(scores, right).apply(grid) >= 0) & (platt(scores, right).apply(grid) <= 1)).all()


@given(PAIRS)
def test_the_selective_curve_ends_with_everything_accepted(pairs):
    curve = selective_curve([c for c, _ in pairs], [w for _, w in pairs])
    assert curve.coverage[-1] == 1
    assert curve.risk[-1] == pytest.approx(np.mean([w for _, w in pairs]))
    assert ((curve.low <= curve.risk + 1e-12) & (curve.risk <= curve.high + 1e-12)).all()


@settings(max_examples=50, deadline=None)
@given(PAIRS, st.floats(0.1, 0.5))
def test_a_stricter_promise_never_certifies_more(pairs, alpha):
    scores, wrong = [c for c, _ in pairs], [w for _, w in pairs]
    options = {"candidates": [0.2, 0.5, 0.8], "correction": "bonferroni"}
    loose = {t.value for t in certify(scores, wrong, alpha=alpha, delta=0.1, **options)}
    assert {t.value for t in certify(scores, wrong, alpha=alpha, delta=0.01, **options)} <= loose
    assert {t.value for t in certify(scores, wrong, alpha=alpha / 2, delta=0.1, **options)} <= loose
