"""What is measured before labels leave, and after: samples, acceptance plans, gates, audits."""

from typing import Literal

from pydantic import Field, model_validator

from goldloop.core.nouns import Noun
from goldloop.core.policy.scalars import Name, Tier
from goldloop.core.spec_field import SpecField


class PlanDoc(Noun):
    """An acceptance plan from two points and two risks: which rate of wrong labels should pass, and which should not.

    fixed: one sample. double: a second one only where the first leaves doubt. sequential: stops as soon as it is clear.
    """

    kind: Literal["fixed", "double", "sequential"] = "sequential"
    aql: float = Field(gt=0, lt=1, description="share of wrong labels that should pass")
    ltpd: float = Field(gt=0, lt=1, description="share of wrong labels that should not pass")
    producer_risk: float = Field(default=0.05, gt=0, lt=1, description="most often a batch at aql is stopped")
    consumer_risk: float = Field(default=0.10, gt=0, lt=1, description="most often a batch at ltpd is accepted")

    @model_validator(mode="after")
    def _has_a_gap(self) -> "PlanDoc":
        if self.aql >= self.ltpd:
            raise ValueError(f"ltpd {self.ltpd:g} must lie above aql {self.aql:g}")
        if self.producer_risk + self.consumer_risk >= 1:
            raise ValueError("the two risks add to 1 or more, so that a coin would do as well")
        return self


class Sample(Noun):
    """The audit a gate rests on: how many decided items are judged again, blind, at random in every stratum.

    Either a fixed `size`, or a `plan` that says the size and decides. A plan draws in proportion to what each stratum
    holds, because its risks are those of a random sample of the whole batch.
    """

    size: int | None = Field(default=None, ge=1, le=100_000)
    plan: PlanDoc | None = None
    by: tuple[Literal["queue", "annotator"], ...] = Field(default=("queue",), min_length=1)
    stage: Literal["first", "final"] = Field(
        default="final", description="first: as first submitted. final: as accepted, after corrections and rulings"
    )
    tier: Tier = 3
    minimum: int | None = Field(default=None, ge=0, description="at least this many of every queue; 10 with a size")

    @model_validator(mode="after")
    def _has_one_size(self) -> "Sample":
        if (self.size is None) == (self.plan is None):
            raise ValueError("a sample needs either `size` or `plan`")
        if self.plan is not None and self.minimum:
            raise ValueError("a plan draws in proportion: leave `minimum` out, or give a `size`")
        return self

    @property
    def least(self) -> int:
        """At least this many items of every queue."""
        return (10 if self.plan is None else 0) if self.minimum is None else self.minimum


class GateDoc(Noun):
    """A named list of checks with an owner.

    `checks` is our own release floor. `failed_batch` is the line of the contract: a batch that fails one of these has
    failed towards the client; one between the two lines is held all the same.
    """

    owner: str
    sample: Sample | None = None
    checks: tuple[SpecField, ...] = Field(min_length=1)
    failed_batch: tuple[SpecField, ...] = ()


class AuditDoc(Noun):
    """A cadence on which delivered labels are judged again: a random sample of a release, blind, ending early."""

    release: Name = Field(description="the dataset's name; its newest release is audited")
    owner: str
    every_days: float = Field(default=14, gt=0, le=3660)
    plan: PlanDoc
    tier: Tier = 3
