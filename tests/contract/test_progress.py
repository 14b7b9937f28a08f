"""What lists of batches are put in order by says what the decisions say: while people work, added up, and mended."""

from sqlalchemy import delete, func, select
from tests.contract.kernel import ACCEPT, MODELS, Kernel, kernel

from goldloop.jobs.ticker import tick
from goldloop.loop.rebuild import Rebuilt, rebuild
from goldloop.store.codes import DECISION
from goldloop.store.open import Store
from goldloop.store.schema import decision, progress, progress_step

ITEMS = {"sure": "a", "also": "a", "first": None, "second": None, "third": None}


def _said(one: Kernel) -> tuple[int, int]:
    """What the projection says of the batch, and how many steps of it are not added up."""
    with one.store.read() as connection:
        kept = connection.execute(select(func.coalesce(func.sum(progress.c.decided), 0))).scalar_one()
        steps = connection.execute(select(func.coalesce(func.sum(progress_step.c.decided), 0))).scalar_one()
        waiting = connection.execute(select(func.count()).select_from(progress_step)).scalar_one()
    return int(kept + steps), waiting


def _decided(one: Kernel) -> int:
    with one.store.read() as connection:
        there = select(func.count()).where(decision.c.state == DECISION["decided"])
        return connection.execute(there).scalar_one()


def test_every_way_to_a_decision_and_back_is_counted(store: Store) -> None:
    one = kernel(store, MODELS + ACCEPT, items=ITEMS, confidence=0.99)
    assert _said(one)[0] == _decided(one) == 2, "what the policy accepted"
    one.on("ann", "first", "answer", "a")
    taken_back = one.on("ann", "second", "answer", "b")
    assert _said(one)[0] == _decided(one) == 4
    one.undo("ann", taken_back)
    assert _said(one)[0] == _decided(one) == 3
    tick(store)
    assert _said(one) == (3, 0), "added up behind them"
    one.on("ann", "third", "skip")
    assert _said(one) == (3, 0), "an item that stays open is no step"
    one.on("ben", "third", "answer", "b")
    assert _said(one) == (_decided(one), 1)
    tick(store)
    assert _said(one) == (4, 0)


def test_a_rebuild_mends_it_and_leaves_what_is_right(store: Store) -> None:
    one = kernel(store, MODELS + ACCEPT, items=ITEMS, confidence=0.99)
    one.on("ann", "first", "answer", "a")
    assert rebuild(store, one.contexts, one.programme) == Rebuilt(batches=1, items=5)
    before = _said(one)
    with store.write() as connection:
        connection.execute(delete(progress_step))
        connection.execute(delete(decision))
    rebuild(store, one.contexts, one.programme)
    assert _said(one)[0] == before[0] == _decided(one) == 3
