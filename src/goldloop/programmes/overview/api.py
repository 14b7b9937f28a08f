"""Routes of a programme's overview: where items went, how old queues are, when the work is done, cost, findings."""

import json
from collections import defaultdict
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import Connection

from goldloop.core.clock import DAY, from_iso, now
from goldloop.core.policy import Policy
from goldloop.http import show
from goldloop.http.asking import Ask, Asking, reply
from goldloop.loop.forecast import AGES, Forecast, rostered
from goldloop.loop.rostered import attending, hours_ahead
from goldloop.programmes.overview.remaining import open_effort, open_finish
from goldloop.store import batches, overview
from goldloop.store.access import access_programme
from goldloop.store.batches import BatchRow
from goldloop.store.briefs import UNREPAIRED, briefs
from goldloop.store.overview import Waiting
from goldloop.store.programmes import policy_in_force
from goldloop.store.schema import brief

routes = APIRouter()
HOUR_MS = 3_600_000


@routes.get("/programmes/{programme}/overview")
def programme_overview(ask: Ask, programme: str) -> JSONResponse:
    """Where a programme stands: routing to outcome, queue ages and forecast, cost by tier, open findings."""
    at = now()
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        policy = policy_in_force(connection, row.id).policy
        found = batches.batches(connection, row.id)
        production = [one for one in found if one.purpose == "production"]
        scope = overview.newest_within(production)
        keys = [one.id for one in scope]
        waits = overview.waiting(connection, row.id, [at - age for _, age in AGES])
        said = {one.id: overview.newest_said(connection, one.id) for one in scope[:20]}
        shown = {
            "scope": {
                "batches": len(scope),
                "of": len(production),
                "items": sum(one.item_count for one in scope),
            },
            "flow": [
                {**one._asdict(), "queue": show.queue_name(one.queue)} for one in overview.streams(connection, keys)
            ],
            "queues": _queues(waits),
            "effort": open_effort(waits, said)._asdict(),
            "finish": open_finish(waits, said, at=at)._asdict(),
            "rostered": _rostered(connection, row.id, open_effort(waits, said), at=at),
            "cost": _cost(connection, policy, keys),
            "currency": policy.currency,
            "findings": _findings(ask, connection, row.id, found),
        }
    return reply(shown)


def _queues(waits: list[Waiting]) -> list[dict[str, Any]]:
    """Lanes of the same queue and tier together, the ages of their works in bands that do not overlap."""
    lanes = defaultdict(list)
    for one in waits:
        lanes[one.queue, one.tier].append(one)
    out = []
    for (queue, tier), parts in sorted(lanes.items()):
        counted = sum(one.counted for one in parts)
        below = [sum(one.younger[n] for one in parts) for n in range(len(AGES))]
        bands = [count - before for count, before in zip(below, [0, *below], strict=False)]
        words = [word for word, _ in AGES] + ["a week or older"]
        out.append(
            {
                "queue": show.queue_name(queue),
                "tier": tier,
                "ready": sum(one.ready for one in parts),
                "leased": sum(one.leased for one in parts),
                "counted": counted,
                "oldest_at": min((one.oldest_at for one in parts if one.oldest_at is not None), default=None),
                "ages": [
                    {"age": word, "works": works}
                    for word, works in zip(words, [*bands, counted - below[-1]], strict=True)
                ],
            }
        )
    return out


def _rostered(connection: Connection, programme_id: int, work: Forecast, *, at: int) -> dict[str, Any]:
    """When the open work is done on the hours that people's rosters have, and of how many people they are."""
    found = attending(connection, programme_id, at=at)
    declared = [one for one in found if one.roster is not None]
    ends = [(from_iso(f"{day.isoformat()}T00:00:00Z") + DAY, hours) for day, hours in hours_ahead(declared)]
    ahead = [(end, hours) for end, hours in ends if end > at]
    return {**rostered(work, ahead, people=len(declared), at=at)._asdict(), "people": len(found)}


def _cost(connection: Connection, policy: Policy, keys: list[int]) -> list[dict[str, Any]]:
    """What each tier cost, in minor units: answers times their active time at the person's rate, else the tier's."""
    tiers: dict[int, dict[str, float]] = defaultdict(lambda: {"judgements": 0, "counted": 0, "cost": 0.0})
    judged = overview.judged_items(connection, keys)
    for one in overview.spent(connection, keys):
        at, doc = tiers[one.tier], policy.tiers.get(one.tier)
        rate = one.rate if one.rate is not None else doc.rate if doc else None
        at["judgements"] += one.judgements
        if rate is not None:
            at["counted"] += one.timed
            at["cost"] += rate * one.active_ms / HOUR_MS
    return [
        {
            "tier": tier,
            "judgements": at["judgements"],
            "items": judged[tier],
            "counted": at["counted"],
            "cost": at["cost"] if at["counted"] else None,
            "because": None if at["counted"] else "no rate or no active time is known at this tier",
        }
        for tier, at in sorted(tiers.items())
    ]


def _findings(ask: Asking, connection: Connection, programme_id: int, found: list[BatchRow]) -> list[dict[str, Any]]:
    """Every check of a newest verdict that did not pass and that nobody waived, with the brief that repairs it."""
    names = {one.id: one.name for one in found}
    unrepaired = briefs(connection, programme_id, brief.c.source == "gate", brief.c.state.in_(UNREPAIRED))
    repairing = {(json.loads(one.scope)["batch"], one.because): ask.ids.show("brief", one.id) for one in unrepaired}
    return [
        {
            "batch_id": ask.ids.show("batch", row.batch_id),
            "batch": names[row.batch_id],
            "gate": row.gate,
            "check": result["check"],
            "outcome": result["outcome"],
            "because": result["because"],
            "decided_at": row.decided_at,
            "brief_id": repairing.get((names[row.batch_id], result["because"])),
        }
        for row in overview.newest_verdicts(connection, list(names))
        if row.waived_by is None
        for result in json.loads(row.results)
        if result["outcome"] != "pass"
    ]
