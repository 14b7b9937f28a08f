"""What people settle among themselves: consensus, questions, and the kinds of mistake that a ruling names."""

from typing import Any

from pydantic import Field, model_validator

from goldloop.core.nouns import Noun
from goldloop.core.policy.scalars import Name, Share, Tier

USUAL = (0.05, 0.15)
"""The consensus share that needs no reason."""


class Consensus(Noun):
    """The share of each batch judged independently by several people; disputes end with a ruling.

    From 5 to 15 % is what agreement needs and work can bear; any other share says why. 0 is no consensus.
    """

    share: Share = 0.0
    because: str | None = Field(default=None, description="why the share lies outside 0.05 to 0.15")
    judgements: int = Field(default=2, ge=2, le=9)
    limit: int = Field(default=2, ge=2, le=15, description="most independent judgements before a senior rules")
    tier: Tier = Field(default=3, description="tier that rules")

    @model_validator(mode="after")
    def _can_be_met(self) -> "Consensus":
        if self.limit < self.judgements:
            raise ValueError(f"limit {self.limit} is below the {self.judgements} judgements asked for")
        usual = not self.share or USUAL[0] <= self.share <= USUAL[1]
        if not usual and len((self.because or "").strip()) < 10:
            raise ValueError(f"a share from {USUAL[0]:g} to {USUAL[1]:g}; {self.share:g} needs `because`, its reason")
        return self


class Escalation(Noun):
    """Who answers an item that somebody escalated with a question, and by when."""

    tier: Tier = Field(default=3, description="tier that answers")
    skills: tuple[str, ...] = Field(default=(), description="skills that who answers has, beside the programme's own")
    hours: float = Field(default=48, gt=0, le=24 * 365, description="hours until an answer is due")


class ErrorKind(Noun):
    """One kind of mistake that a ruling may name."""

    id: Name
    name: str = Field(min_length=1, max_length=80)


def error_kind(value: Any) -> Any:
    """A bare word is a kind of mistake whose id and name it is."""
    return {"id": value, "name": value.replace("_", " ").capitalize()} if isinstance(value, str) else value


ERRORS = (
    ErrorKind(id="misread", name="Misread the item"),
    ErrorKind(id="wrong_label", name="Wrong label"),
    ErrorKind(id="boundary", name="Wrong boundary"),
    ErrorKind(id="missed", name="Missed something"),
    ErrorKind(id="guideline_unclear", name="Guideline is unclear"),
    ErrorKind(id="item_ambiguous", name="Item is ambiguous"),
    ErrorKind(id="slip", name="Slip of the hand"),
)
