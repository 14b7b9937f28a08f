"""Reports on people and labels, contests, and the way from a label to everything behind it."""

from collections.abc import Iterator
from typing import Any

from goldloop.client.estimates import EstimateRow
from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Wire, address
from goldloop.core.families import Measured
from goldloop.core.nouns import Evidence


class PersonLine(Row):
    """One person of a programme's team."""

    actor_id: str
    name: str
    simulated: bool = False
    since: int
    answers: int
    accuracy: Measured
    mean_active_ms: float | None = None
    timed: int = 0
    competence: Evidence | None = None
    stands_out: str | None = None


class Cohort(Row):
    """Everybody who came into a programme in one month; `alike`: how often they answer as the others do."""

    month: str
    people: int
    accuracy: Measured
    stands_out: str | None = None
    alike: Evidence | None = None


class AgreementRow(EstimateRow):
    """Agreement over the batches of a programme: of a task type, a label or a slice, beside the task type's floor."""

    task: str
    by: str
    name: str
    batches: int
    of: int
    floor: float | None = None


class Team(Row):
    """Everybody who works in a programme, by name."""

    people: tuple[PersonLine, ...]
    everybody: Measured
    cohorts: tuple[Cohort, ...] = ()


class Drift(Row):
    """A control chart: where it signalled, and how far apart its false alarms are by design."""

    n: int
    signal: int | None = None
    signal_at: int | None = None
    baseline: float | None = None
    worse: float | None = None
    limit: float | None = None
    run_length: float | None = None
    path: tuple[float, ...] = ()
    method: str | None = None
    because: str | None = None


class HistoryLine(Row):
    """An answer beside gold or an audit."""

    judgement_id: str
    item_id: str
    said: str
    reference: str
    right: bool
    source: str
    said_at: int


class Contest(Row):
    """What somebody contested, and what a second senior ruled."""

    id: str
    person: str
    kind: str
    because: str
    said: str | None = None
    held: str | None = None
    ruled: str | None = None
    outcome: str
    contested_at: int


class PersonReport(Row):
    """One person's work in one programme. The manager and the person see the same."""

    programme: str
    person: dict[str, Any]
    said: dict[str, int]
    accuracy: Measured
    everybody: Measured
    stands_out: str | None = None
    speed: Measured
    competence: Evidence | None = None
    confusion: tuple[dict[str, Any], ...] = ()
    drift: Drift
    history: tuple[HistoryLine, ...] = ()
    contests: tuple[Contest, ...] = ()


class Overturned(Row):
    """How often gold, or what one senior ruled, did not stand."""

    kind: str
    who: str | None = None
    rate: Measured


class Contests(Row):
    """The contests of a programme."""

    contests: tuple[Contest, ...] = ()
    overturned: tuple[Overturned, ...] = ()


class Suspect(Row):
    """An accepted label that the answers behind it do not support, or that a model doubts: it says `instead`."""

    item_id: str
    external_id: str
    by: str = "people"
    instead: str | None = None
    probability: float
    answers: int
    measured_at: int


class LabelHealth(Row):
    """How a label fared in one stretch of time."""

    label: str | None = None
    name: str | None = None
    skips: int = 0
    escalations: int = 0
    share: Measured
    hard: Measured


class SaidRow(Row):
    """A judgement in a list."""

    id: str
    item_id: str
    external_id: str
    batch_id: str | None = None
    actor_id: str
    by: str
    kind: str
    stance: str
    answer: Any = None
    said_at: int


class Trace(Row):
    """Everything behind one label."""

    judgement: dict[str, Any]
    item: dict[str, Any]
    author: dict[str, Any]
    suggestion: dict[str, Any] | None = None
    ontology: dict[str, Any] | None = None
    guideline: dict[str, Any] | None = None
    batch: dict[str, Any] | None = None
    work: dict[str, Any] | None = None
    decision: dict[str, Any] | None = None
    releases: tuple[dict[str, Any], ...] = ()


class Reports:
    """`client.reports`. A programme is meant by its id or its name."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def team(self, programme: str) -> Team:
        """Everybody who works in a programme, by name."""
        return self._wire.one(Team, "GET", address("programmes", programme, "people"))

    def person(self, programme: str, actor_id: str) -> PersonReport:
        """One person's work in a programme."""
        return self._wire.one(PersonReport, "GET", address("programmes", programme, "people", actor_id, "report"))

    def mine(self) -> list[PersonReport]:
        """One's own report in every programme one works in."""
        return [PersonReport.model_validate(one) for one in self._wire.ask("GET", "me/report")["reports"]]

    def contest(self, judgement_id: str, because: str) -> str:
        """Contest what stands against one's own answer: somebody else rules. The contest's id."""
        asked = {"judgement_id": judgement_id, "because": because}
        return str(self._wire.ask("POST", "me/contests", json=asked)["id"])

    def contests(self, programme: str) -> Contests:
        """What people contested, what was ruled, and how often gold and seniors were overturned."""
        return self._wire.one(Contests, "GET", address("programmes", programme, "contests"))

    def agreement(self, programme: str) -> list[AgreementRow]:
        """Agreement over the batches of a programme by task type, label and slice."""
        return list(self._wire.rows(AgreementRow, address("programmes", programme, "agreement")))

    def measure(self, programme: str) -> Job:
        """Infer competence and suspected label errors from everybody's answers and models' words, as a job."""
        return self._wire.one(Job, "POST", address("programmes", programme, "competence"))

    def suspects(self, programme: str) -> list[Suspect]:
        """Suspected label errors, least probable first, as last measured."""
        return list(self._wire.rows(Suspect, address("programmes", programme, "suspects")))

    def label_health(self, programme: str) -> list[LabelHealth]:
        """How labels fare over time."""
        return list(self._wire.rows(LabelHealth, address("programmes", programme, "label-health")))

    def trace(self, judgement_id: str) -> Trace:
        """Everything behind one label."""
        return self._wire.one(Trace, "GET", address("judgements", judgement_id))

    def judgements(self, programme: str, **of: str) -> Iterator[SaidRow]:
        """The labels behind an actor, batch, ontology, guideline, release, suggested_by or label."""
        return self._wire.rows(SaidRow, address("programmes", programme, "judgements"), params=of)
