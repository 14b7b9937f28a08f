"""The whole file, and what no run could ever satisfy."""

from datetime import date, timedelta
from functools import cached_property
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from goldloop.core.contract import Contract, Pay
from goldloop.core.licence import Licence
from goldloop.core.nouns import Noun
from goldloop.core.ontology import Ontology
from goldloop.core.policy.calibration import Calibration
from goldloop.core.policy.coverage import CoverageDoc
from goldloop.core.policy.gates import AuditDoc, GateDoc
from goldloop.core.policy.human_only import HumanOnlyDoc
from goldloop.core.policy.money import Budget, TierDoc
from goldloop.core.policy.ontology import Clause, OntologyDoc
from goldloop.core.policy.raci import Raci
from goldloop.core.policy.rhythm import Batches, Briefs, Rhythm
from goldloop.core.policy.routing import Blind, ModelDoc, Routing
from goldloop.core.policy.rulings import ERRORS, Consensus, ErrorKind, Escalation, error_kind
from goldloop.core.policy.scalars import Name, Tier
from goldloop.core.protection import Protection
from goldloop.core.rights import RightsDoc, SourceDoc, SourceName, unstated
from goldloop.core.sla import EscalationTerm, FloorTerm, SlaDoc, ThroughputTerm
from goldloop.core.spec_field import SpecField
from goldloop.core.splits import ContaminationDoc, SplitsDoc
from goldloop.core.working_time import DAYS, WorkingTime

DRAWN_BELOW = 3.0  # standard deviations that a drawn share may fall below the declared one


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
    errors: tuple[Annotated[ErrorKind, BeforeValidator(error_kind)], ...] = Field(
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
        self.routing.must_work(models=self.models, labels=known)
        self.human_only.must_work(labels=known)
        planted = self.calibration is not None and self.calibration.probes.share > 0
        if planted and not any(rule.to == "verify" for rule in self.routing.rules):
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
