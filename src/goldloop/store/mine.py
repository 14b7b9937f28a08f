"""What one person did, and what came back: read from their own judgements."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from goldloop.store.codes import STANCE
from goldloop.store.schema import batch, item, judgement, programme, value

FAR = 20_000  # of a person's newest statements, how many are looked at: a busy month


class Did(NamedTuple):
    """How often somebody said what in which queue of which programme, and how long it took."""

    programme: str
    queue: int
    stance: int
    statements: int
    active_ms: int | None
    timed: int


class Corrected(NamedTuple):
    """An answer of one's own that a ruling did not bear out, and the ruling."""

    judgement_id: int
    item_id: int
    programme_id: int
    programme: str
    body: str
    stance: int
    mine: str | None
    said_at: int
    ruled: str | None
    reason: str | None
    comment: str | None
    policy_id: int
    ruled_at: int


def did(connection: Connection, person_id: int, *, since: int) -> list[Did]:
    """What somebody said since then, by programme, queue and stance; of their newest 20,000 statements."""
    newest = _newest(person_id)
    rows = connection.execute(
        select(
            programme.c.name,
            judgement.c.queue,
            judgement.c.stance,
            func.count(),
            func.sum(judgement.c.active_ms),
            func.count(judgement.c.active_ms),
        )
        .join(newest, newest.c.id == judgement.c.id)
        .join(batch, batch.c.id == judgement.c.batch_id)
        .join(programme, programme.c.id == batch.c.programme_id)
        .where(judgement.c.said_at >= since, judgement.c.stance != STANCE["withdraw"], judgement.c.queue.is_not(None))
        .group_by(programme.c.name, judgement.c.queue, judgement.c.stance)
        .order_by(programme.c.name, judgement.c.queue, judgement.c.stance)
    )
    return [Did._make((*row[:4], int(row[4]) if row[4] is not None else None, row[5])) for row in rows]


def corrected(connection: Connection, person_id: int, *, since: int, limit: int) -> list[Corrected]:
    """One's own answers that a later ruling put otherwise, newest first: the items are one's own, the ruler unnamed."""
    newest, suggested = _newest(person_id), judgement.alias()
    ruled, said = judgement.alias(), value.alias()
    otherwise = or_(
        and_(judgement.c.stance.in_([STANCE["answer"], STANCE["accept"]]), judgement.c.value_id != ruled.c.value_id),
        and_(judgement.c.stance == STANCE["reject"], suggested.c.value_id == ruled.c.value_id),
    )
    rows = connection.execute(
        select(
            judgement.c.id,
            judgement.c.item_id,
            programme.c.id.label("programme_id"),
            programme.c.name,
            item.c.body,
            judgement.c.stance,
            value.c.answer,
            judgement.c.said_at,
            said.c.answer.label("ruled"),
            ruled.c.reason,
            ruled.c.comment,
            batch.c.policy_id,
            ruled.c.said_at.label("ruled_at"),
        )
        .join(newest, newest.c.id == judgement.c.id)
        .join(
            ruled,
            (ruled.c.item_id == judgement.c.item_id)
            & (ruled.c.batch_id == judgement.c.batch_id)
            & (ruled.c.stance == STANCE["adjudicate"])
            & (ruled.c.id > judgement.c.id),
        )
        .join(said, said.c.id == ruled.c.value_id)
        .join(batch, batch.c.id == judgement.c.batch_id)
        .join(programme, programme.c.id == batch.c.programme_id)
        .join(item, item.c.id == judgement.c.item_id)
        .outerjoin(value, value.c.id == judgement.c.value_id)
        .outerjoin(suggested, suggested.c.id == judgement.c.suggestion_id)
        .where(
            ruled.c.said_at >= since,
            batch.c.purpose != "calibration",
            otherwise,
            *(_stands(one) for one in (judgement, ruled)),
        )
        .order_by(ruled.c.id.desc(), judgement.c.id.desc())
        .limit(limit)
    )
    return [Corrected._make(row) for row in rows]


def _newest(person_id: int) -> Any:
    """Keys of a person's newest statements."""
    return (
        select(judgement.c.id)
        .where(judgement.c.actor_id == person_id)
        .order_by(judgement.c.id.desc())
        .limit(FAR)
        .subquery()
    )


def _stands(said: Any) -> Any:
    later = judgement.alias()
    return (
        ~select(later.c.id)
        .where(later.c.item_id == said.c.item_id, later.c.actor_id == said.c.actor_id, later.c.revision_of == said.c.id)
        .exists()
    )
