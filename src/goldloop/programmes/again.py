"""Judging items anew in a batch of their own: blind, in full, at the tier each had; what was said before stays."""

import time
from collections.abc import Sequence

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.clock import DAY, now
from goldloop.jobs.running import Running
from goldloop.loop.context import Contexts, plan_of
from goldloop.loop.replay import accountable
from goldloop.loop.ruling import next_step
from goldloop.loop.slots import FOLLOW_UP_PRIORITY, Lanes, new_work
from goldloop.store import batches
from goldloop.store import work as queue
from goldloop.store.batches import NewBatch, Route
from goldloop.store.codes import QUEUE
from goldloop.store.items import attributes, human_only_reasons
from goldloop.store.phrases import phrase_key
from goldloop.store.programmes import PolicyRow

CHUNK = 200  # items of one transaction: people's submits wait behind it, some milliseconds
BREATH = 0.0005  # seconds between chunks in which a waiting submit gets its turn


def open_again(connection: Connection, policy: PolicyRow, name: str, items: int) -> int:
    """An empty batch for so many items under the policy in force; its key."""
    doc, at = policy.policy, now()
    return batches.add_batch(
        connection,
        NewBatch(
            programme_id=policy.programme_id,
            name=name,
            purpose="production",
            task=canonical(doc.task.model_dump(mode="json")),
            ontology_id=policy.ontology_id,
            guideline_id=policy.guideline_id,
            policy_id=policy.id,
            gate=doc.batches.gate,
            owner_id=accountable(connection, policy),
            parent_id=None,
            due_at=at + round(doc.batches.due_days * DAY) if doc.batches.due_days else None,
            item_count=items,
            created_at=at,
        ),
    )


def fill_again(job: Running, batch_id: int, found: Sequence[tuple[int, int]], *, rule: str, done: int) -> None:
    """Work on (item, tier), in full and blind: neither the old label nor what became of it is shown."""
    contexts, annotate = Contexts(), QUEUE["annotate"]
    for start in range(0, len(found), CHUNK):
        chunk = found[start : start + CHUNK]
        with job.store.write(durable=False) as connection:
            context, at = contexts.batch(connection, batch_id), now()
            rule_id = phrase_key(connection, rule)
            routes = [Route(batch_id, key, rule_id, annotate, tier, 1, True, False, None, None) for key, tier in chunk]
            batches.add_routes(connection, routes)
            keys = [key for key, _ in chunk]
            lanes, about, latched = (
                Lanes(connection, context),
                attributes(connection, keys),
                human_only_reasons(connection, keys),
            )
            works = []
            for route in routes:
                slot = next_step(plan_of(context, route, human_only=route.item_id in latched), []).slot
                assert slot is not None
                works.append(
                    new_work(
                        context,
                        route.item_id,
                        slot._replace(because=rule),
                        lane_id=lanes.of(slot, about.get(route.item_id)),
                        number=1,
                        priority=FOLLOW_UP_PRIORITY,
                        suggestion_id=None,
                        at=at,
                    )
                )
            queue.open_works(connection, works)
            job.save(connection, done + start + len(chunk), unit="items", note=context.row.name)
        time.sleep(BREATH)
