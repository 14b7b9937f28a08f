"""Answers to gold once their person may know how they were."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, or_, select

from goldloop.store.codes import CALIBRATION, GOLD_KIND
from goldloop.store.gold_works import HIDDEN, STANDING, gated
from goldloop.store.schema import (
    batch,
    calibration,
    gold_item,
    gold_work,
    item,
    judgement,
    value,
)
from goldloop.store.schema import programme as programme_table


class Result(NamedTuple):
    """An answer of one's own to gold, once one may know of it."""

    judgement_id: int
    item_id: int
    body: str
    programme_id: int
    programme: str
    batch: str
    kind: int
    sitting: int
    mine: str | None
    accepted: str
    right: bool
    explanation: str | None
    eval_only: bool
    concepts: str
    withdrawn_because: str | None
    said_at: int


def results(connection: Connection, person_id: int, *, limit: int) -> list[Result]:
    """A person's answers to gold that they may know of, newest first.

    An exam's are known when it is over, those of hidden gold when their batch has been through its gate, training at
    once.
    """
    parent, true, true_value = batch.alias("parent"), judgement.alias("true"), value.alias("true_value")
    over = or_(
        gold_work.c.kind == GOLD_KIND["training"],
        gold_work.c.kind.in_(HIDDEN) & gated(),
        (gold_work.c.kind == GOLD_KIND["exam"])
        & or_(calibration.c.sitting > gold_work.c.sitting, calibration.c.state != CALIBRATION["exam"]),
    )
    rows = connection.execute(
        select(
            judgement.c.id,
            gold_work.c.item_id,
            item.c.body,
            gold_work.c.programme_id,
            programme_table.c.name,
            func.coalesce(parent.c.name, batch.c.name),
            gold_work.c.kind,
            gold_work.c.sitting,
            value.c.answer,
            true_value.c.answer,
            gold_work.c.right,
            gold_item.c.explanation,
            gold_item.c.eval_only,
            gold_item.c.concepts,
            gold_item.c.withdrawn_because,
            judgement.c.said_at,
        )
        .select_from(STANDING)
        .join(batch, batch.c.id == judgement.c.batch_id)
        .outerjoin(parent, parent.c.id == batch.c.parent_id)
        .join(programme_table, programme_table.c.id == gold_work.c.programme_id)
        .join(item, item.c.id == gold_work.c.item_id)
        .outerjoin(value, value.c.id == judgement.c.value_id)
        .join(true, true.c.id == gold_item.c.judgement_id)
        .join(true_value, true_value.c.id == true.c.value_id)
        .outerjoin(
            calibration,
            (calibration.c.programme_id == gold_work.c.programme_id)
            & (calibration.c.person_id == gold_work.c.person_id),
        )
        .where(gold_work.c.person_id == person_id, gold_work.c.right.is_not(None), over)
        .order_by(judgement.c.id.desc())
        .limit(limit)
    )
    return [Result._make(row) for row in rows]


class Tested(NamedTuple):
    """How a person's answers to the gold hidden in a batch were: `right` of `n`."""

    batch: str
    programme: str
    right: int
    n: int


def tested(known: Sequence[Result]) -> list[Tested]:
    """Results on hidden gold by the batch it was hidden in, newest first; withdrawn items do not count."""
    out: dict[tuple[str, str], Tested] = {}
    for one in known:
        if one.kind == GOLD_KIND["hidden"] and not one.withdrawn_because:
            at = (one.batch, one.programme)
            before = out.get(at, Tested(*at, 0, 0))
            out[at] = Tested(*at, before.right + one.right, before.n + 1)
    return list(out.values())


def is_known(connection: Connection, work_id: int) -> bool:
    """True where the person who answered this work on gold may know how it was."""
    found = connection.execute(
        select(gold_work.c.kind, gold_work.c.sitting, calibration.c.sitting, calibration.c.state, gated())
        .select_from(gold_work)
        .join(judgement, judgement.c.id == gold_work.c.judgement_id)
        .join(batch, batch.c.id == judgement.c.batch_id)
        .outerjoin(
            calibration,
            (calibration.c.programme_id == gold_work.c.programme_id)
            & (calibration.c.person_id == gold_work.c.person_id),
        )
        .where(gold_work.c.work_id == work_id)
    ).first()
    if found is None:
        return False
    kind, sitting, now, state, through = found
    if kind in HIDDEN:
        return bool(through)
    return bool(kind == GOLD_KIND["exam"] and (now > sitting or state != CALIBRATION["exam"]))
