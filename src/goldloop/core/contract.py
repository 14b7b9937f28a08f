"""What a client pays for accepted work, and what people are paid, as data. Money is integer minor units.

A contract may name a price for a unit, for an hour, milestones, or several of them: that is a hybrid one.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from goldloop.core.nouns import Noun, Queue
from goldloop.core.working_time import WorkingTime

Minor = Annotated[int, Field(ge=0, le=10**12)]


class Milestone(Noun):
    """A sum that is due once so many items are accepted."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    accepted: int = Field(ge=1, description="items accepted since the contract began")
    amount: Minor


class Contract(Noun):
    """What a client pays. A unit is an item whose batch its gate accepted; an item is paid for once."""

    client: str = Field(min_length=1, max_length=200)
    calendar: WorkingTime = Field(default=WorkingTime(), description="in whose zone a month begins")
    since: date | None = Field(default=None, description="the first day that counts; left out: the programme's first")
    unit: Minor | None = Field(default=None, description="an accepted item")
    hours: dict[Annotated[int, Field(ge=1, le=3)], Minor] = Field(
        default={}, description="an hour of active work on accepted batches, by tier; rework is not billed"
    )
    milestones: tuple[Milestone, ...] = ()

    @model_validator(mode="after")
    def _pays_for_something(self) -> "Contract":
        if self.unit is None and not self.hours and not self.milestones:
            raise ValueError("a contract names a price: `unit`, `hours`, `milestones`, or several of them")
        names = [one.name for one in self.milestones]
        if len(set(names)) != len(names):
            raise ValueError("milestones: each name once")
        return self

    @property
    def kind(self) -> Literal["unit", "hour", "milestone", "hybrid"]:
        """What the contract pays by."""
        given: list[Literal["unit", "hour", "milestone"]] = []
        if self.unit is not None:
            given.append("unit")
        if self.hours:
            given.append("hour")
        if self.milestones:
            given.append("milestone")
        return given[0] if len(given) == 1 else "hybrid"


class Pay(Noun):
    """What people are paid by: their hours at their own rate or their tier's, or what they said and was not undone."""

    by: Literal["hours", "accepted"] = "hours"
    calendar: WorkingTime = Field(default=WorkingTime(), description="in whose zone a month begins")
    since: date | None = Field(default=None, description="the first day that counts; left out: the programme's first")
    unit: dict[Queue, Minor] = Field(default={}, description="one accepted work of a queue, where pay is by `accepted`")

    @model_validator(mode="after")
    def _has_prices(self) -> "Pay":
        if self.by == "accepted" and not self.unit:
            raise ValueError("pay by accepted work names what a work is paid: unit: {annotate: 12}")
        if self.by == "hours" and self.unit:
            raise ValueError("unit: pay is by hours, so that a price of a work is never used")
        return self
