"""The database's clock: leases begin and end by it, so that servers whose clocks differ agree on who holds what."""

from typing import Any

from sqlalchemy import Connection, literal_column, select

from goldloop.core import clock
from goldloop.store.prepared import Prepared


def now(connection: Connection) -> int:
    """This moment in microseconds, by the database; on SQLite that is this machine's clock."""
    return int(_NOW.scalar(connection)) if connection.dialect.name == "postgresql" else clock.now()


_POSTGRESQL: Any = literal_column("(extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
_NOW = Prepared(select(_POSTGRESQL.label("at")))
