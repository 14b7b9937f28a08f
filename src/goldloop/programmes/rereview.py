"""Looking again: the items whose labels no rule reads under a new ontology are judged anew, in batches of their own.

Runs as a job, and again whenever it is asked to: an answer given under the old ontology may come in after the new one
was published. What is in a batch already is not opened twice.
"""

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.clock import DAY, now
from goldloop.core.ontology import Ontology
from goldloop.jobs.running import Running
from goldloop.loop.context import Contexts, plan_of
from goldloop.loop.replay import accountable
from goldloop.loop.ruling import next_step
from goldloop.loop.slots import FOLLOW_UP_PRIORITY, Lanes, new_work
from goldloop.store import batches, ledger
from goldloop.store import work as queue
from goldloop.store.batches import NewBatch, Route
from goldloop.store.codes import QUEUE
from goldloop.store.items import attributes, human_only_reasons
from goldloop.store.phrases import phrase_key
from goldloop.store.programmes import PolicyRow, policy_in_force
from goldloop.store.proposals import mappings
from goldloop.store.releases import ReleaseRow, release_row_of
from goldloop.store.rereviews import labels_to_review, waiting

CHUNK = 200  # items of one transaction: people's submits wait behind it, some milliseconds
BREATH = 0.0005  # seconds between chunks in which a waiting submit gets its turn
RULE = "judged again after a change of the ontology"


def rereview(job: Running) -> dict[str, Any]:
    """The job: args {"programme", "ontology"}. Opens what is not open yet."""
    opened, items = 0, 0
    programme_id = int(job.args["programme"])
    with job.store.read() as connection:
        policy = policy_in_force(connection, programme_id)
        ontology = release_row_of(connection, int(job.args["ontology"]))
    _mend(job, ontology)
    while True:
        with job.store.write() as connection:
            found = to_review(connection, ontology, limit=policy.policy.batches.size)
            if not found:
                break
            key = _open(connection, policy, ontology, len(found))
            data = {"items": len(found), "ontology": ontology.id}
            ledger.record(
                connection,
                "batch.opened",
                programme=programme_id,
                actor=job.asked_by,
                subject=str(key),
                data=data,
                at=now(),
            )
        _fill(job, key, found, done=items)
        opened, items = opened + 1, items + len(found)
    return {"batches": opened, "items": items}


def _mend(job: Running, ontology: ReleaseRow) -> None:
    """Where an earlier run was ended in the middle of a batch, the batch holds what it holds; the rest comes anew."""
    with job.store.write() as connection:
        for row in batches.batches(connection, ontology.programme_id):
            if row.name.startswith(_start(ontology)):
                held = len(batches.routed_items(connection, row.id))
                if held != row.item_count:
                    batches.count_items(connection, row.id, held)


def _start(ontology: ReleaseRow) -> str:
    return f"ontology-{ontology.number}-again"


def to_review(
    connection: Connection,
    ontology: ReleaseRow,
    *,
    limit: int,
    batch_ids: Sequence[int] | None = None,
    settled: bool = False,
) -> list[tuple[int, int]]:
    """(item, tier) of what no rule reads under an ontology release, and nobody was asked to look at yet.

    `settled`: and nobody has decided anew yet, asked or not.
    """
    labels = labels_to_review(mappings(connection, ontology.programme_id), ontology.id)
    if not labels:
        return []
    known = Ontology.model_validate_json(ontology.body).by_id
    return waiting(
        connection,
        ontology.programme_id,
        ontology.id,
        labels,
        gone=[label for label in labels if label not in known or not known[label].selectable],
        before=ontology.sealed_at,
        limit=limit,
        batch_ids=batch_ids,
        settled=settled,
    )


def _open(connection: Connection, policy: PolicyRow, ontology: ReleaseRow, items: int) -> int:
    doc, at = policy.policy, now()
    start = _start(ontology)
    number = sum(row.name.startswith(start) for row in batches.batches(connection, policy.programme_id)) + 1
    return batches.add_batch(
        connection,
        NewBatch(
            programme_id=policy.programme_id,
            name=f"{start}-{number}",
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


def _fill(job: Running, batch_id: int, found: Sequence[tuple[int, int]], *, done: int) -> None:
    """Blind work in full, at the tier the item had: neither the old label nor what became of it is shown."""
    contexts, annotate = Contexts(), QUEUE["annotate"]
    for start in range(0, len(found), CHUNK):
        chunk = found[start : start + CHUNK]
        with job.store.write(durable=False) as connection:
            context, at = contexts.batch(connection, batch_id), now()
            rule = phrase_key(connection, RULE)
            routes = [Route(batch_id, key, rule, annotate, tier, 1, True, False, None, None) for key, tier in chunk]
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
                        slot._replace(because=RULE),
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
