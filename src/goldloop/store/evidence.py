"""Evidence and verdicts: what was measured, and what a gate made of it. Both only ever grow."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, insert, select

from goldloop.core.canonical import canonical
from goldloop.core.families import Measured
from goldloop.core.ids import Ids
from goldloop.core.nouns import CheckResult, Evidence, Interval, Spec, Verdict, Waiver
from goldloop.store.batches import LABELLED
from goldloop.store.keys import reserve
from goldloop.store.schema import actor, batch, evidence, verdict


class NewVerdict(NamedTuple):
    """A verdict to write down."""

    programme_id: int
    gate: str
    owner_id: int
    batch_id: int
    outcome: str
    results: Sequence[CheckResult]
    decided_at: int
    contract: Sequence[CheckResult] = ()
    proved: str | None = None
    waived_by: int | None = None
    waiver_because: str | None = None


def add_evidence(
    connection: Connection,
    ids: Ids,
    programme_id: int,
    batch_id: int | None,
    spec: Spec,
    found: Sequence[Measured],
    *,
    at: int,
) -> list[Evidence]:
    """Write down what a measure found about a batch (None: about the programme); the evidence with its ids."""
    keys = reserve(connection, evidence, len(found))
    out = []
    rows = []
    for key, one in zip(keys, found, strict=True):
        rows.append(
            {
                "id": key,
                "programme_id": programme_id,
                "batch_id": batch_id,
                "measure": canonical(spec.model_dump(mode="json")),
                "slice": canonical(one.slice),
                "value": one.value,
                "low": one.low,
                "high": one.high,
                "level": one.level,
                "interval_method": one.interval_method,
                "n": one.n,
                "eligible": one.eligible,
                "method": one.method,
                "because": one.because,
                "details": canonical(one.details),
                "measured_at": at,
            }
        )
        out.append(_evidence(ids, rows[-1]))
    if rows:
        connection.execute(insert(evidence), rows)
    return out


def newest_evidence(connection: Connection, ids: Ids, batch_id: int) -> list[Evidence]:
    """The newest measurement of every measure and slice of a batch."""
    rows = connection.execute(
        select(evidence).where(evidence.c.batch_id == batch_id).order_by(evidence.c.id.desc()).limit(5000)
    ).mappings()
    seen: dict[tuple[str, str], Evidence] = {}
    for row in rows:
        seen.setdefault((row["measure"], row["slice"]), _evidence(ids, dict(row)))
    return list(reversed(seen.values()))


def programme_evidence(
    connection: Connection, ids: Ids, programme_id: int, measure: Spec, *, before: int | None = None
) -> list[Evidence]:
    """What a measure last found about a whole programme, in all or before a moment: everything of its newest run."""
    written = canonical(measure.model_dump(mode="json"))
    where = [
        evidence.c.programme_id == programme_id,
        evidence.c.batch_id.is_(None),
        evidence.c.measure == written,
    ]
    if before is not None:
        where.append(evidence.c.measured_at < before)
    newest = select(func.max(evidence.c.measured_at)).where(*where).scalar_subquery()
    rows = connection.execute(
        select(evidence).where(*where, evidence.c.measured_at == newest).order_by(evidence.c.id)
    ).mappings()
    return [_evidence(ids, dict(row)) for row in rows]


def newest_of_batches(connection: Connection, ids: Ids, programme_id: int, measure: Spec) -> dict[int, list[Evidence]]:
    """What a measure last found about each batch of labels of a programme, slice by slice."""
    newest = (
        select(func.max(evidence.c.id))
        .join(batch, batch.c.id == evidence.c.batch_id)
        .where(
            evidence.c.programme_id == programme_id,
            evidence.c.measure == canonical(measure.model_dump(mode="json")),
            batch.c.purpose.in_(LABELLED),
        )
        .group_by(evidence.c.batch_id, evidence.c.slice)
    )
    rows = connection.execute(select(evidence).where(evidence.c.id.in_(newest)).order_by(evidence.c.id)).mappings()
    out: dict[int, list[Evidence]] = {}
    for row in rows:
        out.setdefault(int(row["batch_id"]), []).append(_evidence(ids, dict(row)))
    return out


def evidence_by_key(connection: Connection, ids: Ids, keys: Sequence[int]) -> list[Evidence]:
    """Evidence by key, in order."""
    rows = connection.execute(select(evidence).where(evidence.c.id.in_(keys)).order_by(evidence.c.id)).mappings()
    return [_evidence(ids, dict(row)) for row in rows]


def add_verdict(connection: Connection, new: NewVerdict) -> int:
    """Write a verdict down; its key."""
    lines = {"results": new.results, "contract": new.contract}
    row = new._asdict() | {
        name: canonical([one.model_dump(mode="json") for one in found]) for name, found in lines.items()
    }
    return int(connection.execute(insert(verdict).returning(verdict.c.id), row).scalar_one())


def verdicts(connection: Connection, ids: Ids, batch_id: int) -> list[Verdict]:
    """The verdicts on a batch, newest first."""
    waiver = actor.alias()
    rows = connection.execute(
        select(verdict, actor.c.name.label("owner"), waiver.c.name.label("waived_name"))
        .join(actor, actor.c.id == verdict.c.owner_id)
        .outerjoin(waiver, waiver.c.id == verdict.c.waived_by)
        .where(verdict.c.batch_id == batch_id)
        .order_by(verdict.c.id.desc())
    ).mappings()
    return [
        Verdict(
            id=ids.show("verdict", row["id"]),
            gate=row["gate"],
            owner=row["owner"],
            about=ids.show("batch", batch_id),
            outcome=row["outcome"],
            results=tuple(CheckResult.model_validate(one) for one in json.loads(row["results"])),
            contract=tuple(CheckResult.model_validate(one) for one in json.loads(row["contract"] or "[]")),
            proved=row["proved"],
            waiver=Waiver(by=row["waived_name"], because=row["waiver_because"], at=row["decided_at"])
            if row["waived_by"] is not None
            else None,
            decided_at=row["decided_at"],
        )
        for row in rows
    ]


def newest_outcome(connection: Connection, batch_id: int) -> str | None:
    """`pass`, `fail`, `unknown` or `waived`: what the newest verdict on a batch says; None before the first."""
    row = connection.execute(
        select(verdict.c.outcome, verdict.c.waived_by)
        .where(verdict.c.batch_id == batch_id)
        .order_by(verdict.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return "waived" if row.waived_by is not None else str(row.outcome)


def _evidence(ids: Ids, row: dict[str, Any]) -> Evidence:
    low, high = row["low"], row["high"]
    interval = None
    if low is not None and high is not None:
        interval = Interval(low=low, high=high, level=row["level"], method=row["interval_method"])
    return Evidence(
        id=ids.show("evidence", row["id"]),
        measure=Spec.model_validate_json(row["measure"]),
        about=ids.show("programme", row["programme_id"])
        if row["batch_id"] is None
        else ids.show("batch", row["batch_id"]),
        slice=json.loads(row["slice"]),
        value=row["value"],
        interval=interval,
        n=row["n"],
        eligible=row["eligible"],
        method=row["method"],
        because=row["because"],
        details=json.loads(row["details"]),
        measured_at=row["measured_at"],
    )
