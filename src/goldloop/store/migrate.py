"""Bring a database to the schema of this code.

A fresh database is made whole and stamped, an up-to-date one costs a look, one that is behind is upgraded by
alembic in one transaction, and one that is newer than the code is refused, as is one of the same revision that was made
for other tables. Revisions are numbered "0001", "0002", ..., so that older and newer can be told apart without loading
alembic.
"""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select, text, update

from goldloop.core.errors import Conflict
from goldloop.store.engine import PostgresEngines, SqliteEngines
from goldloop.store.fingerprint import fingerprint
from goldloop.store.schema import metadata

HEAD = "0001"
SCRIPTS = Path(__file__).parent / "migrations"
LOCK = 4710  # PostgreSQL advisory lock: one process migrates, the others wait and look again
version = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), primary_key=True),
    Column("fingerprint", String(32)),  # ours: alembic leaves it alone
)
REMEDY = "start it with the goldloop that made it and take its programmes along as archives, or make a new data folder"


class Stamp(NamedTuple):
    """What a database says it was made for; without a fingerprint it is older than fingerprints."""

    revision: str
    fingerprint: str | None


def migrate(engines: SqliteEngines | PostgresEngines, *, head: str = HEAD, scripts: Path = SCRIPTS) -> None:
    """Make or upgrade the schema. Raises Conflict for a database of a newer goldloop or of another program."""
    with engines.read() as connection:
        found = _stamp(connection)
    if found is not None and found.revision == head:
        _check(found)
        return
    with engines.write() as connection:
        if engines.dialect == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        found = _stamp(connection)
        if found is None:
            _create(connection, head)
        elif found.revision > head:
            raise Conflict(
                "this database belongs to a newer goldloop: install that version, or restore a backup",
                field="database",
                expected=f"schema {head} or older",
                found=f"schema {found.revision}",
            )
        elif found.revision == head or found.fingerprint is None:
            _check(found)
        else:
            _upgrade(connection, head, scripts)


def _stamp(connection: Connection) -> Stamp | None:
    """What a database is stamped with, None where it is empty."""
    if not inspect(connection).has_table(version.name):
        return None
    every = connection.execute(select(text("*")).select_from(version))  # the older ones have no fingerprint
    row = every.mappings().one_or_none()
    return Stamp(row["version_num"], row.get("fingerprint")) if row is not None else None


def _check(found: Stamp) -> None:
    """Raise Conflict for a database of this revision whose tables are not those of this code."""
    if found.fingerprint != fingerprint():
        raise Conflict(
            f"this database was made by another goldloop, and its tables are not those of this one: {REMEDY}",
            field="database",
            expected=f"tables {fingerprint()}",
            found=f"tables {found.fingerprint}" if found.fingerprint else "tables from before they were numbered",
        )


def _create(connection: Connection, head: str) -> None:
    strangers = set(inspect(connection).get_table_names()) & set(metadata.tables)
    if strangers:
        raise Conflict(
            "this database holds tables of another program",
            field="database",
            expected="an empty database, or one made by goldloop",
            found=f"a table {min(strangers)!r} without a schema version",
        )
    metadata.create_all(connection)
    version.create(connection)
    connection.execute(version.insert().values(version_num=head, fingerprint=fingerprint()))


def _upgrade(connection: Connection, head: str, scripts: Path) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, head)
    connection.execute(update(version).values(fingerprint=fingerprint()))
