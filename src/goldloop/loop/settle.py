"""Settling an item: what was said decides its label, and which slot is open next."""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import Connection

from goldloop.core.families import STANCES
from goldloop.core.nouns import QUEUES
from goldloop.loop.alike import alike
from goldloop.loop.context import BatchContext, plan_of
from goldloop.loop.ruling import Plan, Slot, Step, Word, next_step
from goldloop.loop.slots import FOLLOW_UP_PRIORITY, Lanes, new_work, same_slot
from goldloop.store import work as queue
from goldloop.store.batches import Route, route_of
from goldloop.store.codes import DECISION
from goldloop.store.decisions import DecisionRow, lock, set_decision
from goldloop.store.erased import is_erased
from goldloop.store.items import attributes, is_human_only
from goldloop.store.judgements import Spoken, spoken

NOTHING: Mapping[int, int] = MappingProxyType({})


def settle(connection: Connection, context: BatchContext, item_id: int, *, at: int) -> Step:
    """Decide an item anew from the record, write the decision, and open or revoke what follows from it.

    Locks the item's decision first: two people who submit at once are counted one after the other.
    """
    batch_id = context.row.id
    lock(connection, batch_id, item_id, at=at)
    route = route_of(connection, batch_id, item_id)
    plan, step = judge(connection, context, route)
    set_decision(connection, row_of(batch_id, item_id, step, at=at))
    _follow_up(connection, context, route, plan, step, at=at)
    return step


def judge(connection: Connection, context: BatchContext, route: Route) -> tuple[Plan, Step]:
    """The rule applied to the record of one item; writes nothing."""
    plan = plan_of(context, route, human_only=is_human_only(connection, route.item_id))
    said = spoken(connection, context.row.id, route.item_id)
    values = {key for one in said for key in (one.value_id, one.suggested) if key is not None}
    return plan, next_step(plan, words_of(said, alike(connection, context.task, values)))


def words_of(said: Sequence[Spoken], means: Mapping[int, int] = NOTHING) -> list[Word]:
    """The judgements that count: by people, inside the quota, neither withdrawn nor replaced by a revision.

    `means`: the value that stands for all that say the same, where the task has remarks.
    """
    replaced = {one.revision_of for one in said if one.revision_of is not None}
    return [
        Word(
            id=one.id,
            actor_id=one.actor_id,
            stance=STANCES[one.stance],
            queue=QUEUES[one.queue] if one.queue is not None else None,
            value=one.value_id,
            suggested=means.get(one.suggested, one.suggested) if one.suggested is not None else None,
            means=means.get(one.value_id) if one.value_id is not None else None,
            elsewhere=one.work_id is None,
        )
        for one in said
        if one.id not in replaced and STANCES[one.stance] != "withdraw" and not one.surplus and one.kind == "person"
    ]


def row_of(batch_id: int, item_id: int, step: Step, *, at: int) -> DecisionRow:
    """A step as the projection stores it."""
    return DecisionRow(
        batch_id, item_id, DECISION[step.state], step.value, json.dumps(step.rests_on), step.because, 0, at
    )


def accepted(context: BatchContext, route: Route, value_id: int | None) -> Step:
    """The step of an item whose label is taken without asking anybody: a suggestion, or what a provider delivered."""
    assert route.suggestion_id is not None
    because = f"accepted without a person: {context.policy.routing.machine_acceptance}"
    if context.row.purpose == "delivery":
        because = "as delivered"
    return Step("decided", value_id, (route.suggestion_id,), because, None)


def _follow_up(connection: Connection, context: BatchContext, route: Route, plan: Plan, step: Step, *, at: int) -> None:
    """Keep the one open work that is still needed, revoke the others, and open what is missing."""
    open_now = queue.open_of(connection, context.row.id, route.item_id)
    slot = step.slot
    kept = None
    for one in open_now:
        if slot is not None and kept is None and _is(slot, one) and not (plan.human_only and one.suggested):
            kept = one
    queue.revoke(connection, [one.id for one in open_now if one is not kept and not one.leased], at=at)
    if slot is None or kept is not None or is_erased(connection, route.item_id):
        return
    found = attributes(connection, [route.item_id]).get(route.item_id)
    suggestion = route.suggestion_id if slot.queue != "annotate" and not plan.human_only else None
    work = new_work(
        context,
        route.item_id,
        slot,
        lane_id=Lanes(connection, context).of(slot, found),
        number=len(step.rests_on) + 1,
        priority=FOLLOW_UP_PRIORITY,
        suggestion_id=suggestion,
        at=at,
    )
    queue.open_works(connection, [work])


def _is(slot: Slot, one: queue.OpenWork) -> bool:
    return same_slot(slot, queue=one.queue, tier=one.tier, purpose=one.purpose, others=json.loads(one.others or "[]"))
