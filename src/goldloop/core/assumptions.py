"""The assumption file of a plan as nouns: what is taken for true before anything was measured.

A number is stated alone, which takes it for certain, or with the interval in which it is believed to lie at 95 %:
`0.9`, or `{value: 0.9, low: 0.85, high: 0.93}`. Every run of a plan draws it anew from that interval.
"""

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from goldloop.core.nouns import Noun
from goldloop.core.policy import Name, Share, Tier


class Number(Noun):
    """A number, with the interval in which it lies at 95 % where it is not certain."""

    value: float = Field(ge=0, allow_inf_nan=False)
    low: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    high: float | None = Field(default=None, ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _lies_between(self) -> "Number":
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval needs both `low` and `high`")
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise ValueError(f"{self.value:g} does not lie between low {self.low:g} and high {self.high:g}")
        return self


class Portion(Number):
    """A number from 0 to 1."""

    @model_validator(mode="after")
    def _is_a_share(self) -> "Portion":
        if max(self.value, self.high or 0) > 1:
            raise ValueError("a share from 0 to 1")
        return self


def _number(value: Any) -> Any:
    """A bare number is one without an interval."""
    return {"value": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


def _by_tier(value: Any) -> Any:
    """One number for every tier, or one a tier."""
    lifted = _number(value)
    if isinstance(lifted, dict) and "value" in lifted:
        return {1: lifted, 2: lifted, 3: lifted}
    return {key: _number(one) for key, one in value.items()} if isinstance(value, dict) else value


Amount = Annotated[Number, BeforeValidator(_number)]
Rate = Annotated[Portion, BeforeValidator(_number)]
AmountByTier = Annotated[dict[Tier, Number], BeforeValidator(_by_tier), Field(min_length=1)]
RateByTier = Annotated[dict[Tier, Portion], BeforeValidator(_by_tier), Field(min_length=1)]


class Band(Noun):
    """The suggestions whose confidence lies in from <= confidence < below: how many, and how many of them are right."""

    at_least: float = Field(alias="from", ge=0, le=1)
    below: float = Field(gt=0, le=1.0001)
    share: Rate = Field(description="of all suggestions")
    right: Rate = Field(description="of these")

    @model_validator(mode="after")
    def _is_not_empty(self) -> "Band":
        if self.at_least >= self.below:
            raise ValueError(f"this band is empty: from {self.at_least:g} is not below {self.below:g}")
        return self


class ModelAssumed(Noun):
    """What the routing model says: how often, how surely, and how often it is right."""

    suggests: Rate = Field(default=Portion(value=1), description="share of items with a suggestion")
    confidence: tuple[Band, ...] = Field(min_length=1, description="suggestions by confidence; their shares add to 1")
    rare: Rate | None = Field(
        default=None, description="share that is right among rare cases; as in common ones if out"
    )
    labels: dict[str, Share] = Field(default={}, description="suggested labels by id, where rules ask for labels")
    suspects: Rate = Field(default=Portion(value=0), description="share of items suspected of a human-only label")

    @model_validator(mode="after")
    def _adds_up(self) -> "ModelAssumed":
        total = sum(one.share.value for one in self.confidence)
        if abs(total - 1) > 0.005:
            raise ValueError(f"confidence: the shares of the bands add to {total:.3f}, not to 1")
        ordered = sorted(self.confidence, key=lambda one: one.at_least)
        for first, second in pairwise(ordered):
            if first.below > second.at_least + 1e-9:
                raise ValueError(f"confidence: the bands from {first.at_least:g} and {second.at_least:g} overlap")
        if sum(self.labels.values()) > 1.0001:
            raise ValueError("labels: their shares add to more than 1")
        return self


class SecondAssumed(Noun):
    """How often a second model says what the first one said."""

    agrees_if_right: Rate
    agrees_if_wrong: Rate


class PeopleAssumed(Noun):
    """How well people label."""

    right: RateByTier = Field(description="share of their own answers that are right, by tier")
    anchoring: Rate = Field(description="share of suggestions let stand by people who would have said something else")
    corrects: Rate = Field(default=Portion(value=1), description="share of objections that are corrected in place")
    differ: Rate | None = Field(
        default=None, description="share of items on which two people differ; from `right` if left out"
    )
    escalates: Rate = Field(default=Portion(value=0), description="share of first looks that end with a question")
    reworked: Rate = Field(default=Portion(value=0), description="share of labels that are sent back and redone")


class TimesAssumed(Noun):
    """Active seconds of one work, by what is done; by tier where tiers differ. A time holds for one object."""

    verify: AmountByTier = Field(description="letting a suggestion stand, or only rejecting it")
    correct: AmountByTier | None = Field(default=None, description="correcting one in place; as `annotate` if left out")
    annotate: AmountByTier
    review: AmountByTier = Field(description="a ruling, or an answer to a question")
    spread: float = Field(default=0.6, ge=0, le=3, description="standard deviation of one work's time over its mean")


class ObjectsAssumed(Noun):
    """How many objects an item has, and what each object beyond the first adds to a time, as a share of it."""

    mean: Amount = Number(value=1)
    verify: Share = Field(default=0.5, description="of the time of verifying one, for each object more")
    annotate: Share = Field(default=1.0, description="of the time of annotating one, for each object more")

    @model_validator(mode="after")
    def _is_at_least_one(self) -> "ObjectsAssumed":
        if self.mean.value < 1:
            raise ValueError("mean: an item has at least one object")
        return self


def _objects(value: Any) -> Any:
    """A bare number is their mean."""
    return {"mean": value} if isinstance(value, int | float) else value


class Crew(Noun):
    """People who work alike: how many, how long a working day, at which tiers, with which skills."""

    people: float = Field(gt=0, le=100_000)
    hours: Amount = Field(description="active hours a person and working day")
    tiers: tuple[Tier, ...] = Field(min_length=1)
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class Assumptions(Noun):
    """The whole assumption file."""

    because: str = Field(min_length=10, max_length=4000, description="where these numbers come from")
    items: int = Field(ge=1, le=200_000, description="items that are simulated")
    arrivals: Amount | None = Field(default=None, description="items a working day; all at once if left out")
    objects: Annotated[ObjectsAssumed, BeforeValidator(_objects)] = ObjectsAssumed()
    taxonomy_settled: bool = Field(description="the labels and their rules do not change any more")
    in_domain: bool = Field(description="the model was measured on items like these")
    common: Rate = Field(description="share of items that are common cases")
    slices: dict[str, dict[str, Share]] = Field(default={}, description="shares of each slice's values")
    model: ModelAssumed | None = Field(default=None, description="what the routing model says; nothing if left out")
    second: SecondAssumed | None = None
    people: PeopleAssumed
    times: TimesAssumed
    capacity: dict[Name, Crew] = Field(default={}, description="crews by name; how long it takes is unknown without")

    @model_validator(mode="after")
    def _adds_up(self) -> "Assumptions":
        for name, values in self.slices.items():
            if abs(sum(values.values()) - 1) > 0.005:
                raise ValueError(f"slices.{name}: the shares of its values add to {sum(values.values()):.3f}, not to 1")
        return self


Origin = Literal["assumed", "measured", "default"]
"""Where an input of a plan comes from: the assumption file, a running programme, or nothing that anybody said."""
