"""What a claim and a submit ask of the database is found by keys, however much was said in the batch; so is a page of a
release, or of what changed between two."""

import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.dialects import sqlite

from goldloop.store import caps, escalations, judgements, release_changes, release_rows, work
from goldloop.store.prepared import Prepared
from goldloop.store.release_changes import CHANGES
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


def planned(statement: Prepared, empty: sqlite3.Connection) -> list[str]:
    """The steps that SQLite takes for a statement."""
    compiled = statement._statement.compile(dialect=sqlite.dialect(paramstyle="named"))  # type: ignore[no-untyped-call]
    asked = "EXPLAIN QUERY PLAN " + str(compiled)
    return [row[3] for row in empty.execute(asked, dict.fromkeys(compiled.params, 1))]


def test_what_waits_first_in_a_lane_is_the_head_of_its_index(empty: sqlite3.Connection) -> None:
    steps = planned(work._FIRST, empty)
    looks = [step.split()[:2] for step in steps if step.startswith(("SEARCH", "SCAN", "USE"))]
    assert looks == [["SEARCH", "ready"], ["SEARCH", "judgement"], ["SEARCH", "work"]], steps


@pytest.mark.parametrize("name", OF_ONE_ITEM)
def test_what_concerns_an_item_is_found_by_the_item(name: str, empty: sqlite3.Connection) -> None:
    steps = planned(OF_ONE_ITEM[name], empty)
    assert not any("by_batch" in step or step.startswith("SCAN") for step in steps), steps


def test_what_a_submit_was_before_is_found_by_its_key(empty: sqlite3.Connection) -> None:
    steps = planned(judgements._BY_CLIENT_KEY, empty)
    assert steps == ["SEARCH judgement USING INDEX judgement_by_client_key (client_key=?)"], steps


def test_hours_are_read_from_where_a_week_began(empty: sqlite3.Connection) -> None:
    assert planned(caps._WORKED, empty) == ["SEARCH worked USING PRIMARY KEY (actor_id=? AND quarter>?)"]


def test_the_statements_of_the_hot_path_are_among_them() -> None:
    assert "goldloop.store.judgements._SPOKEN" in OF_ONE_ITEM


@pytest.mark.parametrize("only", [None, *CHANGES])
def test_a_page_of_a_release_is_found_by_its_keys(only: str | None, empty: sqlite3.Connection) -> None:
    pages = [release_changes._page(part, only) for part in release_changes._asked(only)]
    for page in (release_rows._SAID, release_rows._SOURCES, *pages):
        compiled = page._statement.compile(dialect=sqlite.dialect(paramstyle="named"))  # type: ignore[no-untyped-call]
        asked = "EXPLAIN QUERY PLAN " + str(compiled)
        steps = [row[3] for row in empty.execute(asked, dict.fromkeys(compiled.params, 1))]
        assert not any(step.startswith(("SCAN", "USE TEMP B-TREE")) for step in steps), steps
        assert not any("judgement_by_batch" in step for step in steps), steps
