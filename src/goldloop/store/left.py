"""What left a programme and who opened what: events of the ledger, newest first."""

import json
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, text

from goldloop.store.schema import LEFT, actor, event


class Left(NamedTuple):
    """Somebody took something out, or opened it: an event, with the name of whose it is."""

    id: int
    kind: str
    who: str | None
    data: dict[str, Any]
    at: int


def left(connection: Connection, programme_id: int, *, before: int | None, limit: int) -> list[Left]:
    """The newest of them; `before` is where the last page ended."""
    statement = (
        select(event.c.id, event.c.kind, actor.c.name, event.c.data, event.c.happened_at)
        .outerjoin(actor, actor.c.id == event.c.actor_id)
        .where(text(f"event.{LEFT}"), event.c.programme_id == programme_id)
        .order_by(event.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(event.c.id < before)
    return [Left(key, kind, who, json.loads(data), at) for key, kind, who, data, at in connection.execute(statement)]
