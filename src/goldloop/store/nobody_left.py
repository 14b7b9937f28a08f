"""Open work that nobody may do: everybody of its tier has judged the item already."""

import json

from sqlalchemy import Connection, select

from goldloop.store.schema import judgement, member, ready, work


def nobody_left(connection: Connection, programme_id: int, batch_id: int) -> int:
    """How many waiting works of a batch have no member left who works at their tier and has not judged the item.

    Skills, languages, residency and clearance may close a work to still more people; this counts what is certain.
    """
    staff: dict[int, set[int]] = {}
    for actor_id, tiers in connection.execute(
        select(member.c.actor_id, member.c.tiers).where(member.c.programme_id == programme_id)
    ):
        for tier in json.loads(tiers):
            staff.setdefault(tier, set()).add(actor_id)
    waiting = connection.execute(
        select(work.c.item_id, work.c.tier)
        .join(
            ready,
            (ready.c.lane_id == work.c.lane_id)
            & (ready.c.priority == work.c.priority)
            & (ready.c.work_id == work.c.id),
        )
        .where(work.c.batch_id == batch_id)
    ).all()
    judged: dict[int, set[int]] = {}
    items = sorted({row.item_id for row in waiting})
    for start in range(0, len(items), 500):
        rows = connection.execute(
            select(judgement.c.item_id, judgement.c.actor_id)
            .where(judgement.c.item_id.in_(items[start : start + 500]))
            .distinct()
        )
        for item_id, actor_id in rows:
            judged.setdefault(item_id, set()).add(actor_id)
    return sum(not staff.get(row.tier, set()) - judged.get(row.item_id, set()) for row in waiting)
