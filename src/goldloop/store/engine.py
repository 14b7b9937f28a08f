"""Connections: who may write when, and what "acknowledged" promises.

PostgreSQL: an ordinary pool. SQLite: many readers on snapshots, one writer at a time. Writers of all processes queue
on a file lock (first come, first served) instead of polling the database, so that people never starve behind an
import. `write()` returns only when the operating system has the transaction on disk (`synchronous=FULL`): an
acknowledged answer survives both a kill and a power loss. `write(durable=False)` is for what may be repeated (leases,
chunks of an import with their resume token in the same transaction): atomic and safe at a kill, and at a power loss
the last moments may be rolled back as a whole.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from goldloop.core.errors import Conflict, Unavailable

SQLITE_CACHE_KIB = 16_000
CHECKPOINT_PAGES = 4_000


class SqliteEngines:
    """Readers and the two writers of one SQLite file."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self._turn = threading.Lock()
        self._turn_file = os.open(f"{path}.turn", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        self._reader = _sqlite(path, pool=8, pragmas=("query_only=ON",))
        self._writers = {
            True: _sqlite(path, pool=1, pragmas=("synchronous=FULL", f"wal_autocheckpoint={CHECKPOINT_PAGES}")),
            False: _sqlite(path, pool=1, pragmas=("synchronous=NORMAL", f"wal_autocheckpoint={CHECKPOINT_PAGES}")),
        }

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A snapshot to read from."""
        try:
            with self._reader.connect() as connection, connection.begin():
                yield connection
        except (OperationalError, sqlite3.OperationalError) as error:
            raise _unavailable(error) from error

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Connection]:
        """The one transaction that writes now; commits at the end, rolls back on any error."""
        with self._turn:
            fcntl.flock(self._turn_file, fcntl.LOCK_EX)
            try:
                with self._writers[durable].begin() as connection:
                    yield connection
            except (OperationalError, sqlite3.OperationalError) as error:
                raise _unavailable(error) from error
            finally:
                fcntl.flock(self._turn_file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close every connection."""
        for engine in (self._reader, *self._writers.values()):
            engine.dispose()
        os.close(self._turn_file)


class PostgresEngines:
    """A pool on PostgreSQL."""

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        import psycopg  # only here: a server on SQLite starts without it

        self._failures = (OperationalError, psycopg.OperationalError)  # the driver's own comes from prepared statements
        self._engine = create_engine(url, pool_size=16, max_overflow=16, pool_pre_ping=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction to read from."""
        try:
            with self._engine.connect() as connection, connection.begin():
                yield connection
        except self._failures as error:
            raise _unavailable(error) from error

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Connection]:
        """A transaction that writes; commits at the end, rolls back on any error."""
        try:
            with self._engine.begin() as connection:
                if not durable:
                    connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")
                yield connection
        except self._failures as error:
            raise _unavailable(error) from error

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _unavailable(error: Exception) -> Unavailable:
    """What failed, for people; nothing of the transaction was kept."""
    said = str(error.orig if isinstance(error, OperationalError) else error)
    if "disk is full" in said or "No space left" in said:
        return Unavailable(
            "the disk is full; nothing was stored", permanent=True, expected="free disk space", found=said
        )
    return Unavailable("the database failed; nothing was stored", expected="a database that answers", found=said[:500])


def _sqlite(path: Path, *, pool: int, pragmas: tuple[str, ...]) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=pool,
        max_overflow=0 if pool == 1 else 24,
        connect_args={"check_same_thread": False, "timeout": 60, "cached_statements": 512},
    )

    @event.listens_for(engine, "connect")
    def prepare(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # transactions begin where we say, not where the driver guesses
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=OFF",  # PostgreSQL enforces them, and the contract tests run on both
            f"cache_size=-{SQLITE_CACHE_KIB}",
            "temp_store=MEMORY",
            "mmap_size=268435456",
            *pragmas,
        ):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        raw: Any = connection.connection.driver_connection  # each transaction would pay SQLAlchemy's bookkeeping for it
        raw.execute("BEGIN IMMEDIATE" if pool == 1 else "BEGIN")

    return engine


def connect(url: str) -> "SqliteEngines | PostgresEngines":
    """Engines for a database URL. Raises Conflict for anything but SQLite and PostgreSQL."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return SqliteEngines(Path(parsed.database or "goldloop.db"))
    if parsed.get_backend_name() == "postgresql":
        return PostgresEngines(str(parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)))
    raise Conflict(
        "goldloop keeps its data in SQLite or PostgreSQL", expected="sqlite:///... or postgresql://...", found=url
    )
