"""Rebuilding what is derived: decisions and item counts made anew from the judgements, which are never touched.

What is right stays as it is, to the microsecond; what is wrong or gone is written as the record has it. Running it
twice changes nothing the second time.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from goldloop.jobs.running import Running
from goldloop.loop.context import BatchContext, Contexts
from goldloop.loop.settle import accepted, judge, row_of, settle, words_of
from goldloop.store.batches import batch_row, batches, count_items, route_of
from goldloop.store.codes import NO_QUEUE
from goldloop.store.decisions import DecisionRow, decision_of, drop_decision, lock, set_decision
from goldloop.store.judgements import spoken
from goldloop.store.open import Store
from goldloop.store.progress import mend
from goldloop.store.schema import batch_item, judgement

CHUNK = 200  # items of one transaction: people's submits wait behind it, some milliseconds
BREATH = 0.0005  # seconds between chunks in which a waiting submit gets its turn


class _Made(NamedTuple):
    """What the record makes of an item. Not `needed`: nobody has said anything, so that no row means the same."""

    row: DecisionRow
    needed: bool
    by_machine: bool


class Rebuilt(NamedTuple):
    """What was looked at and what had to be written: `decisions` and `counts` are 0 where all was right."""

    batches: int = 0
    items: int = 0
    decisions: int = 0
    counts: int = 0

    def plus(self, other: "Rebuilt") -> "Rebuilt":
        """Both together."""
        return Rebuilt(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def rebuild_job(job: Running) -> dict[str, int]:
    """Rebuild the job's programme; the result says what was looked at and what was wrong."""
    assert job.programme_id is not None
    return rebuild(job.store, Contexts(), job.programme_id, told=lambda so_far: job.progress(so_far.items))._asdict()


def rebuild(
    store: Store, contexts: Contexts, programme_id: int, *, told: Callable[[Rebuilt], None] = lambda _: None
) -> Rebuilt:
    """Make every decision of a programme anew, batch by batch, beside people who go on working."""
    with store.read() as connection:
        rows = batches(connection, programme_id)
    total = Rebuilt()
    for row in rows:
        total = total.plus(rebuild_batch(store, contexts, row.id))
        told(total)
    return total


def rebuild_batch(store: Store, contexts: Contexts, batch_id: int) -> Rebuilt:
    """Make the decisions of one batch anew, in transactions of `CHUNK` items, and count its items."""
    total, after = Rebuilt(batches=1), -1
    while True:
        with store.write() as connection:
            context = contexts.batch(connection, batch_id)
            keys = _next_items(connection, batch_id, after)
            if not keys:
                return total.plus(_recount(connection, batch_id))
            written = sum(_item(connection, context, key) for key in keys)
        total = total.plus(Rebuilt(items=len(keys), decisions=written))
        after = keys[-1]
        time.sleep(BREATH)


def _next_items(connection: Connection, batch_id: int, after: int) -> list[int]:
    statement = (
        select(batch_item.c.item_id)
        .where(batch_item.c.batch_id == batch_id, batch_item.c.item_id > after)
        .order_by(batch_item.c.item_id)
        .limit(CHUNK)
    )
    return list(connection.execute(statement).scalars())


def _item(connection: Connection, context: BatchContext, item_id: int) -> bool:
    """Write an item's decision where it is not what the record says; True where it was not.

    Compared without the lock first, because nearly every decision is right and taking the lock counts as a change.
    """
    batch_id = context.row.id
    if _right(connection, context, item_id):
        return False
    lock(connection, batch_id, item_id, at=context.row.created_at)
    made = _made(connection, context, item_id)
    if made.by_machine:
        set_decision(connection, made.row)
    elif made.needed:
        settle(connection, context, item_id, at=made.row.changed_at)
    else:
        drop_decision(connection, batch_id, item_id)
    return True


def _right(connection: Connection, context: BatchContext, item_id: int) -> bool:
    found = decision_of(connection, context.row.id, item_id)
    made = _made(connection, context, item_id)
    if found is None:
        return not made.needed
    return _content(found) == _content(made.row)


def _content(row: DecisionRow) -> tuple[object, ...]:
    """What a decision says, without how often and when it was written."""
    return row.state, row.value_id, row.judgements, row.because


def _made(connection: Connection, context: BatchContext, item_id: int) -> _Made:
    """What the record makes of an item; decided, as far as anybody can tell, when the last word was said."""
    route = route_of(connection, context.row.id, item_id)
    said = spoken(connection, context.row.id, item_id)
    plan, step = judge(connection, context, route)
    delivered = context.row.purpose == "delivery"  # a provider's label stands as it came, whoever owns the item
    machine = route.queue == NO_QUEUE and (delivered or not plan.human_only) and not words_of(said)
    if machine:
        step = accepted(context, route, _suggested(connection, route.suggestion_id))
    counted = [one.said_at for one in said if one.kind == "person" and not one.surplus]
    at = max(counted, default=context.row.created_at)
    return _Made(row_of(context.row.id, item_id, step, at=at), bool(counted) or route.queue == NO_QUEUE, machine)


def _suggested(connection: Connection, suggestion_id: int | None) -> int | None:
    return connection.execute(select(judgement.c.value_id).where(judgement.c.id == suggestion_id)).scalar()


def _recount(connection: Connection, batch_id: int) -> Rebuilt:
    """Count a batch's items, and those that are decided.

    One that says 0 items is still being filled: whoever fills it counts at the end.
    """
    mend(connection, batch_id)
    there = connection.execute(
        select(func.count()).select_from(batch_item).where(batch_item.c.batch_id == batch_id)
    ).scalar_one()
    if batch_row(connection, batch_id).item_count in (0, there):
        return Rebuilt()
    count_items(connection, batch_id, there)
    return Rebuilt(counts=1)
