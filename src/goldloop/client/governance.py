"""Ontology governance: proposals, what they change and touch, approval, and putting them in force."""

from typing import Any, Literal

from goldloop.client.jobs import Job
from goldloop.client.programmes import Change
from goldloop.client.wire import Row, Wire, address


class ProposalRow(Row):
    """A proposed change of an ontology or of guidelines, and where it stands."""

    id: str
    programme_id: str
    number: int
    state: str
    because: str
    note: str = ""
    proposed_by: str
    proposed_at: int


class LabelChange(Row):
    """One difference between two ontologies: `to` maps by rule, `review` sends it to a person."""

    kind: str
    label: str
    name: str
    old: Any = None
    new: Any = None
    to: str | None = None
    review: bool = False
    into: tuple[str, ...] = ()


class Version(Row):
    """Labels or clauses of guidelines as they were sealed; `before` and `after` have an id and a number."""

    id: str
    kind: Literal["ontology", "guideline"]
    number: int
    programme: str
    digest: str
    sealed_at: int
    sealed_by: str
    in_force: bool
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    labels: tuple[dict[str, Any], ...] = ()
    clauses: tuple[dict[str, Any], ...] = ()


class SaidOfIt(Row):
    """What somebody said of a proposal."""

    by: str
    stance: str
    text: str = ""
    said_at: int


class ProposalView(Row):
    """A proposal with what it changes and what was said of it."""

    proposal: ProposalRow
    yaml: str
    consulted: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    labels: tuple[LabelChange, ...] = ()
    words: tuple[SaidOfIt, ...] = ()


class Touched(Row):
    """How many of a label stand in a batch: accepted, or said by somebody."""

    label: str
    batch_id: str | None = None
    batch: str | None = None
    who: str | None = None
    labels: int


class Impact(Row):
    """What a change touches: accepted labels mapped by rule or looked at again, and the judgements behind them."""

    mapped: int
    reviewed: int
    said: int
    people: int
    batches: int
    accepted: tuple[Touched, ...] = ()
    by_batch: tuple[Touched, ...] = ()
    by_person: tuple[Touched, ...] = ()


class Preview(Row):
    """What a proposal would change and touch."""

    changes: tuple[Change, ...] = ()
    labels: tuple[LabelChange, ...] = ()
    impact: Impact


class Governance:
    """`client.ontology`. A programme is meant by its id or its name."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def proposals(self, programme: str) -> list[ProposalRow]:
        """The proposals of a programme, newest first."""
        return list(self._wire.rows(ProposalRow, address("programmes", programme, "proposals")))

    def get(self, proposal: str) -> ProposalView:
        """One proposal."""
        return self._wire.one(ProposalView, "GET", address("proposals", proposal))

    def propose(self, programme: str, yaml: str, *, note: str = "", name: str = "ontology.yaml") -> ProposalView:
        """Propose a programme file, or just its ontology and guidelines, with a `migration`."""
        asked = {"yaml": yaml, "note": note, "name": name}
        return self._wire.one(ProposalView, "POST", address("programmes", programme, "proposals"), json=asked)

    def preview(self, programme: str, yaml: str, *, name: str = "ontology.yaml") -> Preview:
        """What a proposal would change and touch, without making it."""
        path = address("programmes", programme, "proposals", "preview")
        return self._wire.one(Preview, "POST", path, json={"yaml": yaml, "name": name}, again=True)

    def impact(self, proposal: str) -> Impact:
        """How many labels a proposal touches, whose, and in which batches."""
        return self._wire.one(Impact, "GET", address("proposals", proposal, "impact"))

    def say(
        self, proposal: str, stance: Literal["comment", "approve", "refuse", "withdraw"], text: str = ""
    ) -> ProposalView:
        """Comment, approve, refuse, or withdraw one's own."""
        asked = {"stance": stance, "text": text}
        return self._wire.one(ProposalView, "POST", address("proposals", proposal, "words"), json=asked)

    def publish(self, proposal: str) -> ProposalView:
        """Put an approved proposal in force. Raises Conflict where nobody who is consulted approved it."""
        return self._wire.one(ProposalView, "POST", address("proposals", proposal, "publish"))

    def version(self, version: str) -> Version:
        """A version of labels or guidelines, word for word, by the id that judgements name it by."""
        return self._wire.one(Version, "GET", address("versions", version))

    def look_again(self, programme: str) -> Job:
        """Open the work of looking again at what no rule reads, as a job; never twice."""
        return self._wire.one(Job, "POST", address("programmes", programme, "rereview"))
