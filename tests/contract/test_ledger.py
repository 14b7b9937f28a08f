"""The ledger: everything that happened is in it, and no change to the past goes unnoticed."""

import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from goldloop.core import clock, merkle
from goldloop.store import ledger
from goldloop.store.ledger_report import LedgerReport, verify
from goldloop.store.open import Store
from goldloop.store.schema import block, event, organisation, programme

ME, OTHER = 1, 2


@pytest.fixture
def chain(store: Store, programmes: None) -> Store:
    """Three blocks of programme 1 with 3 events each, one of programme 2, and one unsealed event."""
    for number in range(3):
        happen(store, *(f"{number}.{n}" for n in range(3)))
        if number == 1:
            happen(store, "elsewhere", programme=OTHER)
        ledger.seal(store)
    happen(store, "later")
    return store


@pytest.fixture
def programmes(store: Store) -> None:
    with store.write() as connection:
        connection.execute(insert(organisation).values(id=1, name="acme", kind="enterprise", created_at=0))
        for key in (ME, OTHER):
            connection.execute(insert(programme).values(id=key, name=f"p{key}", organisation_id=1, created_at=0))


def happen(store: Store, *subjects: str, programme: int | None = ME) -> None:
    with store.write() as connection:
        for subject in subjects:
            ledger.record(
                connection,
                "thing.happened",
                programme=programme,
                actor=None,
                subject=subject,
                data={"ä": 1.5, "of": subject},
                at=clock.now(),
            )


def check(store: Store, programme: int | None = ME, **options: Any) -> LedgerReport:
    with store.read() as connection:
        return verify(connection, programme, **options)


def events(store: Store, number: int) -> list[int]:
    with store.read() as connection:
        rows = connection.execute(
            select(event.c.id)
            .join(block, block.c.id == event.c.block_id)
            .where(block.c.programme_id == ME, block.c.number == number)
            .order_by(event.c.id)
        )
        return list(rows.scalars())


def test_an_untouched_chain_passes_and_says_what_it_counted(chain: Store) -> None:
    report = check(chain)
    assert (report.outcome, report.blocks, report.events, report.unsealed, report.problems) == ("pass", 3, 9, 1, ())
    assert (check(chain, OTHER).blocks, check(chain, OTHER).events) == (1, 1)


def test_nothing_sealed_proves_nothing(store: Store, programmes: None) -> None:
    happen(store, "first")
    report = check(store)
    assert (report.outcome, report.blocks, report.unsealed) == ("unknown", 0, 1)


def test_an_event_of_a_rolled_back_transaction_never_happened(store: Store, programmes: None) -> None:
    with pytest.raises(RuntimeError), store.write() as connection:
        ledger.record(connection, "x", programme=ME, actor=None, subject="s", data={}, at=1)
        raise RuntimeError
    assert ledger.seal(store) == 0


def test_sealing_is_done_once(chain: Store) -> None:
    assert ledger.seal(chain) == 1
    assert ledger.seal(chain) == 0
    assert check(chain).events == 10


def test_the_installation_has_a_chain_of_its_own(chain: Store) -> None:
    happen(chain, "settings changed", programme=None)
    happen(chain, "owner made", programme=None)
    ledger.seal(chain)
    happen(chain, "again", programme=None)
    ledger.seal(chain)
    report = check(chain, None)
    assert (report.outcome, report.blocks, report.events) == ("pass", 2, 3)


def test_a_long_history_is_sealed_in_short_transactions(store: Store, programmes: None) -> None:
    with store.write() as connection:
        many = [ledger.NewEvent("x", ME, None, str(n), {}, n) for n in range(2 * ledger.CHUNK + 1)]
        ledger.record_many(connection, many)
    assert ledger.seal(store) == 2 * ledger.CHUNK + 1
    report = check(store)
    assert (report.outcome, report.blocks, report.events) == ("pass", 3, 2 * ledger.CHUNK + 1)


def test_every_field_of_an_event_is_sealed(chain: Store) -> None:
    changes: list[dict[str, Any]] = [
        {"kind": "thing.else"},
        {"actor_id": 77},
        {"subject": "1.x"},
        {"data": '{"of":"1.x"}'},
        {"happened_at": 5},
    ]
    key = events(chain, 2)[1]
    for values in changes:
        statement = changed(key, **values)
        report = after(chain, doing(statement))
        assert [(one.block, one.event, one.because) for one in report.problems] == [(2, key, "an event was changed")]


def changed(key: int, **values: Any) -> Any:
    return update(event).where(event.c.id == key).values(**values)


def doing(statement: Any) -> Callable[[Any], object]:
    """A tampering that is one statement."""
    return lambda connection: connection.execute(statement)


def after(store: Store, tamper: Callable[[Any], object]) -> LedgerReport:
    """What a check finds after a change, which is then rolled back."""
    with store.write() as connection:
        savepoint = connection.begin_nested()
        if store.dialect == "postgresql":  # whoever tampers with a database would not be stopped by its constraints
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        tamper(connection)
        report = verify(connection, ME)
        savepoint.rollback()
    assert report.outcome == "fail"
    return report


def test_a_deleted_event_is_named(chain: Store) -> None:
    key = events(chain, 2)[1]
    report = after(chain, doing(delete(event).where(event.c.id == key)))
    assert [(one.block, one.event, one.because) for one in report.problems] == [(2, key, "an event was deleted")]


def test_an_inserted_event_is_named(chain: Store) -> None:
    with chain.read() as connection:
        key = connection.execute(select(block.c.id).where(block.c.programme_id == ME, block.c.number == 2)).scalar_one()
    forged = {"id": 9000, "programme_id": ME, "kind": "x", "subject": "s", "data": "{}", "happened_at": 1}
    report = after(chain, doing(insert(event).values(block_id=key, **forged)))
    assert [(one.block, one.event, one.because) for one in report.problems] == [(2, 9000, "an event was inserted")]


def test_swapped_events_are_named(chain: Store) -> None:
    first, second, _ = events(chain, 2)

    def swap(connection: Any) -> None:
        connection.execute(changed(first, id=9001))
        connection.execute(changed(second, id=first))
        connection.execute(changed(9001, id=second))

    report = after(chain, swap)
    assert [(one.block, one.event) for one in report.problems] == [(2, first), (2, second)]


def test_an_event_moved_to_another_block_is_named_in_both(chain: Store) -> None:
    key = events(chain, 2)[0]
    with chain.read() as connection:
        third = connection.execute(
            select(block.c.id).where(block.c.programme_id == ME, block.c.number == 3)
        ).scalar_one()
    report = after(chain, doing(changed(key, block_id=third)))
    assert {(one.block, one.event, one.because) for one in report.problems} == {
        (2, key, "an event was deleted"),
        (3, key, "an event was inserted"),
    }


@pytest.mark.parametrize("column", ["previous", "root", "hash", "events", "sealed_at", "number"])
def test_a_changed_block_is_named(chain: Store, column: str) -> None:
    value: bytes | int = 7 if column in ("events", "sealed_at", "number") else bytes(32)
    two = (block.c.programme_id == ME) & (block.c.number == 2)
    report = after(chain, doing(update(block).where(two).values({column: value})))
    assert report.problems[0].block in (2, 3, 7)


def test_a_deleted_block_breaks_the_chain(chain: Store) -> None:
    keys = events(chain, 2)
    two = (block.c.programme_id == ME) & (block.c.number == 2)
    report = after(chain, doing(delete(block).where(two)))
    assert "block 2 is missing" in report.problems[0].because
    assert [one.event for one in report.problems[1:]] == keys


def test_a_rewritten_block_does_not_fit_the_next(chain: Store) -> None:
    """Someone who recomputes root and hash of a block they changed is betrayed by the block after it."""
    key = events(chain, 2)[0]

    def rewrite(connection: Any) -> None:
        connection.execute(changed(key, subject="forged"))
        row = connection.execute(select(block).where(block.c.programme_id == ME, block.c.number == 2)).one()
        rows = connection.execute(select(event).where(event.c.block_id == row.id).order_by(event.c.id)).all()
        leaves = [ledger.event_leaf(one) for one in rows]
        root = merkle.root(leaves)
        hash_ = ledger.block_hash(
            programme=ME, number=2, previous=bytes(row.previous), root=root, events=3, sealed_at=row.sealed_at
        )
        index = ledger.leaf_index([one.id for one in rows], leaves)
        connection.execute(update(block).where(block.c.id == row.id).values(root=root, hash=hash_, leaves=index))

    report = after(chain, rewrite)
    assert [(one.block, one.because) for one in report.problems] == [(3, "it does not stand on the block before it")]


def test_a_chain_that_lost_its_newest_block_is_found_by_an_anchor(chain: Store) -> None:
    with chain.read() as connection:
        head = ledger.head(connection, ME)
    assert head is not None
    assert check(chain, anchors={head.number: head.hash}).outcome == "pass"
    three = select(block.c.id).where(block.c.programme_id == ME, block.c.number == 3).scalar_subquery()
    with chain.write() as connection:
        connection.execute(delete(event).where(event.c.block_id == three))
        connection.execute(delete(block).where(block.c.programme_id == ME, block.c.number == 3))
    assert check(chain).outcome == "pass"
    report = check(chain, anchors={head.number: head.hash})
    assert [(one.block, one.because) for one in report.problems] == [
        (3, "a block that was anchored outside is missing")
    ]


def test_several_sealers_make_one_chain(store: Store, programmes: None) -> None:
    stop = threading.Event()
    sealed = []

    def keep_sealing() -> None:
        while not stop.is_set():
            sealed.append(ledger.seal(store))

    sealers = [threading.Thread(target=keep_sealing) for _ in range(3)]
    for thread in sealers:
        thread.start()
    for number in range(60):
        happen(store, f"{number}", f"{number}+", programme=(ME, OTHER, None)[number % 3])
    stop.set()
    for thread in sealers:
        thread.join()
    assert sum(sealed) + ledger.seal(store) == 120
    for each in (ME, OTHER, None):
        report = check(store, each)
        assert (report.outcome, report.events, report.unsealed) == ("pass", 40, 0)


def test_an_event_that_commits_late_is_sealed_all_the_same(store: Store, programmes: None) -> None:
    if store.dialect == "sqlite":
        pytest.skip("SQLite has one writer: nothing commits out of order")
    with store.write() as early:
        ledger.record(early, "x", programme=ME, actor=None, subject="early key, late commit", data={}, at=1)
        happen(store, "late key, early commit")
        assert ledger.seal(store) == 1
    assert ledger.seal(store) == 1
    assert check(store).outcome == "pass"


def test_a_commitment_opens_with_its_salt_only() -> None:
    salt = bytes(range(32))
    made = ledger.commitment(salt, "said")
    assert made == ledger.commitment(salt, "said")
    assert made not in (ledger.commitment(salt, "saie"), ledger.commitment(bytes(32), "said"))
    assert len(bytes.fromhex(made)) == 32


def test_appending_and_sealing_need_no_heavy_import() -> None:
    code = "import sys, goldloop.store.ledger_report, goldloop.jobs; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"alembic", "obstore", "numpy", "cryptography", "duckdb"} & set(found)
