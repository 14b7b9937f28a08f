"""Batches: how far they are, what was measured, their gates and verdicts."""

from collections.abc import Iterator
from typing import Any

from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Wire, address
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


class Batches:
    """`client.batches`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(self, programme: str) -> list[BatchRow]:
        """The batches of a programme, newest first."""
        return list(self._wire.rows(BatchRow, address("programmes", programme, "batches")))

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
    ) -> Iterator[BatchItem]:
        """The items of a batch, filtered."""
        asked = {"state": state, "queue": queue, "rule": rule, "label": label, "q": text, "limit": 500}
        return self._wire.rows(BatchItem, address("batches", batch, "items"), params=asked)

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
