"""What a plan is measured on, batch by batch: how items were routed and ended, what people said, how long it took."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, exists, func, select

from goldloop.store.codes import HOW, QUEUE, SHOWN, STANCE
from goldloop.store.schema import (
    actor,
    batch,
    batch_item,
    closed,
    decision,
    human_only,
    judgement,
    member,
    person,
    take_in,
    work,
)


class Seen(NamedTuple):
    """One item of a batch: the confidence it was routed by, what the model said, and what is accepted.

    `human_only`: a trigger suspected it; what people alone named went through the policy like the others.
    """

    item_id: int
    confidence: float | None
    suggested: int | None
    decided: int | None
    queue: int
    consensus: bool
    human_only: bool


class Took(NamedTuple):
    """One judgement of a person at work: where, by whom, what kind, and its active time."""

    queue: int
    tier: int
    stance: int
    actor_id: int
    active_ms: int | None
    said_at: int


class Held(NamedTuple):
    """One answer that was given unseen, beside what an audit accepted for the same item."""

    tier: int
    value_id: int
    reference_id: int


class Worker(NamedTuple):
    """Somebody who works in a programme: at which tiers, with what."""

    actor_id: int
    tiers: str
    skills: str
    languages: str


def items_seen(connection: Connection, batch_id: int) -> list[Seen]:
    """The items of a batch."""
    suggestion = judgement.alias("suggestion")
    latched = exists().where(human_only.c.item_id == batch_item.c.item_id, ~human_only.c.by_people)
    rows = connection.execute(
        select(
            batch_item.c.item_id,
            func.coalesce(batch_item.c.calibrated, batch_item.c.confidence),
            suggestion.c.value_id,
            decision.c.value_id,
            batch_item.c.queue,
            batch_item.c.consensus,
            latched,
        )
        .outerjoin(suggestion, suggestion.c.id == batch_item.c.suggestion_id)
        .outerjoin(
            decision, and_(decision.c.batch_id == batch_item.c.batch_id, decision.c.item_id == batch_item.c.item_id)
        )
        .where(batch_item.c.batch_id == batch_id)
        .order_by(batch_item.c.item_id)
    )
    return [Seen._make(row) for row in rows]


def works_took(connection: Connection, batch_id: int) -> list[Took]:
    """Everything that people said at work in a batch, in order."""
    rows = connection.execute(
        select(
            work.c.queue,
            work.c.tier,
            judgement.c.stance,
            judgement.c.actor_id,
            judgement.c.active_ms,
            judgement.c.said_at,
        )
        .join(work, work.c.id == judgement.c.work_id)
        .join(actor, and_(actor.c.id == judgement.c.actor_id, actor.c.kind == "person"))
        .where(judgement.c.batch_id == batch_id, judgement.c.stance != STANCE["withdraw"])
        .order_by(judgement.c.id)
    )
    return [Took._make(row) for row in rows]


def unseen_answers(connection: Connection, batch_id: int) -> dict[int, list[int]]:
    """What people answered without a suggestion at the items that several label, by item, in order."""
    rows = connection.execute(
        select(judgement.c.item_id, judgement.c.value_id)
        .join(
            batch_item, and_(batch_item.c.batch_id == judgement.c.batch_id, batch_item.c.item_id == judgement.c.item_id)
        )
        .where(
            judgement.c.batch_id == batch_id,
            batch_item.c.wanted > 1,
            judgement.c.queue == QUEUE["annotate"],
            judgement.c.stance == STANCE["answer"],
            judgement.c.value_id.is_not(None),
            judgement.c.surplus.is_(False),
        )
        .order_by(judgement.c.id)
    )
    out: dict[int, list[int]] = {}
    for item_id, value_id in rows:
        out.setdefault(item_id, []).append(value_id)
    return out


def held_to_audits(connection: Connection, batch_id: int) -> list[Held]:
    """Answers that were given without a suggestion in a batch, beside what its audits accepted."""
    audits = select(batch.c.id).where(batch.c.parent_id == batch_id, batch.c.purpose == "audit")
    rows = connection.execute(
        select(work.c.tier, judgement.c.value_id, decision.c.value_id)
        .join(work, work.c.id == judgement.c.work_id)
        .join(actor, and_(actor.c.id == judgement.c.actor_id, actor.c.kind == "person"))
        .join(decision, and_(decision.c.item_id == judgement.c.item_id, decision.c.batch_id.in_(audits)))
        .where(
            judgement.c.batch_id == batch_id,
            judgement.c.queue == QUEUE["annotate"],
            judgement.c.stance == STANCE["answer"],
            judgement.c.shown == SHOWN["never"],
            judgement.c.value_id.is_not(None),
            decision.c.value_id.is_not(None),
        )
    )
    return [Held._make(row) for row in rows]


def escalated_in(connection: Connection, batch_id: int) -> int:
    """How many works of a batch ended with a question."""
    rows = (
        select(func.count())
        .select_from(closed)
        .join(work, work.c.id == closed.c.work_id)
        .where(work.c.batch_id == batch_id, closed.c.how == HOW["escalated"])
    )
    return int(connection.execute(rows).scalar_one())


def arrived_since(connection: Connection, programme_id: int, since: int) -> list[tuple[int, int]]:
    """The imports that began since a moment: when, and how many items each brought."""
    rows = connection.execute(
        select(take_in.c.taken_at, take_in.c.item_count).where(
            take_in.c.programme_id == programme_id, take_in.c.taken_at >= since
        )
    )
    return [(at, items) for at, items in rows]


def workers(connection: Connection, programme_id: int, actor_ids: Sequence[int]) -> list[Worker]:
    """Those of some people who are members of a programme, with what they bring to it."""
    out: dict[int, Worker] = {}
    for start in range(0, len(actor_ids), 500):
        rows = connection.execute(
            select(member.c.actor_id, member.c.tiers, person.c.skills, person.c.languages)
            .join(person, person.c.actor_id == member.c.actor_id)
            .where(member.c.programme_id == programme_id, member.c.actor_id.in_(actor_ids[start : start + 500]))
            .order_by(member.c.actor_id, member.c.tiers)
        )
        out |= {key: Worker(key, tiers, skills, languages) for key, tiers, skills, languages in rows}
    return list(out.values())
