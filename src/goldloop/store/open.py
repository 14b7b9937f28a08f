"""The store: a database, its blobs, and the secrets of the installation."""

import fcntl
import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, select

from goldloop.core.blobs import Blobs
from goldloop.core.errors import Conflict
from goldloop.core.ids import Ids
from goldloop.core.settings import Settings
from goldloop.store import schema
from goldloop.store.blobs import open_blobs
from goldloop.store.engine import PostgresEngines, SqliteEngines, connect
from goldloop.store.migrate import migrate
from goldloop.store.moment import check_clock


@dataclass(frozen=True, slots=True)
class Store:
    """An open installation. `secret` keys pseudonyms, draws and gold streams; it never leaves the server.

    `job_near` is set where this process learns that a job is about to be queued: its runner may start meanwhile.
    """

    engines: SqliteEngines | PostgresEngines
    blobs: Blobs
    ids: Ids
    secret: bytes
    home: Path
    settings: Settings
    job_near: threading.Event = field(default_factory=threading.Event)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engines.dialect

    def read(self) -> AbstractContextManager[Connection]:
        """A snapshot to read from."""
        return self.engines.read()

    def write(self, *, durable: bool = True) -> AbstractContextManager[Connection]:
        """A transaction that writes; see `engine` for what `durable` promises."""
        return self.engines.write(durable=durable)

    def close(self) -> None:
        """Close every connection."""
        self.engines.close()


def open_store(settings: Settings, *, keys: Mapping[str, bytes] | None = None) -> Store:
    """Open an installation, creating or migrating its schema first.

    `keys` are for one that is made now, where what it draws has to be the same in every run; else they are random.
    """
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    engines = connect(settings.database_url)
    migrate(engines)
    with engines.write() as connection:
        check_clock(connection)
        kept = {name: _secret(connection, name, (keys or {}).get(name)) for name in ("ids", "secret")}
    return Store(
        engines=engines,
        blobs=open_blobs(settings),
        ids=Ids(kept["ids"]),
        secret=kept["secret"],
        home=settings.home,
        settings=settings,
    )


def _secret(connection: Connection, name: str, given: bytes | None) -> bytes:
    """32 bytes of the installation, made once: at random, if none are given."""
    table = schema.installation
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4711)")
    found = connection.execute(select(table.c.value).where(table.c.name == name)).scalar()
    if found is None:
        found = given or secrets.token_bytes(32)
        connection.execute(table.insert().values(name=name, value=found))
    return bytes(found)


@contextmanager
def only_server(home: Path) -> Iterator[None]:
    """Hold the data folder as its one server. Raises Conflict where another process does."""

    handle = os.open(home / "server.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise Conflict(
            "another goldloop server has this data folder open",
            field="home",
            expected="one server per SQLite data folder",
            found=str(home),
        ) from error
    try:
        yield
    finally:
        os.close(handle)
