"""Planted errors as they were answered: by whom, beside what, and whether they were caught."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from goldloop.store.codes import GOLD_KIND
from goldloop.store.schema import (
    batch,
    batch_item,
    gold_item,
    gold_work,
    judgement,
    phrase,
    work,
)


class ProbeRow(NamedTuple):
    """A planted error. `rule`, `tier` and `model_id` are those of the live work that it was modelled on.

    `caught` is None where nobody answered yet, or what was said settles nothing (a skip, a question). `planted` is the
    wrong value that was suggested.
    """

    person_id: int
    rule: str
    tier: int
    model_id: int | None
    planted: int
    caught: bool | None


def probes(connection: Connection, batch_ids: Sequence[int]) -> list[ProbeRow]:
    """The errors that were planted among the works of batches; those on gold that was withdrawn are left out."""
    out: list[ProbeRow] = []
    suggested, routed = judgement.alias("suggested"), judgement.alias("routed")
    for start in range(0, len(batch_ids), 500):
        beside = (
            select(batch.c.id)
            .where(batch.c.parent_id.in_(batch_ids[start : start + 500]), batch.c.purpose == "calibration")
            .scalar_subquery()
        )
        rows = connection.execute(
            select(
                gold_work.c.person_id,
                phrase.c.text,
                work.c.tier,
                routed.c.actor_id,
                suggested.c.value_id,
                gold_work.c.right,
            )
            .select_from(work)
            .join(gold_work, gold_work.c.work_id == work.c.id)
            .join(batch, batch.c.id == work.c.batch_id)
            .join(
                gold_item,
                (gold_item.c.release_id == gold_work.c.release_id) & (gold_item.c.item_id == gold_work.c.item_id),
            )
            .join(
                batch_item,
                (batch_item.c.batch_id == batch.c.parent_id) & (batch_item.c.item_id == gold_work.c.like_id),
            )
            .join(phrase, phrase.c.id == batch_item.c.rule_id)
            .join(suggested, suggested.c.id == work.c.suggestion_id)
            .outerjoin(routed, routed.c.id == batch_item.c.suggestion_id)
            .where(
                work.c.batch_id.in_(beside),
                gold_work.c.kind == GOLD_KIND["probe"],
                gold_item.c.withdrawn_at.is_(None),
            )
            .order_by(work.c.id)
        )
        out += [ProbeRow._make(row) for row in rows]
    return out
