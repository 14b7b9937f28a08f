"""How often plans, bounds and confidence sequences keep their promise, and what breaks it."""

import numpy as np
import pytest
from tests.simulation.stats.replicates import FULL

from goldloop.stats.estimate import hajek
from goldloop.stats.sampling import (
    confidence_sequence,
    decide,
    e_process,
    operating_characteristic,
    proved_bound,
    sequential_plan,
    single_plan,
    stratified_sample,
)
from goldloop.stats.sampling.plan import outcomes

pytestmark = pytest.mark.simulation
LEVEL = 0.95


@pytest.mark.parametrize("rate", [0.005, 0.04, 0.08, 0.15] if FULL else [0.005, 0.08])
def test_the_proved_bound_of_a_sequential_audit_covers_exactly(rate):
    """By every end of the plan, best first: bounds rise along them, so where they pass the rate is found by halving."""
    plan = sequential_plan(aql=0.02, ltpd=0.10)
    ends = outcomes(plan, rate)
    order = np.lexsort((ends.defects, np.where(ends.accepted, ends.look, -ends.look), ~ends.accepted))

    def bound(place):
        end = order[place]
        return proved_bound(plan, look=int(ends.look[end]), defects=int(ends.defects[end])).interval.high

    low, high = -1, len(order) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if bound(middle) + 1e-9 >= rate else (middle, high)
    some = [bound(place) for place in np.linspace(0, len(order) - 1, 9).astype(int)]
    assert some == sorted(some)
    held = ends.probability[order[high:]].sum()
    print(f"rate {rate}: bound holds {held:.4f}")
    assert held >= LEVEL - 1e-9


def test_simulated_audits_do_what_the_operating_characteristic_says():
    r, repeats = np.random.default_rng(1), 3000
    plan = sequential_plan(aql=0.02, ltpd=0.10)
    for rate in (0.02, 0.05, 0.10):
        verdicts = [decide(plan, r.random(plan.n[-1]) < rate) for _ in range(repeats)]
        oc = operating_characteristic(plan, [rate])
        accepted = np.mean([verdict.outcome == "accept" for verdict in verdicts])
        assert accepted == pytest.approx(oc.acceptance[0], abs=0.03)
        assert np.mean([v.n for v in verdicts]) == pytest.approx(oc.average_sample[0], rel=0.04)


def test_an_audit_that_shows_the_easy_items_first_breaks_the_plan():
    """Assumption: the items are drawn at random. Easy items first accepts batches that should be stopped."""
    r, plan = np.random.default_rng(2), sequential_plan(aql=0.02, ltpd=0.10)
    accepted = 0
    for _ in range(300):
        batch = np.sort(r.random(400) < 0.10)
        accepted += decide(plan, batch).outcome == "accept"
    assert accepted / 300 > 0.9


def test_clustered_defects_break_the_risk_of_a_plan():
    """Assumption: items are drawn one by one. Whole documents of ten make the verdict a matter of ten documents."""
    r, plan = np.random.default_rng(3), single_plan(aql=0.02, ltpd=0.10)
    documents = r.beta(0.1, 0.9, (4000, plan.n[0] // 10 + 1))
    items = r.random((4000, plan.n[0])) < np.repeat(documents, 10, axis=1)[:, : plan.n[0]]
    accepted = np.mean(items.sum(1) <= plan.accept[0])
    print(f"clustered batches at the LTPD accepted: {accepted:.3f}")
    assert accepted > 2 * plan.consumer_risk


@pytest.mark.parametrize("method", ["betting", "empirical-bernstein"])
@pytest.mark.parametrize("draw", ["rare errors", "coin", "scores"])
def test_confidence_sequences_hold_at_every_moment(draw, method):
    r, repeats, n = np.random.default_rng(4), 300, 400
    make = {
        "rare errors": (lambda: r.random(n) < 0.02, 0.02),
        "coin": (lambda: r.random(n) < 0.5, 0.5),
        "scores": (lambda: r.beta(8, 2, n), 0.8),
    }
    sample, truth = make[draw]
    held = 0
    for _ in range(repeats):
        interval = confidence_sequence(sample(), method=method).interval
        held += interval.low - 1e-9 <= truth <= interval.high + 1e-9
    print(f"{draw}, {method}: held at all times {held / repeats:.3f}")
    assert held / repeats >= LEVEL - 3 * np.sqrt(0.05 * 0.95 / repeats)


def test_peeking_at_an_ordinary_interval_breaks_its_promise_and_a_drifting_rate_breaks_ours():
    r, repeats, n = np.random.default_rng(5), 400, 1000
    t = np.arange(1, n + 1)
    peeked = drifted = 0
    for _ in range(repeats):
        share = np.cumsum(r.random(n) < 0.3) / t
        half = 1.96 * np.sqrt(share * (1 - share) / t)
        peeked += bool((np.abs(share - 0.3) > half)[30:].any())
        moving = r.random(n) < np.linspace(0.05, 0.25, n)
        interval = confidence_sequence(moving).interval
        drifted += not interval.low <= 0.15 <= interval.high
    print(f"peeked {peeked / repeats:.2f}, drifted {drifted / repeats:.2f}")
    assert peeked / repeats > 0.2
    assert drifted / repeats > 0.2


def test_the_gambler_rarely_reaches_twenty_under_the_null_and_soon_under_the_alternative():
    r, repeats = np.random.default_rng(6), 1000
    null = np.mean([e_process(r.random(500) < 0.1, 0.1).max() >= 20 for _ in range(repeats)])
    other = np.mean([e_process(r.random(500) < 0.2, 0.1).max() >= 20 for _ in range(repeats)])
    print(f"null {null:.3f} alternative {other:.3f}")
    assert null <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / repeats)
    assert other > 0.9


def test_batches_judged_without_replacement_keep_the_promise():
    r, held = np.random.default_rng(7), 0
    for _ in range(400):
        batch = r.permutation(300) < 30
        interval = confidence_sequence(batch[: r.integers(1, 300)], population=300).interval
        held += interval.low - 1e-9 <= 0.1 <= interval.high + 1e-9
    assert held / 400 >= LEVEL - 0.033


def test_neyman_allocation_estimates_better_than_proportional_and_without_bias():
    r = np.random.default_rng(8)
    strata = np.repeat([0, 1], [9000, 1000])
    values = np.where(strata == 1, r.random(10000) < 0.5, r.random(10000) < 0.01).astype(float)
    spread = {}
    for name, weights in {"proportional": None, "neyman": [0.1, 0.5]}.items():
        found = []
        for seed in range(200):
            draw = stratified_sample(strata, 300, seed=seed, weights=weights)
            found.append(hajek(values[draw.positions], draw.probabilities).value)
        spread[name] = np.std(found)
        assert np.mean(found) == pytest.approx(values.mean(), abs=4 * np.std(found) / 14)
    assert spread["neyman"] < 0.85 * spread["proportional"]
