"""Who should look at an item next: the first rule that matches, and human-only before all of them."""

import pytest

from goldloop.core.policy import HumanOnlyDoc, HumanOnlyRule, Policy, Range, RouteRule, Routing, When
from goldloop.core.reason import reason
from goldloop.labelling.routing.rules import (
    Facts,
    Suggested,
    conditions,
    confidence_of,
    holds,
    looked_at,
    needs_second,
    route,
)
from goldloop.loop.human_only import human_only_because

NOBODY = Facts(None, None, {})


def said(label: str = "a", confidence: float | None = 0.9, *, value: int = 1, share: float = 0.9) -> Suggested:
    return Suggested(1, value, (label,), confidence, None, ((label, share),))


def facts(first: Suggested | None = None, second: Suggested | None = None, **slices: str) -> Facts:
    return Facts(first, second, slices)


def policy(*rules: RouteRule, human_only: HumanOnlyDoc | None = None) -> Policy:
    last = RouteRule(rule="rest", to="annotate", tier=1)
    return Policy.model_validate(
        {
            "programme": "p",
            "title": "P",
            "organisation": "Acme",
            "raci": {"accountable": "mona"},
            "task": "choice.v1",
            "ontology": {"labels": ["a", "b", "danger"]},
            "models": {"m": {"judge": "x.v1"}, "n": {"judge": "x.v1"}},
            "routing": Routing(model="m", second="n", rules=(*rules, last)),
            "human_only": human_only or HumanOnlyDoc(),
        }
    )


SURE = RouteRule(rule="sure", when=When(confidence=Range.model_validate({"from": 0.9})), to="verify", tier=1)
AGREED = RouteRule(rule="agreed", when=When(second_agrees=True), to="verify", tier=2)


def test_the_first_rule_that_matches_wins() -> None:
    both = policy(SURE, AGREED)
    assert route(facts(said(), said()), both, human_only=None).rule == "sure"
    assert route(facts(said(confidence=0.5), said()), both, human_only=None).rule == "agreed"
    assert route(NOBODY, both, human_only=None).rule == "rest"


@pytest.mark.parametrize("confidence", [0.0, 0.9, 1.0])
def test_no_confidence_buys_a_human_only_item_out_of_full_annotation(confidence: float) -> None:
    routed = route(facts(said(confidence=confidence)), policy(SURE), human_only="danger")
    assert (routed.rule, routed.to, routed.tier) == ("human-only", "annotate", 2)


@pytest.mark.parametrize(("confidence", "there"), [(None, False), (0.5, True), (0.7, False), (0.69, True)])
def test_a_range_is_half_open_and_holds_nothing_unknown(confidence: float | None, there: bool) -> None:
    when = When(confidence=Range.model_validate({"from": 0.5, "below": 0.7}))
    assert holds(when, facts(said(confidence=confidence))) is there


def test_what_is_not_known_is_never_so() -> None:
    for when in (When(second_agrees=True), When(second_agrees=False)):
        assert not holds(when, facts(said()))
        assert not holds(when, NOBODY)
    assert not holds(When(labels=("a",)), NOBODY)
    assert not holds(When(slice={"kind": "x"}), NOBODY)
    assert holds(When(suggested=False), NOBODY)


def test_everything_that_a_rule_asks_for_must_hold() -> None:
    when = When(labels=("a", "b"), slice={"kind": ("x", "y")})
    assert holds(when, facts(said("b"), kind="y"))
    assert not holds(when, facts(said("b"), kind="z"))
    assert not holds(when, facts(said("danger"), kind="y"))


def test_agreement_compares_what_the_models_said() -> None:
    assert holds(When(second_agrees=True), facts(said(value=1), said(value=1)))
    assert holds(When(second_agrees=False), facts(said(value=1), said(value=2)))


def test_the_second_model_is_asked_only_where_its_answer_decides() -> None:
    both = policy(SURE, AGREED)
    assert not needs_second(facts(said()), both), "an earlier rule takes it"
    assert needs_second(facts(said(confidence=0.5)), both)
    assert not needs_second(facts(said(confidence=0.5), said()), both), "it has spoken already"
    assert not needs_second(NOBODY, both)


def test_any_model_that_suggests_a_human_only_label_makes_the_item_so() -> None:
    because = human_only_because(policy(), [said(), said("danger")], {}, human_labels=frozenset({"danger"}))
    assert because == "human-only label: a model suggested danger"
    assert human_only_because(policy(), [said()], {}, human_labels=frozenset({"danger"})) is None


def test_a_share_above_the_suspicion_is_enough_and_one_at_it_is_not() -> None:
    doc = HumanOnlyDoc(rules=(HumanOnlyRule(rule="r", suspects=("danger",), above=0.05),))

    def because(share: float) -> str | None:
        suggestion = said()._replace(shares=(("a", 1 - share), ("danger", share)))
        return human_only_because(policy(human_only=doc), [suggestion], {}, human_labels=frozenset())

    assert because(0.05) is None
    assert because(0.06) == "r: a model gave danger 0.06, more than 0.05"


def test_a_slice_or_a_whole_programme_may_be_human_only() -> None:
    by_slice = HumanOnlyDoc(rules=(HumanOnlyRule(rule="r", slice={"kind": "x"}),))
    everything = HumanOnlyDoc(rules=(HumanOnlyRule(rule="r", every_item=True),))
    assert human_only_because(policy(human_only=by_slice), [], {"kind": "x"}, human_labels=frozenset())
    assert human_only_because(policy(human_only=by_slice), [], {"kind": "y"}, human_labels=frozenset()) is None
    assert human_only_because(policy(human_only=everything), [], {}, human_labels=frozenset())


def test_a_calibrated_confidence_is_the_one_that_rules_ask_about() -> None:
    sure = facts(said(confidence=0.95)._replace(calibrated=0.8))
    assert route(sure, policy(SURE), human_only=None).rule == "rest"
    assert route(facts(said(confidence=0.85)._replace(calibrated=0.9)), policy(SURE), human_only=None).rule == "sure"
    assert confidence_of(sure.first) == "0.950 (calibrated 0.800)"
    assert reason("sure", 0.95, 0.8, 2) == "sure, confidence 0.950 (calibrated 0.800 by version 2)"
    assert reason("rest", None) == "rest"
    assert confidence_of(said(confidence=0.95)) == "0.950"


WHENS = (
    When(suggested=True),
    When(suggested=False),
    When(confidence=Range.model_validate({"from": 0.5, "below": 0.95})),
    When(margin=Range.model_validate({"from": 0.1})),
    When(labels=("b", "danger")),
    When(second_agrees=True),
    When(second_agrees=False),
    When(slice={"kind": ("x", "y"), "place": "z"}),
    When(confidence=Range.model_validate({"from": 0.5}), labels=("a",), slice={"kind": "x"}, second_agrees=True),
)
FOUND = (
    NOBODY,
    facts(said()),
    facts(said("b", 0.4)),
    facts(said(), said(value=2), kind="x", place="z"),
    facts(said()._replace(margin=0.2, calibrated=0.96), said(), kind="x"),
    facts(said(confidence=None), kind="y"),
)


@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize("found", FOUND)
def test_what_is_told_of_a_rule_is_what_decides_it(when: When, found: Facts) -> None:
    told = conditions(when, found)
    assert told
    assert all(one.holds for one in told) is holds(when, found)
    assert all(one.wanted and one.found for one in told)


@pytest.mark.parametrize("found", FOUND)
@pytest.mark.parametrize("human_only", [None, "danger: a model suggested danger"])
def test_the_last_rule_that_was_looked_at_is_the_one_that_decided(found: Facts, human_only: str | None) -> None:
    doc = policy(SURE, AGREED)
    looked = looked_at(found, doc, human_only=human_only)
    decided = route(found, doc, human_only=human_only)
    assert (looked[-1].rule, looked[-1].to, looked[-1].tier) == decided[:3]
    assert [one.holds for one in looked] == [False] * (len(looked) - 1) + [True]
