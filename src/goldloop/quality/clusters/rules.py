"""Errors that come in clusters: one label accepted where another is true, everywhere or in a part of the work. Pure."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from goldloop import statistics
from goldloop.core.families import Body, Task
from goldloop.core.nouns import Noun
from goldloop.core.ontology import Ontology

if TYPE_CHECKING:
    from goldloop.stats.bias import Cluster as Found

LEVEL = 0.95
LEAST = 2  # errors of a kind before they are listed
MOST = 50
NOTHING = frozenset({"O", "∅"})  # what a unit says where no label is given
METHOD = (
    "a confusion against errors that fall evenly in every direction (exact binomial); in a part, against the rest "
    "(Fisher's exact test); Benjamini-Yekutieli over all of them; each item counts once for a confusion"
)


class Line(NamedTuple):
    """A judged item: the label it has now, the one the reference gives, what the model had suggested, and its facts."""

    accepted: object
    reference: object
    suggested: object | None
    body: Body
    facts: Mapping[str, str]


class Cluster(Noun):
    """One confusion: so many of the judged labels of this kind, here, are the other label.

    `suggested_so`: how many of the errors a model had suggested just so. `accepted` labels share its signature, of
    `accepted_of` in all; None where it has none, because it is about a label that is missing.
    """

    key: str
    dimension: str
    name: str
    said: str
    true: str
    title: str
    wrong: int
    suggested_so: int
    judged: int
    expected: float
    value: float
    low: float
    high: float
    level: float
    p: float
    adjusted: float
    found: bool
    accepted: int | None = None
    accepted_of: int = 0
    because: str = ""


class _Unit(NamedTuple):
    said: str
    true: str
    suggested_so: bool
    facts: Mapping[str, str]


def clusters(lines: Sequence[Line], task: Task, ontology: Ontology) -> list[Cluster]:
    """The confusions among the labels of an ontology that are seen at least twice, the most certain first."""
    known = {*(label.id for label in ontology.labels), *NOTHING}
    units = [unit for line in lines for unit in _units(line, task, known)]
    if not units:
        return []
    names = sorted({name for unit in units for name in unit.facts})
    found = statistics.bias.error_clusters(
        [unit.said for unit in units],
        [unit.true for unit in units],
        slices={name: [unit.facts.get(name, "-") for unit in units] for name in names},
        level=LEVEL,
        least=LEAST,
    )
    return [_cluster(one, units, ontology) for one in found[:MOST]]


def shares(one: Cluster, facts: Mapping[str, str]) -> bool:
    """True where a label that says `one.said` came about as the cluster's did."""
    return one.dimension == "everywhere" or facts.get(one.dimension) == one.name


def _units(line: Line, task: Task, known: set[str]) -> list[_Unit]:
    """What an item says of each confusion, once: tokens of one text resemble each other."""
    truth = {unit.where: unit.label for unit in task.units(line.reference, line.body)}
    suggested = (
        {unit.where: unit.label for unit in task.units(line.suggested, line.body)} if line.suggested is not None else {}
    )
    out: dict[tuple[str, str], _Unit] = {}
    for unit in task.units(line.accepted, line.body):
        true = truth.get(unit.where, unit.label)
        if unit.label in known and true in known:
            so = suggested.get(unit.where) == unit.label
            before = out.get((unit.label, true))
            out[unit.label, true] = _Unit(
                unit.label, true, so or (before is not None and before.suggested_so), line.facts
            )
    return list(out.values())


def _cluster(one: "Found", units: Sequence[_Unit], ontology: Ontology) -> Cluster:
    interval = one.rate.interval
    assert interval is not None and one.rate.value is not None
    said, true, dimension, name = str(one.suggested), str(one.true), one.dimension, str(one.slice)
    here = "" if dimension == "everywhere" else f"@{dimension}={name}"
    so = sum(
        unit.suggested_so
        for unit in units
        if (unit.said, unit.true) == (said, true) and (not here or unit.facts.get(dimension, "-") == name)
    )
    where = "" if not here else f", where {dimension} is {name}"
    names = ["nothing" if label in NOTHING else ontology.name_of(label) for label in (said, true)]
    return Cluster(
        key=f"{said}>{true}{here}",
        title=f"{names[0]} is accepted where {names[1]} is true{where}",
        dimension=dimension, name=name, said=said, true=true, wrong=one.errors,
        suggested_so=so, judged=one.exposed, expected=one.expected, value=one.rate.value, low=interval.low,
        high=interval.high, level=LEVEL, p=one.p, adjusted=one.adjusted, found=one.found,
    )  # fmt: skip
