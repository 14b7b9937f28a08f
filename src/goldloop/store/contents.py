"""Contents: the first item of a programme with each digest."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from goldloop.store.bulk import add_missing
from goldloop.store.prepared import Prepared
from goldloop.store.schema import content, item


def digests_taken(connection: Connection, take_in_id: int, *, offset: int, limit: int) -> list[tuple[bytes, int]]:
    """(digest, item) of a take-in's items, in the order they came."""
    return [
        (bytes(digest), key)
        for digest, key in _TAKEN.tuples(connection, take_in=take_in_id, offset=offset, limit=limit)
    ]


def add_contents(connection: Connection, programme_id: int, rows: Sequence[tuple[bytes, int]]) -> int:
    """Note the first item of contents that are new to a programme; how many were."""
    columns = ("programme_id", "digest", "item_id")
    return add_missing(connection, content, columns, [(programme_id, digest, key) for digest, key in rows])


_TAKEN = Prepared(
    select(item.c.digest, item.c.id)
    .where(item.c.take_in_id == bindparam("take_in"))
    .order_by(item.c.id)
    .offset(bindparam("offset"))
    .limit(bindparam("limit"))
)
