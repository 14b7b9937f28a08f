"""Who should look at an item next, and why. Pure: what models said and a policy in, a route and its reason out."""

from collections.abc import Mapping
from typing import NamedTuple

from goldloop.core.policy import Policy, Range, RouteRule, When
from goldloop.core.reason import confidence_in_words

HUMAN_ONLY = "human-only"


class Suggested(NamedTuple):
    """What one model said of an item. `value` compares by equality; `shares` are label ids with what they got.

    `confidence` is what the model stated; `calibrated` what it comes to under the recalibration in force, if one is.
    """

    judgement_id: int
    value: int | None
    labels: tuple[str, ...]
    confidence: float | None
    margin: float | None
    shares: tuple[tuple[str, float], ...]
    calibrated: float | None = None

    @property
    def believed(self) -> float | None:
        """The confidence that rules ask about."""
        return self.confidence if self.calibrated is None else self.calibrated


class Condition(NamedTuple):
    """One thing that a rule asks for, what was found, and whether it is so."""

    field: str
    wanted: str
    found: str
    holds: bool


class Looked(NamedTuple):
    """A rule that was looked at: what it asks for, and whether all of it is so."""

    rule: str
    to: str
    tier: int
    conditions: tuple[Condition, ...]
    holds: bool


class Facts(NamedTuple):
    """What routing may know of an item: what the routing and the second model said, and its slices."""

    first: Suggested | None
    second: Suggested | None
    slices: Mapping[str, str]


class Routed(NamedTuple):
    """Where an item goes and the name of the rule that sent it."""

    rule: str
    to: str
    tier: int
    priority: int


def route(facts: Facts, policy: Policy, *, human_only: str | None) -> Routed:
    """The first rule that matches. A human-only item is annotated in full whatever any model says of it."""
    if human_only is not None:
        return Routed(HUMAN_ONLY, "annotate", policy.human_only.tier, 0)
    for rule in policy.routing.rules:
        if rule.when is None or holds(rule.when, facts):
            return Routed(rule.rule, rule.to, rule.tier, rule.priority)
    raise AssertionError("a policy's last rule takes everything")


def holds(when: When, facts: Facts) -> bool:
    """True where everything a rule asks for is so. What is not known is never so."""
    first, second = facts.first, facts.second
    if when.suggested is not None and when.suggested != (first is not None):
        return False
    if when.confidence is not None and not when.confidence.holds(first.believed if first else None):
        return False
    if when.margin is not None and not when.margin.holds(first.margin if first else None):
        return False
    if when.labels is not None and (first is None or not set(when.labels) & set(first.labels)):
        return False
    if when.second_agrees is not None:
        if first is None or second is None:
            return False
        if when.second_agrees != (first.value == second.value):
            return False
    return not when.slice or when.slices_hold(facts.slices)


def looked_at(facts: Facts, policy: Policy, *, human_only: str | None) -> list[Looked]:
    """The rules in the order in which they were looked at, up to the one that decided."""
    latched = human_only is not None
    human = Condition("human-only", "an item that no machine may decide", human_only or "it is none", latched)
    out = [Looked(HUMAN_ONLY, "annotate", policy.human_only.tier, (human,), latched)]
    for rule in policy.routing.rules:
        if out[-1].holds:
            break
        asked = tuple(conditions(rule.when, facts)) if rule.when is not None else ()
        out.append(Looked(rule.rule, rule.to, rule.tier, asked, all(one.holds for one in asked)))
    return out


def conditions(when: When, facts: Facts) -> list[Condition]:
    """Everything a rule asks for, with what was found: `holds`, told in full."""
    first, out = facts.first, list[Condition]()

    def ask(field: str, part: When, wanted: str, found: str) -> None:
        out.append(Condition(field, wanted, found, holds(part, facts)))

    if when.suggested is not None:
        found = "a suggestion" if first else "no suggestion"
        ask("suggested", When(suggested=when.suggested), "a suggestion" if when.suggested else "no suggestion", found)
    if when.confidence is not None:
        ask("confidence", When(confidence=when.confidence), _range(when.confidence), confidence_of(first))
    if when.margin is not None:
        found = f"{first.margin:.3f}" if first is not None and first.margin is not None else "none"
        ask("margin", When(margin=when.margin), _range(when.margin), found)
    if when.labels is not None:
        found = ", ".join(first.labels) or "no label" if first else "no suggestion"
        ask("labels", When(labels=when.labels), "any of " + ", ".join(when.labels), found)
    if when.second_agrees is not None:
        wanted = "the second model says the same" if when.second_agrees else "the second model says something else"
        known = first is not None and facts.second is not None
        same = known and first is not None and facts.second is not None and first.value == facts.second.value
        found = ("the same" if same else "something else") if known else "the second model was not asked"
        ask("second_agrees", When(second_agrees=when.second_agrees), wanted, found)
    for key, value in when.slice.items():
        wanted = value if isinstance(value, str) else "any of " + ", ".join(value)
        ask(f"slice {key}", When(slice={key: value}), wanted, facts.slices.get(key, "not set"))
    return out


def confidence_of(said: Suggested | None) -> str:
    """A suggestion's confidence in words."""
    return confidence_in_words(said.confidence, said.calibrated) if said is not None else "none"


def _range(wanted: Range) -> str:
    low = f"from {wanted.at_least:.4g}" if wanted.at_least is not None else ""
    high = f"below {wanted.below:.4g}" if wanted.below is not None else ""
    return " and ".join(filter(None, (low, high)))


def needs_second(facts: Facts, policy: Policy) -> bool:
    """True where the rule that decides asks what the second model says, and nobody has asked it yet."""
    if facts.first is None or facts.second is not None:
        return False
    for rule in policy.routing.rules:
        if rule.when is not None and rule.when.second_agrees is not None:
            if holds(_without_second(rule), facts):
                return True
        elif rule.when is None or holds(rule.when, facts):
            return False
    return False


def _without_second(rule: RouteRule) -> When:
    assert rule.when is not None
    return rule.when.model_copy(update={"second_agrees": None})
