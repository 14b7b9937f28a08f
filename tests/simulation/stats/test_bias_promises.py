"""Planted effects are found, absent ones are not, and intervals cover."""

import numpy as np
import pytest

from goldloop.stats.bias import anchoring, error_clusters, rubber_stamping

pytestmark = pytest.mark.simulation
LEVEL = 0.95


def crowd(r, *, effect, spread, people=12, items=60):
    person = np.repeat(np.arange(people), items)
    shown = r.random(len(person)) < 0.7
    own = np.clip(effect + r.normal(0, spread, people), -0.3, 0.3)[person]
    return r.random(len(person)) < 0.65 + own * shown, shown, person


def test_the_anchoring_interval_covers_the_planted_effect_and_people_must_be_named():
    r, repeats = np.random.default_rng(1), 500
    hits = dict.fromkeys(("same for all", "different people", "people ignored", "one person"), 0)
    for _ in range(repeats):
        alike, varied = crowd(r, effect=0.1, spread=0.0), crowd(r, effect=0.1, spread=0.1, items=150)
        one = crowd(r, effect=0.1, spread=0.0, people=1)
        for name, (agrees, shown, person) in {
            "same for all": alike, "different people": varied, "people ignored": (*varied[:2], None), "one person": one,
        }.items():  # fmt: skip
            interval = anchoring(agrees, shown, people=person).overall.interval
            hits[name] += interval.low <= 0.1 <= interval.high
    rates = {name: count / repeats for name, count in hits.items()}
    print("anchoring", rates)
    assert all(abs(rates[name] - LEVEL) <= 0.035 for name in ("same for all", "different people", "one person"))
    assert rates["people ignored"] < 0.85


def test_hiding_suggestions_where_the_model_is_unsure_measures_the_items_instead():
    """Assumption: the blind arm is random."""
    r = np.random.default_rng(2)
    hard = r.random(4000) < 0.5
    agrees = r.random(4000) < np.where(hard, 0.5, 0.9)
    effect = anchoring(agrees, ~hard).overall
    assert effect.interval.low > 0.3


def test_the_rubber_stamp_score_covers_what_was_planted():
    r, repeats, hits = np.random.default_rng(3), 800, {}
    for share in (0.0, 0.3, 0.7):
        hits[share] = 0
        for _ in range(repeats):
            mine, others = r.random(60) < 0.8 * (1 - share), r.random(400) < 0.8
            estimate = rubber_stamping(np.r_[mine, others], np.r_[np.zeros(60), np.ones(400)])[0.0]
            hits[share] += estimate.interval.low <= share <= estimate.interval.high
    rates = {share: count / repeats for share, count in hits.items()}
    print("rubber stamp", rates)
    assert min(rates.values()) >= LEVEL - 0.02


@pytest.mark.parametrize("correction", ["bh", "by"])
def test_clusters_are_false_at_most_as_often_as_promised_and_planted_ones_are_found(correction):
    r, repeats, n, k = np.random.default_rng(4), 80, 3000, 6
    false_share, power, false_alarms = [], 0, 0
    for _ in range(repeats):
        truth, queue = r.integers(0, k, n), r.integers(0, 4, n)
        other = (truth + r.integers(1, k, n)) % k
        suggested = np.where(r.random(n) < 0.04, other, truth)
        null = error_clusters(suggested, truth, slices={"queue": queue}, correction=correction)
        false_alarms += any(c.found for c in null)
        planted = np.where((queue == 2) & (truth == 1) & (r.random(n) < 0.25), 5, suggested)
        found = [c for c in error_clusters(planted, truth, slices={"queue": queue}, correction=correction) if c.found]
        true = [(c.suggested, c.true) == (5, 1) and c.slice in ("everywhere", 2) for c in found]
        false_share.append(1 - np.mean(true) if found else 0.0)
        power += any(c.slice == 2 and (c.suggested, c.true) == (5, 1) for c in found)
    print(correction, "false share", np.mean(false_share), "power", power / repeats, "alarms", false_alarms / repeats)
    assert np.mean(false_share) <= 0.05 + 0.02
    assert false_alarms / repeats <= 0.05 + 0.075
    assert power / repeats > 0.8
