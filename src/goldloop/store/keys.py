"""Blocks of row keys for bulk inserts, so that rows that refer to each other can be written set by set."""

from functools import cache

from sqlalchemy import Boolean, Connection, LargeBinary, Table, Text, func, select, text

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


def reserve_run(connection: Connection, table: Table, span: int) -> int:
    """The first of `span` fresh keys in a row, which stay free for rows that come in later transactions.

    On SQLite, where the next key is the highest and one, a row that belongs to nothing holds the last of them until
    the row comes that it stands for.
    """
    if connection.dialect.name == "postgresql":
        sequence = f'"{table.name}_id_seq"'
        connection.exec_driver_sql(f"SELECT nextval('{sequence}')")  # a sequence's first key comes without its step
        connection.exec_driver_sql(f"ALTER SEQUENCE {sequence} INCREMENT BY {span}")
        last = int(connection.exec_driver_sql(f"SELECT nextval('{sequence}')").scalar_one())
        connection.exec_driver_sql(f"ALTER SEQUENCE {sequence} INCREMENT BY 1")
        return last - span + 1
    first = (_highest(table).scalar(connection) or 0) + 1
    last = first + span - 1
    connection.execute(table.insert().values({"id": last, **_nobody(table, last)}))
    return first


def let_go(connection: Connection, table: Table, first: int, span: int) -> None:
    """Take the row away that holds the last key of a run; a no-op on PostgreSQL."""
    if connection.dialect.name == "sqlite":
        connection.execute(table.delete().where(table.c.id == first + span - 1))


def _nobody(table: Table, last: int) -> dict[str, object]:
    """A row that nothing refers to, and that no list comes across: every key in it is of nothing."""
    out: dict[str, object] = {}
    for column in table.columns:
        if column.nullable or column.name == "id":
            continue
        if isinstance(column.type, LargeBinary):
            out[column.name] = str(-last).encode()
        elif isinstance(column.type, Text):
            out[column.name] = str(-last)
        else:
            out[column.name] = False if isinstance(column.type, Boolean) else -last
    return out


@cache
def _highest(table: Table) -> Prepared:
    return Prepared(select(func.max(table.c.id).label("highest")))
