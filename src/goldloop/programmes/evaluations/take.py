"""Taking an engineer's evaluation: predictions held against the truth, slice by slice; what is wrong is a brief."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.errors import Invalid
from goldloop.core.families import Measured, Task
from goldloop.core.ids import Ids
from goldloop.core.nouns import Spec
from goldloop.core.ontology import Ontology
from goldloop.loop.brief import MOST_ITEMS, Reading, heard
from goldloop.loop.context import ontology_of
from goldloop.loop.mapped import Reading as Mapped
from goldloop.programmes.evaluations.files import read_report
from goldloop.programmes.evaluations.rules import (
    MOST_GROUPS,
    NOTHING,
    Counted,
    Group,
    Prediction,
    Rejected,
    groups,
    names_of,
)
from goldloop.store import ledger
from goldloop.store.evidence import add_evidence
from goldloop.store.items import attributes, bodies
from goldloop.store.items_named import DecidedValue, decided_values, items_named
from goldloop.store.programmes import policy_in_force
from goldloop.store.releases import release_row_of
from goldloop.store.values import answers

SHOWN = 1000  # rejects of an answer
METHOD = (
    "share of items whose prediction is what is true of them; Clopper-Pearson interval; exact binomial test against "
    "the floor, Benjamini-Yekutieli over all slices"
)


class Asked(NamedTuple):
    """What an evaluation is called and held against."""

    name: str
    measure: str
    floor: float
    level: float
    least: int
    model: str | None


class Outcome(NamedTuple):
    """A slice with the brief that it opened, reopened or closed."""

    group: Group
    brief: int | None


class Line(NamedTuple):
    """A prediction with the item it is of."""

    said: Prediction
    item_id: int


def count(
    connection: Connection, programme_id: int, body: bytes, asked: Asked, visible: ColumnElement[bool]
) -> tuple[list[Counted], list[Rejected]]:
    """The predictions of a report held against the truth: their own, else the accepted labels as they stand.

    Raises Invalid where the report is too long, has too many slices, or not one line of it can be counted.
    """
    read, rejects = read_report(body, measure=asked.measure)
    known: dict[str, list[int]] = {}
    for found in items_named(connection, programme_id, [one.external_id for one in read], visible):
        known.setdefault(found.external_id, []).append(found.item_id)
    lines = []
    for one in read:
        keys = known.get(one.external_id, [])
        if len(keys) == 1:
            lines.append(Line(one, keys[0]))
        else:
            expected = "an item of this programme" if not keys else "an id that one source alone has"
            rejects.append(Rejected(line=one.line, field="id", expected=expected, found=one.external_id[:80]))
    counted = _counted(connection, programme_id, lines, rejects)
    rejects.sort(key=lambda one: one.line)
    if not counted:
        first = rejects[0] if rejects else None
        raise Invalid(
            "not one line of this report can be counted",
            field=f"line {first.line}: {first.field}" if first else "body",
            expected=first.expected if first else "a JSON object a line, with id and prediction",
            found=first.found if first else "nothing",
            rejects=[one.model_dump() for one in rejects[:SHOWN]],
        )
    if len(names_of(counted)) > MOST_GROUPS:
        raise Invalid("this report has too many slices", field="slices", expected=f"at most {MOST_GROUPS} of them")
    return counted, rejects


def report(
    connection: Connection,
    ids: Ids,
    programme_id: int,
    asked: Asked,
    found: Sequence[Group],
    *,
    rejects: int,
    by: int,
    at: int,
) -> list[Outcome]:
    """Keep every slice as evidence of the programme, and hear it as a reading of its brief."""
    measured = [_measured(one, asked) for one in found]
    made = add_evidence(connection, ids, programme_id, None, spec_of(asked), measured, at=at)
    ledger.record(
        connection,
        "evaluation.reported",
        programme=programme_id,
        actor=by,
        subject=asked.name,
        data={**asked._asdict(), "n": found[0].n, "eligible": found[0].eligible, "rejects": rejects},
        at=at,
    )
    return [
        Outcome(one, heard(connection, _reading(programme_id, asked, one, ids.key("evidence", str(kept.id))), at=at))
        for one, kept in zip(found, made, strict=True)
    ]


def spec_of(asked: Asked) -> Spec:
    """How the evidence of an evaluation is named."""
    return Spec(name="evaluation.v1", params={"name": asked.name, "measure": asked.measure})


def held(counted: Sequence[Counted], asked: Asked) -> list[Group]:
    """Every slice of a report against its floor; seconds of a long one, and so outside a transaction."""
    return groups(counted, floor=asked.floor, level=asked.level, least=asked.least)


def _reading(programme_id: int, asked: Asked, one: Group, evidence: int) -> Reading:
    """The floor is part of the key: a finding is closed by the rule that opened it, not by a lower bar."""
    where = "".join(f" where {name} is {value}" for name, value in one.slice.items())
    return Reading(
        programme_id,
        f"evaluation:{asked.name}:{asked.measure}>={asked.floor:g}:{one.name}",
        "evaluation",
        f"In {asked.name}, {asked.measure} lies below {asked.floor:g}{where}",
        one.healthy,
        one.because,
        evidence_ids=(evidence,),
        scope={"slices": one.slice, "model": asked.model, "items": list(one.wrong[:MOST_ITEMS])},
    )


def _measured(one: Group, asked: Asked) -> Measured:
    return Measured(
        value=one.value,
        low=one.low,
        high=one.high,
        level=asked.level if one.low is not None else None,
        interval_method="clopper-pearson" if one.low is not None else None,
        n=one.n,
        eligible=one.eligible,
        method=METHOD,
        slice=one.slice,
        because=None if one.value is not None else one.because,
        details={"floor": asked.floor, "right": float(one.right)},
    )


class _Judge:
    """What is true of items, and whether a prediction says the same, as the programme's task tells answers apart."""

    def __init__(self, connection: Connection, programme_id: int, keys: Sequence[int]) -> None:
        policy = policy_in_force(connection, programme_id)
        self.task: Task = families.task.build(policy.policy.task)
        self.ontology: Ontology = ontology_of(release_row_of(connection, policy.ontology_id).body)
        self.bodies = bodies(connection, list(keys)) if self.task.reads_body else {}
        self._values = decided_values(connection, keys)
        self._texts = answers(connection, [one.value_id for one in self._values.values()])
        self._mapped = Mapped(connection, programme_id, self.task, policy.ontology_id)

    def answer(self, said: Any, key: int) -> Any:
        """An answer in its stored form. Raises Invalid."""
        return self.task.canonical(said, self.bodies.get(key, {}), self.ontology)

    def accepted(self, key: int) -> Any:
        """The accepted answer of an item under the ontology in force; NOTHING where there is none."""
        found: DecidedValue | None = self._values.get(key)
        if found is None:
            return NOTHING
        text = self._mapped.text(self._texts[found.value_id], found.ontology_id)
        return NOTHING if text is None else json.loads(text)

    def same(self, a: Any, b: Any) -> bool:
        """True where two answers say the same, remarks aside."""
        return canonical(self.task.bare(a)) == canonical(self.task.bare(b))


def _counted(
    connection: Connection, programme_id: int, lines: Sequence[Line], rejects: list[Rejected]
) -> list[Counted]:
    keys = [one.item_id for one in lines]
    judge, about = _Judge(connection, programme_id, keys), attributes(connection, keys)
    out = []
    for one in lines:
        said, field = one.said, "prediction"
        slices: Mapping[str, str] = {**(about[one.item_id].slices if one.item_id in about else {}), **said.slices}
        right = said.right
        if right is None:
            try:
                predicted = judge.answer(said.said, one.item_id)
                field = "truth"
                truth = judge.accepted(one.item_id) if said.truth is NOTHING else judge.answer(said.truth, one.item_id)
            except Invalid as error:
                rejects.append(_as_reject(said.line, field, error))
                continue
            right = None if truth is NOTHING else judge.same(predicted, truth)
        out.append(Counted(said.external_id, right, slices))
    return out


def _as_reject(line: int, field: str, error: Invalid) -> Rejected:
    where = f"{field}.{error.field}" if error.field else field
    return Rejected(line=line, field=where, expected=error.expected or error.message, found=str(error.found or "")[:80])
