"""Opening the slot that an item needs next, in the lane of everything its policy and its data require."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection

from goldloop.core.clock import SECOND
from goldloop.loop.context import BatchContext
from goldloop.loop.ruling import Slot
from goldloop.store.batches import MASKING
from goldloop.store.codes import QUEUE, WORK_PURPOSE
from goldloop.store.items import Attributes
from goldloop.store.lanes import Requirements, lane_key
from goldloop.store.work import NewWork

BASE_PRIORITY = 1000  # less the rule's own priority: the queue hands out the lowest first
ESCALATED_PRIORITY = 800  # somebody waits for the answer
FOLLOW_UP_PRIORITY = 900  # what an item needs to be finished comes before what starts a new one
NO_CONTENT: frozenset[str] = frozenset()
ASKED = "escalation"  # the purpose of the slot in which a question is answered


def new_work(
    context: BatchContext,
    item_id: int,
    slot: Slot,
    *,
    lane_id: int,
    number: int,
    priority: int,
    suggestion_id: int | None,
    at: int,
) -> NewWork:
    """A slot as the queue stores it. The answer to a question has a deadline and a place of its own in the queue."""
    due_at = context.row.due_at
    if slot.purpose == ASKED:
        priority, due_at = ESCALATED_PRIORITY, at + round(context.policy.escalation.hours * 3600 * SECOND)
    return NewWork(
        batch_id=context.row.id,
        item_id=item_id,
        lane_id=lane_id,
        priority=priority,
        queue=QUEUE[slot.queue],
        tier=slot.tier,
        slot=number,
        purpose=WORK_PURPOSE[slot.purpose],
        blind=slot.blind,
        suggestion_id=suggestion_id,
        others=json.dumps(slot.others) if slot.others else None,
        because=slot.because,
        due_at=due_at,
        created_at=at,
    )


class Lanes:
    """The lanes of one transaction, looked up once each; those of one `person` alone, if given."""

    def __init__(self, connection: Connection, context: BatchContext, *, person: int | None = None) -> None:
        self._connection, self._context, self._person = connection, context, person
        self._harmful = context.policy.protection.content
        self._known: dict[tuple[str, int, bool, str | None, str | None, frozenset[str]], int] = {}

    def of(self, slot: Slot, attributes: Attributes | None) -> int:
        """The lane of a slot on an item with these attributes."""
        residency, clearance = (attributes.residency, attributes.access) if attributes else (None, None)
        short = (slot.queue, slot.tier, slot.purpose == ASKED, residency, clearance, self._content(attributes))
        found = self._known.get(short)
        if found is None:
            found = self._known[short] = lane_key(self._connection, self.wanted(slot, attributes))
        return found

    def wanted(self, slot: Slot, attributes: Attributes | None) -> Requirements:
        """What somebody has to bring for a slot on an item with these attributes."""
        policy, row = self._context.policy, self._context.row
        looked_for = policy.protection.pii.audit if row.purpose == MASKING and policy.protection.pii else None
        return Requirements(
            programme=row.programme_id,
            queue=slot.queue,
            tier=slot.tier,
            modality=self._context.task.modality,
            skills=frozenset(policy.skills).union(policy.escalation.skills if slot.purpose == ASKED else ()),
            languages=frozenset(policy.languages),
            residency=(attributes.residency if attributes else None) or policy.residency,
            clearance=(looked_for.clearance if looked_for else None)
            or (attributes.access if attributes else None)
            or policy.clearance,
            content=self._content(attributes),
            person=self._person,
            under=row.ontology_id if row.purpose == MASKING else None,
        )

    def _content(self, attributes: Attributes | None) -> frozenset[str]:
        """The kinds of harmful content that an item is declared to hold."""
        return self._harmful.of(attributes.slices if attributes else {}) if self._harmful else NO_CONTENT


def same_slot(slot: Slot, *, queue: int, tier: int, purpose: int, others: Sequence[int]) -> bool:
    """True where an open work is the slot that is needed."""
    return (QUEUE[slot.queue], slot.tier, WORK_PURPOSE[slot.purpose], slot.others) == (
        queue,
        tier,
        purpose,
        tuple(others),
    )
