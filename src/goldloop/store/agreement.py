"""Who agreed with whom in a batch: independent answers of two people to the same items, counted."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from goldloop.store.codes import SHOWN, STANCE
from goldloop.store.schema import actor, judgement


class Both(NamedTuple):
    """So often the one said this answer where the other said that one; answers by their keys."""

    first: int
    second: int
    first_value: int
    second_value: int
    items: int


def answered_both(connection: Connection, batch_id: int) -> list[Both]:
    """How two people answered the same items of a batch without seeing anything, each pair of people once."""
    replaced = select(judgement.c.revision_of).where(
        judgement.c.batch_id == batch_id, judgement.c.revision_of.is_not(None)
    )
    independent = (
        select(judgement.c.item_id, judgement.c.actor_id, judgement.c.value_id)
        .join(actor, actor.c.id == judgement.c.actor_id)
        .where(
            judgement.c.batch_id == batch_id,
            judgement.c.stance == STANCE["answer"],
            judgement.c.shown == SHOWN["never"],
            judgement.c.surplus.is_(False),
            judgement.c.queue.is_not(None),
            judgement.c.value_id.is_not(None),
            judgement.c.id.not_in(replaced),
            actor.c.kind == "person",
        )
    )
    one = independent.cte("independent")
    other = one.alias("other")
    rows = connection.execute(
        select(one.c.actor_id, other.c.actor_id, one.c.value_id, other.c.value_id, func.count())
        .join(other, (other.c.item_id == one.c.item_id) & (other.c.actor_id > one.c.actor_id))
        .group_by(one.c.actor_id, other.c.actor_id, one.c.value_id, other.c.value_id)
        .order_by(one.c.actor_id, other.c.actor_id)
    )
    return [Both._make(row) for row in rows]
