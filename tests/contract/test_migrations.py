"""A database is made, upgraded or refused; never guessed at."""

import ast
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect, text

from goldloop.core.errors import Conflict
from goldloop.store import codes
from goldloop.store.engine import PostgresEngines, SqliteEngines, connect
from goldloop.store.fingerprint import fingerprint
from goldloop.store.migrate import HEAD, SCRIPTS, migrate
from goldloop.store.open import Store, open_store
from goldloop.store.schema import metadata

ENV = (SCRIPTS / "env.py").read_text()
FIRST = 'revision = "0001"\ndown_revision = None\ndef upgrade(): pass\n'
SECOND = """
from alembic import op
import sqlalchemy as sa
revision = "0002"
down_revision = "0001"
def upgrade():
    with op.batch_alter_table("phrase") as phrase:
        phrase.add_column(sa.Column("language", sa.Text(), nullable=True))
    op.execute("UPDATE phrase SET language = 'en'")
"""
FAILING = SECOND + "    op.execute('SELECT * FROM no_such_table')\n"


@pytest.fixture
def empty(store: Store) -> Store:
    """A store whose database holds nothing."""
    with store.write() as connection:
        if store.dialect == "postgresql":
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        else:
            for table in inspect(connection).get_table_names():
                connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")  # a virtual table takes others with it
    return store


@pytest.fixture
def scripts(tmp_path: Path) -> Callable[..., Path]:
    """A folder of migrations: 0001, and a second one of these words."""

    def write(second: str) -> Path:
        folder = tmp_path / "migrations"
        (folder / "versions").mkdir(parents=True)
        (folder / "env.py").write_text(ENV)
        (folder / "versions" / "0001_first.py").write_text(FIRST)
        (folder / "versions" / "0002_second.py").write_text(second)
        return folder

    return write


def revision(store: Store) -> str:
    with store.read() as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def columns(store: Store, table: str) -> set[str]:
    with store.read() as connection:
        return {column["name"] for column in inspect(connection).get_columns(table)}


def _is_compared(_object: object, _name: str | None, kind: str, reflected: bool, other: object) -> bool:
    """Tables, columns and indexes.

    Foreign keys are left out: judgement and work refer to each other, so that PostgreSQL gets theirs by ALTER, after
    which SQLAlchemy leaves them out of the same process's next CREATE on SQLite, where they mean nothing anyway. The
    index of words is another thing on each database, and in the metadata of neither.
    """
    return kind != "foreign_key_constraint" and not str(_name).startswith("item_text")


@pytest.mark.filterwarnings("ignore:Cannot correctly sort tables")
def test_a_fresh_database_gets_the_schema_of_the_code(store: Store) -> None:
    assert revision(store) == HEAD
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False, "include_object": _is_compared})
        assert compare_metadata(context, metadata) == []


def test_an_upgraded_database_keeps_its_rows(store: Store, scripts: Callable[..., Path]) -> None:
    with store.write() as connection:
        connection.execute(text("INSERT INTO phrase (id, text) VALUES (1, 'kept')"))
    migrate(store.engines, head="0002", scripts=scripts(SECOND))
    assert revision(store) == "0002"
    migrate(store.engines, head="0002", scripts=SCRIPTS)  # stamped for the tables it has now
    with store.read() as connection:
        row = connection.execute(text("SELECT text, language FROM phrase WHERE text = 'kept'")).one()
    assert tuple(row) == ("kept", "en")


def test_an_upgrade_that_fails_changes_nothing(store: Store, scripts: Callable[..., Path]) -> None:
    with pytest.raises(Exception, match="no_such_table"):
        migrate(store.engines, head="0002", scripts=scripts(FAILING))
    assert revision(store) == "0001"
    assert "language" not in columns(store, "phrase")


def test_a_database_of_a_newer_goldloop_is_refused_and_left_alone(store: Store) -> None:
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match="newer goldloop") as refused:
        migrate(store.engines)
    assert refused.value.found == "schema 9999"
    assert revision(store) == "9999"


@pytest.mark.parametrize("stamp", ["fingerprint = 'of other tables'", "fingerprint = NULL"])
def test_a_database_with_other_tables_of_the_same_number_is_refused_and_left_alone(store: Store, stamp: str) -> None:
    with store.write() as connection:
        connection.execute(text(f"UPDATE alembic_version SET {stamp}"))
        connection.execute(text("ALTER TABLE phrase RENAME TO phrases"))
    with pytest.raises(Conflict, match="take its programmes along as archives") as refused:
        open_store(store.settings)
    assert (refused.value.field, refused.value.expected) == ("database", f"tables {fingerprint()}")
    assert columns(store, "phrases") == {"id", "text"}


def test_a_database_from_before_fingerprints_is_refused_and_never_upgraded(
    store: Store, scripts: Callable[..., Path]
) -> None:
    with store.write() as connection:
        connection.execute(text("ALTER TABLE alembic_version DROP COLUMN fingerprint"))
    for head, folder in ((HEAD, SCRIPTS), ("0002", scripts(SECOND))):
        with pytest.raises(Conflict, match="made by another goldloop"):
            migrate(store.engines, head=head, scripts=folder)
    assert revision(store) == HEAD
    assert "language" not in columns(store, "phrase")


def test_the_fingerprint_is_the_same_in_every_process_and_another_with_every_table_and_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = "from goldloop.store.fingerprint import fingerprint; print(fingerprint())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == fingerprint()
    monkeypatch.setattr(codes, "STANCE", dict(reversed(list(codes.STANCE.items()))) | {"nod": 99})
    other = fingerprint.__wrapped__()
    monkeypatch.undo()
    narrow = MetaData()
    for one in metadata.tables.values():
        one.to_metadata(narrow)
    narrow.remove(narrow.tables["phrase"])
    monkeypatch.setattr("goldloop.store.fingerprint.metadata", narrow)
    assert len({fingerprint(), other, fingerprint.__wrapped__()}) == 3


def test_a_database_of_another_program_is_refused_and_left_alone(empty: Store) -> None:
    with empty.write() as connection:
        connection.execute(text("CREATE TABLE job (mine TEXT)"))
    with pytest.raises(Conflict, match="another program"):
        migrate(empty.engines)
    assert columns(empty, "job") == {"mine"}
    with empty.read() as connection:
        assert inspect(connection).get_table_names() == ["job"]


def test_many_servers_starting_at_once_make_one_schema(empty: Store) -> None:
    engines: list[SqliteEngines | PostgresEngines] = [connect(empty.settings.database_url) for _ in range(4)]
    failures: list[BaseException] = []

    def start(engine: SqliteEngines | PostgresEngines) -> None:
        try:
            migrate(engine)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=start, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.close()
    assert failures == []
    assert revision(empty) == HEAD


def test_an_up_to_date_database_costs_a_look_and_no_alembic(store: Store) -> None:
    code = (
        "import sys; from goldloop.store.engine import connect; from goldloop.store.migrate import migrate;"
        "migrate(connect(sys.argv[1])); print('alembic' in sys.modules)"
    )
    url = store.settings.database_url
    done = subprocess.run([sys.executable, "-c", code, url], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_an_up_to_date_database_is_not_written_to(store: Store) -> None:
    if isinstance(store.engines, PostgresEngines):
        pytest.skip("SQLite's writers queue on one turn; PostgreSQL's do not")
    with store.write():
        migrate(store.engines)  # would wait for ever for the turn


def test_revisions_are_numbered_and_in_line() -> None:
    scripts = sorted((SCRIPTS / "versions").glob("*.py"))
    revisions = []
    for script in scripts:
        found = {
            node.targets[0].id: ast.literal_eval(node.value)
            for node in ast.parse(script.read_text()).body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        revisions.append((found["down_revision"], found["revision"]))
        assert script.name.startswith(f"{found['revision']}_")
    numbers = [f"{number:04}" for number in range(1, len(scripts) + 1)]
    assert revisions == list(zip([None, *numbers], numbers, strict=False))
    assert numbers[-1] == HEAD
