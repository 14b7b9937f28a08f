"""Judging again: items that have a label go into a batch of their own and are labelled anew, unseen.

Neither the old label nor what became of it is shown; the newest batch that decided an item has the last word.
"""

import time
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.jobs.running import Running
from goldloop.loop.context import Contexts, plan_of
from goldloop.loop.new_batch import production_batch
from goldloop.loop.ruling import next_step
from goldloop.loop.slots import FOLLOW_UP_PRIORITY, Lanes, new_work
from goldloop.store import batches, ledger
from goldloop.store import work as queue
from goldloop.store.batches import Route
from goldloop.store.codes import QUEUE
from goldloop.store.items import attributes, human_only_reasons
from goldloop.store.phrases import phrase_key
from goldloop.store.programmes import PolicyRow

CHUNK = 200  # items of one transaction: people's submits wait behind it, some milliseconds
BREATH = 0.0005  # seconds between chunks in which a waiting submit gets its turn


def open_again(
    connection: Connection, policy: PolicyRow, start: str, items: int, *, by: int | None, data: Mapping[str, object]
) -> int:
    """Open the next batch whose name begins like this, for so many items; its key. `data` goes into the ledger."""
    at = now()
    number = sum(row.name.startswith(start) for row in batches.batches(connection, policy.programme_id)) + 1
    key = batches.add_batch(connection, production_batch(connection, policy, f"{start}-{number}", items=items, at=at))
    ledger.record(
        connection,
        "batch.opened",
        programme=policy.programme_id,
        actor=by,
        subject=str(key),
        data={"items": items, **data},
        at=at,
    )
    return key


def fill_again(job: Running, batch_id: int, found: Sequence[tuple[int, int]], *, rule: str, done: int) -> None:
    """Put (item, tier) into a batch and open blind work in full for each, in short transactions."""
    contexts, annotate = Contexts(), QUEUE["annotate"]
    for start in range(0, len(found), CHUNK):
        chunk = found[start : start + CHUNK]
        with job.store.write(durable=False) as connection:
            context, at = contexts.batch(connection, batch_id), now()
            because = phrase_key(connection, rule)
            routes = [Route(batch_id, key, because, annotate, tier, 1, True, False, None, None) for key, tier in chunk]
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


def mend_counts(connection: Connection, programme_id: int, start: str) -> None:
    """Where an earlier run was ended in the middle of a batch, the batch holds what it holds; the rest comes anew."""
    for row in batches.batches(connection, programme_id):
        if row.name.startswith(start):
            held = len(batches.routed_items(connection, row.id))
            if held != row.item_count:
                batches.count_items(connection, row.id, held)
