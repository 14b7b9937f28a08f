"""The nouns. All frozen: a change is a new one that points at the old.

    (world) -> ITEM -> JUDGEMENT -> EVIDENCE -> VERDICT of a GATE -> RELEASE
                 \\- BATCH - WORK -'     ^                     |
                            '-----------+------ BRIEF <-------'

Ids are public ids (see `ids.py`), times are integer microseconds UTC, shares are 0-1, money is integer minor units.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Queue = Literal["verify", "annotate", "review"]
QUEUES: tuple[Queue, ...] = ("verify", "annotate", "review")
Purpose = Literal[
    "production",
    "delivery",
    "calibration",
    "audit",
    "masking",
    "spot_check",
    "pilot",
    "panel",
    "campaign",
    "generation_review",
    "relevance",
]
Stance = Literal["answer", "accept", "reject", "adjudicate", "skip", "escalate", "withdraw"]
Outcome = Literal["pass", "fail", "unknown"]
ActorKind = Literal["person", "model", "rule", "provider"]
Role = Literal["owner", "manager", "expert", "engineer", "annotator", "procurement", "client", "auditor"]
Origin = Literal["human", "real", "semi_synthetic", "synthetic"]


class Noun(BaseModel):
    """Base of every noun: frozen, and unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Spec(Noun):
    """A registered kind by name, with its parameters: how rows, files and URLs refer to code."""

    name: str
    params: dict[str, Any] = {}


class Provenance(Noun):
    """Where an item came from."""

    source: Spec
    file: str | None = None
    origin: Origin = "real"
    generator: Spec | None = None
    parents: tuple[str, ...] = ()
    depth: int = Field(default=0, ge=0, description="generations from real data; 0 is real")
    licence: str | None = Field(default=None, description="that holds for it and for everything it was made from")
    sources: tuple[str, ...] = Field(default=(), description="its own first, then those of what it was made from")
    withheld: str | None = Field(default=None, description="why it leaves with no release, if so")


class Item(Noun):
    """One unit of data: an immutable body with a digest."""

    id: str
    external_id: str
    body: dict[str, Any]
    digest: str
    provenance: Provenance
    slices: dict[str, str] = {}
    residency: str | None = None
    access: str | None = None
    human_only: str | None = Field(default=None, description="why the item is human-only, or None")
    created_at: int


class Actor(Noun):
    """Who says something: a person, a model of one version, a rule, or a provider whose people we do not see.

    `simulated` is a fact of the record.
    """

    id: str
    kind: ActorKind
    name: str
    version: str | None = None
    simulated: bool = False


class Batch(Noun):
    """A named set of items under one contract: the unit of agreement, acceptance, SLA and price."""

    id: str
    programme_id: str
    name: str
    purpose: Purpose
    task: Spec
    ontology_id: str
    policy_number: int
    gate: str | None
    owner: str
    due_at: int | None
    items: int
    state: Literal["open", "held", "passed", "waived"]
    parent_id: str | None = None
    created_at: int


class Saw(Noun):
    """What an actor was shown before saying something: without it, anchoring cannot even be asked about."""

    suggestion_id: str | None = None
    shown: Literal["never", "before", "after"] = "never"
    others: tuple[str, ...] = ()
    guideline_id: str | None = None
    order_seed: int | None = None


class Work(Noun):
    """One slot for one judgement on one item."""

    id: str
    batch_id: str
    item_id: str
    queue: Queue
    tier: int = Field(ge=1, le=3)
    blind: bool = False
    slot: int = 1
    because: str
    due_at: int | None = None


class Judgement(Noun):
    """What one actor said of one item under which task and ontology, and what they saw before saying it."""

    id: str
    item_id: str
    batch_id: str | None
    actor: Actor
    task: Spec
    ontology_id: str | None
    stance: Stance
    answer: Any = None
    confidence: float | None = None
    saw: Saw = Saw()
    work_id: str | None = None
    revision_of: str | None = None
    comment: str | None = None
    reason: str | None = Field(default=None, description="entry of the error taxonomy, or why it was skipped")
    note: dict[str, Any] | None = Field(default=None, description="a flag, or what a ruling cites, amends, releases")
    surplus: bool = False
    active_ms: int | None = None
    wall_ms: int | None = None
    said_at: int


class Decision(Noun):
    """The accepted label of an item in a batch: a projection over judgements that can be rebuilt."""

    item_id: str
    batch_id: str
    state: Literal["open", "disputed", "decided"]
    answer: Any = None
    judgement_ids: tuple[str, ...] = ()
    because: str


class Interval(Noun):
    """A confidence interval: nominal level and the method that made it."""

    low: float
    high: float
    level: float
    method: str


class Evidence(Noun):
    """A measured value that keeps its denominator: `n` counted of `eligible` that could have been."""

    id: str | None = None
    measure: Spec
    about: str = Field(description="id of the batch, release or programme it speaks of")
    slice: dict[str, str] = {}
    value: float | None
    interval: Interval | None = None
    n: int
    eligible: int
    method: str
    because: str | None = Field(default=None, description="why there is no value, or no interval")
    details: dict[str, float] = {}
    measured_at: int = 0

    @property
    def low(self) -> float | None:
        """The lower limit, where there is an interval."""
        return self.interval.low if self.interval else None

    @property
    def high(self) -> float | None:
        """The upper limit, where there is an interval."""
        return self.interval.high if self.interval else None

    @property
    def level(self) -> float | None:
        """The level of the interval, where there is one."""
        return self.interval.level if self.interval else None


class CheckResult(Noun):
    """One line of a verdict: a check, what it found, and why."""

    check: Spec
    outcome: Outcome
    because: str
    evidence_ids: tuple[str, ...] = ()


class Waiver(Noun):
    """A named person's override, with the reason; it stays on every certificate for ever."""

    by: str
    because: str
    at: int


class Verdict(Noun):
    """What a gate made of the evidence. `unknown` never opens a gate."""

    id: str | None = None
    gate: str
    owner: str
    about: str
    outcome: Outcome
    results: tuple[CheckResult, ...]
    contract: tuple[CheckResult, ...] = Field(default=(), description="the contract's line for a failed batch")
    proved: str | None = Field(default=None, description="the bound that the audit proves over the whole batch")
    waiver: Waiver | None = None
    decided_at: int

    @property
    def opens(self) -> bool:
        """True where what stands behind the gate may go on."""
        return self.outcome == "pass" or self.waiver is not None


class Brief(Noun):
    """A finding that someone must repair. It closes when its number is healthy on newer data, or a person waives it."""

    id: str
    programme_id: str
    key: str = Field(description="what is measured: the same key opens it, closes it, and reopens it on relapse")
    source: str
    title: str
    state: Literal["open", "in_work", "waiting", "closed", "waived"]
    owner: str
    due_at: int
    because: str = Field(description="the newest numbers, in words")
    scope: dict[str, Any] = {}
    remedy: str | None = None
    batch_ids: tuple[str, ...] = ()
    relapses: int = 0
    waivers: tuple[Waiver, ...] = ()
    opened_at: int
    since_at: int = Field(description="when it was opened or last reopened")


class Release(Noun):
    """Anything sealed under one digest with its parents: dataset, ontology, guideline, gold set, suite, index."""

    id: str
    programme_id: str
    kind: Literal["dataset", "ontology", "guideline", "gold", "suite", "index"]
    name: str
    number: int
    digest: str
    parents: tuple[str, ...] = ()
    sealed_at: int


class Programme(Noun):
    """Scope, RACI, policy and residency of a piece of work, with the version in force."""

    id: str
    name: str
    title: str
    organisation: str
    number: int
    created_at: int
