"""A delivery as whoever receives it reads it: what came, what its gate says, and what a redelivery changed."""

from typing import Any

from sqlalchemy import Connection

from goldloop.core.ids import Ids
from goldloop.loop.alike import alike
from goldloop.loop.audited import audited
from goldloop.loop.context import BatchContext
from goldloop.quality.gates.errors import isolated, wrong_items
from goldloop.quality.gates.rules import batch_state
from goldloop.store.batches import batch_row
from goldloop.store.deliveries import DeliveryRow, delivery_of, labels_as_delivered, successor
from goldloop.store.evidence import newest_outcome, verdicts


def delivery_line(connection: Connection, ids: Ids, row: DeliveryRow) -> dict[str, Any]:
    """One delivery in a list."""
    outcome = newest_outcome(connection, row.batch_id)
    follower = successor(connection, row.batch_id)
    return {
        "batch_id": ids.show("batch", row.batch_id),
        "name": row.name,
        "provider": row.provider,
        "file": row.file,
        "import_id": ids.show("take_in", row.take_in_id),
        "items": row.items,
        "rejects": row.rejects,
        "state": batch_state(outcome),
        "replaces": ids.show("batch", row.replaces) if row.replaces is not None else None,
        "replaced_by": ids.show("batch", follower) if follower is not None else None,
        "received_at": row.received_at,
    }


def delivery_report(connection: Connection, ids: Ids, context: BatchContext) -> dict[str, Any]:
    """The report that goes back to a provider: the verdict with its bound, the items found wrong, and error classes."""
    row = delivery_of(connection, context.row.id)
    assert row is not None
    decided = verdicts(connection, ids, context.row.id)
    where = isolated(connection, context)
    return {
        **delivery_line(connection, ids, row),
        "verdict": decided[0].model_dump(mode="json") if decided else None,
        "judged": where.judged,
        "wrong": [
            {"external_id": one.external_id, "delivered": one.accepted, "ours": one.reference}
            for one in wrong_items(connection, context)
        ],
        "error_classes": [one.model_dump(mode="json") for one in where.confusions],
        "parts": [one.model_dump(mode="json") for one in where.parts],
        "method": where.method,
        "compared": _compared(connection, context) if row.replaces is not None else None,
    }


def _compared(connection: Connection, context: BatchContext) -> dict[str, int]:
    """What a redelivery changed: of everything, and of the labels that the first one's audit found wrong."""
    assert context.row.parent_id is not None
    before = labels_as_delivered(connection, context.row.parent_id)
    after = labels_as_delivered(connection, context.row.id)
    reference = audited(connection, batch_row(connection, context.row.parent_id).id, set(before)).reference
    means = alike(connection, context.task, {*before.values(), *after.values(), *reference.values()})
    before, after, reference = (
        {key: means.get(value, value) for key, value in labels.items()} for labels in (before, after, reference)
    )
    both = before.keys() & after.keys()
    changed = {key for key in both if before[key] != after[key]}
    named = {key for key, value in reference.items() if key in before and before[key] != value}
    right = {key for key, value in reference.items() if key in before and before[key] == value}
    return {
        "in_both": len(both),
        "missing": len(before.keys() - after.keys()),
        "added": len(after.keys() - before.keys()),
        "changed": len(changed),
        "named_wrong": len(named),
        "now_as_ours": len({key for key in named & both if after[key] == reference[key]}),
        "still_wrong": len({key for key in named & both if after[key] != reference[key]}),
        "made_wrong": len({key for key in right & both if after[key] != reference[key]}),
    }
