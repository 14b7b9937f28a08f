"""Plans: simulated items go where the real rules send them, and what comes out is what the inputs say."""

import math
from typing import Any

import numpy as np
import pytest

from goldloop import kinds
from goldloop.core.assumptions import Assumptions
from goldloop.core.errors import Invalid
from goldloop.core.policy import Policy
from goldloop.core.programme_file import read_noun, read_policy
from goldloop.labelling.planning.cells import SECOND, TO, grid_of, table_of
from goldloop.labelling.planning.findings import Spread
from goldloop.labelling.planning.inputs import from_file
from goldloop.labelling.planning.items import items_of, worked
from goldloop.labelling.planning.measured import mean
from goldloop.labelling.planning.pilot_people import Arm, anchored
from goldloop.labelling.planning.preconditions import warnings
from goldloop.labelling.planning.queues import HORIZON, Load, worked_off
from goldloop.labelling.planning.simulate import BY_HAND, by_hand, simulate
from goldloop.labelling.planning.values import drawn
from goldloop.labelling.routing.rules import Facts, Suggested, route
from goldloop.loop.human_only import human_only_because

kinds.load()
HEAD = """
programme: planned
title: Planned
organisation: Harbour Bank
raci: {accountable: mona}
task: choice.v1
ontology: {labels: [arrival, rate, {id: oos, name: Out of scope, human_only: true}]}
models: {ngrams: {judge: choice_baseline.v1}, other: {judge: choice_baseline.v1}}
tiers: {1: {rate: 3600}, 2: {rate: 7200}, 3: {rate: 7200}}
blind: {share: 0.1}
batches: {size: 500}
"""
ROUTING = """
routing:
  model: ngrams
  second: other
  rules:
    - {rule: sure, when: {confidence: {from: 0.9}}, to: verify, tier: 1}
    - {rule: both say so, when: {confidence: {from: 0.5, below: 0.9}, second_agrees: true}, to: verify, tier: 2}
    - {rule: rates abroad, when: {labels: [rate], slice: {region: [us, asia]}}, to: review, tier: 3}
    - {rule: the rest, to: annotate, tier: 1}
"""
CAREFUL = """
routing:
  model: ngrams
  rules:
    - {rule: very sure, when: {confidence: {from: 0.97}}, to: verify, tier: 1}
    - {rule: the rest, to: annotate, tier: 2}
"""
ASSUMED = """
because: made up for a test, every number of it
items: 2000
arrivals: 200
taxonomy_settled: true
in_domain: true
common: 0.9
slices: {region: {eu: 0.5, us: 0.3, asia: 0.2}}
model:
  suggests: 0.95
  suspects: 0.05
  labels: {rate: 0.3, arrival: 0.5}
  confidence:
    - {from: 0.0, below: 0.5, share: 0.1, right: 0.4}
    - {from: 0.5, below: 0.9, share: 0.3, right: 0.8}
    - {from: 0.9, below: 1.0, share: 0.6, right: 0.97}
second: {agrees_if_right: 0.9, agrees_if_wrong: 0.2}
people: {right: 0.95, anchoring: 0.1}
times: {verify: 4, annotate: 12, review: 20}
capacity:
  crew: {people: 2, hours: 5, tiers: [1]}
  seniors: {people: 1, hours: 4, tiers: [2, 3]}
"""
SLA = """
gates: {release: {owner: mona, sample: {size: 100, minimum: 0}, checks: [{floor.v1: {of: accuracy.v1, at: 0.9}}],
  failed_batch: [{floor.v1: {of: accuracy.v1, at: 0.5}}]}}
sla:
  client: Northwind
  terms:
    easy: {promise: accuracy, owner: mona, at: 0.5}
    failed: {promise: failed_batches, owner: mona, at_most: 0}
    pace: {promise: throughput, owner: mona, items: 100}
    repaired: {promise: remediation, owner: mona, hours: 20}
"""


def policy(*parts: str) -> Policy:
    return read_policy(HEAD + "".join(parts))


def assumed(text: str = ASSUMED, **changes: Any) -> Assumptions:
    return read_noun(text, Assumptions, name="assumptions.yaml").model_copy(update=changes)


def test_every_simulated_item_goes_where_the_real_rules_send_it() -> None:
    one = policy(ROUTING)
    given = assumed()
    grid = grid_of([one], given)
    table = table_of(grid, one)
    truth = drawn(given, grid.labels, np.random.default_rng(1))
    cells = items_of(grid, truth, 400, np.random.default_rng(2)).cell
    lows = [0.0, *grid.cuts.tolist()]
    seen = set()
    for cell in np.unique(cells).tolist():
        said, band, label, second, suspected, slices = (int(at) for at in np.unravel_index(cell, grid.shape))
        inside = (lows[band] + (lows[band + 1] if band + 1 < len(lows) else 1.0)) / 2  # not the edge that was routed
        name = grid.labels[label]
        shares = (("oos", 0.7),) if suspected else ()
        first = Suggested(0, 1, (name,) if name else (), inside, None, shares) if said else None
        other = Suggested(0, SECOND[second], (), None, None, ()) if said and SECOND[second] is not None else None
        facts = Facts(first, other, grid.slices[slices])
        models = [model for model in (first, other) if model is not None]
        why = human_only_because(one, models, facts.slices, human_labels=frozenset({"oos"}))
        found = route(facts, one, human_only=why)
        assert (TO[table.to[cell]], table.tier[cell]) == (found.to, found.tier)
        assert table.rules[table.rule[cell]][0] == found.rule
        assert bool(table.latched[cell]) == (why is not None)
        seen.add(found.rule)
    assert seen == {"sure", "both say so", "rates abroad", "the rest", "human-only"}


def test_no_human_only_item_is_verified_or_accepted() -> None:
    one, given = policy(ROUTING), assumed()
    grid = grid_of([one], given)
    table = table_of(grid, one)
    assert table.latched.any()
    assert set(table.to[table.latched].tolist()) == {TO.index("annotate")}


def test_time_and_errors_are_what_the_inputs_come_to() -> None:
    head = HEAD.replace("blind: {share: 0.1}", "blind: {share: 0}").replace(", human_only: true", "")
    certain = read_policy(head + CAREFUL)
    text = ASSUMED.replace("suggests: 0.95", "suggests: 1").replace("suspects: 0.05", "suspects: 0")
    text = text.replace(
        "from: 0.9, below: 1.0, share: 0.6, right: 0.97", "from: 0.97, below: 1.0, share: 0.6, right: 0.9"
    )
    found = simulate([("p", certain)], assumed(text, items=20_000), runs=20, sensed=1)
    (one, hand) = found.policies
    wrong_kept = 0.9 * 0.05 * 0.9 + 0.1 * (0.05 + 0.95 * 0.1)  # a right one is talked away, a wrong one stands
    expected = 0.6 * wrong_kept + 0.4 * 0.05
    assert one.accuracy.value == pytest.approx(1 - expected, abs=0.002)
    objected = 0.9 * 0.05 * 0.9 + 0.1 * 0.95 * 0.9
    seconds = 20_000 * (0.6 * ((1 - objected) * 4 + objected * 12) + 0.4 * 12)
    assert one.hours.value == pytest.approx(seconds / 3600, rel=0.01)
    assert hand.policy == BY_HAND
    assert hand.hours.value == pytest.approx(20_000 * 12 / 3600, rel=0.01)
    assert hand.accuracy.value == pytest.approx(0.95, abs=0.002)
    assert (hand.saved_hours.value, hand.accuracy_over_hand.value) == (0, 0)
    assert one.saved_hours.value == pytest.approx(1 - seconds / 240_000, abs=0.01)
    # the first tier of the policy is paid 3600 an hour, the second 7200: a minor unit and two a second
    paid = 20_000 * (0.6 * ((1 - objected) * 4 + objected * 12) + 0.4 * 12 * 2)
    assert one.cost.value == pytest.approx(paid, rel=0.01)


def test_the_same_seed_says_the_same_and_policies_meet_the_same_items() -> None:
    side = [("a", policy(ROUTING)), ("b", policy(ROUTING)), ("c", policy(CAREFUL))]
    first, again = (simulate(side, assumed(), runs=20, sensed=2) for _ in range(2))
    assert first == again
    a, b, c = first.policies[:3]
    assert a.model_copy(update={"policy": "b"}) == b
    assert b.over_first.hours == Spread(value=0, low=0, high=0, n=20, because=None)
    assert c.over_first.hours.value > 0, "what verifies less takes longer"
    assert simulate(side, assumed(), runs=20, sensed=2, seed=2) != first


def test_an_uncertain_input_widens_the_interval() -> None:
    side = [("p", policy(CAREFUL))]
    text = ASSUMED.replace("annotate: 12", "annotate: {value: 12, low: 8, high: 18}")
    sure, unsure = (simulate(side, assumed(one), runs=60, sensed=1).policies[0].hours for one in (ASSUMED, text))
    assert unsure.high - unsure.low > 5 * (sure.high - sure.low)
    assert unsure.low < sure.low < sure.high < unsure.high


def test_consensus_human_only_and_audits_cost_what_they_ask_for() -> None:
    plain = policy(CAREFUL)
    several = read_policy(HEAD + CAREFUL + "consensus: {share: 0.15}\nhuman_only: {judgements: 2}\n" + SLA)
    grid = grid_of([plain, several], assumed())
    truth = drawn(assumed(), grid.labels, np.random.default_rng(1))
    items = items_of(grid, truth, 5000, np.random.default_rng(2))
    a = worked(plain, table_of(grid, plain), truth, items)
    b = worked(several, table_of(grid, several), truth, items)
    assert b.later.sum() > a.later.sum()
    assert a.first.sum() == b.first.sum() == 5000, "every item has one first look"
    first, second = (simulate([("p", one)], assumed(), runs=20, sensed=1).policies[0] for one in (plain, several))
    assert first.proof_hours.value == 0
    assert second.proof_hours.value == pytest.approx(4 * 100 * 12 / 3600, rel=0.02), (
        "four batches, a hundred judged in each"
    )


def test_sensitivity_goes_the_way_that_the_input_goes() -> None:
    found = simulate([("p", policy(ROUTING))], assumed(), runs=20, sensed=20).sensitivity
    by = {one.input: one for one in found.inputs}
    assert by["seconds to annotate"].low.hours < found.middle.hours < by["seconds to annotate"].high.hours
    assert by["accuracy of the model"].low.hours > by["accuracy of the model"].high.hours
    assert by["anchoring"].low.accuracy != by["anchoring"].high.accuracy
    routed = by["share routed by confidence"]
    assert routed.low.verified < found.middle.verified < routed.high.verified
    assert by["arrivals"].low.days > by["arrivals"].high.days
    assert set(by) >= {"seconds to verify", "seconds to review", "accuracy of people"}


def load(first: float, *, later: float = 0.0, arrivals: float | None = None, supply: float) -> Load:
    return Load(
        first=np.array([[first, 0.0, 0.0]]),
        later=np.array([[0.0, 0.0, later]]),
        looks=np.array([[100.0, 0.0, 0.0]]),
        items=100.0,
        arrivals=np.array([arrivals]) if arrivals is not None else None,
        supply=np.array([[supply, supply]]),
    )


def test_queues_work_off_what_comes_and_no_second_more() -> None:
    found = worked_off(load(1000, later=100, supply=300), [(1,), (2, 3)])
    assert found.days.tolist() == [math.ceil(1000 / 300)]
    assert found.served[-1].sum() == pytest.approx(1100)
    assert found.done.sum() == pytest.approx(100)
    assert found.oldest[0, 0] == 3, "what came on the first day waits three nights"
    assert (found.served <= found.arrived + 1e-6).all()
    steady = worked_off(load(1000, arrivals=10, supply=100), [(1,), (2, 3)])
    assert (steady.days.tolist(), steady.oldest[0, 0]) == ([10], 0), "as much stands ready as comes"
    late = worked_off(load(1000, arrivals=20, supply=100), [(1,), (2, 3)])
    assert (late.days.tolist(), late.backlog[0, 0]) == ([10], 500)


def test_work_that_nobody_may_do_is_never_done() -> None:
    found = worked_off(load(1000, later=100, supply=10_000), [(1,), (2,)])
    assert found.days.tolist() == [math.inf]
    assert len(found.done) == HORIZON
    one = simulate([("p", policy(ROUTING))], assumed(capacity={}), runs=20, sensed=1).policies[0]
    assert (one.days.value, one.days.because) == (None, "no crew")


def test_a_crew_without_the_skill_stands_idle() -> None:
    skilled = read_policy(HEAD + ROUTING + "skills: [german]\n")
    one = simulate([("p", skilled)], assumed(), runs=20, sensed=1).policies[0]
    assert one.days.value is None
    assert [crew.works for crew in one.capacity.crews] == [False, False]


def test_a_surge_makes_work_wait() -> None:
    one = simulate([("p", policy(CAREFUL))], assumed(arrivals=None), runs=20, sensed=1).policies[0]
    waits = [max(tier.oldest_days.value for tier in surge.tiers) for surge in one.capacity.surges]
    assert [surge.factor for surge in one.capacity.surges] == [1, 2, 3]
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]


def test_a_promise_is_missed_as_often_as_it_is_out_of_reach() -> None:
    easy = read_policy(HEAD + ROUTING + SLA)
    hard = read_policy(
        HEAD
        + ROUTING
        + SLA.replace("at: 0.5}\n    failed", "at: 0.999}\n    failed").replace("items: 100}", "items: 5000}")
    )
    first, second = simulate([("easy", easy), ("hard", hard)], assumed(), runs=40, sensed=1).policies[:2]
    risks, worse = ({one.term: one for one in each.sla} for each in (first, second))
    assert (risks["easy"].risk, worse["easy"].risk) == (0, 1)
    assert (risks["pace"].risk, worse["pace"].risk) == (0, 1)
    assert risks["failed"].risk == 0
    assert risks["easy"].high > 0, "forty runs do not prove that it never happens"
    assert risks["repaired"].risk is None
    assert risks["repaired"].because


def test_it_warns_where_a_saving_is_not_to_be_expected() -> None:
    quiet = {one.about for one in warnings([("p", policy(CAREFUL))], assumed())}
    assert not quiet & {"taxonomy", "domain of the model", "common cases", "objects an item"}
    text = ASSUMED.replace("taxonomy_settled: true", "taxonomy_settled: false").replace(
        "in_domain: true", "in_domain: false"
    )
    text = text.replace("common: 0.9", "common: 0.5").replace("verify: 4", "verify: 11")
    said = {one.about for one in warnings([("p", policy(CAREFUL))], assumed(text))}
    assert said >= {"taxonomy", "domain of the model", "common cases", "objects an item"}
    unheard = warnings([("p", policy(ROUTING))], assumed(second=None, slices={}))
    assert sum("never matches" in one.because or "nothing" in one.because for one in unheard) >= 2


def test_many_objects_an_item_make_suggestions_worth_more() -> None:
    side = [("p", policy(CAREFUL))]
    one, many = (
        simulate(side, assumed(ASSUMED + f"objects: {n}\n"), runs=20, sensed=1).policies[0].saved_hours.value
        for n in (1, 8)
    )
    assert many > one


@pytest.mark.parametrize(
    ("before", "after", "line", "message"),
    [
        ("arrivals: 200", "arivals: 200", 4, "did you mean 'arrivals'?"),
        ("common: 0.9", "common: 1.5", 7, "a share from 0 to 1"),
        ("common: 0.9", "common: {value: 0.9, low: 0.95, high: 0.99}", 7, "does not lie between"),
        ("share: 0.6", "share: 0.9", 9, "add to"),
        ("verify: 4", "verify: .nan", 19, "finite"),
        ("because: made up for a test, every number of it", "because: x", 2, "10 characters"),
    ],
)
def test_a_mistake_in_an_assumption_file_is_refused_with_its_line(
    before: str, after: str, line: int, message: str
) -> None:
    with pytest.raises(Invalid) as refused:
        read_noun(ASSUMED.replace(before, after, 1), Assumptions, name="assumptions.yaml")
    assert (refused.value.field or "").startswith(f"assumptions.yaml:{line} "), refused.value
    assert message in str(refused.value)


def test_every_input_says_where_it_comes_from() -> None:
    found = from_file(ASSUMED, name="assumptions.yaml")
    origins = {one.input: one.origin for one in found.rows}
    assert origins["seconds to verify"] == "assumed"
    assert origins["objections corrected in place"] == "default"
    assert {one.origin for one in found.rows} == {"assumed", "default"}


def test_by_hand_keeps_what_is_human_only() -> None:
    one = by_hand(policy(ROUTING))
    assert [rule.to for rule in one.routing.rules] == ["annotate"]
    assert one.labels.human_only == frozenset({"oos"})


def test_batches_that_hide_different_shares_do_not_pass_for_anchoring() -> None:
    """Of hard items half is hidden, of easy ones a tenth: pooled, .86 of the shown stand and .74 of the hidden."""
    hard = [Arm(hidden, 0.5, n < 70) for hidden in (True, False) for n in range(100)]
    easy = [Arm(True, 0.1, n < 19) for n in range(20)] + [Arm(False, 0.9, n < 171) for n in range(180)]
    found = anchored(hard + easy)
    assert found["value"] == pytest.approx(0.0, abs=1e-9)
    follow = [one._replace(stands=True) if not one.hidden else one for one in hard]
    assert anchored(follow)["value"] == pytest.approx(1.0)
    assert anchored(follow)["low"] > 0.5


def test_a_mean_time_is_above_nothing_and_known_no_worse_than_a_single_one() -> None:
    assert mean([10.0]) == {"value": 10.0, "low": pytest.approx(10 / 3), "high": 30.0}
    two = mean([2.0, 18.0])
    assert (two["low"], two["high"]) == (pytest.approx(10 / 3), pytest.approx(30.0))
    many = mean([8.0, 12.0] * 20)
    assert 0 < many["low"] < 10 < many["high"] < 11
