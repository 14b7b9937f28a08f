"""Sources: where a programme's items came from, and how many."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from goldloop.store.schema import source, take_in


class SourceRow(NamedTuple):
    """What came from one source so far."""

    id: int
    name: str
    imports: int
    items: int
    last_at: int | None


def sources(connection: Connection, programme_id: int) -> list[SourceRow]:
    """The sources of a programme, by name, counted over its imports."""
    rows = connection.execute(
        select(
            source.c.id,
            source.c.name,
            func.count(take_in.c.id),
            func.coalesce(func.sum(take_in.c.item_count), 0),
            func.max(take_in.c.taken_at),
        )
        .outerjoin(take_in, take_in.c.source_id == source.c.id)
        .where(source.c.programme_id == programme_id)
        .group_by(source.c.id, source.c.name)
        .order_by(source.c.name)
    )
    return [SourceRow(key, name, count, int(items), last) for key, name, count, items, last in rows]
