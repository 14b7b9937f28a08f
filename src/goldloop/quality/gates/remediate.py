"""Remediation: labels of a batch that failed are sent back, by name and with a reason, and annotated anew.

Sending back is a judgement like any other: a rejection by a named person, outside any queue. The decision reopens, and
somebody who has not judged the item labels it without seeing what was said. The next gate draws a fresh audit.
"""

import time
from typing import Any

from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.jobs.running import Running
from goldloop.loop.context import BatchContext, Contexts
from goldloop.loop.settle import settle
from goldloop.loop.submit import record
from goldloop.quality.gates.errors import items_where
from goldloop.store import ledger
from goldloop.store.codes import DECISION, STANCE
from goldloop.store.decisions import decision_of
from goldloop.store.erased import is_erased
from goldloop.store.judgements import NewJudgement

CHUNK = 100  # items of one transaction: people's submits wait behind it, some milliseconds
BREATH = 0.0005  # seconds between chunks in which a waiting submit gets its turn
DIMENSIONS = ("annotator", "audit", "label", "model", "queue", "rule")  # and `slice NAME`


def remediate(job: Running) -> dict[str, Any]:
    """The job: args {"batch", "because", "where"}. Sends back every decided item that `where` names; all for {}."""
    store, contexts = job.store, Contexts()
    batch_id, because, where = int(job.args["batch"]), str(job.args["because"]), dict(job.args["where"])
    with store.read() as connection:
        context = contexts.batch(connection, batch_id)
        keys = items_where(connection, context, where)
    done = int(job.resume or 0)
    left = [key for key in keys if key > done]
    sent = len(keys) - len(left)
    for start in range(0, len(left), CHUNK):
        chunk = left[start : start + CHUNK]
        with store.write() as connection:
            for key in chunk:
                sent += _send_back(connection, context, key, by=int(job.asked_by or 0), because=because)
            job.save(connection, sent, total=len(keys), unit="items", resume=chunk[-1])
        time.sleep(BREATH)
    with store.write() as connection:
        ledger.record(
            connection,
            "batch.sent_back",
            programme=context.row.programme_id,
            actor=job.asked_by,
            subject=str(batch_id),
            data={"items": sent, "where": where, "because": because},
            at=now(),
        )
    return {"items": sent, "of": context.row.item_count, "because": because}


def _send_back(connection: Connection, context: BatchContext, item_id: int, *, by: int, because: str) -> bool:
    """False where the item was reopened meanwhile: there is nothing to reject."""
    found = decision_of(connection, context.row.id, item_id)
    if found is None or found.state != DECISION["decided"] or is_erased(connection, item_id):
        return False
    at = now()
    new = NewJudgement(
        item_id=item_id,
        actor_id=by,
        task_id=context.task_id,
        stance=STANCE["reject"],
        said_at=at,
        batch_id=context.row.id,
        ontology_id=context.row.ontology_id,
        guideline_id=context.row.guideline_id,
        comment=because,
    )
    record(connection, context.row.programme_id, new)
    settle(connection, context, item_id, at=at)
    return True
