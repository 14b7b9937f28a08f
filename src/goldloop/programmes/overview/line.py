"""A programme in one row: how far it is, what was measured against which floor, its pace, cost and standing."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from goldloop.core.clock import DAY
from goldloop.core.ids import Ids
from goldloop.core.nouns import Evidence
from goldloop.http import show
from goldloop.programmes.overview.floor import floor_of
from goldloop.programmes.overview.standing import Part, promised, standing
from goldloop.store import batches, overview
from goldloop.store.batches import BatchRow, Progress
from goldloop.store.evidence import newest_evidence, newest_outcome
from goldloop.store.people import organisation_name
from goldloop.store.programmes import ProgrammeRow, policy_in_force
from goldloop.store.unrouted import count_unrouted
from goldloop.store.work import ready_by_queue

LOOKED_AT = 8  # newest batches whose accuracy makes the history
LATELY = 7  # days that pace is counted over, at most: a younger programme is not slower for it


def line_of(ids: Ids, connection: Connection, row: ProgrammeRow, *, at: int) -> dict[str, Any]:
    """A programme with its numbers: newest accuracy and agreement are those of the newest batch that has them."""
    policy = policy_in_force(connection, row.id)
    queues = dict.fromkeys(("verify", "annotate", "review"), 0)
    for (queue, _), count in ready_by_queue(connection, row.id).items():
        queues[show.queue_name(queue)] += count
    found = _production(connection, row.id)
    counted = overview.standings(connection, [one.id for one in found], since=at - LATELY * DAY)
    measured = {one.id: _whole(connection, ids, one.id) for one in found[:LOOKED_AT]}
    newest: dict[str, Evidence] = {}
    for of_batch in measured.values():
        newest = {**of_batch, **newest}
    history = [
        (one, accuracy)
        for one in reversed(found[:LOOKED_AT])
        if (accuracy := measured[one.id].get("accuracy.v1")) is not None
    ]
    outcomes = {one.id: newest_outcome(connection, one.id) for one in found}
    done = _sum_of(found, counted)
    parts = [
        Part(one.name, one.item_count - _decided(counted, one), one.due_at, one.gate, outcomes[one.id]) for one in found
    ]
    lately = sum(one.lately for one in counted.values())
    days = _days_of(found, at=at)
    unrouted = count_unrouted(connection, row.id)
    stands = standing(done.items + unrouted, parts, lately / days, at=at)
    cost = newest.get("cost.v1")
    return {
        **show.programme(ids, policy, organisation_name(connection, row.organisation_id), row.created_at),
        "items": done.items,
        "decided": done.decided,
        "unrouted": unrouted,
        "batches": len(found),
        "queues": queues,
        "accuracy": _shown(newest.get("accuracy.v1")),
        "floor": floor_of(policy.policy, "accuracy.v1"),
        "accuracy_history": [
            {
                "batch_id": ids.show("batch", one.id),
                "batch": one.name,
                "value": accuracy.value,
                "low": accuracy.low,
                "high": accuracy.high,
                "n": accuracy.n,
            }
            for one, accuracy in history
        ],
        "agreement": _shown(newest.get("agreement.v1")),
        "cost": _shown(cost),
        "currency": policy.policy.currency,
        "pace": {"decided": lately, "days": days, "needed_a_day": promised(parts, at=at) or None},
        "standing": stands._asdict(),
        "gate": next((outcomes[one.id] for one in found if outcomes[one.id]), None),
    }


def progress_of(connection: Connection, programme_id: int) -> Progress:
    """How far a programme's production batches are, together."""
    found = _production(connection, programme_id)
    return _sum_of(found, overview.standings(connection, [one.id for one in found], since=0))


def _days_of(found: Sequence[BatchRow], *, at: int) -> int:
    """The days that pace is counted over: those since there is something to decide, begun ones whole."""
    since = min((one.created_at for one in found), default=at)
    return min(LATELY, max(1, -(-(at - since) // DAY)))


def _production(connection: Connection, programme_id: int) -> list[BatchRow]:
    return [one for one in batches.batches(connection, programme_id) if one.purpose == "production"]


def _sum_of(found: Sequence[BatchRow], counted: dict[int, overview.Standing]) -> Progress:
    return Progress(
        sum(one.item_count for one in found),
        sum(one.decided for one in counted.values()),
        sum(one.disputed for one in counted.values()),
    )


def _decided(counted: dict[int, overview.Standing], one: BatchRow) -> int:
    return counted[one.id].decided if one.id in counted else 0


def _whole(connection: Connection, ids: Ids, batch_id: int) -> dict[str, Evidence]:
    """The newest measurement of every measure over a whole batch that has a value."""
    found = newest_evidence(connection, ids, batch_id)
    return {one.measure.name: one for one in found if not one.slice and one.value is not None}


def _shown(evidence: Evidence | None) -> dict[str, Any] | None:
    return evidence.model_dump(mode="json") if evidence else None
