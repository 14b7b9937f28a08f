"""Which items of a programme with a workspace were shown to whom, from where: each person's first look in an hour."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from sqlalchemy import Connection, select, tuple_

from goldloop.core.clock import HOUR
from goldloop.store.bulk import add_missing
from goldloop.store.schema import actor, item, seen_item

Way = Literal["work", "page", "list"]


class SeenRow(NamedTuple):
    """Somebody was shown an item."""

    hour: int
    item_id: int
    actor_id: int
    way: str
    external_id: str
    who: str
    address: str
    seen_at: int


def note_seen(
    connection: Connection, programme_id: int, actor_id: int, items: Iterable[int], way: Way, address: str, *, at: int
) -> int:
    """Note that somebody is shown items; how many they were not shown before in this hour and way."""
    columns = ("programme_id", "hour", "item_id", "actor_id", "way", "address", "seen_at")
    rows = [(programme_id, at // HOUR, key, actor_id, way, address, at) for key in sorted(set(items))]
    return add_missing(connection, seen_item, columns, rows)


def seen(
    connection: Connection,
    programme_id: int,
    *,
    item_id: int | None,
    until: int | None,
    before: tuple[int, int, int, str] | None,
    limit: int,
) -> list[SeenRow]:
    """Who was shown what, the newest hour first: of everything or of one item, up to the hour of a moment."""
    place = (seen_item.c.hour, seen_item.c.item_id, seen_item.c.actor_id, seen_item.c.way)
    statement = (
        select(*place, item.c.external_id, actor.c.name, seen_item.c.address, seen_item.c.seen_at)
        .join(item, item.c.id == seen_item.c.item_id)
        .join(actor, actor.c.id == seen_item.c.actor_id)
        .where(seen_item.c.programme_id == programme_id)
        .order_by(*(one.desc() for one in place))
        .limit(limit)
    )
    if item_id is not None:
        statement = statement.where(seen_item.c.item_id == item_id)
    if until is not None:
        statement = statement.where(seen_item.c.hour <= until // HOUR)
    if before is not None:
        statement = statement.where(tuple_(*place) < tuple_(*before))
    return [SeenRow._make(row) for row in connection.execute(statement)]
