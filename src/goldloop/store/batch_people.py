"""Who worked on a batch: how much, and how long an answer takes them."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from goldloop.store.codes import STANCE
from goldloop.store.schema import actor, judgement


class Worked(NamedTuple):
    """One person's part in a batch."""

    actor_id: int
    name: str
    simulated: bool
    judgements: int
    items: int
    timed: int
    active_ms: float | None


def worked(connection: Connection, batch_id: int) -> list[Worked]:
    """Everybody who said something in a batch, most first, with the mean of their active time."""
    rows = connection.execute(
        select(
            actor.c.id,
            actor.c.name,
            actor.c.simulated,
            func.count(),
            func.count(judgement.c.item_id.distinct()),
            func.count(judgement.c.active_ms),
            func.avg(judgement.c.active_ms),
        )
        .join(actor, actor.c.id == judgement.c.actor_id)
        .where(judgement.c.batch_id == batch_id, actor.c.kind == "person", judgement.c.stance != STANCE["withdraw"])
        .group_by(actor.c.id, actor.c.name, actor.c.simulated)
        .order_by(func.count().desc(), actor.c.name)
    )
    return [
        Worked(key, name, simulated, count, items, timed, float(ms) if ms is not None else None)
        for key, name, simulated, count, items, timed, ms in rows
    ]
