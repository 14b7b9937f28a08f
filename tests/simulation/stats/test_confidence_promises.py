"""How often calibration intervals and certified thresholds keep their promise, and what breaks it."""

import numpy as np
import pytest
from tests.simulation.stats.replicates import replicates, slack

from goldloop.stats.confidence import brier, calibration_error, certify, cheapest_thresholds, selective_curve

pytestmark = pytest.mark.simulation
LEVEL = 0.95
ACCURACY = {
    "calibrated": lambda s: s,
    "overconfident": lambda s: 0.5 + 0.6 * (s - 0.5),
    "shifted": lambda s: np.clip(s - 0.1, 0, 1),
    "sharpened": lambda s: 1 / (1 + np.exp(-2 * np.log(s / (1 - s)))),
    "wrong at the top": lambda s: np.where(s > 0.95, s - 0.2, s),
}


def stated(r, n):
    return np.clip(r.beta(4, 1.2, n), 0.001, 0.999)


def true_error(accuracy, bins=10):
    s = np.sort(stated(np.random.default_rng(99), 200_000))
    gap = (accuracy(s) - s).reshape(bins, -1).mean(1)
    return np.abs(gap).mean()


def test_intervals_of_the_calibration_error_cover_on_average():
    r, repeats, rates, bias = np.random.default_rng(1), replicates(60, 20), {}, {}
    for name, accuracy in ACCURACY.items():
        truth = true_error(accuracy)
        for n in (300, 1500):
            hits, values, plugs = 0, [], []
            for i in range(repeats):
                s = stated(r, n)
                result = calibration_error(s, r.random(n) < accuracy(s), bins=10, resamples=150, seed=i)
                hits += result.interval.low - 1e-9 <= truth <= result.interval.high + 1e-9
                values.append(result.value)
                plugs.append(result.details["plug_in"])
            rates[name, n] = hits / repeats
            bias[name, n] = (np.mean(values) - truth, np.mean(plugs) - truth)
    print("coverage", rates, "floor", min(rates.values()), "bias of corrected and plug-in", bias)
    tests = repeats * len(rates)
    assert np.mean(list(rates.values())) >= LEVEL - 0.03 - slack(tests)
    assert min(rates.values()) >= 0.75 - slack(repeats)
    assert abs(np.mean([b[0] for b in bias.values()])) < 0.5 * np.mean([b[1] for b in bias.values()])


def test_brier_and_single_rows_of_the_selective_curve_cover():
    r, repeats = np.random.default_rng(2), 800
    score_hits = row_hits = 0
    s = stated(np.random.default_rng(98), 400_000)
    truth = (s * (1 - s)).mean()
    for _ in range(repeats):
        s = stated(r, 200)
        score = brier(s, r.random(200) < s)
        score_hits += score.interval.low <= truth <= score.interval.high
        x = r.random(100)
        curve = selective_curve(np.round(x, 1), r.random(100) < 0.1)
        row_hits += curve.low[4] <= 0.1 <= curve.high[4]
    print(f"brier {score_hits / repeats:.3f}, curve row {row_hits / repeats:.3f}")
    assert abs(score_hits / repeats - LEVEL) <= 0.025
    assert row_hits / repeats >= LEVEL - 0.025


def error_above(threshold, slope):
    """Items score uniformly and are wrong with probability slope * (1 - score)."""
    return slope * (1 - threshold) / 2


@pytest.mark.parametrize("correction", ["ranks", "fixed-sequence", "bonferroni"])
@pytest.mark.parametrize(
    ("n", "alpha", "slope"), [(100, 0.1, 0.3), (500, 0.1, 0.3), (500, 0.02, 0.06), (2000, 0.05, 0.2)]
)
def test_certified_thresholds_break_their_limit_at_most_delta_of_the_time(correction, n, alpha, slope):
    r, repeats, delta = np.random.default_rng(3), 400, 0.1
    candidates = None if correction == "ranks" else np.linspace(0.05, 0.95, 19)
    broken, found = 0, 0
    for _ in range(repeats):
        x = r.random(n)
        passed = certify(
            x, r.random(n) < slope * (1 - x), alpha=alpha, delta=delta, candidates=candidates, correction=correction
        )
        found += bool(passed)
        broken += any(error_above(t.value, slope) > alpha for t in passed)
    print(f"{correction} n={n}: certified {found / repeats:.2f}, broken {broken / repeats:.3f}")
    assert broken / repeats <= delta + 3 * np.sqrt(delta * (1 - delta) / repeats)
    assert n < 500 or alpha < 0.05 or found / repeats > 0.5


@pytest.mark.parametrize("correction", ["ranks", "fixed-sequence", "bonferroni"])
def test_the_promise_holds_in_the_worst_case_of_an_error_just_above_the_limit_everywhere(correction):
    r, repeats, delta, alpha, certified = np.random.default_rng(6), 1000, 0.1, 0.1, 0
    candidates = None if correction == "ranks" else np.linspace(0.0, 0.9, 10)
    for _ in range(repeats):
        x, wrong = r.random(400), r.random(400) < alpha + 1e-6
        certified += bool(certify(x, wrong, alpha=alpha, delta=delta, candidates=candidates, correction=correction))
    print(f"{correction}: broken {certified / repeats:.3f} of at most {delta}")
    assert certified / repeats <= delta + 3 * np.sqrt(delta * (1 - delta) / repeats)


def test_choosing_the_best_looking_threshold_without_correction_breaks_the_limit():
    r, repeats, broken = np.random.default_rng(4), 400, 0
    for _ in range(repeats):
        x = r.random(300)
        curve = selective_curve(x, r.random(300) < 0.12)
        broken += bool((curve.risk <= 0.1).any())
    print(f"uncorrected choice broken {broken / repeats:.2f}")
    assert broken / repeats > 0.5


def test_groups_together_keep_their_promise_and_a_harder_batch_breaks_it():
    r, repeats, delta, alpha = np.random.default_rng(5), 400, 0.1, 0.1
    broken = shifted = 0
    for _ in range(repeats):
        x, group = r.random(1200), np.arange(1200) % 3
        slope = np.array([0.1, 0.3, 0.5])[group]
        chosen = cheapest_thresholds(x, r.random(1200) < slope * (1 - x), groups=group, alpha=alpha, delta=delta)
        kept = {g: t.value for g, t in chosen.items() if t.value is not None}
        slopes = {0: 0.1, 1: 0.3, 2: 0.5}
        broken += any(error_above(value, slopes[g]) > alpha for g, value in kept.items())
        shifted += any(error_above(value, 6 * slopes[g]) > alpha for g, value in kept.items())
    print(f"broken {broken / repeats:.3f}, after the shift {shifted / repeats:.3f}")
    assert broken / repeats <= delta + 3 * np.sqrt(delta * (1 - delta) / repeats)
    assert shifted / repeats > 0.5
