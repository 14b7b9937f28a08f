"""The human-only latch: it only ever closes, and closing it reopens what leaned on a machine."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, exists, or_, select

from goldloop.core.policy import Policy
from goldloop.loop.context import BatchContext, Contexts
from goldloop.loop.human_only import Reason, named, reasons_by_record
from goldloop.loop.settle import settle
from goldloop.store import ledger
from goldloop.store.human_only import NO_WORD, left_open
from goldloop.store.items import human_only_reasons, latch_human_only
from goldloop.store.schema import batch_item, decision, work

LISTED = 500
AUDIT, DELIVERY = "audit", "delivery"


def latch(
    connection: Connection, contexts: Contexts, reasons: Mapping[int, str], *, at: int, by_people: bool = False
) -> list[int]:
    """Make items human-only, with why; the items that were not before. `by_people`: they named it, and no trigger did.

    Where such an item is being worked on, it is settled anew: ready verify slots are revoked, decisions that rest on a
    suggestion are reopened, and the item goes to people who have not seen the suggestion. What a provider delivered
    stands as it came; what people said elsewhere is settled with its batch.
    """
    before = human_only_reasons(connection, list(reasons))
    fresh = {key: because for key, because in reasons.items() if key not in before}
    latch_human_only(connection, fresh, at=at, by_people=by_people)
    if not fresh:
        return []
    for batch_id, item_id in _worked_on(connection, list(fresh)):
        context = contexts.batch(connection, batch_id)
        if context.row.purpose != DELIVERY:
            settle(connection, context, item_id, at=at)
        ledger.record(
            connection,
            "item.human_only",
            programme=context.row.programme_id,
            actor=None,
            subject=str(item_id),
            data={"batch": batch_id, "because": fresh[item_id]},
            at=at,
        )
    return list(fresh)


def latch_said(connection: Connection, contexts: Contexts, policy: Policy, keys: Sequence[int], *, at: int) -> None:
    """Make human-only what belongs to people by all that was said of it, here and elsewhere."""
    latch_reasons(connection, contexts, reasons_by_record(connection, policy, keys), at=at)


def latch_left_open(connection: Connection, policy: Policy, programme_id: int, *, at: int) -> None:
    """Make human-only what came in with everything that was said of it, and was left open by whoever sent it."""
    labels = policy.labels.human_only
    found = left_open(connection, programme_id, labels) if labels else {}
    if found:
        reasons = {key: named(said, elsewhere=True) for key, said in found.items()}
        latch_reasons(connection, Contexts(), reasons | reasons_by_record(connection, policy, list(found)), at=at)


def latch_reasons(connection: Connection, contexts: Contexts, reasons: Mapping[int, Reason], *, at: int) -> None:
    """Make items human-only by what triggers suspected and by what people named."""
    for by_people in (False, True):
        some = {key: one.because for key, one in reasons.items() if one.by_people is by_people}
        latch(connection, contexts, some, at=at, by_people=by_people)


def latch_named(
    connection: Connection, contexts: Contexts, context: BatchContext, item_id: int, labels: Collection[str], *, at: int
) -> None:
    """Whoever names a human-only label of an item has seen one: people alone decide on it from this answer on.

    What is said of gold says something of a person. What is said in a gate's audit closes the latch when the gate has
    spoken (`labelling/human_only/found.py`): else it would measure what its own sample had put right.
    """
    row = context.row
    if not labels or row.purpose in NO_WORD or (row.purpose == AUDIT and row.parent_id is not None):
        return
    latch_reasons(connection, contexts, {item_id: named(labels, elsewhere=False)}, at=at)


def _worked_on(connection: Connection, keys: Sequence[int]) -> list[tuple[int, int]]:
    """Where items are worked on or decided: batch and item."""
    same = (decision.c.batch_id == batch_item.c.batch_id) & (decision.c.item_id == batch_item.c.item_id)
    asked = exists().where(work.c.item_id == batch_item.c.item_id, work.c.batch_id + 0 == batch_item.c.batch_id)
    rows: list[tuple[int, int]] = []
    for start in range(0, len(keys), LISTED):
        found = connection.execute(
            select(batch_item.c.batch_id, batch_item.c.item_id)
            .outerjoin(decision, same)
            .where(
                batch_item.c.item_id.in_(keys[start : start + LISTED]),
                or_(decision.c.item_id.is_not(None), asked),
            )
        )
        rows += [(batch_id, item_id) for batch_id, item_id in found]
    return rows
