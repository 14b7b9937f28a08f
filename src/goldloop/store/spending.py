"""What work cost, judgement by judgement, and how the items behind it were routed and decided."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, select

from goldloop.store.codes import STANCE
from goldloop.store.schema import actor, batch_item, decision, judgement, person, phrase, work


class Spent(NamedTuple):
    """One judgement of a person: on which item, at what work, by whom, and how long it took."""

    item_id: int
    queue: int
    tier: int
    purpose: int
    actor_id: int
    active_ms: int | None
    said_at: int


class Routed(NamedTuple):
    """How an item of a batch was routed, and the value it is decided with; None while it is open."""

    item_id: int
    rule: str
    queue: int
    tier: int
    hidden: bool
    consensus: bool
    value_id: int | None


def spent_in(connection: Connection, batch_id: int) -> list[Spent]:
    """Everything that people said at work in a batch, in order; what was withdrawn later was paid all the same."""
    rows = connection.execute(
        select(
            judgement.c.item_id,
            judgement.c.queue,
            work.c.tier,
            work.c.purpose,
            judgement.c.actor_id,
            judgement.c.active_ms,
            judgement.c.said_at,
        )
        .join(work, work.c.id == judgement.c.work_id)
        .join(actor, and_(actor.c.id == judgement.c.actor_id, actor.c.kind == "person"))
        .where(
            judgement.c.batch_id == batch_id,
            judgement.c.queue.is_not(None),
            judgement.c.stance != STANCE["withdraw"],
        )
        .order_by(judgement.c.id)
    )
    return [Spent._make(row) for row in rows]


def routed_in(connection: Connection, batch_id: int) -> list[Routed]:
    """The items of a batch."""
    rows = connection.execute(
        select(
            batch_item.c.item_id,
            phrase.c.text,
            batch_item.c.queue,
            batch_item.c.tier,
            batch_item.c.blind,
            batch_item.c.consensus,
            decision.c.value_id,
        )
        .join(phrase, phrase.c.id == batch_item.c.rule_id)
        .outerjoin(
            decision, and_(decision.c.batch_id == batch_item.c.batch_id, decision.c.item_id == batch_item.c.item_id)
        )
        .where(batch_item.c.batch_id == batch_id)
        .order_by(batch_item.c.item_id)
    )
    return [Routed._make(row) for row in rows]


def sent_back_at(connection: Connection, batch_id: int) -> dict[int, int]:
    """When items of a batch were first sent back for rework: everything said of them later is rework."""
    rows = connection.execute(
        select(judgement.c.item_id, func.min(judgement.c.said_at))
        .where(judgement.c.batch_id == batch_id, judgement.c.stance == STANCE["reject"], judgement.c.queue.is_(None))
        .group_by(judgement.c.item_id)
    )
    return {key: at for key, at in rows}


def own_rates(connection: Connection, keys: Sequence[int]) -> dict[int, int]:
    """What an hour of people costs, in minor units, where they have a rate of their own."""
    out: dict[int, int] = {}
    for start in range(0, len(keys), 500):
        rows = connection.execute(
            select(person.c.actor_id, person.c.rate).where(person.c.actor_id.in_(keys[start : start + 500]))
        )
        out |= {key: rate for key, rate in rows if rate is not None}
    return out
