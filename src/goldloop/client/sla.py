"""Service level agreements: what was promised, what became of it, and the client's report."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from goldloop.client.estimates import EstimateRow
from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Wire, address
from goldloop.core.errors import Invalid

FORMATS = {".pdf": "pdf", ".csv": "csv", ".json": "json"}
State = Literal["kept", "at_risk", "breached", "unknown"]


class TermLine(EstimateRow):
    """One thing that a term speaks of: a batch, a failure, a question, or the whole period."""

    about: str
    state: State
    because: str
    due_at: int | None = None
    remedy: str | None = None


class TermRow(EstimateRow):
    """What became of one promise: its state, its number with denominator and interval, and why."""

    term: str
    promise: str
    owner: str
    says: str
    state: State
    because: str
    forecast: bool = False
    remedy: str | None = None
    lines: tuple[TermLine, ...] = ()
    credit: int = 0
    kept_at: int | None = None


class CreditRow(Row):
    """One credit, in minor units: which share of which price, and why."""

    term: str
    about: str
    share: float
    price: int
    amount: int
    because: str


class SlaView(Row):
    """Where an agreement stands; `sla` is None and `terms` empty where a programme promises nothing."""

    programme: str
    sla: dict[str, Any] | None = None
    first_day: str | None = None
    last_day: str | None = None
    as_of: int | None = None
    currency: str | None = None
    price: int | None = None
    credited: int = 0
    capped: bool = False
    terms: tuple[TermRow, ...] = ()
    credits: tuple[CreditRow, ...] = ()


class ClientReport(Row):
    """The report that the client reads of a period."""

    programme: str
    title: str
    client: str
    first_day: str
    last_day: str
    zone: str
    as_of: int
    over: bool
    currency: str
    price: int | None = None
    credited: int
    capped: bool
    terms: tuple[TermRow, ...]
    batches: tuple[dict[str, Any], ...]
    annotators: tuple[dict[str, Any], ...]
    escalations: tuple[dict[str, Any], ...]
    remediations: tuple[dict[str, Any], ...]
    credits: tuple[CreditRow, ...]
    definitions: tuple[dict[str, str], ...]


class SaidOfBatch(Row):
    """One word on a batch: asked, signed or disputed, by whom and when."""

    kind: Literal["asked", "signed", "disputed"]
    because: str
    items: tuple[str, ...] = ()
    by: str | None = None
    organisation: str | None = None
    at: int


class SignOff(Row):
    """A batch that passed, and how it stands with the client; `held`: no release may hold it.

    `repairs` names the disputed batch whose items were judged again in it; the client's word on that one holds for it.
    """

    batch_id: str
    batch: str
    purpose: str
    items: int
    outcome: str
    proved: str | None = None
    waived_because: str | None = None
    decided_at: int
    state: Literal["asked", "signed", "disputed"]
    because: str
    by: str | None = None
    organisation: str | None = None
    said_at: int | None = None
    accepted: bool
    held: bool
    repairs: str | None = None
    words: tuple[SaidOfBatch, ...] = ()


class Sla:
    """`client.sla`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def get(self, programme: str) -> SlaView:
        """Where every term stands in the period that runs."""
        return self._wire.one(SlaView, "GET", address("programmes", programme, "sla"))

    def keep(self, programme: str) -> Job:
        """Evaluate the agreement now and keep the result as evidence, as a job; it runs each night by itself."""
        return self._wire.one(Job, "POST", address("programmes", programme, "sla"))

    def report(self, programme: str, *, on: str | None = None) -> ClientReport:
        """The client's report on the period that holds the day `on` (2026-05-12, or 2026-05 for a month)."""
        return self._wire.one(ClientReport, "GET", address("programmes", programme, "report"), params={"on": on})

    def save_report(self, programme: str, file: Path | str, *, on: str | None = None, part: str = "terms") -> Path:
        """Write the report to a file, as its ending says: .pdf, .json, or .csv for one part of it. Raises Invalid."""
        path = Path(file)
        if path.suffix not in FORMATS:
            raise Invalid("a report has no such format", field="file", expected=".pdf, .json or .csv", found=path.name)
        form = FORMATS[path.suffix]
        return self._wire.save(address("programmes", programme, "report"), path, format=form, part=part, on=on)

    def batches(self, programme: str) -> Iterator[SignOff]:
        """The batches that passed, newest first, and what the client said of each."""
        return self._wire.rows(SignOff, address("programmes", programme, "sign-offs"))

    def sign_off(self, batch: str) -> SignOff:
        """How one batch that passed stands with the client."""
        return self._wire.one(SignOff, "GET", address("batches", batch, "sign-off"))

    def sign(self, batch: str, note: str = "") -> SignOff:
        """Sign a batch off in one's own name, for the client. Raises Conflict where it has not passed."""
        return self._wire.one(SignOff, "POST", address("batches", batch, "sign-off"), json={"note": note})

    def dispute(self, batch: str, because: str, items: Sequence[str]) -> SignOff:
        """Dispute items of a batch, by the ids of their source, in one's own name, for the client."""
        body = {"because": because, "items": list(items)}
        return self._wire.one(SignOff, "POST", address("batches", batch, "dispute"), json=body)
