"""The programme file as nouns: scope, RACI, task, ontology, models, routing, consensus, gates.

One declarative document, validated whole: unknown keys and policies that cannot work are refused. Conditions are
structured fields, not code. `programme_file.py` reads it from YAML and names the line of a mistake.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from goldloop.core.contract import Contract, Pay
from goldloop.core.licence import Licence
from goldloop.core.nouns import Noun
from goldloop.core.ontology import Label, Ontology
from goldloop.core.protection import Protection
from goldloop.core.rights import RightsDoc, SourceDoc, SourceName, unstated
from goldloop.core.sla import EscalationTerm, FloorTerm, SlaDoc, ThroughputTerm
from goldloop.core.spec_field import SpecField as SpecField  # of policy.py for everything above
from goldloop.core.splits import ContaminationDoc, SplitsDoc
from goldloop.core.working_time import DAYS, Day, WorkingTime, Zone

Share = Annotated[float, Field(ge=0, le=1)]
DRAWN_BELOW = 3.0  # standard deviations that a drawn share may fall below the declared one
Tier = Annotated[int, Field(ge=1, le=3)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]


def _label(value: Any) -> Any:
    """A bare word is a label whose id and name it is."""
    return {"id": value, "name": value} if isinstance(value, str) else value


class Parts(Noun):
    """Who does what about one obligation whose accountable is its `owner`; what is left out is as for the programme."""

    responsible: tuple[str, ...] | None = None
    consulted: tuple[str, ...] | None = None
    informed: tuple[str, ...] | None = None


class Answers(Parts):
    """Who answers for one obligation, and who does what about it; what is left out is as for the programme."""

    accountable: str | None = None


class Obligations(Noun):
    """Where an obligation is not answered for as the programme is."""

    gates: dict[Name, Parts] = {}
    audits: dict[Name, Parts] = {}
    sla: dict[str, Parts] = Field(default={}, description="by term")
    ontology: Answers = Answers()
    escalation: Answers = Answers()
    calibration: Answers = Answers()
    briefs: dict[Name, Answers] = Field(default={}, description="by source: evaluation, cluster, raci ...")


class Raci(Noun):
    """Who answers for the programme. Exactly one accountable, by sign-in name."""

    accountable: str
    responsible: tuple[str, ...] = ()
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    obligations: Obligations = Obligations()


class OntologyDoc(Noun):
    """The labels as the file lists them: words or full entries."""

    labels: tuple[Annotated[Label, BeforeValidator(_label)], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _holds_together(self) -> "OntologyDoc":
        Ontology(labels=self.labels)
        return self


class Clause(Noun):
    """One numbered clause of the guidelines; follows the label in the workbench."""

    id: str
    title: str
    text: str = ""
    label: str | None = Field(default=None, description="id of the label it is about; None for all")
    do: tuple[str, ...] = ()
    dont: tuple[str, ...] = ()


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


class HumanOnlyRule(Noun):
    """Which items are human-only, beside labels that say so themselves. Any match latches the item for ever."""

    rule: str
    suspects: tuple[str, ...] = Field(default=(), description="label ids")
    above: Share = Field(default=0.0, description="any model's share for such a label above this is suspicion enough")
    slice: dict[str, str | tuple[str, ...]] = {}
    every_item: bool = False


class HumanOnlyDoc(Noun):
    """How human-only items are worked: in full, unassisted, and ruled on by a senior."""

    rules: tuple[HumanOnlyRule, ...] = ()
    tier: Tier = 2
    judgements: int = Field(default=1, ge=1, le=9)
    ruling: Literal["always", "disputes"] = "always"
    misses: Share | None = Field(
        default=None, description="a brief opens where more of them may go unsuspected, as blind answers show"
    )


class Routing(Noun):
    """First match wins; the last rule takes everything that is left."""

    model: str | None = None
    second: str | None = None
    rules: tuple[RouteRule, ...] = Field(min_length=1)
    machine_acceptance: str | None = Field(
        default=None, description="why labels may be accepted without a person for this simple task"
    )


class Blind(Noun):
    """The randomised share of suggested items that is labelled with the suggestion hidden."""

    share: Share = 0.0


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
    hours: float = Field(default=48, gt=0, le=24 * 365, description="hours until an answer is due")


class ErrorKind(Noun):
    """One kind of mistake that a ruling may name."""

    id: Name
    name: str = Field(min_length=1, max_length=80)


def _error_kind(value: Any) -> Any:
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


class TierDoc(Noun):
    """What an hour of a tier costs, for people without a rate of their own."""

    rate: int = Field(ge=0, description="minor units an hour")


class Budget(Noun):
    """What a programme's work may cost, in minor units: 500000 are 5,000.00. It warns; it stops nobody's work."""

    amount: int = Field(gt=0, le=10**15, description="minor units of the currency")
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    until: date | None = Field(default=None, description="the day it has to last to, such as 2026-12-31")


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
    every_days: float = Field(default=14, gt=0)
    plan: PlanDoc
    tier: Tier = 3


class Exam(Noun):
    """Gold items that a person answers before live work. An interval decides, never a handful of answers.

    After every `size` items it is looked at, the j-th time with an interval that leaves out a tail of
    (1 - level) / 2 / (j (j + 1)) on each side, so that all looks together err no more often than one would.
    Passed where its lower end reaches `floor`, failed only where its upper end lies below; between the two more items
    follow, up to `limit`, and then a senior decides.
    """

    size: int = Field(le=1000, description="items to answer before the exam is looked at, each time")
    limit: int | None = Field(
        default=None, le=5000, description="most items of one exam; three times `size` if left out"
    )
    floor: float = Field(ge=0.001, le=0.999, description="share of right answers that has to be proved")
    level: float = Field(default=0.9, ge=0.5, lt=1, description="level of the interval over all looks together")

    @property
    def most(self) -> int:
        """Most items of one exam."""
        return 3 * self.size if self.limit is None else self.limit

    def tail(self, look: int) -> float:
        """What the interval of the j-th look leaves out on each side."""
        return (1 - self.level) / 2 / (look * (look + 1))

    def passes_at(self) -> int:
        """The fewest items after which somebody without a mistake passes, however many an exam may have."""
        return self._decided_at(self.floor)

    def fails_at(self) -> int:
        """The fewest items after which somebody who gets everything wrong fails."""
        return self._decided_at(1 - self.floor)

    def _decided_at(self, share: float) -> int:
        """Exact limits of n of n are tail ** (1 / n)."""
        look = 1
        while self.tail(look) ** (1 / (look * self.size)) < share:
            look += 1
        return look * self.size

    @model_validator(mode="after")
    def _can_decide(self) -> "Exam":
        if self.size < 2:
            least = max(self._once(self.floor), self._once(1 - self.floor))
            raise ValueError(
                f"an exam with {self.size} item{'s' * (self.size != 1)} decides nothing: "
                f"at floor {self.floor:g} and level {self.level:g} it needs at least {least}"
            )
        if self.most < self.size:
            raise ValueError(f"limit {self.most} is below the {self.size} items that are looked at first")
        needed = max(self.passes_at(), self.fails_at())
        if needed > self.most:
            raise ValueError(
                f"no exam of at most {self.most} items can decide floor {self.floor:g} at level {self.level:g}: "
                f"limit has to be at least {needed} with size {self.size}"
            )
        return self

    def _once(self, share: float) -> int:
        """The size with which a single look could decide."""
        n = 2
        while self.tail(1) ** (1 / n) < share:
            n += 1
        return n


class Probes(Noun):
    """Planted errors: works to verify whose suggestion is known to be wrong, on gold whose answer is known."""

    share: float = Field(default=0.0, ge=0, le=0.5, description="share of handed-out verification that is planted")
    floor: Share = Field(
        default=0.8, description="a brief opens where fewer are caught: by all together, or by a person"
    )


class Calibration(Noun):
    """Which gold people are measured on: an exam before live work, and hidden gold in the queue after it."""

    gold: Name = Field(description="name of the gold release; its newest is used")
    exam: Exam
    hidden: float = Field(default=0.0, ge=0, le=0.5, description="share of handed-out annotation that is hidden gold")
    probes: Probes = Probes()
    items: int = Field(default=50_000, ge=1, le=50_000, description="works after which somebody is examined again")
    days: float = Field(default=90, gt=0, le=366, description="days after which somebody is examined again")
    training: int = Field(default=3, ge=0, le=50, description="training items for every concept that was missed")
    tiers: tuple[Tier, ...] = Field(default=(1, 2, 3), min_length=1, description="tiers whose work asks for it")


class Batches(Noun):
    """How arriving items form batches by themselves."""

    size: int = Field(default=10_000, ge=1, le=100_000)
    due_days: float | None = Field(default=None, gt=0)
    gate: str | None = None


class Briefs(Noun):
    """How findings become briefs: how long their owner has before a brief is overdue."""

    due_days: float = Field(default=14, gt=0, le=365, description="two weeks: a label is reviewed and measured again")


class CoverageDoc(Noun):
    """What the labelled data should hold: the share of each value of a slice, and how much less is a finding."""

    slices: dict[str, dict[str, Share]] = Field(min_length=1, description="slice, value, share: `language: {de: 0.6}`")
    gap: float = Field(
        default=0.05, gt=0, lt=1, description="a brief opens where a share lies further below its target"
    )
    least: int = Field(default=100, ge=1, description="a slice of fewer items closes no brief")

    @model_validator(mode="after")
    def _can_be_met(self) -> "CoverageDoc":
        if sum(len(values) for values in self.slices.values()) > MOST_TARGETS:
            raise ValueError(f"slices: at most {MOST_TARGETS} targets")
        for name, values in self.slices.items():
            total = sum(values.values())
            if not values or total > 1 + 1e-9:
                raise ValueError(f"slices.{name}: shares of at most 1 together; found {total:g}")
        return self


MOST_TARGETS = 200


class Rhythm(Noun):
    """The clock on which a programme's days and weeks are read, the hour of its nightly look, and the digest's day."""

    zone: Zone | None = Field(default=None, description="IANA time zone; that of `sla.calendar` if left out, else UTC")
    hour: int = Field(default=4, ge=0, le=23, description="hour of the day at which it is looked for what has lapsed")
    digest: Day = Field(default="mon", description="the day on which the digest of the week before it is made")


class Policy(Noun):
    """The whole programme file."""

    programme: Name
    title: str
    organisation: str
    raci: Raci
    task: SpecField
    ontology: OntologyDoc
    guidelines: tuple[Clause, ...] = ()
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    residency: str | None = None
    clearance: str | None = None
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    models: dict[Name, ModelDoc] = {}
    human_only: HumanOnlyDoc = HumanOnlyDoc()
    routing: Routing
    blind: Blind = Blind()
    consensus: Consensus = Consensus()
    corrections: bool = Field(default=True, description="a verifier may correct instead of only rejecting")
    escalation: Escalation = Escalation()
    errors: tuple[Annotated[ErrorKind, BeforeValidator(_error_kind)], ...] = Field(
        default=ERRORS, min_length=1, description="the error taxonomy: what kind of mistake a ruling settles"
    )
    tiers: dict[Tier, TierDoc] = {}
    budget: Budget | None = None
    batches: Batches = Batches()
    gates: dict[Name, GateDoc] = {}
    audits: dict[Name, AuditDoc] = {}
    briefs: Briefs = Briefs()
    rhythm: Rhythm = Rhythm()
    coverage: CoverageDoc | None = None
    sla: SlaDoc | None = None
    contract: Contract | None = None
    pay: Pay = Pay()
    calibration: Calibration | None = None
    licence: Licence | None = Field(
        default=None, description="SPDX expression: of what comes from sources that state none"
    )
    sources: dict[SourceName, SourceDoc] = Field(default={}, description="by the name that imports give")
    rights: RightsDoc = RightsDoc()
    splits: SplitsDoc | None = None
    contamination: ContaminationDoc | None = None
    protection: Protection = Protection()
    cacheable: bool = Field(default=True, description="browsers may keep item bodies while they are being worked on")

    @model_validator(mode="after")
    def _can_work(self) -> "Policy":
        """Refuse what no run could ever satisfy, naming the key."""
        known = {label.id for label in self.ontology.labels}
        routing = self.routing
        for key, name in (("model", routing.model), ("second", routing.second)):
            if name is not None and name not in self.models:
                raise ValueError(
                    f"routing.{key}: there is no model {name!r}; models are {sorted(self.models) or 'none'}"
                )
        names = [rule.rule for rule in routing.rules]
        if len(set(names)) != len(names):
            raise ValueError("routing.rules: rule names must be unique, because they become the reasons")
        for n, rule in enumerate(routing.rules):
            self._rule_can_work(f"routing.rules.{n}", rule, last=n == len(names) - 1, known=known)
        for n, trigger in enumerate(self.human_only.rules):
            if missing := sorted(set(trigger.suspects) - known):
                raise ValueError(f"human_only.rules.{n}.suspects: not in the ontology: {', '.join(missing)}")
            if not (trigger.suspects or trigger.slice or trigger.every_item):
                raise ValueError(f"human_only.rules.{n}: needs suspects, slice or every_item")
        planted = self.calibration is not None and self.calibration.probes.share > 0
        if planted and not any(rule.to == "verify" for rule in routing.rules):
            raise ValueError("calibration.probes.share: no rule sends anything to verify, so there is nothing to plant")
        kinds = [one.id for one in self.errors]
        if len(set(kinds)) != len(kinds):
            raise ValueError("errors: every kind of mistake stands once")
        if self.batches.gate is not None and self.batches.gate not in self.gates:
            raise ValueError(f"batches.gate: there is no gate {self.batches.gate!r}; gates are {sorted(self.gates)}")
        if self.budget is not None and self.budget.currency != self.currency:
            raise ValueError(
                f"budget.currency: rates are in {self.currency}, as `currency` says; a budget in "
                f"{self.budget.currency} could not be held against them"
            )
        if (missing_right := unstated(self.sources, self.rights.demand)) is not None:
            raise ValueError(f"rights.demand: {missing_right}")
        named = set(self.contamination.splits) if self.contamination is not None else set()
        if missing := sorted(named - set(self.splits.shares if self.splits is not None else ())):
            raise ValueError(f"contamination.splits: releases have no split {missing[0]!r}; see `splits.shares`")
        if self.sla is not None and self.contract is not None and self.sla.client != self.contract.client:
            raise ValueError(
                f"contract.client: the service levels are promised to {self.sla.client!r}; one programme has one client"
            )
        if self.sla is not None:
            self._promises_can_be_measured(self.sla)
        declared: dict[str, set[str]] = {
            "gates": set(self.gates),
            "audits": set(self.audits),
            "sla": set(self.sla.terms) if self.sla is not None else set(),
        }
        for part, there in declared.items():
            if missing := sorted(set(getattr(self.raci.obligations, part)) - there):
                expected, at = ", ".join(sorted(there)) or "none", f"raci.obligations.{part}.{missing[0]}"
                raise ValueError(f"{at}: there is no such obligation; known are {expected}")
        return self

    def _promises_can_be_measured(self, sla: SlaDoc) -> None:
        """Refuse a promise that nothing in the programme measures, or that the programme's own deadlines break."""
        gates = self.gates_of_batches
        for name, term in sla.terms.items():
            at = f"sla.terms.{name}"
            if term.promise in ("failed_batches", "remediation") and not any(one.failed_batch for one in gates):
                raise ValueError(f"{at}: a failed batch is what `failed_batch` of a gate says, and no gate says it")
            if isinstance(term, FloorTerm) and term.gold is not None:
                self._gold_can_be_promised(at, term)
            elif isinstance(term, FloorTerm):
                sampled = any(one.sample is not None for one in gates)
                if not gates:
                    raise ValueError(f"{at}: no gate measures it: name one under batches.gate")
                if term.promise == "accuracy" and term.of.name == "accuracy.v1" and not sampled:
                    raise ValueError(f"{at}: accuracy is measured on a gate's audit, and no gate has a `sample`")
                if term.promise == "agreement" and not self.consensus.share and self.human_only.judgements < 2:
                    raise ValueError(f"{at}: nobody's answers are compared while consensus.share is 0")
            if isinstance(term, EscalationTerm) and self.escalation.hours > term.hours:
                raise ValueError(
                    f"{at}.hours: promises answers in {term.hours:g} hours, and escalation.hours gives people "
                    f"{self.escalation.hours:g}"
                )
            if isinstance(term, ThroughputTerm) and term.task not in (None, self.task.name):
                raise ValueError(f"{at}.task: this programme asks for {self.task.name}, not {term.task}")

    def _gold_can_be_promised(self, at: str, term: FloorTerm) -> None:
        """Refuse a floor on gold that people do not meet often enough, or at all."""
        known = self.calibration.gold if self.calibration is not None and self.calibration.hidden else None
        if known != term.gold:
            raise ValueError(
                f"{at}.gold: what is hidden in this programme's batches is {known or 'no gold'}, as `calibration` says"
            )
        assert self.calibration is not None
        assert term.share is not None
        hidden, batch = self.calibration.hidden, self.batches.size
        least = hidden - DRAWN_BELOW * (hidden * (1 - hidden) / batch) ** 0.5
        if least < term.share:
            raise ValueError(
                f"{at}.share: {term.share:g} is promised, and calibration.hidden of {hidden:g} is a draw that leaves "
                f"as few as {max(0.0, least):.4f} of a batch of {batch:,}: promise at most that, or hide more"
            )

    def _rule_can_work(self, at: str, rule: RouteRule, *, last: bool, known: set[str]) -> None:
        when = rule.when
        if last and when is not None:
            raise ValueError(f"{at}.when: the last rule takes everything that is left; leave `when` out")
        if not last and when is None:
            raise ValueError(f"{at}: a rule without `when` takes everything, so the rules after it can never match")
        suggests = when is not None and when.implies_suggestion
        if suggests and self.routing.model is None:
            raise ValueError(f"{at}.when: needs routing.model, whose suggestion it asks about")
        if rule.to in ("verify", "accept") and not suggests:
            raise ValueError(f"{at}.to: {rule.to} needs a suggestion: add confidence, or `suggested: true`, to `when`")
        if rule.reveal == "after" and (rule.to != "annotate" or not suggests):
            raise ValueError(f"{at}.reveal: a suggestion is shown after an answer where `to: annotate` has one: `when`")
        if when is not None and when.second_agrees is not None and self.routing.second is None:
            raise ValueError(f"{at}.when.second_agrees: needs routing.second")
        if when is not None and (missing := sorted(set(when.labels or ()) - known)):
            raise ValueError(f"{at}.when.labels: not in the ontology: {', '.join(missing)}")
        if rule.to == "accept" and self.routing.machine_acceptance is None:
            raise ValueError(f"{at}.to: acceptance without a person needs routing.machine_acceptance with the reason")

    @property
    def clock(self) -> WorkingTime:
        """What the programme's days and weeks are read on."""
        zone = self.rhythm.zone or (self.sla.calendar.zone if self.sla is not None else "UTC")
        return WorkingTime(zone=zone)

    def week_before(self, day: date) -> tuple[date, date]:
        """The newest whole week of digests that is over on a day: its first day, and the day behind its last."""
        end = day - timedelta(days=(day.weekday() - DAYS.index(self.rhythm.digest)) % 7)
        return end - timedelta(days=7), end

    def next_look(self, at: int) -> tuple[int, int]:
        """How long until the nightly look after the next one, and when the next one is, by the programme's clock."""
        time, day = self.clock, self.clock.local_day(at)
        looks = [time.begins(day + timedelta(days=n), self.rhythm.hour) for n in range(3)]
        first, second = [one for one in looks if one > at][:2]
        return second - first, first

    @property
    def gates_of_batches(self) -> tuple[GateDoc, ...]:
        """The gate that batches pass; where none is named, every gate that one may be given."""
        return (self.gates[self.batches.gate],) if self.batches.gate is not None else tuple(self.gates.values())

    @cached_property
    def labels(self) -> Ontology:
        """The ontology as a noun."""
        return Ontology(labels=self.ontology.labels)
