"""Acceptance plans against published tables, and what an audit proves."""

import itertools
import json

import numpy as np
import pytest
from tests.realdata import folder

from goldloop.core.errors import Invalid
from goldloop.stats.estimate import proportion
from goldloop.stats.sampling import (
    Plan,
    decide,
    double_plan,
    least_average,
    operating_characteristic,
    proved_bound,
    sequential_plan,
    single_plan,
    sprt,
)


def table(name):
    return json.loads((folder("classic-tables") / "classic_tables.json").read_text())[name]


def single(n, c, lot=None):
    return Plan(
        kind="single",
        aql=0.01,
        ltpd=0.1,
        producer_risk=0.05,
        consumer_risk=0.1,
        n=(n,),
        accept=(c,),
        reject=(c + 1,),
        lot=lot,
    )


def test_the_smallest_plan_is_the_published_one():
    plan = single_plan(aql=0.05, ltpd=0.15, producer_risk=0.05, consumer_risk=0.075)
    published = table("acceptance_sampling_binomial")["smallest_plan"]
    assert {"n": plan.n[0], "c": plan.accept[0]} == published


def test_operating_characteristics_are_the_published_ones():
    for entry in table("acceptance_sampling_binomial")["plans"]:
        rates = [float(rate) for rate in entry["p_accept"]]
        oc = operating_characteristic(single(entry["n"], entry["c"]), rates)
        assert oc.acceptance == pytest.approx(list(entry["p_accept"].values()), abs=1e-6)
        assert oc.average_sample == pytest.approx([entry["n"]] * len(rates))


def test_walds_lines_are_the_published_ones():
    wald = table("wald_sprt")
    lines = sprt(aql=wald["p0"], ltpd=wald["p1"], producer_risk=wald["alpha"], consumer_risk=wald["beta"])
    assert (lines.slope, lines.h_accept, lines.h_reject) == pytest.approx(
        (wald["slope"], wald["h_accept"], wald["h_reject"]), abs=1e-6
    )


def test_a_small_batch_needs_a_smaller_sample():
    endless, batch = single_plan(aql=0.01, ltpd=0.05), single_plan(aql=0.01, ltpd=0.05, lot=300)
    assert batch.n[0] < endless.n[0]
    oc = operating_characteristic(batch, [0.01, 0.05])
    assert oc.acceptance[0] >= 0.95
    assert oc.acceptance[1] <= 0.10


def test_the_double_plan_keeps_both_risks_with_a_smaller_average():
    fixed, plan = single_plan(aql=0.02, ltpd=0.08), double_plan(aql=0.02, ltpd=0.08)
    oc = operating_characteristic(plan, [0.02, 0.08])
    assert oc.acceptance[0] >= 0.95
    assert oc.acceptance[1] <= 0.10
    assert oc.average_sample[0] < fixed.n[0]


@pytest.mark.parametrize("longest", [1.0, 1.5])
@pytest.mark.parametrize("points", [(0.02, 0.08, 0.05, 0.10), (0.05, 0.15, 0.05, 0.075), (0.02, 0.1, 0.01, 0.01)])
def test_the_sequential_plan_keeps_both_risks_exactly_and_never_exceeds_its_end(points, longest):
    aql, ltpd, producer, consumer = points
    options = {"aql": aql, "ltpd": ltpd, "producer_risk": producer, "consumer_risk": consumer}
    fixed, plan = single_plan(**options).n[0], sequential_plan(**options, longest=longest)
    oc = operating_characteristic(plan, [aql, ltpd])
    print(points, longest, oc.average_sample / fixed)
    assert oc.acceptance[0] >= 1 - producer
    assert oc.acceptance[1] <= consumer
    assert plan.n[-1] <= longest * fixed
    assert oc.average_sample[0] < (0.81 if longest == 1 else 0.63) * fixed
    assert oc.average_sample[1] < (0.56 if longest == 1 else 0.49) * fixed


def test_no_plan_goes_below_what_the_dual_proves_and_ours_comes_within_two_percent_of_it():
    points = {"aql": 0.02, "ltpd": 0.1, "producer_risk": 0.05, "consumer_risk": 0.1}
    plan, fixed = sequential_plan(**points), single_plan(**points).n[0]
    at_aql, at_ltpd = operating_characteristic(plan, [0.02, 0.1]).average_sample
    both, least = (at_aql + at_ltpd) / 2, least_average(**points)
    assert least <= both <= 1.02 * least
    for weight, other in ((0.0, at_ltpd), (1.0, at_aql)):
        assert least_average(**points, weight=weight) <= other
    assert least_average(**points, weight=1.0) > 0.60 * fixed, "the bar of an audit without end, out of reach of any"
    wald = sprt(**points)
    assert wald.average_sample_aql < least_average(**points, weight=1.0)
    assert least_average(**points, longest=3.0) < least


def test_with_one_percent_risks_the_longer_audit_needs_half_the_fixed_sample():
    options = {"aql": 0.02, "ltpd": 0.1, "producer_risk": 0.01, "consumer_risk": 0.01}
    fixed, plan = single_plan(**options).n[0], sequential_plan(**options, longest=1.5)
    oc = operating_characteristic(plan, [0.02, 0.1])
    assert oc.average_sample[0] <= 0.60 * fixed
    assert oc.average_sample[1] <= 0.45 * fixed


def test_a_verdict_stops_at_the_first_look_that_decides_and_says_why():
    plan = double_plan(aql=0.02, ltpd=0.08)
    clean = decide(plan, np.zeros(plan.n[0], bool))
    assert (clean.outcome, clean.n, clean.defects) == ("accept", plan.n[0], 0)
    assert decide(plan, np.ones(plan.n[1], bool)).outcome == "reject"
    waiting = decide(plan, np.zeros(plan.n[0] - 1, bool))
    assert (waiting.outcome, waiting.next_look) == ("continue", plan.n[0])
    assert "0 defects" in clean.because


def test_the_bound_of_a_single_plan_is_clopper_pearson():
    bound = proved_bound(single(80, 7), look=0, defects=5, level=0.95)
    assert bound.interval.high == pytest.approx(
        proportion(5, 80, method="clopper-pearson", level=0.90).interval.high, abs=1e-9
    )


def test_a_fully_judged_batch_proves_its_own_defects():
    bound = proved_bound(single(50, 3, lot=50), look=0, defects=2)
    assert bound.interval.high == pytest.approx(2 / 50)


def test_accepting_earlier_proves_at_least_as_much_as_accepting_later():
    plan = sequential_plan(aql=0.02, ltpd=0.1)
    looks = [k for k in range(len(plan.n)) if plan.accept[k] >= 0][::8]
    highs = [proved_bound(plan, look=k, defects=plan.accept[k]).interval.high for k in looks]
    assert all(a <= b + 1e-9 for a, b in itertools.pairwise(highs))


def test_an_audit_that_is_not_over_proves_nothing():
    plan = double_plan(aql=0.02, ltpd=0.08)
    bound = proved_bound(plan, look=0, defects=plan.accept[0] + 1)
    assert bound.value is None
    assert "not over" in bound.because


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("aql", {"aql": 0.0}),
        ("aql", {"aql": float("nan")}),
        ("ltpd", {"ltpd": 0.01}),
        ("ltpd", {"ltpd": 1.5}),
        ("producer_risk", {"producer_risk": -0.1}),
        ("consumer_risk", {"producer_risk": 0.6, "consumer_risk": 0.5}),
    ],
)
@pytest.mark.parametrize("design", [single_plan, double_plan, sequential_plan, sprt])
def test_points_that_no_plan_can_serve_are_refused_by_name(design, field, change):
    with pytest.raises(Invalid) as caught:
        design(**{"aql": 0.02, "ltpd": 0.08, **change})
    assert caught.value.field == field


def test_a_plan_must_decide_at_its_last_look():
    with pytest.raises(Invalid) as caught:
        Plan(
            kind="double",
            aql=0.01,
            ltpd=0.1,
            producer_risk=0.05,
            consumer_risk=0.1,
            n=(5, 9),
            accept=(0, 1),
            reject=(3, 4),
        )
    assert caught.value.field == "reject"
