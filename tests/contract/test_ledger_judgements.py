"""The ledger knows what was said: a judgement that is changed afterwards is named."""

from typing import Any

import pytest
from sqlalchemy import Connection, Table, delete, insert, update

from goldloop.core.canonical import digest
from goldloop.store import ledger
from goldloop.store.judgements import NewJudgement, add_judgement
from goldloop.store.ledger_report import LedgerReport, verify
from goldloop.store.open import Store
from goldloop.store.schema import actor, event, item, judgement, organisation, phrase, programme, source, take_in, value

ME = 1
ANSWER = '{"labels":["a"]}'
SALT = bytes(range(32))
SAID = NewJudgement(
    item_id=1,
    actor_id=1,
    task_id=1,
    stance=0,
    said_at=1_700_000_000_000_000,
    value_id=1,
    confidence=0.1 + 0.2,
    top='[["a",0.3]]',
    comment="sure – quite",
    active_ms=1200,
    client_key=bytes(16),
)


def add(connection: Connection, table: Table, **values: Any) -> None:
    """A row with key 1 and whatever it must have besides."""
    empty: dict[type, Any] = {int: 0, str: "", bytes: b"", bool: False}
    given = {"id": 1, **values}
    needed = [column for column in table.columns if not column.nullable and column.name not in given]
    for column in needed:
        given[column.name] = 1 if column.foreign_keys else empty[column.type.python_type]
    connection.execute(insert(table).values(**given))


@pytest.fixture
def said(store: Store) -> Store:
    """One judgement, and the sealed event that commits to it."""
    with store.write() as connection:
        for table in (organisation, actor, programme, source, take_in):
            add(connection, table)
        add(connection, item, salt=SALT)
        add(connection, phrase)
        for key, answer in ((1, ANSWER), (2, '{"labels":["b"]}')):
            add(connection, value, id=key, answer=answer, digest=digest(answer))
        key = add_judgement(connection, SAID)
        text = ledger.judgement_text({"id": key, "answer": ANSWER, **SAID._asdict()})
        data = {"judgement": key, "commitment": ledger.commitment(SALT, text)}
        ledger.record(connection, "judgement.said", programme=ME, actor=1, subject=str(key), data=data, at=SAID.said_at)
    ledger.seal(store)
    return store


def after(store: Store, *statements: Any) -> LedgerReport:
    with store.write() as connection:
        for statement in statements:
            connection.execute(statement)
    with store.read() as connection:
        return verify(connection, ME)


def test_an_untouched_judgement_opens_its_commitment(said: Store) -> None:
    report = after(said)
    assert (report.outcome, report.judgements, report.unopened) == ("pass", 1, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"value_id": 2},
        {"stance": 1},
        {"confidence": 0.3},
        {"comment": None},
        {"active_ms": 1201},
        {"surplus": True},
        {"shown": 1},
        {"said_at": 5},
        {"client_key": bytes(15) + b"\1"},
    ],
)
def test_a_changed_judgement_is_named(said: Store, change: dict[str, Any]) -> None:
    report = after(said, update(judgement).values(**change))
    assert report.outcome == "fail"
    assert [(one.block, one.because) for one in report.problems] == [(1, "judgement 1 was changed")]


def test_a_deleted_judgement_is_named(said: Store) -> None:
    report = after(said, delete(judgement))
    assert [(one.block, one.because) for one in report.problems] == [(1, "judgement 1 was deleted")]


def test_an_answer_changed_behind_its_judgement_is_named(said: Store) -> None:
    other = '{"labels":["z"]}'
    report = after(said, update(value).where(value.c.id == 1).values(answer=other, digest=digest(other)))
    assert [(one.block, one.because) for one in report.problems] == [(1, "judgement 1 was changed")]


def test_an_erased_item_leaves_a_chain_that_passes_and_a_commitment_that_opens_for_nobody(said: Store) -> None:
    report = after(said, update(item).values(salt=None, body="{}"))
    assert (report.outcome, report.judgements, report.unopened) == ("pass", 0, 1)


@pytest.mark.parametrize("data", ["{}", "[]", '"x"', '{"judgement":[1],"commitment":2}', "not JSON"])
def test_an_event_that_commits_to_nothing_is_a_problem_and_no_crash(said: Store, data: str) -> None:
    report = after(said, update(event).values(data=data))
    assert report.outcome == "fail"
    assert {one.event for one in report.problems} == {1}


def test_the_text_of_a_judgement_never_changes() -> None:
    """Commitments made today must open in ten years."""
    assert ledger.judgement_text({"id": 7, "answer": ANSWER, **SAID._asdict()}) == (
        '["judgement.1",7,1,1,null,null,1,null,null,0,null,"{\\"labels\\":[\\"a\\"]}",null,null,0,null,false,'
        '0.30000000000000004,null,null,"[[\\"a\\",0.3]]","sure – quite",null,1200,null,null,'
        '1700000000000000,"00000000000000000000000000000000"]'
    )
