"""Calibration numbers and maps: worked examples, oracles, refusals."""

import json

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss

from goldloop.core.errors import Invalid
from goldloop.stats.confidence import (
    brier,
    calibration_error,
    from_json,
    isotonic,
    log_loss,
    platt,
    reliability_curve,
    temperature,
)


def sample(n=2000, seed=0):
    r = np.random.default_rng(seed)
    score = r.normal(size=n)
    return score, r.random(n) < 1 / (1 + np.exp(-(1.7 * score + 0.4)))


def test_a_reliability_curve_worked_by_hand():
    curve = reliability_curve([0.1, 0.1, 0.9, 0.9], [0, 1, 1, 1], bins=2, binning="equal-width")
    assert [(b.confidence, b.accuracy, b.n) for b in curve] == [
        (pytest.approx(0.1), 0.5, 2),
        (pytest.approx(0.9), 1, 2),
    ]
    assert curve[0].interval.low < 0.5 < curve[0].interval.high


def test_the_plug_in_error_worked_by_hand_is_beside_the_corrected_one():
    confidence, correct = np.repeat([0.1, 0.9], 200), np.r_[np.arange(200) < 60, np.arange(200) < 140]
    error = calibration_error(confidence, correct, bins=2, binning="equal-width")
    assert error.details["plug_in"] == pytest.approx(0.2)
    assert error.value == pytest.approx(0.2, abs=0.01)
    assert error.interval.low < 0.2 < error.interval.high
    assert error.details["p_calibrated"] < 0.05


def test_perfect_calibration_has_an_interval_that_reaches_zero():
    r = np.random.default_rng(1)
    confidence = r.beta(4, 1, 1000)
    error = calibration_error(confidence, r.random(1000) < confidence)
    assert error.interval.low == 0
    assert error.value < error.details["plug_in"]


def test_too_few_items_for_the_groups_is_none():
    assert "fewer than 2 a group" in calibration_error([0.5] * 10, [1] * 10).because
    assert brier([0.5], [1]).value is None
    assert reliability_curve([], []) == ()


def test_brier_agrees_with_scikit_learn_and_its_parts_add_up():
    confidence = np.repeat([0.2, 0.4, 0.8], 50)
    correct = np.random.default_rng(2).random(150) < confidence
    score = brier(confidence, correct, bins=3)
    assert score.value == pytest.approx(brier_score_loss(correct, confidence))
    parts = score.details
    assert parts["reliability"] - parts["resolution"] + parts["uncertainty"] == pytest.approx(score.value)


def test_isotonic_is_scikit_learns():
    score, right = sample(3000)
    score = np.round(score, 1)
    ours = isotonic(score, right).apply(np.linspace(-4, 4, 200))
    theirs = IsotonicRegression(out_of_bounds="clip").fit(score, right.astype(float)).predict(np.linspace(-4, 4, 200))
    assert ours == pytest.approx(theirs, abs=1e-9)


def test_platt_finds_the_sigmoid_that_made_the_data_and_is_the_optimum():
    score, right = sample(20000)
    fitted = platt(score, right)
    assert (fitted.slope, fitted.offset) == (pytest.approx(1.7, abs=0.08), pytest.approx(0.4, abs=0.05))
    hits = right.sum()
    target = np.where(right, (hits + 1) / (hits + 2), 1 / (len(right) - hits + 2))

    def loss(slope, offset):
        z = slope * score + offset
        return (np.logaddexp(0, z) - target * z).sum()

    best = loss(fitted.slope, fitted.offset)
    assert all(best <= loss(fitted.slope + a, fitted.offset + b) for a in (-0.01, 0, 0.01) for b in (-0.01, 0, 0.01))


def test_temperature_undoes_overconfidence():
    r = np.random.default_rng(3)
    logits = r.normal(size=(4000, 5)) * 2
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = (r.random(4000)[:, None] > p.cumsum(1)).sum(1)
    fitted = temperature(3 * logits, labels)
    assert fitted.temperature == pytest.approx(3, rel=0.05)
    assert log_loss(3 * logits / fitted.temperature, labels) < log_loss(3 * logits, labels)
    assert fitted.apply(3 * logits).sum(1) == pytest.approx(np.ones(4000))


def test_fitted_maps_survive_json_unchanged():
    score, right = sample(500)
    logits = np.column_stack([np.zeros(500), score])
    for fitted, data in (
        (platt(score, right), score),
        (isotonic(score, right), score),
        (temperature(logits, right), logits),
    ):
        again = from_json(json.loads(json.dumps(fitted.as_json())))
        assert again == fitted
        assert (again.apply(data) == fitted.apply(data)).all()


def test_separated_scores_stay_finite():
    fitted = platt([-2.0, -1.0, 1.0, 2.0], [0, 0, 1, 1])
    assert np.isfinite([fitted.slope, fitted.offset]).all()
    assert temperature([[0.0, 1.0], [1.0, 0.0]], [1, 0]).temperature == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: calibration_error([1.2], [1]), "confidence"),
        (lambda: calibration_error([0.2, np.nan], [1, 0]), "confidence"),
        (lambda: calibration_error([0.2], [2]), "correct"),
        (lambda: calibration_error([0.2], [1, 0]), "confidence"),
        (lambda: calibration_error([0.2], [1], bins=0), "bins"),
        (lambda: brier([0.2] * 9, [1] * 9, level=2), "level"),
        (lambda: reliability_curve([0.2], [1], binning="deciles"), "binning"),
        (lambda: platt([1.0, 2.0], [1, 1]), "correct"),
        (lambda: platt([], []), "scores"),
        (lambda: isotonic([np.inf], [1]), "scores"),
        (lambda: temperature([[0.0, 1.0]], [2]), "labels"),
        (lambda: temperature([0.0, 1.0], [0]), "logits"),
        (lambda: from_json({"kind": "beta.v1"}), "kind"),
        (lambda: from_json({"kind": "platt.v1", "slope": 1.0}), "offset"),
    ],
)
def test_bad_input_is_refused_by_name(call, field):
    with pytest.raises(Invalid) as caught:
        call()
    assert caught.value.field == field
