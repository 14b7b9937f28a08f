"""What every plan, draw and confidence sequence must obey."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from goldloop.stats.sampling import (
    Plan,
    allocate,
    confidence_sequence,
    operating_characteristic,
    proved_bound,
    single_plan,
    stratified_sample,
)


@st.composite
def plans(draw):
    """Any plan: rising looks, acceptance numbers below rejection numbers, a last look that decides."""
    sizes = sorted(draw(st.sets(st.integers(1, 60), min_size=1, max_size=5)))
    accept = sorted(draw(st.lists(st.integers(-1, 6), min_size=len(sizes), max_size=len(sizes))))
    reject = [a + 1 + draw(st.integers(0, 4)) for a in accept]
    accept[-1] = max(accept[-1], 0)
    reject[-1] = accept[-1] + 1
    return Plan(
        kind="sequential", aql=0.01, ltpd=0.2, producer_risk=0.05, consumer_risk=0.1,
        n=tuple(sizes), accept=tuple(accept), reject=tuple(reject),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(plans(), st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_acceptance_falls_with_the_defect_rate_and_the_average_stays_within_the_plan(plan, rates):
    oc = operating_characteristic(plan, sorted(rates))
    assert (np.diff(oc.acceptance) <= 1e-9).all()
    assert ((oc.acceptance >= -1e-12) & (oc.acceptance <= 1)).all()
    assert (oc.average_sample <= plan.n[-1] + 1e-9).all()
    assert (oc.average_sample >= plan.n[0] - 1e-9).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 8), st.data())
def test_single_plans_for_batches_are_hypergeometric(n, extra, c, data):
    lot = n + extra
    defective = data.draw(st.integers(0, lot))
    plan = Plan(
        kind="single", aql=0.01, ltpd=0.2, producer_risk=0.05, consumer_risk=0.1,
        n=(n,), accept=(c,), reject=(c + 1,), lot=lot,
    )  # fmt: skip
    expected = hypergeom.cdf(c, lot, defective, n)
    assert operating_characteristic(plan, [defective / lot]).acceptance[0] == pytest.approx(expected, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.002, 0.1), st.floats(2, 6), st.floats(0.02, 0.2), st.floats(0.02, 0.2))
def test_the_single_plan_keeps_both_risks_and_one_item_fewer_does_not(aql, ratio, producer, consumer):
    ltpd = min(0.7, aql * ratio)
    plan = single_plan(aql=aql, ltpd=ltpd, producer_risk=producer, consumer_risk=consumer)
    oc = operating_characteristic(plan, [aql, ltpd])
    assert oc.acceptance[0] >= 1 - producer - 1e-9
    assert oc.acceptance[1] <= consumer + 1e-9


@settings(max_examples=25, deadline=None)
@given(plans(), st.data())
def test_a_higher_level_never_proves_more(plan, data):
    look = data.draw(st.integers(0, len(plan.n) - 1))
    defects = min(max(plan.accept[look], 0), plan.n[look])
    if plan.accept[look] < 0:
        return
    narrow, wide = (proved_bound(plan, look=look, defects=defects, level=level).interval.high for level in (0.8, 0.99))
    assert narrow <= wide + 1e-9


@given(st.lists(st.integers(0, 200), min_size=1, max_size=8), st.data())
def test_allocations_are_exact_and_within_what_is_held(held, data):
    size = data.draw(st.integers(0, sum(held)))
    weights = data.draw(st.lists(st.floats(0, 1e3), min_size=len(held), max_size=len(held)))
    given_ = allocate(held, size, weights=weights)
    assert given_.sum() == size
    assert ((given_ >= 0) & (given_ <= held)).all()


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=80), st.integers(0, 99), st.data())
def test_draws_add_up_to_the_population(strata, seed, data):
    size = data.draw(st.integers(len(set(strata)), len(strata)))
    draw = stratified_sample(strata, size, seed=seed, minimum=1)
    assert len(draw.positions) == size
    assert (1 / draw.probabilities).sum() == pytest.approx(len(strata))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=80), st.sampled_from(["betting", "empirical-bernstein"]))
def test_confidence_sequences_mirror_and_only_ever_narrow(values, method):
    x = np.array(values)
    interval, mirror = (confidence_sequence(v, method=method).interval for v in (x, 1 - x))
    assert interval.low == pytest.approx(1 - mirror.high, abs=1e-6)
    assert 0 <= interval.low <= interval.high <= 1
    before = confidence_sequence(x[: max(1, len(x) // 2)], method=method).interval
    assert interval.low >= before.low - 1e-9
    if interval.low < interval.high:
        assert interval.high <= before.high + 1e-9
