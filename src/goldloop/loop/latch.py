"""The human-only latch: it only ever closes, and closing it reopens what leaned on a machine."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, exists, or_, select

from goldloop.core.policy import Policy
from goldloop.loop.context import Contexts
from goldloop.loop.human_only import reasons_by_record
from goldloop.loop.settle import settle
from goldloop.store import ledger
from goldloop.store.items import human_only_reasons, latch_human_only
from goldloop.store.schema import batch_item, decision, work

LISTED = 500
DELIVERY = "delivery"


def latch(connection: Connection, contexts: Contexts, reasons: Mapping[int, str], *, at: int) -> list[int]:
    """Make items human-only, with why; the items that were not before.

    Where such an item is being worked on, it is settled anew: ready verify slots are revoked, decisions that rest on a
    suggestion are reopened, and the item goes to people who have not seen the suggestion. What a provider delivered
    stands as it came; what people said elsewhere is settled with its batch.
    """
    before = human_only_reasons(connection, list(reasons))
    fresh = {key: because for key, because in reasons.items() if key not in before}
    latch_human_only(connection, fresh, at=at)
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
    latch(connection, contexts, reasons_by_record(connection, policy, keys), at=at)


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
