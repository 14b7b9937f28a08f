"""The database's clock: leases begin and end by it, so that servers whose clocks differ agree on who holds what."""

from typing import Any

from sqlalchemy import Connection, literal_column, select

from goldloop.core import clock
from goldloop.core.errors import Conflict
from goldloop.store.prepared import Prepared

SKEW = 5 * clock.SECOND
"""What the clocks of servers may differ by: events, deadlines and sign-ins are compared that several of them timed."""


def now(connection: Connection) -> int:
    """This moment in microseconds, by the database; on SQLite that is this machine's clock."""
    return int(_NOW.scalar(connection)) if connection.dialect.name == "postgresql" else clock.now()


def check_clock(connection: Connection) -> None:
    """Raise Conflict where this machine's clock and the database's, which all servers share, are not together."""
    apart = clock.now() - now(connection)
    if abs(apart) > SKEW:
        seconds = abs(apart) / clock.SECOND
        raise Conflict(
            "this machine's clock and the database's differ",
            field="clock",
            expected=f"at most {SKEW // clock.SECOND} seconds between all servers: keep them set by NTP",
            found=f"{seconds:,.0f} seconds {'ahead' if apart > 0 else 'behind'}",
        )


_POSTGRESQL: Any = literal_column("(extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
_NOW = Prepared(select(_POSTGRESQL.label("at")))
