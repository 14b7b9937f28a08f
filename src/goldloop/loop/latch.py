"""The human-only latch: it only ever closes, and closing it reopens what leaned on a machine."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from goldloop.loop.context import Contexts
from goldloop.loop.settle import settle
from goldloop.store import ledger
from goldloop.store.items import human_only_reasons, latch_human_only
from goldloop.store.schema import batch_item


def latch(connection: Connection, contexts: Contexts, reasons: Mapping[int, str], *, at: int) -> list[int]:
    """Make items human-only, with why; the items that were not before.

    Where such an item is being worked on, it is settled anew: ready verify slots are revoked, decisions that rest on a
    suggestion are reopened, and the item goes to people who have not seen the suggestion.
    """
    before = human_only_reasons(connection, list(reasons))
    fresh = {key: because for key, because in reasons.items() if key not in before}
    latch_human_only(connection, fresh, at=at)
    if not fresh:
        return []
    rows = connection.execute(
        select(batch_item.c.batch_id, batch_item.c.item_id).where(batch_item.c.item_id.in_(list(fresh)))
    ).all()
    for batch_id, item_id in rows:
        context = contexts.batch(connection, batch_id)
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
