"""The six arrows between the nouns. Each is one verb, and one family to plug into.

source: world -> items          task: person -> judgement      judge: machine -> judgement
measure: judgements -> evidence check: evidence -> verdict     exporter: release -> files
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Protocol, Self, runtime_checkable

from goldloop.core.errors import Invalid
from goldloop.core.nouns import CheckResult, Evidence, Noun, Outcome, Spec, Stance
from goldloop.core.ontology import Ontology
from goldloop.core.registry import Family, Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Body = Mapping[str, Any]


class Said(NamedTuple):
    """A judgement that comes with the data: whose, what, how sure, when.

    There is no answer where the stance is `skip` or `reject`. `of` is the place, among all that a record says, of what
    its author looked at: the suggestion that an answer began from, or the answer that a ruling or a rejection is about.
    It comes before.
    """

    actor: str
    answer: Any
    kind: Literal["person", "model", "rule"] = "model"
    version: str = ""
    confidence: float | None = None
    at: int | None = None
    active_ms: int | None = None
    gold: bool = False
    stance: Stance = "answer"
    of: int | None = None
    comment: str | None = None


class Record(NamedTuple):
    """One item as a source read it. `answer`s inside `said` are in the task's form, labels by name or id.

    `lost` names everything of the row that could not be carried, once a time. `apart`: a statement that the task does
    not take is rejected by itself, and the item stays.
    """

    external_id: str | None
    body: dict[str, Any]
    line: int
    said: tuple[Said, ...] = ()
    slices: Mapping[str, str] = {}
    resume: str = ""
    access: str | None = None
    residency: str | None = None
    licence: str | None = None
    parents: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    apart: bool = False


class Reject(NamedTuple):
    """One piece of input that cannot be taken in: where, what was expected, what was found."""

    line: int
    field: str
    expected: str
    found: str
    resume: str = ""


class Source(Kind):
    """-> items: an importer, a connector, a generator, an attack, a sample of production."""

    suffixes: ClassVar[tuple[str, ...]] = ()

    def read(
        self, path: Path, *, task: "Task | None" = None, resume: str = "", max_line: int = 8 << 20
    ) -> Iterator[Record | Reject]:
        """Stream a file's records and rejects in order, in flat memory.

        `resume` is the token of the last record or reject that was kept: reading goes on after it.
        Raises Invalid where the file as a whole cannot be read (wrong type, truncated archive).
        """
        raise NotImplementedError

    def ontology(self, path: Path) -> Ontology | None:
        """The labels that the file itself declares or uses, as a draft; None where it says nothing."""
        return None

    def asks(self, path: Path) -> Spec | None:
        """The task that the file's answers are given to, as a draft; None where nothing tells."""
        return None

    @classmethod
    def sample(cls) -> tuple[str, bytes]:
        """Name and bytes of a small file that `example()` reads whole: the contract tests start from it."""
        raise NotImplementedError


class Unit(NamedTuple):
    """The smallest thing that is judged: where in the item, and the label said of it.

    `about` is the label that the place belongs to, where labels are criteria rather than answers.
    """

    where: str
    label: str
    about: str = ""


Metric = Literal["nominal", "ordinal", "interval"]


class Task(Kind):
    """item -> judgement: what may be said of an item, and how far two sayings are apart.

    `people_only`: no machine may say it; the store takes no such judgement from a model or a rule. `remarks`: names of
    the answer's parts that explain it; answers that differ in nothing else say the same. `side_by_side`: the body's
    list whose parts are shown in an order drawn for every work, so that their places cannot decide. `agreement_floor`:
    what people should agree to where a programme's gate draws no line of its own.
    """

    modality: ClassVar[str] = "text"
    reads_body: ClassVar[bool] = True  # False where the units of an answer do not depend on the item
    people_only: ClassVar[bool] = False
    remarks: ClassVar[frozenset[str]] = frozenset()
    side_by_side: ClassVar[str] = ""
    agreement_floor: ClassVar[float] = 0.80  # subjective or complex; simple tasks ask for more
    written: ClassVar[frozenset[str]] = frozenset()  # beside the remarks: parts of the answer in a person's own words

    @property
    def metric(self) -> Metric:
        """How the labels of units are apart: by name alone, by their order, or as numbers (then each is one)."""
        return "nominal"

    def check_body(self, body: Body) -> None:
        """Raise Invalid naming `body.FIELD` where an item lacks what this task is said of."""

    def shown(self, body: Body) -> Body:
        """The part of an item that whoever is working on it may see."""
        return body

    def parts(self, body: Body) -> int:
        """How many parts of an item are put side by side; 0: there are none."""
        return len(body.get(self.side_by_side, ())) if self.side_by_side else 0

    def bare(self, answer: Any) -> Any:
        """A canonical answer without its remarks."""
        return _without(answer, self.remarks) if self.remarks else answer

    def pattern(self) -> Any:
        """A named answer with everything in it: what a file's column of answers is shaped after."""
        body, ontology, answer = self.sample()
        return self.named(type(self).example().canonical(answer, body, ontology), ontology)

    def canonical(self, answer: Any, body: Body, ontology: Ontology) -> Any:
        """The answer in its one stored form, label words turned into ids. Raises Invalid naming the field."""
        raise NotImplementedError

    def labels(self, answer: Any) -> tuple[str, ...]:
        """Ids of the labels a canonical answer says, sorted, each once."""
        raise NotImplementedError

    def distance(self, a: Any, b: Any) -> float:
        """How far two canonical answers are apart: 0 the same, 1 nothing in common."""
        raise NotImplementedError

    def units(self, answer: Any, body: Body) -> Sequence[Unit]:
        """The units that agreement is counted on; the same `where`s for every answer to one item."""
        raise NotImplementedError

    def merge(self, answers: Sequence[Any]) -> Any | None:
        """The one canonical answer that several independent ones support, or None where they do not agree."""
        raise NotImplementedError

    def relabelled(self, answer: Any, ids: Mapping[str, str]) -> Any | None:
        """A canonical answer with some label ids read as others, in canonical form.

        None where the task cannot tell what the answer would be: a person then looks again.
        """
        return None

    def mistaken(self, answer: Any, body: Body, instead: str, *, draw: int) -> Any | None:
        """A wrong answer that could be taken for the right one, in canonical form: `instead` is said for one label.

        `draw` is any number: which of several mistakes it is. None where the task knows of no such mistake.
        """
        labels = self.labels(answer)
        return self.relabelled(answer, {labels[draw % len(labels)]: instead}) if labels else None

    def named(self, answer: Any, ontology: Ontology) -> Any:
        """A canonical answer with label names in place of ids, for files that people read."""
        raise NotImplementedError

    @classmethod
    def sample(cls) -> tuple[dict[str, Any], Ontology, Any]:
        """A body, an ontology and a valid answer for `example()`: the contract tests start from them."""
        raise NotImplementedError


class Suggestion(NamedTuple):
    """What a machine says of one item. `top` holds at most five (label id, share) pairs, best first.

    `confidence` is None where the model does not know it; no rule that asks for confidence then matches.
    `confidence_from` says what it was read from, where a model has several ways.
    """

    answer: Any
    confidence: float | None
    top: tuple[tuple[str, float], ...] = ()
    margin: float | None = None
    entropy: float | None = None
    confidence_from: str | None = None


class Refusal(NamedTuple):
    """Why a machine said nothing usable of one item."""

    because: str


class Model(Protocol):
    """A connected model, handed to a judge: one version of something that answers."""

    @property
    def fingerprint(self) -> str:
        """A digest of what decides its answers: weights or endpoint, prompt, parameters."""
        ...

    def say(self, items: Sequence[tuple[str, Body]]) -> Sequence[Mapping[str, Any]]:
        """One raw output per (external id, body). Raises Unavailable, `permanent` where a retry cannot help."""
        ...


class Used(NamedTuple):
    """What a connected model has used so far. Tokens are None where it tells none, the cost where no price is stated.

    `cost` is in minor units of `currency`, with fractions.
    """

    requests: int
    tokens_in: int | None
    tokens_out: int | None
    cost: float | None
    currency: str | None


@runtime_checkable
class Metered(Protocol):
    """A model whose use is counted, and may be limited."""

    @property
    def used(self) -> Used:
        """What it has used since it was connected."""
        ...

    @property
    def money_limit(self) -> int | None:
        """The most that a version may cost in all, in minor units; None is no limit."""
        ...


class ModelRef(Noun):
    """Which model client a judge needs, and its parameters."""

    client: Literal["python", "http", "openai", "file", "trained"]
    params: dict[str, Any] = {}


class Judge(Kind):
    """item -> judgement, by a machine: a pre-labeller, a second model, a detector, a grader."""

    batch_size: ClassVar[int] = 256

    def needs(self) -> ModelRef:
        """The model this judge speaks through."""
        raise NotImplementedError

    def told(self, *, task: Task, ontology: Ontology, guidelines: Sequence[tuple[str, str]]) -> Self:
        """This judge as one version of it: what it reads of a programme is written out in its parameters.

        `guidelines` are (title, text) of every clause. Most judges read nothing.
        """
        return self

    def judge(
        self, items: Sequence[tuple[str, Body]], model: Model, *, task: Task, ontology: Ontology
    ) -> list[Suggestion | Refusal]:
        """One suggestion or refusal per item, answers canonical. Nonsense from a model is a Refusal, never a guess."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Judgements as columns of integer codes, one row a judgement; what measures read.

    Shapes: every array is (rows,). `item`, `actor`, `value`, `queue`, `stratum` are codes into the tuples beside them;
    -1 means none. `stance` codes index `STANCES`. `reference` is the value code of the gold or audit answer of the
    row's item, -1 where it has none. `probability` is the item's inclusion probability in the sample that made the
    reference (1 where every item has one). `decided` marks rows whose value is the item's accepted label.
    `first` marks first independent answers, the ones that agreement counts. `active_ms` and `cost` (minor units,
    with fractions) are per judgement, -1 where unknown. `strata_sizes` counts the items of each stratum in the batch
    (the denominator). `versions` says how answers given under several ontologies were read as one; empty where all
    were given under one.

    What an audit adds: `submitted` marks an item's first submission; `cell` is the code of the sampling stratum of the
    row's item, -1 outside the sample, and `cell_sizes` counts the items of each; `place` is where the item stands in
    the order in which the newest sample is judged, -1 outside it; `looks` are (judged in all, accept at most, reject
    from) of its plan, and `frame` is how many items it was drawn from. `slices` are an item's slices by item code.
    `human_only_declared` counts the human-only items whose accepted label rests on what people said elsewhere.
    """

    item: "NDArray[np.int64]"
    actor: "NDArray[np.int64]"
    value: "NDArray[np.int64]"
    queue: "NDArray[np.int64]"
    stratum: "NDArray[np.int64]"
    stance: "NDArray[np.int64]"
    reference: "NDArray[np.int64]"
    probability: "NDArray[np.float64]"
    decided: "NDArray[np.bool_]"
    first: "NDArray[np.bool_]"
    active_ms: "NDArray[np.int64]"
    cost: "NDArray[np.float64]"
    items: int
    items_decided: int
    items_human_only: int
    human_only_violations: int
    values: tuple[Any, ...]
    bodies: Mapping[int, Body]
    actors: tuple[str, ...]
    queues: tuple[str, ...]
    strata: tuple[str, ...]
    strata_sizes: "NDArray[np.int64]"
    submitted: "NDArray[np.bool_] | None" = None
    cell: "NDArray[np.int64] | None" = None
    cell_sizes: tuple[int, ...] = ()
    place: "NDArray[np.int64] | None" = None
    looks: tuple[tuple[int, int, int], ...] = ()
    frame: int = 0
    slices: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    versions: str = ""
    human_only_declared: int = 0


STANCES: tuple[Stance, ...] = ("answer", "accept", "reject", "adjudicate", "skip", "escalate", "withdraw")


class Measured(Noun):
    """What a measure returns: evidence before the store gives it an id and says what it is about."""

    value: float | None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    interval_method: str | None = None
    n: int
    eligible: int
    method: str
    slice: dict[str, str] = {}
    because: str | None = None
    details: dict[str, float] = {}


class Measure(Kind):
    """judgements -> evidence: agreement, accuracy, calibration, drift, cost, progress."""

    between: ClassVar[tuple[float, float] | None] = None  # the lowest and the highest value that there can be

    def measure(self, table: Table, task: Task) -> list[Measured]:
        """The overall value first, then one a slice. Nothing counted is None with its reason."""
        raise NotImplementedError

    def needed(self, line: float, *, batch: int) -> int | None:
        """How many judged items without a fault prove a line for such a batch; None where no audit proves it."""
        return None


class Check(Kind):
    """evidence -> one line of a verdict: floor, ceiling, deadline, completeness, human-only."""

    def needs(self) -> tuple[Spec, ...]:
        """The measures whose evidence it reads."""
        raise NotImplementedError

    def check(self, evidence: Sequence[Evidence]) -> CheckResult:
        """Pass, fail or unknown, and why. No evidence is unknown."""
        raise NotImplementedError

    def unprovable(self, *, judged: int, batch: int) -> str | None:
        """Why an audit of so many items of such a batch can never pass it; None where it can."""
        return None

    def impossible(self, others: Sequence["Check"]) -> str | None:
        """Why no batch at all can pass it beside the other checks of its gate; None where one may."""
        return None

    def stricter_than(self, other: "Check") -> bool:
        """True where both draw a line on the same number and this one asks for more."""
        return False

    def result(self, outcome: Outcome, because: str, evidence: Sequence[Evidence] = ()) -> CheckResult:
        """A result that names the evidence it rests on."""
        ids = tuple(one.id for one in evidence if one.id)
        return CheckResult(check=self.spec, outcome=outcome, because=because, evidence_ids=ids)


class Row(NamedTuple):
    """One row of a release: the item, its accepted answer, and the judgements behind it.

    `sources` are where it came from, its own first, then those of what it was made from; `licence` holds for it all.
    `split` is None where a release has no splits.
    """

    item_id: str
    external_id: str
    body: Body
    answer: Any
    slices: Mapping[str, str]
    batch: str
    decided_by: str
    judgements: Sequence[Mapping[str, Any]] = ()
    licence: str | None = None
    sources: tuple[str, ...] = ()
    split: str | None = None


class Loss(NamedTuple):
    """Something a format could not carry: what, and of how many rows."""

    what: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an exporter wrote, and what the format could not carry."""

    files: tuple[str, ...]
    rows: int
    losses: tuple[Loss, ...] = ()


class Exporter(Kind):
    """release -> files."""

    def write(self, rows: Iterable[Row], to: Path, *, task: Task, ontology: Ontology) -> Exported:
        """Write rows into the existing folder `to`, streaming, in flat memory."""
        raise NotImplementedError


source = Family("source", Source)
task = Family("task", Task)
judge = Family("judge", Judge)
measure = Family("measure", Measure)
check = Family("check", Check)
exporter = Family("exporter", Exporter)


def _without(answer: Any, names: frozenset[str]) -> Any:
    if isinstance(answer, Mapping):
        return {name: _without(part, names) for name, part in answer.items() if name not in names}
    return [_without(part, names) for part in answer] if isinstance(answer, list) else answer


def no_answer(task_name: str, found: Any) -> Invalid:
    """The error for an answer of the wrong shape, the same from every task."""
    return Invalid(
        f"this is not an answer to {task_name}", field="answer", expected="the task's form", found=repr(found)[:80]
    )
