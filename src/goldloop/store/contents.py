"""Contents: the first item of a programme with each digest."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from goldloop.store.bulk import add_missing
from goldloop.store.schema import content, item


def digests_taken(connection: Connection, take_in_id: int, *, offset: int, limit: int) -> list[tuple[bytes, int]]:
    """(digest, item) of a take-in's items, in the order they came."""
    rows = connection.execute(
        select(item.c.digest, item.c.id)
        .where(item.c.take_in_id == take_in_id)
        .order_by(item.c.id)
        .offset(offset)
        .limit(limit)
    )
    return [(bytes(digest), key) for digest, key in rows]


def add_contents(connection: Connection, programme_id: int, rows: Sequence[tuple[bytes, int]]) -> int:
    """Note the first item of contents that are new to a programme; how many were."""
    columns = ("programme_id", "digest", "item_id")
    return add_missing(connection, content, columns, [(programme_id, digest, key) for digest, key in rows])
