"""Bring a database to the schema of this code.

A fresh database is made whole and stamped, an up-to-date one costs a look, one that is behind is upgraded by
alembic in one transaction, and one that is newer than the code is refused. Revisions are numbered "0001", "0002", ...,
so that older and newer can be told apart without loading alembic.
"""

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from goldloop.core.errors import Conflict
from goldloop.store.engine import PostgresEngines, SqliteEngines
from goldloop.store.schema import metadata

HEAD = "0001"
SCRIPTS = Path(__file__).parent / "migrations"
LOCK = 4710  # PostgreSQL advisory lock: one process migrates, the others wait and look again
version = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


def migrate(engines: SqliteEngines | PostgresEngines, *, head: str = HEAD, scripts: Path = SCRIPTS) -> None:
    """Make or upgrade the schema. Raises Conflict for a database of a newer goldloop or of another program."""
    with engines.read() as connection:
        found = _revision(connection)
    if found == head:
        return
    with engines.write() as connection:
        if engines.dialect == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        found = _revision(connection)
        if found is None:
            _create(connection, head)
        elif found < head:
            _upgrade(connection, head, scripts)
        elif found > head:
            raise Conflict(
                "this database belongs to a newer goldloop: install that version, or restore a backup",
                field="database",
                expected=f"schema {head} or older",
                found=f"schema {found}",
            )


def _revision(connection: Connection) -> str | None:
    """The revision a database is stamped with, None where it is empty."""
    if not inspect(connection).has_table(version.name):
        return None
    return connection.execute(select(version.c.version_num)).scalar()


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
    connection.execute(version.insert().values(version_num=head))


def _upgrade(connection: Connection, head: str, scripts: Path) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, head)
