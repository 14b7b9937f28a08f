"""Batches: how far they are, what was measured, their gates and verdicts."""

from collections.abc import Iterator
from typing import Any

from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Way, Wire, address, ordered
from goldloop.core.nouns import Batch, Evidence, Verdict


class Progress(Row):
    """How many items a batch holds, and how many are decided, disputed or open."""

    items: int
    decided: int
    disputed: int
    open: int


class QueueRow(Row):
    """Where the works of a queue and tier stand."""

    queue: str
    tier: int
    ready: int
    leased: int
    done: int


class RouteRow(Row):
    """How many items a rule sent to a queue and tier."""

    rule: str
    queue: str
    tier: int
    items: int


class WorkedRow(Row):
    """What one actor did in a batch."""

    actor: dict[str, Any]
    judgements: int


class BatchRow(Row):
    """A batch with its progress and the outcome of its newest verdict."""

    batch: Batch
    progress: Progress
    outcome: str | None = None


class BatchView(BatchRow):
    """Everything about a batch."""

    queues: tuple[QueueRow, ...] = ()
    routing: tuple[RouteRow, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    audits: tuple[BatchRow, ...] = ()
    people: tuple[WorkedRow, ...] = ()

    def measured(self, name: str, **slice_: str) -> Evidence | None:
        """The newest evidence of a measure, for the whole batch or for one slice."""
        found = (one for one in self.evidence if one.measure.name == name and one.slice == slice_)
        return next(found, None)


class BatchItem(Row):
    """An item of a batch: where it went, why, and what it is now."""

    item_id: str
    external_id: str
    queue: str
    state: str | None = None
    answer: Any = None


class PairRow(Row):
    """Two people, and how often they agree."""

    first: dict[str, Any]
    second: dict[str, Any]
    n: int
    same: int
    share: float
    low: float
    high: float
    kappa: float | None = None


class Point(Row):
    """What a plan does to batches of one rate of wrong labels."""

    rate: float
    acceptance: float
    average_sample: float


class PlanView(Row):
    """An acceptance plan with its looks and its operating characteristic."""

    kind: str
    aql: float
    ltpd: float
    producer_risk: float
    consumer_risk: float
    most: int
    looks: tuple[dict[str, int | None], ...]
    characteristic: tuple[Point, ...]


class SampleView(Row):
    """One sample that a gate drew: how much of it is opened and judged, and from how many it was drawn.

    `nobody_left`: items that wait although everybody of the audit's tier has judged them before.
    """

    number: int
    audit_id: str | None
    drawn: int
    drawn_from: int
    left_out: int
    opened: int
    judged: int
    nobody_left: int = 0
    by: tuple[str, ...]
    stage: str


class SentBack(Row):
    """One remediation: who sent how many labels back, and why."""

    by: str
    because: str
    items: int
    at: int


class GateView(Row):
    """What was promised for a batch, what was measured, who decided, and what happened when it failed."""

    batch_id: str
    gate: str | None
    promise: dict[str, Any] | None
    plan: PlanView | None
    samples: tuple[SampleView, ...]
    verdicts: tuple[Verdict, ...]
    evidence: tuple[Evidence, ...] = ()
    sent_back: tuple[SentBack, ...] = ()


class PartRow(Row):
    """A part of a batch with the share of its judged labels that are wrong; `found`: more than chance makes."""

    dimension: str
    name: str
    wrong: int
    judged: int
    value: float
    low: float
    high: float
    adjusted: float
    found: bool


class ConfusionRow(PartRow):
    """One label given where another belongs."""

    said: str
    true: str


class ErrorsView(Row):
    """Where the errors of an audited batch come from, the most certain first."""

    judged: int
    wrong: int
    parts: tuple[PartRow, ...] = ()
    confusions: tuple[ConfusionRow, ...] = ()
    method: str


class WrongRow(Row):
    """A judged item whose label is not the one that the audit gave."""

    item_id: str
    external_id: str
    accepted: Any
    reference: Any
    author: str | None = None


class AnsweredRow(Row):
    """One of the answers to an item: who gave it, and how probable a model of the annotators finds it."""

    answer: Any
    by: tuple[str, ...]
    posterior: float | None = None


class DisagreementRow(Row):
    """An item on which independent answers differ."""

    item_id: str
    external_id: str
    text: str
    state: str
    because: str | None = None
    decided: Any = None
    answers: tuple[AnsweredRow, ...]
    doubt: float | None = None


class ConfusedRow(Row):
    """Two labels that people give to the same unit."""

    a: str
    b: str
    together: int
    n: int
    value: float
    low: float
    high: float


class Batches:
    """`client.batches`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(self, programme: str, *, sort: str | None = None, order: Way | None = None) -> list[BatchRow]:
        """The batches of a programme, newest first; or by created, name, purpose, items, progress, due,
        owner or gate.
        """
        path = address("programmes", programme, "batches")
        return list(self._wire.rows(BatchRow, path, params=ordered(sort, order)))

    def get(self, batch: str) -> BatchView:
        """One batch."""
        return self._wire.one(BatchView, "GET", address("batches", batch))

    def items(
        self,
        batch: str,
        *,
        state: str | None = None,
        queue: str | None = None,
        rule: str | None = None,
        label: str | None = None,
        text: str | None = None,
        sort: str | None = None,
        order: Way | None = None,
    ) -> Iterator[BatchItem]:
        """The items of a batch, filtered; as they came, or by id, queue, confidence, state, answer or judgements."""
        asked = {"state": state, "queue": queue, "rule": rule, "label": label, "q": text, "limit": 500}
        return self._wire.rows(BatchItem, address("batches", batch, "items"), params={**asked, **ordered(sort, order)})

    def agreement(self, batch: str) -> list[PairRow]:
        """How often every two people gave equal answers to items that both answered independently."""
        return list(self._wire.rows(PairRow, address("batches", batch, "agreement")))

    def gate(self, batch: str) -> Job:
        """Run the gate, as a job: draw and open its audit where everything is decided, measure, check, conclude."""
        return self._wire.one(Job, "POST", address("batches", batch, "gate"))

    def measure(self, batch: str) -> Job:
        """Measure without a verdict, as a job."""
        return self._wire.one(Job, "POST", address("batches", batch, "measure"))

    def waive(self, batch: str, because: str) -> Verdict:
        """Let a batch go on by one's own name, with the reason; it stays on every certificate for ever."""
        return self._wire.one(Verdict, "POST", address("batches", batch, "waiver"), json={"because": because})

    def promise(self, batch: str) -> GateView:
        """The gate of a batch in full: what was promised, every sample, every verdict, and what was sent back."""
        return self._wire.one(GateView, "GET", address("batches", batch, "gate"))

    def errors(self, batch: str) -> ErrorsView:
        """Where the errors of an audited batch come from: whose, which label, queue, model and slice, ranked."""
        return self._wire.one(ErrorsView, "GET", address("batches", batch, "errors"))

    def wrong(self, batch: str) -> list[WrongRow]:
        """The judged items whose label is wrong as far as the audit can tell."""
        return list(self._wire.rows(WrongRow, address("batches", batch, "wrong")))

    def remediate(self, batch: str, because: str, *, everything: bool = False, **where: str) -> Job:
        """Send labels back to be annotated anew, as a job: those with all these facts, or everything.

        Facts are annotator, label, model, queue, rule, slices (`**{"slice language": "de"}`), and `audit="wrong"` for
        what the audit found wrong.
        """
        asked = {"because": because, "where": where, "everything": everything}
        return self._wire.one(Job, "POST", address("batches", batch, "remediation"), json=asked)

    def disagreements(self, batch: str) -> Iterator[DisagreementRow]:
        """The items on which independent answers differ, and how each was settled."""
        return self._wire.rows(DisagreementRow, address("batches", batch, "disagreements"), params={"limit": 200})

    def confusions(self, batch: str) -> list[ConfusedRow]:
        """Which labels people give where others give another, most first."""
        return list(self._wire.rows(ConfusedRow, address("batches", batch, "confusions")))
