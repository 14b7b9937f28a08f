"""What a claim and a submit ask of the database is found by keys, however much was said in the batch."""

import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.dialects import sqlite

from goldloop.store import escalations, judgements, work
from goldloop.store.prepared import Prepared
from goldloop.store.schema import metadata

OF_ONE_ITEM = {
    f"{module.__name__}.{name}": statement
    for module in (escalations, judgements, work)
    for name, statement in vars(module).items()
    if isinstance(statement, Prepared) and ":item" in str(statement._statement)
}


@pytest.fixture(scope="module")
def empty() -> Iterator[sqlite3.Connection]:
    """A database without rows, whose planner knows nothing but the indexes."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    yield engine.raw_connection().driver_connection  # type: ignore[misc]
    engine.dispose()


@pytest.mark.parametrize("name", OF_ONE_ITEM)
def test_what_concerns_an_item_is_found_by_the_item(name: str, empty: sqlite3.Connection) -> None:
    compiled = OF_ONE_ITEM[name]._statement.compile(dialect=sqlite.dialect(paramstyle="named"))  # type: ignore[no-untyped-call]
    asked = "EXPLAIN QUERY PLAN " + str(compiled)
    steps = [row[3] for row in empty.execute(asked, dict.fromkeys(compiled.params, 1))]
    assert not any("by_batch" in step or step.startswith("SCAN") for step in steps), steps


def test_the_statements_of_the_hot_path_are_among_them() -> None:
    assert "goldloop.store.judgements._SPOKEN" in OF_ONE_ITEM
