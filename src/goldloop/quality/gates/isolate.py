"""Where the errors of an audited batch come from: whose, which queue, model, slice, and which label for which. Pure."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from goldloop import statistics
from goldloop.core.families import Body, Task
from goldloop.core.nouns import Noun

if TYPE_CHECKING:
    from goldloop.stats.bias import Cluster

LEVEL = 0.95
MOST = 100  # findings of each kind that are listed
NOBODY = "-"


class Line(NamedTuple):
    """One judged item: the label that was accepted, the one that the audit gave, and where the first came from."""

    accepted: object
    reference: object
    body: Body
    facts: Mapping[str, str]


class Part(Noun):
    """A part of the batch: so many of its judged labels are wrong. `found`: more than chance would make of them."""

    dimension: str
    name: str
    wrong: int
    judged: int
    expected: float
    value: float
    low: float
    high: float
    level: float
    p: float
    adjusted: float
    found: bool


class Confusion(Part):
    """One label given where another belongs, everywhere or in a part of the batch."""

    said: str
    true: str


class Isolated(Noun):
    """What an audit says of where the errors are. `method` names the tests and their correction."""

    judged: int
    wrong: int
    parts: tuple[Part, ...] = ()
    confusions: tuple[Confusion, ...] = ()
    method: str = (
        "Fisher's exact test of each part against the rest, of each confusion against chance or the rest; "
        "Benjamini-Yekutieli over all of them"
    )


def isolate(lines: Sequence[Line], task: Task) -> Isolated:
    """Rank the parts of a batch by how certainly more of their labels are wrong than elsewhere."""
    wrong = [task.bare(line.accepted) != task.bare(line.reference) for line in lines]
    counted = Isolated(judged=len(lines), wrong=sum(wrong))
    if not counted.wrong:
        return counted
    names = sorted({name for line in lines for name in line.facts})
    slices = {name: [line.facts.get(name, NOBODY) for line in lines] for name in names}
    told = ["wrong" if bad else "right" for bad in wrong]
    parts = [
        Part(**_numbers(one))
        for one in statistics.bias.error_clusters(["right"] * len(lines), told, slices=slices, level=LEVEL, least=1)
        if one.dimension in slices
    ]
    return counted.model_copy(
        update={"parts": tuple(parts[:MOST]), "confusions": tuple(_confusions(lines, task, slices)[:MOST])}
    )


def _confusions(lines: Sequence[Line], task: Task, slices: Mapping[str, Sequence[str]]) -> list[Confusion]:
    """On the task's units: an item for a choice, a token for spans."""
    said: list[str] = []
    true: list[str] = []
    row: list[int] = []
    for n, line in enumerate(lines):
        truth = {unit.where: unit.label for unit in task.units(line.reference, line.body)}
        for unit in task.units(line.accepted, line.body):
            said.append(unit.label)
            true.append(truth.get(unit.where, unit.label))
            row.append(n)
    columns = {name: [values[n] for n in row] for name, values in slices.items()}
    return [
        Confusion(said=str(one.suggested), true=str(one.true), **_numbers(one))
        for one in statistics.bias.error_clusters(said, true, slices=columns, level=LEVEL)
    ]


def _numbers(one: "Cluster") -> dict[str, object]:
    interval = one.rate.interval
    assert interval is not None and one.rate.value is not None
    return {
        "dimension": one.dimension,
        "name": str(one.slice),
        "wrong": one.errors,
        "judged": one.exposed,
        "expected": one.expected,
        "value": one.rate.value,
        "low": interval.low,
        "high": interval.high,
        "level": LEVEL,
        "p": one.p,
        "adjusted": one.adjusted,
        "found": one.found,
    }
