"""What a programme's labels cost, read off the work of its newest batches; what older ones cost in one sum."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.nouns import QUEUES
from goldloop.core.policy import Policy
from goldloop.labelling.economics.budget_rules import Key, burn
from goldloop.labelling.economics.rules import Item, Work, costs, streams
from goldloop.labelling.economics.saving_rules import savings
from goldloop.loop.context import Contexts
from goldloop.store import batches, overview
from goldloop.store.batches import BatchRow
from goldloop.store.codes import NO_QUEUE, QUEUE, WORK_PURPOSE_NAMES
from goldloop.store.draws import chances
from goldloop.store.programmes import policy_in_force
from goldloop.store.spending import Routed, Spent, own_rates, routed_in, sent_back_at, spent_in
from goldloop.store.suggestions import labels_of
from goldloop.store.unrouted import count_unrouted

HOUR_S = 3_600
PROOF = {"audit": "audit", "calibration": "gold"}  # purposes of batches whose work proves something


def economics_of(connection: Connection, contexts: Contexts, programme_id: int) -> dict[str, Any]:
    """Everything the page on cost says of a programme."""
    at = now()
    policy = policy_in_force(connection, programme_id).policy
    every = batches.batches(connection, programme_id)
    production = [one for one in every if one.purpose == "production"]
    scope = overview.newest_within(production, overview.READ)
    inside = {one.id for one in scope}
    oldest = min((one.created_at for one in scope), default=0)
    beside = [one for one in every if one.purpose in PROOF and (one.parent_id in inside or one.created_at >= oldest)]
    older = [one.id for one in every if one.id not in inside and one not in beside]
    works, items, open_ = list[Work](), list[Item](), dict[Key, str]()
    for row in [*scope, *beside]:
        found = _works(connection, contexts, policy, row)
        works += found
        if row.purpose == "production":
            more, still = _items(connection, contexts, row, found)
            items += more
            open_ |= still
    before, uncounted = _before(connection, policy, older)
    waits: dict[str, int] = defaultdict(int)
    for one in overview.waiting(connection, programme_id, []):
        waits[QUEUES[one.queue]] += one.ready + one.leased
    burnt = burn(
        policy.budget,
        policy.currency,
        works,
        before=before,
        before_uncounted=uncounted,
        waiting=waits,
        open_items=open_,
        unrouted=count_unrouted(connection, programme_id),
        items=items,
        at=at,
    )
    return {
        "scope": {
            "batches": len(scope),
            "of": len(production),
            "items": sum(one.item_count for one in scope),
            "decided": len(items),
        },
        "currency": policy.currency,
        "costs": [one.model_dump(mode="json") for one in costs(works, items)],
        "savings": [one.model_dump(mode="json") for one in savings(works, items)],
        "streams": [one.model_dump(mode="json") for one in streams(works, frozenset(open_))],
        "budget": burnt.model_dump(mode="json"),
    }


def _works(connection: Connection, contexts: Contexts, policy: Policy, row: BatchRow) -> list[Work]:
    said = spent_in(connection, row.id)
    own = own_rates(connection, sorted({one.actor_id for one in said}))
    back = sent_back_at(connection, row.id)
    task = contexts.batch(connection, row.id).spec.name
    out = []
    for one in said:
        doc = policy.tiers.get(one.tier)
        rate = own.get(one.actor_id, doc.rate if doc else None)
        seconds = one.active_ms / 1000 if one.active_ms is not None else None
        out.append(
            Work(
                item=(row.id, one.item_id),
                cause=_cause(row, one, back),
                queue=QUEUES[one.queue],
                tier=one.tier,
                task=task,
                seconds=seconds,
                money=seconds * rate / HOUR_S if seconds is not None and rate is not None else None,
                said_at=one.said_at,
            )
        )
    return out


def _cause(row: BatchRow, one: Spent, back: Mapping[int, int]) -> str:
    """Why a judgement was asked for."""
    if row.purpose in PROOF:
        return PROOF[row.purpose]
    if one.item_id in back and one.said_at > back[one.item_id]:
        return "rework"
    if "-again-" in row.name:
        return "judged again"
    return WORK_PURPOSE_NAMES[one.purpose]


def _items(
    connection: Connection, contexts: Contexts, row: BatchRow, works: Sequence[Work]
) -> tuple[list[Item], dict[Key, str]]:
    """The decided items of a batch with all the work on them, and those that are open with their first queue."""
    sums: dict[int, list[Work]] = defaultdict(list)
    for work in works:
        sums[work.item[1]].append(work)
    drawn_with = chances(connection, row.id, "blind")
    routed = routed_in(connection, row.id)
    context = contexts.batch(connection, row.id)
    labels = labels_of(connection, [one.value_id for one in routed if one.value_id is not None])
    out, still = list[Item](), dict[Key, str]()
    for one in routed:
        key = (row.id, one.item_id)
        if one.value_id is None:
            still[key] = QUEUES[QUEUE["annotate"] if one.hidden else one.queue]
            continue
        named = labels.get(one.value_id, ())
        arm, chance = _arm(one, drawn_with)
        mine = sums.get(one.item_id, [])
        out.append(
            Item(
                key=key,
                route="accept" if one.queue == NO_QUEUE else QUEUES[one.queue],
                label=context.ontology.name_of(named[0]) if len(named) == 1 else None,
                task=context.spec.name,
                arm=arm,
                chance=chance,
                seconds=_all([work.seconds for work in mine]),
                money=_all([work.money for work in mine]),
            )
        )
    return out, still


def _arm(one: Routed, drawn_with: Mapping[str, float]) -> tuple[str | None, float]:
    """Which arm of the blind draw an item is in; consensus has a draw of its own."""
    chance = drawn_with.get(one.rule, 0.0)
    if one.queue != QUEUES.index("verify") or one.consensus or not 0 < chance < 1:
        return None, 1.0
    return ("hidden", chance) if one.hidden else ("shown", 1 - chance)


def _all(amounts: Sequence[float | None]) -> float | None:
    """The sum of all amounts; None where one of them is unknown."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def _before(connection: Connection, policy: Policy, older: Sequence[int]) -> tuple[float, int]:
    """What older batches cost, and how many of their judgements have no known cost."""
    money, uncounted = 0.0, 0
    for start in range(0, len(older), 500):
        for one in overview.spent(connection, older[start : start + 500]):
            doc = policy.tiers.get(one.tier)
            rate = one.rate if one.rate is not None else doc.rate if doc else None
            if rate is None:
                uncounted += one.judgements
            else:
                money += rate * one.active_ms / 1000 / HOUR_S
                uncounted += one.judgements - one.timed
    return money, uncounted
