"""False alarms as designed, power where it is promised, and what breaks both."""

import numpy as np
import pytest

from goldloop.stats.drift import (
    chi_square,
    classifier_test,
    design_cusum,
    design_error_chart,
    detectable_degradation,
    error_charts,
    kernel_test,
    kolmogorov_smirnov,
    monitor_harm,
    population_stability,
)
from goldloop.stats.drift.charts import cusum
from goldloop.stats.sampling import e_process

pytestmark = pytest.mark.simulation


def test_tests_of_the_same_distribution_alarm_as_often_as_their_level():
    r, alarms = np.random.default_rng(1), {}

    def rare(n):
        return [*r.binomial(1, 0.03, n).tolist(), 2]

    def rows(n):
        return r.normal(size=(n, 3))

    def by_means(rows, is_current):
        """A learner that costs nothing; the level holds for any."""
        direction = rows[is_current].mean(0) - rows[~is_current].mean(0)
        return lambda new: new @ direction

    cases = {
        "ks": (800, lambda: kolmogorov_smirnov(r.normal(size=150), r.normal(size=100))),
        "ks with ties": (300, lambda: kolmogorov_smirnov(r.integers(0, 4, 50), r.integers(0, 4, 60), permutations=99)),
        "chi-square": (800, lambda: chi_square(r.integers(0, 4, 150).tolist(), r.integers(0, 4, 100).tolist())),
        "chi-square, rare": (400, lambda: chi_square(rare(60), rare(80), permutations=99)),
        "classifier": (150, lambda: classifier_test(rows(40), rows(40), learner=by_means, permutations=19, folds=3)),
        "kernel": (300, lambda: kernel_test(rows(30), rows(30), permutations=99)),
    }
    for name, (repeats, test) in cases.items():
        alarms[name] = np.mean([test().p <= 0.05 for _ in range(repeats)])
        assert alarms[name] <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / repeats), name
    print("alarms without change", alarms)


def test_tests_see_the_changes_they_are_for():
    r, seen = np.random.default_rng(2), {}
    cases = {
        "ks": lambda: kolmogorov_smirnov(r.normal(size=300), r.normal(0.4, 1, 300)),
        "chi-square": lambda: chi_square(r.binomial(2, 0.4, 300).tolist(), r.binomial(2, 0.55, 300).tolist()),
        "classifier": lambda: classifier_test(
            r.normal(size=(80, 3)), r.normal(0.7, 1, (80, 3)), permutations=19, folds=3
        ),
        "kernel": lambda: kernel_test(r.normal(size=(60, 2)), r.normal(0.8, 1, (60, 2)), permutations=99),
    }
    for name, test in cases.items():
        seen[name] = np.mean([test().p <= 0.05 for _ in range(40)])
        assert seen[name] > 0.85, name
    print("power", seen)


def test_a_psi_rule_of_thumb_alarms_on_noise_in_small_windows():
    """Why population_stability describes and never tests: "0.1: watch" on samples of 100 without any change."""
    r = np.random.default_rng(3)
    psi = [population_stability(r.normal(size=100), r.normal(size=100), resamples=100) for _ in range(200)]
    alarms = np.mean([estimate.value > 0.1 for estimate in psi])
    held = np.mean([estimate.interval.low == 0 for estimate in psi])
    print(f"psi > 0.1 without change {alarms:.2f}; interval reaches 0 {held:.2f}")
    assert alarms > 0.5
    assert held > 0.8


def test_charts_alarm_falsely_as_rarely_as_designed_and_soon_after_a_change():
    r, h = np.random.default_rng(4), design_cusum(run_length=200)
    first = [cusum(r.normal(size=3000), target=0, sigma=1, h=h).first_signal for _ in range(400)]
    run = np.mean([3000 if f is None else f + 1 for f in first])
    _, _, promised = design_error_chart(baseline=0.05, worse=0.15, run_length=500)
    wrong = r.random((400, 6000)) < 0.05
    charts = error_charts(wrong.ravel(), np.repeat(np.arange(400), 6000), baseline=0.05, worse=0.15, run_length=500)
    found = np.mean([6000 if c.first_signal is None else c.first_signal + 1 for c in charts.values()])
    late = error_charts(
        r.random(40000) < 0.15, np.repeat(np.arange(400), 100), baseline=0.05, worse=0.15, run_length=500
    )
    delay = np.median([101 if c.first_signal is None else c.first_signal + 1 for c in late.values()])
    print(f"cusum run {run:.0f} of 200, error chart {found:.0f} of {promised:.0f}, delay {delay:.0f}")
    assert run == pytest.approx(200, rel=0.15)
    assert found == pytest.approx(promised, rel=0.15)
    assert delay < 60


def test_answers_that_come_in_streaks_break_the_designed_run_length():
    """Assumption: independent answers."""
    r = np.random.default_rng(5)
    streaks = np.repeat(r.random((200, 400)) < 0.05, 10, axis=1)
    charts = error_charts(streaks.ravel(), np.repeat(np.arange(200), 4000), baseline=0.05, worse=0.15, run_length=500)
    found = np.mean([4000 if c.first_signal is None else c.first_signal + 1 for c in charts.values()])
    print(f"run length with streaks {found:.0f} of 500")
    assert found < 300


def test_harm_is_alarmed_falsely_at_most_as_promised_and_seen_at_the_detectable_rate():
    r, repeats, labels = np.random.default_rng(6), 400, 300
    line = 20.0
    at_tolerance = np.mean([e_process(r.random(labels) < 0.05, 0.05).max() >= line for _ in range(repeats)])
    moving = 0.05 * (1 + np.sin(np.arange(labels) / 20)) / 2
    below = np.mean([e_process(r.random(labels) < moving, 0.05).max() >= line for _ in range(repeats)])
    rate = detectable_degradation(labels, tolerance=0.05)
    power = np.mean([e_process(r.random(labels) < rate, 0.05).max() >= line for _ in range(repeats)])
    print(f"false alarms {at_tolerance:.3f}, moving below {below:.3f}; rate {rate:.3f} seen {power:.2f}")
    assert max(at_tolerance, below) <= 0.05 + 0.033
    assert power == pytest.approx(0.8, abs=0.08)


def test_auditing_only_suspicious_items_makes_harm_of_nothing():
    """Assumption: audited items are a random sample of what passed."""
    r = np.random.default_rng(7)
    wrong = r.random(5000) < 0.03
    suspicious = np.flatnonzero(wrong | (r.random(5000) < 0.05))[:150]
    assert monitor_harm(wrong[suspicious], tolerance=0.05).state == "harm"
    assert monitor_harm(r.permutation(wrong)[:150], tolerance=0.05).state != "harm"
