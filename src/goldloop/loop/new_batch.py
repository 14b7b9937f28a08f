"""A batch that people label under the policy in force: its contract is the programme file's."""

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.clock import DAY
from goldloop.loop.replay import accountable
from goldloop.store.batches import NewBatch
from goldloop.store.programmes import PolicyRow


def production_batch(connection: Connection, policy: PolicyRow, name: str, *, items: int, at: int) -> NewBatch:
    """The next batch of a programme, not stored yet: task, versions, gate, owner and due date by its policy."""
    doc = policy.policy
    return NewBatch(
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
    )
