"""Bounds: designed from a sample, put where they belong, and tested again on fresh answers."""

import numpy as np
import pytest
from pydantic import ValidationError

from goldloop.core.policy import Range, RouteRule, Routing, When
from goldloop.labelling.confidence.bound_rules import (
    ALL,
    Prices,
    Seen,
    Wanted,
    checked,
    design,
    place,
    rule_of,
    sample_size,
    shift,
    takes,
    with_rules,
)


def sample(n: int, *, wrong_below: float = 0.7, group: str = ALL) -> list[Seen]:
    """Confidences from 0.5 to 1, wrong where they are low."""
    stated = np.random.default_rng(8).uniform(0.5, 1, n)
    return [Seen(float(one), bool(one < wrong_below), group) for one in stated]


def test_the_cheapest_certified_threshold_is_taken() -> None:
    (found,) = design(sample(600), Wanted(alpha=0.1), Prices(verify=2, annotate=10))
    assert 0.6 < found["stated"] < 0.75
    assert found["errors"] <= found["accepted"] * 0.1
    assert found["share"] == found["accepted"] / found["n"]
    assert found["takes"] is None
    assert found["certified"]
    assert {"stated", "share", "error", "high", "cost"} <= found["curve"][0].keys()
    costs = [point["cost"] for point in found["curve"]]
    assert costs[0] > costs[-1], "verifying is cheaper here than annotating"


def test_where_verifying_costs_as_much_nothing_is_gained() -> None:
    (found,) = design(sample(600), Wanted(alpha=0.1), Prices(verify=10, annotate=10))
    assert found["stated"] is None
    assert "cheaper" in found["because"]


def test_delta_is_shared_by_the_groups_and_a_small_group_says_what_it_takes() -> None:
    wanted = Wanted(alpha=0.1, groups={"cards": ("a",), "rest": ("b", "c")})
    found = {one["name"]: one for one in design([*sample(600, group="cards"), *sample(12, group="rest")], wanted, None)}
    assert found["cards"]["delta"] == found["rest"]["delta"] == pytest.approx(0.025)
    assert found["cards"]["stated"] is not None
    assert found["rest"]["stated"] is None
    assert found["rest"]["takes"]["because"]
    empty = {one["name"]: one for one in design(sample(600, group="cards"), wanted, None)}
    assert (empty["rest"]["n"], empty["rest"]["stated"]) == (0, None)


def test_a_bound_that_cannot_be_met_says_what_it_would_take() -> None:
    stated = list(np.linspace(0.5, 1, 400))
    hopeless = takes(stated, [n % 5 == 0 for n in range(400)], 0.05, 0.05)
    assert hopeless["labels"] is None
    assert hopeless["alpha"] == 0.3
    close = takes(stated, [n < 200 for n in range(400)], 0.005, 0.05)
    assert close["labels"] > 400
    assert "judged items" in close["because"]


def test_a_sample_as_large_as_is_asked_for_certifies_a_good_model() -> None:
    wanted = Wanted(alpha=0.05)
    size = sample_size(wanted)
    assert sample_size(Wanted(alpha=0.02)) > size
    assert sample_size(Wanted(alpha=0.05, groups={"x": ("a",), "y": ("b",)})) > 2 * size
    random, certified = np.random.default_rng(1), 0
    for _ in range(50):
        high = random.random(size) < 0.5
        stated = np.where(high, random.uniform(0.9, 1, size), random.uniform(0.1, 0.9, size))
        wrong = random.random(size) < np.where(high, 0.0125, 0.6)
        (found,) = design([Seen(*one, ALL) for one in zip(stated.tolist(), wrong.tolist(), strict=True)], wanted, None)
        certified += found["stated"] is not None
    assert certified >= 40


def test_the_rules_of_a_bound_stand_where_suggestions_passed_and_nothing_else_passes() -> None:
    first = RouteRule(rule="vip", when=When(slice={"kind": "vip"}), to="review", tier=3)
    sure = RouteRule(rule="sure", when=When(confidence=Range.model_validate({"from": 0.9})), to="verify", tier=1)
    low = RouteRule(rule="low", when=When(confidence=Range.model_validate({"below": 0.2})), to="review", tier=3)
    also = RouteRule(rule="also", when=When(suggested=True), to="verify", tier=1)
    rest = RouteRule(rule="rest", to="annotate", tier=1)
    wanted = Wanted(alpha=0.05, groups={"cards": ("a",)})
    rule = rule_of(4, "cards", wanted, 0.87)
    assert (rule.rule, rule.when.labels) == ("bound 4: cards", ("a",))
    routing = with_rules(Routing(model="m", rules=(first, sure, low, also, rest)), [rule])
    assert [one.rule for one in routing.rules] == ["vip", "bound 4: cards", "low", "rest"]
    assert place(Routing(rules=(first, rest))) == 1


def test_groups_are_apart_and_none_is_empty() -> None:
    with pytest.raises(ValidationError, match="stands in the groups"):
        Wanted(alpha=0.05, groups={"x": ("a",), "y": ("a",)})
    with pytest.raises(ValidationError, match="names no label"):
        Wanted(alpha=0.05, groups={"x": ()})


def test_a_sample_from_another_distribution_is_seen() -> None:
    random = np.random.default_rng(2)
    like, other = random.beta(8, 2, (2, 300)), random.beta(2, 2, 300)
    labels = random.choice(["a", "b"], 300).tolist()
    assert shift(like[0].tolist(), like[1].tolist(), labels, labels)["shifted"] is False
    found = shift(like[0].tolist(), other.tolist(), labels, labels)
    assert found["shifted"] is True
    assert "confidence" in found["because"]
    relabelled = shift(like[0].tolist(), like[1].tolist(), labels, ["a"] * 300)
    assert relabelled["shifted"] is True
    assert "label" in relabelled["because"]
    few = shift(like[0].tolist(), [0.9], labels, ["a"])
    assert few["shifted"] is None
    assert "too few" in few["because"]


@pytest.mark.parametrize(
    ("errors", "n", "state"), [(0, 0, "unknown"), (0, 100, "kept"), (4, 100, "open"), (15, 100, "broken")]
)
def test_fresh_answers_keep_a_bound_leave_it_open_or_break_it(errors: int, n: int, state: str) -> None:
    found = checked(errors, n, alpha=0.05, delta=0.05, look=1)
    assert found.state == state
    assert (found.value is None) is (n == 0)
    assert found.because


def test_looking_again_and_again_raises_no_more_false_alarms_than_promised() -> None:
    random, alarms = np.random.default_rng(4), 0
    for _ in range(400):
        wrong = np.cumsum(random.random(600) < 0.05)
        states = [checked(int(wrong[n - 1]), n, alpha=0.05, delta=0.05, look=k + 1).state
                  for k, n in enumerate(range(50, 601, 50))]  # fmt: skip
        alarms += "broken" in states
    assert alarms <= 400 * 0.05 + 3 * (400 * 0.05 * 0.95) ** 0.5
