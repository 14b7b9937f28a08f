"""Statements: what is counted for them, set by set, and those that were closed. A closed statement never changes."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, case, exists, func, insert, or_, select

from goldloop.core.nouns import QUEUES
from goldloop.store.batches import LABELLED
from goldloop.store.codes import DECISION, STANCE
from goldloop.store.schema import actor, batch, batch_item, decision, judgement, statement, work

LABELS = (STANCE["answer"], STANCE["accept"], STANCE["adjudicate"])
AGAIN = "%-again-%"


class Worked(NamedTuple):
    """Active time of people on a batch at one tier; rework is what followed after an item was sent back."""

    batch_id: int
    tier: int
    rework: bool
    judgements: int
    active_ms: int


class Done(NamedTuple):
    """What somebody said in a stretch of time in one queue at one tier, and what became of it."""

    queue: str
    tier: int
    judgements: int
    timed: int
    active_ms: int
    undone: int
    sent_back: int
    surplus: int


class Said(NamedTuple):
    """One judgement of a person, as their statement counts it."""

    id: int
    queue: int
    tier: int
    said_at: int
    active_ms: int | None
    surplus: bool
    undone: bool
    sent_back: bool


class StatementRow(NamedTuple):
    """A closed statement as it stands in its table; `person_id` is None for the client's."""

    id: int
    programme_id: int
    person_id: int | None
    month: str
    doc: str
    closed_by: int
    closed_at: int


class Units(NamedTuple):
    """The decided items of a batch: those that no batch before it holds, and the others."""

    new: int
    again: int


def units_of(connection: Connection, batch_ids: Sequence[int]) -> dict[int, Units]:
    """How many decided items each batch holds that no batch before it in this order holds, and how many others."""
    counts = dict.fromkeys(batch_ids, 0)
    for start in range(0, len(batch_ids), 500):
        rows = connection.execute(
            select(decision.c.batch_id, func.count())
            .where(decision.c.batch_id.in_(batch_ids[start : start + 500]), decision.c.state == DECISION["decided"])
            .group_by(decision.c.batch_id)
        )
        counts |= {key: int(count) for key, count in rows}
    order = {key: n for n, key in enumerate(batch_ids)}
    again = dict.fromkeys(batch_ids, 0)
    for keys in _several(connection, batch_ids).values():
        for key in sorted(keys, key=order.__getitem__)[1:]:
            again[key] += 1
    return {key: Units(counts[key] - again[key], again[key]) for key in batch_ids}


def _several(connection: Connection, batch_ids: Sequence[int]) -> dict[int, list[int]]:
    """The items that several of some batches hold a decision of, with those batches."""
    programme = select(batch.c.programme_id).where(batch.c.id == (batch_ids[0] if batch_ids else -1)).scalar_subquery()
    mine = select(batch.c.id).where(batch.c.programme_id == programme, batch.c.purpose.in_(LABELLED))
    twice = (
        select(batch_item.c.item_id)
        .where(batch_item.c.batch_id.in_(mine))
        .group_by(batch_item.c.item_id)
        .having(func.count() > 1)
        .subquery()
    )
    rows = connection.execute(
        select(decision.c.item_id, decision.c.batch_id)
        .join(twice, twice.c.item_id == decision.c.item_id)
        .where(decision.c.batch_id.in_(mine), decision.c.state == DECISION["decided"])
    )
    wanted = set(batch_ids)
    out: dict[int, list[int]] = {}
    for item_id, key in rows:
        if key in wanted:
            out.setdefault(item_id, []).append(key)
    return {item_id: keys for item_id, keys in out.items() if len(keys) > 1}


def worked_on(connection: Connection, batch_ids: Sequence[int]) -> list[Worked]:
    """Active time of people on batches, by tier, with rework apart; batches that judge again are rework as a whole."""
    out: list[Worked] = []
    for start in range(0, len(batch_ids), 500):
        back = judgement.alias("back")
        reworked = or_(
            batch.c.name.like(AGAIN),
            exists().where(
                back.c.item_id == judgement.c.item_id,
                back.c.batch_id == judgement.c.batch_id,
                back.c.stance == STANCE["reject"],
                back.c.queue.is_(None),
                back.c.said_at < judgement.c.said_at,
            ),
        )
        one = (
            select(
                judgement.c.batch_id,
                work.c.tier,
                case((reworked, 1), else_=0).label("rework"),
                judgement.c.active_ms,
            )
            .join(work, work.c.id == judgement.c.work_id)
            .join(batch, batch.c.id == judgement.c.batch_id)
            .join(actor, and_(actor.c.id == judgement.c.actor_id, actor.c.kind == "person"))
            .where(
                judgement.c.batch_id.in_(batch_ids[start : start + 500]),
                judgement.c.queue.is_not(None),
                judgement.c.stance != STANCE["withdraw"],
            )
            .subquery()
        )
        by = (one.c.batch_id, one.c.tier, one.c.rework)
        rows = connection.execute(
            select(*by, func.count(), func.coalesce(func.sum(one.c.active_ms), 0)).group_by(*by).order_by(*by)
        )
        out += [Worked(key, tier, bool(rework), count, int(ms)) for key, tier, rework, count, ms in rows]
    return out


def people_of(connection: Connection, programme_id: int, *, start: int, end: int) -> list[int]:
    """Everybody who said something at work in a programme in a stretch of time."""
    mine = select(batch.c.id).where(batch.c.programme_id == programme_id)
    rows = connection.execute(
        select(judgement.c.actor_id)
        .join(actor, and_(actor.c.id == judgement.c.actor_id, actor.c.kind == "person"))
        .where(
            judgement.c.batch_id.in_(mine),
            judgement.c.work_id.is_not(None),
            judgement.c.said_at >= start,
            judgement.c.said_at < end,
        )
        .distinct()
    )
    return sorted(rows.scalars())


def first_said_at(connection: Connection, programme_id: int, actor_id: int) -> int | None:
    """When somebody first said something at work in a programme."""
    mine = select(batch.c.id).where(batch.c.programme_id == programme_id)
    return connection.execute(
        select(func.min(judgement.c.said_at)).where(
            judgement.c.actor_id == actor_id, judgement.c.batch_id.in_(mine), judgement.c.work_id.is_not(None)
        )
    ).scalar()


def said_by(
    connection: Connection, programme_id: int, actor_id: int, *, start: int, end: int, limit: int | None = None
) -> list[Said]:
    """What somebody said at work in a programme in a stretch of time, each with what became of it since."""
    later, back = judgement.alias("later"), judgement.alias("back")
    undone = exists().where(
        later.c.item_id == judgement.c.item_id,
        later.c.actor_id == judgement.c.actor_id,
        later.c.revision_of == judgement.c.id,
        later.c.stance == STANCE["withdraw"],
    )
    sent_back = exists().where(
        back.c.item_id == judgement.c.item_id,
        back.c.batch_id == judgement.c.batch_id,
        back.c.stance == STANCE["reject"],
        back.c.queue.is_(None),
        back.c.said_at > judgement.c.said_at,
    )
    mine = select(batch.c.id).where(batch.c.programme_id == programme_id)
    rows = connection.execute(
        select(
            judgement.c.id,
            judgement.c.queue,
            work.c.tier,
            judgement.c.said_at,
            judgement.c.active_ms,
            judgement.c.surplus,
            undone,
            and_(sent_back, judgement.c.stance.in_(LABELS)),
        )
        .join(work, work.c.id == judgement.c.work_id)
        .where(
            judgement.c.actor_id == actor_id,
            judgement.c.batch_id.in_(mine),
            judgement.c.queue.is_not(None),
            judgement.c.stance != STANCE["withdraw"],
            judgement.c.said_at >= start,
            judgement.c.said_at < end,
        )
        .order_by(judgement.c.id)
        .limit(limit)
    )
    return [
        Said(key, queue, tier, at, ms, bool(surplus), bool(gone), bool(back_again))
        for key, queue, tier, at, ms, surplus, gone, back_again in rows
    ]


def done_by(connection: Connection, programme_id: int, actor_id: int, *, start: int, end: int) -> list[Done]:
    """The same, counted by queue and tier."""
    parts: dict[tuple[int, int], list[Said]] = {}
    for one in said_by(connection, programme_id, actor_id, start=start, end=end):
        parts.setdefault((one.queue, one.tier), []).append(one)
    return [
        Done(
            QUEUES[queue],
            tier,
            len(part),
            sum(one.active_ms is not None for one in part),
            sum(one.active_ms or 0 for one in part),
            sum(one.undone for one in part),
            sum(one.sent_back and not one.undone for one in part),
            sum(one.surplus and not (one.undone or one.sent_back) for one in part),
        )
        for (queue, tier), part in sorted(parts.items())
    ]


def add_statement(
    connection: Connection, programme_id: int, person_id: int | None, month: str, *, doc: str, by: int, at: int
) -> int:
    """Close a statement; its key."""
    row = {
        "programme_id": programme_id,
        "person_id": person_id,
        "month": month,
        "doc": doc,
        "closed_by": by,
        "closed_at": at,
    }
    return int(connection.execute(insert(statement).returning(statement.c.id), row).scalar_one())


def closed_statements(connection: Connection, programme_id: int, person_id: int | None) -> list[StatementRow]:
    """The closed statements of a client or a person, oldest first."""
    whose = statement.c.person_id.is_(None) if person_id is None else statement.c.person_id == person_id
    columns = [statement.c[name] for name in StatementRow._fields]
    rows = connection.execute(
        select(*columns).where(statement.c.programme_id == programme_id, whose).order_by(statement.c.month)
    )
    return [StatementRow._make(row) for row in rows]
