"""What a work tells whoever does it: never how sure a model was, and why it came to them only where they rule."""

import json

import pytest
from tests.contract.kernel import MODELS, VERIFY, Kernel, kernel

from goldloop.core.reason import reason, rule_in
from goldloop.http import show
from goldloop.loop.hand_out import Assignment
from goldloop.store.open import Store

SURE = 0.8125
RULES = """
routing:
  model: oracle
  rules:
  - {{rule: looks like a, when: {{suggested: true}}, to: {to}, tier: {tier}}}
  - {{rule: rest, to: annotate, tier: 1}}
"""


def told(one: Kernel, held: Assignment) -> str:
    """All that a person reads of a work, as text."""
    return json.dumps(show.assignment(one.store.ids, held, programme_name="desk"))


@pytest.mark.parametrize(("to", "tier", "who"), [("verify", 1, "ann"), ("annotate", 1, "ann"), ("review", 3, "sue")])
def test_how_sure_a_model_was_is_told_to_nobody(store: Store, to: str, tier: int, who: str) -> None:
    one = kernel(store, MODELS + RULES.format(to=to, tier=tier), items={"i0": "a"}, confidence=SURE)
    (held,) = one.claim(who)
    assert held.queue == to
    text = told(one, held)
    assert "confidence" not in text
    assert str(SURE)[:5] not in text


def test_why_it_came_is_told_to_who_rules(store: Store) -> None:
    one = kernel(store, MODELS + RULES.format(to="review", tier=3), items={"i0": "a"}, confidence=SURE)
    (held,) = one.claim("sue")
    assert held.because == "looks like a"
    (other,) = json.loads(told(one, held))["others"]
    assert (other["answer"], other["by"]) == ({"labels": ["a"]}, "model")


def test_and_not_to_who_checks_or_labels_what_others_rejected(store: Store) -> None:
    one = kernel(store, MODELS + VERIFY, items={"i0": "a"}, confidence=SURE)
    (held,) = one.claim("ann")
    assert (held.because, held.suggestion and held.suggestion.answer) == (None, {"labels": ["a"]})
    one.say("ann", held.work_id, "reject")
    (held,) = one.claim("ben")
    assert (held.queue, held.because, held.suggestion, held.others) == ("annotate", None, None, ())


def test_a_reason_without_its_confidence_is_the_rule() -> None:
    for calibrated, version in ((None, None), (0.7, None), (0.7, 3)):
        assert rule_in(reason("unsure", 0.61, calibrated, version)) == "unsure"
    assert rule_in("3 people skipped it") == "3 people skipped it"
