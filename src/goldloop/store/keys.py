"""Blocks of row keys for bulk inserts, so that rows that refer to each other can be written set by set."""

from functools import cache

from sqlalchemy import Connection, Table, func, select, text

from goldloop.store.prepared import Prepared


def reserve(connection: Connection, table: Table, count: int) -> list[int]:
    """`count` fresh keys of a table, ascending; usable only inside this transaction on SQLite."""
    if count == 0:
        return []
    if connection.dialect.name == "postgresql":
        sequence = f"{table.name}_id_seq"
        rows = connection.execute(
            text("SELECT nextval(:sequence) FROM generate_series(1, :count)"), {"sequence": sequence, "count": count}
        )
        return [int(key) for (key,) in rows]
    first = (_highest(table).scalar(connection) or 0) + 1
    return list(range(first, first + count))


@cache
def _highest(table: Table) -> Prepared:
    return Prepared(select(func.max(table.c.id).label("highest")))
