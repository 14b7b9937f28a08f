"""Where a programme stands, counted: what was routed where and became what, how old its queues are, what it cost.

Every count is bounded: by the newest batches, by the head of each queue, by the newest judgements. What was counted
is said beside it, so that a page stays quick over ten million judgements without passing a part off as the whole.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, func, select

from goldloop.store.batches import BatchRow
from goldloop.store.codes import DECISION, DECISION_NAMES, STANCE
from goldloop.store.schema import (
    actor,
    batch_item,
    decision,
    judgement,
    lane,
    lease,
    person,
    phrase,
    ready,
    verdict,
    work,
)

SCOPE = 200_000  # items: the newest batches that hold at most so many are looked through
READ = 100_000  # items: of as many the pages on people and models read every judgement
HEAD = 20_000  # works of a queue whose age is looked at
WITHDRAW = STANCE["withdraw"]
RECENT = 5_000  # newest judgements of a batch that pace and effort are measured on


class Stream(NamedTuple):
    """So many items went by a rule to a queue and tier, and stand so now."""

    rule: str
    queue: int
    tier: int
    state: str
    items: int


class Waiting(NamedTuple):
    """The ready works of a lane: how many, and of the first `counted` of them how many are younger than each bound."""

    queue: int
    tier: int
    ready: int
    leased: int
    counted: int
    oldest_at: int | None
    younger: tuple[int, ...]


class Said(NamedTuple):
    """One answer of a person: when, in which queue, and how long it took them."""

    said_at: int
    queue: int
    active_ms: int | None


class Spent(NamedTuple):
    """What one person did at one tier, and their own rate."""

    tier: int
    rate: int | None
    judgements: int
    timed: int
    active_ms: int


class Standing(NamedTuple):
    """The items of a batch, as they stand; `lately` were decided since a moment."""

    items: int
    decided: int
    disputed: int
    lately: int


def newest_within(found: Sequence[BatchRow], most: int = SCOPE) -> list[BatchRow]:
    """The newest batches that hold at most so many items together; the newest one always."""
    out: list[BatchRow] = []
    items = 0
    for one in found:
        items += one.item_count
        if out and items > most:
            break
        out.append(one)
    return out


def streams(connection: Connection, batch_ids: Sequence[int]) -> list[Stream]:
    """How many items of some batches each rule sent where, and what became of them."""
    state = func.coalesce(decision.c.state, DECISION["open"])
    rows = connection.execute(
        select(phrase.c.text, batch_item.c.queue, batch_item.c.tier, state, func.count())
        .select_from(batch_item)
        .join(phrase, phrase.c.id == batch_item.c.rule_id)
        .outerjoin(
            decision, (decision.c.batch_id == batch_item.c.batch_id) & (decision.c.item_id == batch_item.c.item_id)
        )
        .where(batch_item.c.batch_id.in_(batch_ids))
        .group_by(phrase.c.text, batch_item.c.queue, batch_item.c.tier, state)
        .order_by(func.count().desc(), phrase.c.text, batch_item.c.queue, state)
    )
    return [Stream(rule, queue, tier, DECISION_NAMES[code], items) for rule, queue, tier, code, items in rows]


def waiting(connection: Connection, programme_id: int, bounds: Sequence[int]) -> list[Waiting]:
    """The works of a programme that wait or are in hand, lane by lane; `bounds` are moments, the newest first."""
    lanes = connection.execute(select(lane.c.id).where(lane.c.programme_id == programme_id)).scalars().all()
    rows = connection.execute(
        select(lease.c.lane_id, func.count(), func.min(lease.c.work_id)).group_by(lease.c.lane_id)
    )
    held = {key: (count, some) for key, count, some in rows}
    return [one for key in lanes if (one := _lane(connection, key, bounds, *held.get(key, (0, 0)))) is not None]


def standings(connection: Connection, batch_ids: Sequence[int], *, since: int) -> dict[int, Standing]:
    """How the items of batches stand, in one look; batches without a decision are left out."""
    out: dict[int, Standing] = {}
    for start in range(0, len(batch_ids), 500):
        rows = connection.execute(
            select(
                decision.c.batch_id,
                func.count(),
                _sum(decision.c.state == DECISION["decided"]),
                _sum(decision.c.state == DECISION["disputed"]),
                _sum((decision.c.state == DECISION["decided"]) & (decision.c.changed_at >= since)),
            )
            .where(decision.c.batch_id.in_(batch_ids[start : start + 500]))
            .group_by(decision.c.batch_id)
        )
        out |= {key: Standing(*(int(part or 0) for part in counts)) for key, *counts in rows}
    return out


def newest_said(connection: Connection, batch_id: int, *, limit: int = RECENT) -> list[Said]:
    """The newest answers that people gave to work of a batch, newest first."""
    rows = connection.execute(
        select(judgement.c.said_at, judgement.c.queue, judgement.c.active_ms)
        .where(judgement.c.batch_id == batch_id, judgement.c.work_id.is_not(None), judgement.c.queue.is_not(None))
        .order_by(judgement.c.id.desc())
        .limit(limit)
    )
    return [Said._make(row) for row in rows]


def spent(connection: Connection, batch_ids: Sequence[int]) -> list[Spent]:
    """Who did how much at which tier in some batches."""
    rows = connection.execute(
        select(
            work.c.tier,
            person.c.rate,
            func.count(),
            func.count(judgement.c.active_ms),
            func.coalesce(func.sum(judgement.c.active_ms), 0),
        )
        .select_from(judgement)
        .join(work, work.c.id == judgement.c.work_id)
        .join(actor, actor.c.id == judgement.c.actor_id)
        .outerjoin(person, person.c.actor_id == judgement.c.actor_id)
        .where(judgement.c.batch_id.in_(batch_ids), actor.c.kind == "person", judgement.c.stance != WITHDRAW)
        .group_by(work.c.tier, judgement.c.actor_id, person.c.rate)
        .order_by(work.c.tier)
    )
    return [Spent(tier, rate, said, timed, int(ms)) for tier, rate, said, timed, ms in rows]


def judged_items(connection: Connection, batch_ids: Sequence[int]) -> dict[int, int]:
    """On how many items of some batches people judged at each tier."""
    rows = connection.execute(
        select(work.c.tier, func.count(judgement.c.item_id.distinct()))
        .select_from(judgement)
        .join(work, work.c.id == judgement.c.work_id)
        .join(actor, actor.c.id == judgement.c.actor_id)
        .where(judgement.c.batch_id.in_(batch_ids), actor.c.kind == "person", judgement.c.stance != WITHDRAW)
        .group_by(work.c.tier)
    )
    return {tier: items for tier, items in rows}


def newest_verdicts(connection: Connection, batch_ids: Sequence[int]) -> list[Any]:
    """The newest verdict of each of some batches: key, batch, gate, outcome, results, waiver, time."""
    newest = (
        select(func.max(verdict.c.id)).where(verdict.c.batch_id.in_(batch_ids)).group_by(verdict.c.batch_id)
    ).scalar_subquery()
    return list(connection.execute(select(verdict).where(verdict.c.id.in_(newest)).order_by(verdict.c.id.desc())))


def _lane(connection: Connection, key: int, bounds: Sequence[int], leased: int, held: int) -> Waiting | None:
    total = connection.execute(select(func.count()).where(ready.c.lane_id == key)).scalar_one()
    if not total and not leased:
        return None
    head = select(ready.c.work_id).where(ready.c.lane_id == key).order_by(ready.c.priority, ready.c.work_id).limit(HEAD)
    first = head.subquery()
    ages = connection.execute(
        select(func.count(), func.min(work.c.created_at), *(_sum(work.c.created_at >= bound) for bound in bounds))
        .select_from(first)
        .join(work, work.c.id == first.c.work_id)
    ).one()
    some = connection.execute(head.limit(1)).scalar() if total else held
    about = connection.execute(select(work.c.queue, work.c.tier).where(work.c.id == some)).one()
    younger = tuple(int(part or 0) for part in ages[2:])
    return Waiting(about.queue, about.tier, total, leased, ages[0], ages[1], younger)


def _sum(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))
