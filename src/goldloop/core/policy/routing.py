"""Which model speaks, and where each item goes: the first rule that matches, whose name becomes the reason."""

from collections.abc import Collection, Mapping
from typing import Literal

from pydantic import Field, model_validator

from goldloop.core.nouns import Noun
from goldloop.core.policy.scalars import Share, Tier
from goldloop.core.spec_field import SpecField


class ModelDoc(Noun):
    """A model of the programme: which judge speaks for it, and in which version."""

    judge: SpecField
    version: str = "1"


class Range(Noun):
    """Half-open: from <= value < below."""

    at_least: float | None = Field(default=None, alias="from")
    below: float | None = None

    @model_validator(mode="after")
    def _is_not_empty(self) -> "Range":
        if self.at_least is None and self.below is None:
            raise ValueError("a range needs `from`, `below`, or both")
        if self.at_least is not None and self.below is not None and self.at_least >= self.below:
            raise ValueError(f"this range is empty: from {self.at_least} is not below {self.below}")
        return self

    def holds(self, value: float | None) -> bool:
        """True where a value lies in the range; an absent value lies in none."""
        if value is None:
            return False
        return (self.at_least is None or value >= self.at_least) and (self.below is None or value < self.below)


class When(Noun):
    """What must hold for a rule to match; everything given must hold."""

    confidence: Range | None = None
    margin: Range | None = None
    labels: tuple[str, ...] | None = Field(default=None, description="suggested labels, by id: any of them")
    suggested: bool | None = Field(default=None, description="the routing model has a suggestion")
    second_agrees: bool | None = Field(default=None, description="the second model says the same")
    slice: dict[str, str | tuple[str, ...]] = {}

    @property
    def implies_suggestion(self) -> bool:
        """True where the rule can only match an item with a suggestion."""
        return bool(self.confidence or self.margin or self.labels or self.suggested or self.second_agrees)

    def slices_hold(self, slices: Mapping[str, str]) -> bool:
        """True where an item's slices are those that are asked for."""
        return slices_hold(self.slice, slices)


def slices_hold(wanted: Mapping[str, str | tuple[str, ...]], slices: Mapping[str, str]) -> bool:
    """True where every slice has its value, or one of its values."""
    return all(slices.get(key) in ((value,) if isinstance(value, str) else value) for key, value in wanted.items())


class RouteRule(Noun):
    """One line of the routing policy. Its name becomes the reason."""

    rule: str = Field(min_length=1, max_length=80)
    when: When | None = None
    to: Literal["verify", "annotate", "review", "accept"]
    tier: Tier
    priority: int = Field(default=0, ge=0, le=1000, description="higher is handed out earlier")
    reveal: Literal["never", "after"] = Field(
        default="never", description="of what is annotated: `after` shows the suggestion once it is answered, to revise"
    )


class Routing(Noun):
    """First match wins; the last rule takes everything that is left."""

    model: str | None = None
    second: str | None = None
    rules: tuple[RouteRule, ...] = Field(min_length=1)
    machine_acceptance: str | None = Field(
        default=None, description="why labels may be accepted without a person for this simple task"
    )

    def must_work(self, *, models: Collection[str], labels: Collection[str]) -> None:
        """Refuse what could never route anything, naming the key."""
        for key, name in (("model", self.model), ("second", self.second)):
            if name is not None and name not in models:
                raise ValueError(f"routing.{key}: there is no model {name!r}; models are {sorted(models) or 'none'}")
        names = [rule.rule for rule in self.rules]
        if len(set(names)) != len(names):
            raise ValueError("routing.rules: rule names must be unique, because they become the reasons")
        for n, rule in enumerate(self.rules):
            self._rule_must_work(f"routing.rules.{n}", rule, last=n == len(names) - 1, labels=labels)

    def _rule_must_work(self, at: str, rule: RouteRule, *, last: bool, labels: Collection[str]) -> None:
        when = rule.when
        if last and when is not None:
            raise ValueError(f"{at}.when: the last rule takes everything that is left; leave `when` out")
        if not last and when is None:
            raise ValueError(f"{at}: a rule without `when` takes everything, so the rules after it can never match")
        suggests = when is not None and when.implies_suggestion
        if suggests and self.model is None:
            raise ValueError(f"{at}.when: needs routing.model, whose suggestion it asks about")
        if rule.to in ("verify", "accept") and not suggests:
            raise ValueError(f"{at}.to: {rule.to} needs a suggestion: add confidence, or `suggested: true`, to `when`")
        if rule.reveal == "after" and (rule.to != "annotate" or not suggests):
            raise ValueError(f"{at}.reveal: a suggestion is shown after an answer where `to: annotate` has one: `when`")
        if when is not None and when.second_agrees is not None and self.second is None:
            raise ValueError(f"{at}.when.second_agrees: needs routing.second")
        if when is not None and (missing := sorted(set(when.labels or ()) - set(labels))):
            raise ValueError(f"{at}.when.labels: not in the ontology: {', '.join(missing)}")
        if rule.to == "accept" and self.machine_acceptance is None:
            raise ValueError(f"{at}.to: acceptance without a person needs routing.machine_acceptance with the reason")


class Blind(Noun):
    """The randomised share of suggested items that is labelled with the suggestion hidden."""

    share: Share = 0.0
