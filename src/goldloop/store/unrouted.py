"""The items that stand in no batch yet and have no known answer: what routing takes from, whatever else there is."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, delete, func, select

from goldloop.store.bulk import add_rows, drop_rows, find_rows
from goldloop.store.prepared import Prepared
from goldloop.store.schema import batch_item, unrouted


def add_unrouted(connection: Connection, programme_id: int, keys: Sequence[int]) -> None:
    """New items wait to be routed."""
    add_rows(connection, unrouted, ("programme_id", "item_id"), ((programme_id, key) for key in keys))


def next_unrouted(connection: Connection, programme_id: int, *, limit: int) -> list[int]:
    """The next items to route, by age."""
    return _NEXT.column(connection, programme=programme_id, limit=limit)


def unrouted_after(connection: Connection, programme_id: int, after: int, *, limit: int) -> list[int]:
    """A page of the items that wait to be routed, by key."""
    waits = (unrouted.c.programme_id == programme_id, unrouted.c.item_id > after)
    rows = select(unrouted.c.item_id).where(*waits).order_by(unrouted.c.item_id).limit(limit)
    return list(connection.execute(rows).scalars())


def still_unrouted(connection: Connection, programme_id: int, keys: Sequence[int]) -> list[int]:
    """Those of some items that still wait to be routed, in the order given."""
    where = ("programme_id", programme_id)
    waits = {key for (key,) in find_rows(connection, unrouted, ("item_id",), among="item_id", of=keys, where=where)}
    return [key for key in keys if key in waits]


def count_unrouted(connection: Connection, programme_id: int) -> int:
    """How many items wait to be routed."""
    counted = select(func.count()).where(unrouted.c.programme_id == programme_id)
    return int(connection.execute(counted).scalar_one())


def drop_batched(connection: Connection, programme_id: int, batch_id: int, keys: Sequence[int]) -> None:
    """Items that have just joined a batch wait no longer: in one statement, however many there are."""
    if not keys:
        return
    among = (batch_item.c.item_id >= min(keys), batch_item.c.item_id <= max(keys))
    joined = select(batch_item.c.item_id).where(batch_item.c.batch_id == batch_id, *among)
    waits = (unrouted.c.programme_id == programme_id, unrouted.c.item_id.in_(joined))
    connection.execute(delete(unrouted).where(*waits))


def drop_unrouted(connection: Connection, programme_id: int, keys: Iterable[int]) -> None:
    """Items that joined a batch, or whose answer is known now, wait no longer."""
    drop_rows(connection, unrouted, ("programme_id", "item_id"), ((programme_id, key) for key in keys))


_NEXT = Prepared(
    select(unrouted.c.item_id)
    .where(unrouted.c.programme_id == bindparam("programme"))
    .order_by(unrouted.c.item_id)
    .limit(bindparam("limit"))
)
