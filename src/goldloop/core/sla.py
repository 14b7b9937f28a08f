"""The service level agreement of a programme as data: what was promised to whom, who answers for it, what it costs.

A term says one promise with one number. Its unit is a batch (accuracy, agreement, remediation) or the period of the
agreement (throughput, failed batches, questions). Credits are steps: of those that apply, the deepest one counts.
"""

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from goldloop.core.nouns import Noun, Spec
from goldloop.core.spec_field import SpecField
from goldloop.core.working_time import Period, WorkingTime

Hold = Literal["disputed", "unsigned", "nothing"]
Rate = Annotated[float, Field(ge=0, le=1)]
GOLD = "hidden gold"
Clause = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]


class Step(Noun):
    """One step of a credit: from which number on, and which share of the price it takes off."""

    below: float | None = Field(default=None, description="applies below this number")
    above: float | None = Field(default=None, description="applies above this number")
    share: float = Field(gt=0, le=1, description="share of the price")

    @model_validator(mode="after")
    def _has_one_side(self) -> "Step":
        if (self.below is None) == (self.above is None):
            raise ValueError("a step needs either `below` or `above`")
        return self

    def applies(self, value: float) -> bool:
        """True where a number calls for this credit."""
        return value < self.below if self.below is not None else value > (self.above or 0)


class _Term(Noun):
    """What every term has: who answers for it, its credits, and what happens beside them."""

    owner: str = Field(description="sign-in name of a person of the enterprise")
    credits: tuple[Step, ...] = ()
    remedy: str | None = Field(default=None, description="what is done at a breach, beside the credit")

    def _steps_lead_down(self, line: float, *, below: bool) -> None:
        """Refuse credits on the wrong side of the promise, and steps that cost less the deeper they go."""
        side = "below" if below else "above"
        for step in self.credits:
            at = step.below if below else step.above
            if at is None:
                raise ValueError(f"credits of this promise are steps {side} a number")
            if (at > line) if below else (at < line):
                raise ValueError(f"a credit {side} {at:g} would be due while the promise of {line:g} is kept")
        for first, second in pairwise(self.credits):
            deeper = (second.below or 0) < (first.below or 0) if below else (second.above or 0) > (first.above or 0)
            if not deeper or second.share <= first.share:
                raise ValueError("each step of a credit lies deeper than the one before and costs more")


class FloorTerm(_Term):
    """A measured number of every batch that may not lie below a floor. The gate measures it."""

    promise: Literal["accuracy", "agreement"]
    at: Rate = Field(description="the floor")
    measure: SpecField | None = Field(
        default=None, description="accuracy.v1 on the gate's audit, recall.v1 against gold, agreement.v1 ..."
    )
    gold: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$",
        description="accuracy on the items of this gold release that are hidden in a batch, in place of a measure",
    )
    bound: Literal["value", "lower"] = Field(
        default="value", description="lower: the interval, too, must lie above the floor"
    )
    share: Rate | None = Field(default=None, description="the sampling rate: at least this share of a batch is counted")

    @model_validator(mode="after")
    def _can_be_kept(self) -> "FloorTerm":
        self._steps_lead_down(self.at, below=True)
        if self.gold is not None and (self.promise != "accuracy" or self.measure is not None):
            raise ValueError("a floor on a gold release promises accuracy and names no measure")
        if self.gold is not None and self.share is None:
            raise ValueError("a floor on a gold release says its sampling rate: `share` of a batch's answers")
        return self

    @property
    def of(self) -> Spec:
        """The measure it rests on; on a gold release it is counted from the answers to it, and stored by no gate."""
        if self.gold is not None:
            return Spec(name=GOLD, params={"gold": self.gold})
        return self.measure or Spec(name="accuracy.v1" if self.promise == "accuracy" else "agreement.v1")


class ThroughputTerm(_Term):
    """So many items a working day, or a week, get their first answer. Credits are steps below a share of it."""

    promise: Literal["throughput"]
    items: int = Field(ge=1)
    per: Literal["day", "week"] = "day"
    task: str | None = Field(default=None, description="the kind of task it is promised for")

    @model_validator(mode="after")
    def _can_be_kept(self) -> "ThroughputTerm":
        self._steps_lead_down(1.0, below=True)
        return self


class FailedBatchesTerm(_Term):
    """At most so many batches of a period fail the contract's line (`failed_batch` of their gate)."""

    promise: Literal["failed_batches"]
    at_most: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _can_be_kept(self) -> "FailedBatchesTerm":
        self._steps_lead_down(self.at_most, below=False)
        return self


class RemediationTerm(_Term):
    """A batch that failed the contract's line has passed within so many working hours. Credits: hours of delay."""

    promise: Literal["remediation"]
    hours: float = Field(gt=0, le=24 * 365)

    @model_validator(mode="after")
    def _can_be_kept(self) -> "RemediationTerm":
        self._steps_lead_down(0.0, below=False)
        return self


class EscalationTerm(_Term):
    """A share of the questions of a period is answered within so many working hours."""

    promise: Literal["escalation"]
    hours: float = Field(gt=0, le=24 * 365)
    at: Rate = Field(default=1.0, description="the share of questions")

    @model_validator(mode="after")
    def _can_be_kept(self) -> "EscalationTerm":
        self._steps_lead_down(self.at, below=True)
        return self


Term = Annotated[
    FloorTerm | ThroughputTerm | FailedBatchesTerm | RemediationTerm | EscalationTerm, Field(discriminator="promise")
]


class Agreed(Noun):
    """What was agreed beside the numbers, in the contract's own words; the client reads it in every report."""

    data_handling: Clause | None = None
    ip_ownership: Clause | None = None
    confidentiality: Clause | None = None


class SlaDoc(Noun):
    """What is promised to a client, on which calendar, and what an item costs them."""

    client: str = Field(min_length=1, max_length=200, description="to whom it is promised")
    period: Period = "month"
    since: date | None = Field(
        default=None,
        description="what happened before this day is not counted; left out: the day the programme was made",
    )
    price: int | None = Field(default=None, ge=0, description="minor units an item; credits are shares of it")
    cap: float = Field(default=1.0, gt=0, le=1, description="most of a period's price that credits take off")
    calendar: WorkingTime = WorkingTime()
    hold: Hold = Field(
        default="disputed",
        description="batches that no release may hold: what the client disputes, all they have not signed off, or none",
    )
    terms: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]{0,62}$")], Term] = Field(min_length=1)
    agreed: Agreed = Agreed()

    @model_validator(mode="after")
    def _do_not_contradict(self) -> "SlaDoc":
        seen: dict[tuple[str, str], str] = {}
        for name, term in self.terms.items():
            about = (term.promise, term.of.model_dump_json() if isinstance(term, FloorTerm) else "")
            if about in seen:
                raise ValueError(f"terms.{name}: promises the same as {seen[about]!r}: one promise, one number")
            seen[about] = name
            if term.credits and self.price is None:
                raise ValueError(f"terms.{name}.credits: credits are shares of a price, and `price` is not said")
        return self
