"""Independent answers of a batch: what several people said of one item without seeing each other."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from goldloop.store.codes import SHOWN, STANCE
from goldloop.store.schema import judgement


class Independent(NamedTuple):
    """One independent answer."""

    item_id: int
    actor_id: int
    value_id: int
    ontology_id: int | None


def independent(connection: Connection, batch_id: int) -> list[Independent]:
    """The independent answers to items of a batch that have two or more of them, by item and in order.

    Withdrawn and revised ones are left out, and so is rework: its items were chosen because they looked wrong.
    """
    here = judgement.c.batch_id == batch_id
    counted = (
        here & (judgement.c.stance == STANCE["answer"]) & (judgement.c.shown == SHOWN["never"]) & ~judgement.c.surplus
    )
    several = select(judgement.c.item_id).where(counted).group_by(judgement.c.item_id).having(func.count() > 1)
    rows = connection.execute(
        select(
            judgement.c.id,
            judgement.c.item_id,
            judgement.c.actor_id,
            judgement.c.value_id,
            judgement.c.ontology_id,
            judgement.c.stance,
            judgement.c.shown,
            judgement.c.surplus,
            judgement.c.queue,
            judgement.c.revision_of,
        )
        .where(here, judgement.c.item_id.in_(several))
        .order_by(judgement.c.item_id, judgement.c.id)
    ).all()
    replaced = {row.revision_of for row in rows if row.revision_of is not None}
    sent_back: dict[int, int] = {}
    for row in rows:
        if row.stance == STANCE["reject"] and row.queue is None:
            sent_back.setdefault(row.item_id, row.id)
    kept: dict[int, list[Independent]] = {}
    for row in rows:
        counts = row.stance == STANCE["answer"] and row.shown == SHOWN["never"] and not row.surplus
        counts = counts and row.queue is not None and row.value_id is not None and row.id not in replaced
        if counts and row.id < sent_back.get(row.item_id, row.id + 1):
            kept.setdefault(row.item_id, []).append(
                Independent(row.item_id, row.actor_id, row.value_id, row.ontology_id)
            )
    return [one for said in kept.values() if len(said) > 1 for one in said]
