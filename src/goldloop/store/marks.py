"""Marks: how far something that is done again and again has come, by name."""

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.store.schema import installation


def marked(connection: Connection, name: str) -> int:
    """The last key that was done; 0 before the first."""
    found = connection.execute(select(installation.c.value).where(installation.c.name == name)).scalar()
    return int.from_bytes(found) if found is not None else 0


def mark(connection: Connection, name: str, key: int) -> None:
    """Note the last key that was done."""
    insert = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    connection.execute(insert(installation).values(name=name, value=bytes(8)).on_conflict_do_nothing())
    connection.execute(update(installation).where(installation.c.name == name).values(value=key.to_bytes(8)))
