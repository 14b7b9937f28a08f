"""Batches of blind work: items judged once more, by people who see nothing of what was said before."""

from collections.abc import Sequence

from sqlalchemy import Connection

from goldloop.loop.context import BatchContext, plan_of
from goldloop.loop.ruling import next_step
from goldloop.loop.slots import BASE_PRIORITY, Lanes, new_work
from goldloop.store import batches
from goldloop.store import work as queue
from goldloop.store.batches import BatchRow, NewBatch, Route
from goldloop.store.codes import QUEUE
from goldloop.store.items import attributes, human_only_reasons
from goldloop.store.phrases import phrase_key

RULE = "audit"


def open_audit_batch(connection: Connection, row: BatchRow, *, name: str, parent: int | None, at: int) -> int:
    """An empty batch of purpose audit, under the task, the releases and the policy of the batch it looks into."""
    new = NewBatch(
        programme_id=row.programme_id,
        name=name,
        purpose="audit",
        task=row.task,
        ontology_id=row.ontology_id,
        guideline_id=row.guideline_id,
        policy_id=row.policy_id,
        gate=None,
        owner_id=row.owner_id,
        parent_id=parent,
        due_at=row.due_at,
        item_count=0,
        created_at=at,
    )
    return batches.add_batch(connection, new)


def add_blind_work(
    connection: Connection,
    audit: BatchContext,
    keys: Sequence[int],
    *,
    tier: int,
    because: str,
    at: int,
    still_wait: bool = False,
) -> None:
    """Put items into an audit batch and open their work at its tier. `still_wait`: those not routed yet will be."""
    rule = phrase_key(connection, RULE)
    routes = [
        Route(audit.row.id, item_id, rule, QUEUE["annotate"], tier, 1, True, False, None, None) for item_id in keys
    ]
    batches.add_routes(connection, routes, still_wait=still_wait)
    batches.count_items(connection, audit.row.id, len(batches.routed_items(connection, audit.row.id)))
    lanes = Lanes(connection, audit)
    found = attributes(connection, keys)
    latched = human_only_reasons(connection, keys)
    works = []
    for key, route in zip(keys, routes, strict=True):
        slot = next_step(plan_of(audit, route, human_only=key in latched), []).slot
        assert slot is not None
        slot = slot._replace(because=because, blind=True, tier=tier)
        works.append(
            new_work(
                audit,
                key,
                slot,
                lane_id=lanes.of(slot, found.get(key)),
                number=1,
                priority=BASE_PRIORITY,
                suggestion_id=None,
                at=at,
            )
        )
    queue.open_works(connection, works)
