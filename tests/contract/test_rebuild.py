"""The projection is only a projection: lost or spoilt, the judgements bring it back as it was."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select, update
from tests.contract.kernel import ACCEPT, ANNOTATE, MODELS, VERIFY, Kernel, kernel

from goldloop.core.clock import SECOND
from goldloop.loop import rebuild as rebuilding
from goldloop.loop.latch import latch
from goldloop.loop.rebuild import Rebuilt, rebuild
from goldloop.store.codes import DECISION
from goldloop.store.open import Store
from goldloop.store.schema import batch, decision, judgement, ready, work

ITEMS = {"verified": "a", "refused": "b", "sure": "c", "quiet": None, "left": "a", "risky": "danger"}
POLICY = f"{MODELS}{VERIFY}"
Damage = Callable[[Store], None]


def _lose(store: Store) -> None:
    with store.write() as connection:
        connection.execute(delete(decision))


def _spoil(store: Store) -> None:
    with store.write() as connection:
        connection.execute(
            update(decision).values(state=DECISION["disputed"], value_id=None, judgements="[]", because="spoilt")
        )


def _worked(store: Store) -> Kernel:
    """Everything that can happen to an item has happened to one of these."""
    one = kernel(store, POLICY, items=ITEMS)
    one.on("ann", "verified", "accept")
    one.on("ann", "refused", "reject")
    one.on("ann", "quiet", "escalate")
    one.on("ann", "left", "skip")
    taken_back = one.on("ann", "sure", "accept")
    one.undo("ann", taken_back)
    one.on("ben", "refused", "answer", "b")
    one.on("ben", "risky", "answer", "danger")
    one.on("sue", "refused", "adjudicate", "c")
    return one


def _contents(one: Kernel) -> list[tuple[object, ...]]:
    """Every decision without how often it was written."""
    return [row[:-2] + row[-1:] for row in one.decisions()]


@pytest.mark.parametrize("damage", [_lose, _spoil])
def test_a_damaged_projection_comes_back_as_it_was(store: Store, damage: Damage) -> None:
    one = _worked(store)
    before, works = _contents(one), _open_works(store)
    assert [one.state(name) for name in ITEMS] == ["decided", "decided", "open", "disputed", "open", "open"]
    damage(store)
    assert _contents(one) != before
    done = rebuild(store, one.contexts, one.programme)
    assert (done.items, done.decisions) == (len(ITEMS), len(before))
    assert _contents(one) == before
    assert _open_works(store) == works


def test_rebuilding_what_is_right_writes_nothing(store: Store) -> None:
    one = _worked(store)
    before = one.decisions()
    assert rebuild(store, one.contexts, one.programme) == Rebuilt(batches=1, items=len(ITEMS))
    assert one.decisions() == before


def test_a_second_rebuild_changes_nothing(store: Store) -> None:
    one = _worked(store)
    _lose(store)
    rebuild(store, one.contexts, one.programme)
    before = one.decisions()
    assert rebuild(store, one.contexts, one.programme) == Rebuilt(batches=1, items=len(ITEMS))
    assert one.decisions() == before


@pytest.mark.parametrize("damage", [_lose, _spoil])
def test_what_a_policy_accepted_from_a_model_comes_back_too(store: Store, damage: Damage) -> None:
    one = kernel(store, f"{MODELS}{ACCEPT}", items={"i0": "a", "i1": "b", "i2": None})
    before = _contents(one)
    assert one.label("i0") == "a"
    damage(store)
    rebuild(store, one.contexts, one.programme)
    assert _contents(one) == before


def test_an_acceptance_that_the_human_only_latch_took_back_stays_taken_back(store: Store) -> None:
    one = kernel(store, f"{MODELS}{ACCEPT}", items={"i0": "a"})
    with store.write() as connection:
        latch(connection, one.contexts, {one.items["i0"]: "somebody said so"}, at=one.at + SECOND)
    _lose(store)
    rebuild(store, one.contexts, one.programme)
    assert (one.state("i0"), one.label("i0")) == ("open", None)


def test_a_decision_that_nobody_made_is_taken_out(store: Store) -> None:
    one = kernel(store, ANNOTATE, items=2)
    (first,) = one.batches()
    row = {"judgements": "[1]", "because": "out of thin air", "changes": 0, "changed_at": 0, "value_id": None}
    with store.write() as connection:
        connection.execute(
            decision.insert(), {"batch_id": first, "item_id": one.items["i1"], "state": DECISION["decided"], **row}
        )
    assert rebuild(store, one.contexts, one.programme).decisions == 1
    assert one.decisions() == []


def test_a_surplus_answer_decides_nothing_in_a_rebuild_either(store: Store) -> None:
    one = kernel(store, ANNOTATE, items=1)
    (late,) = one.claim("ann")
    after = late.expires_at + 1
    (other,) = one.claim("ben", at=after)
    assert one.say("ann", late.work_id, "answer", "a", at=after).surplus
    one.say("ben", other.work_id, "answer", "b", at=after)
    before = _contents(one)
    _lose(store)
    rebuild(store, one.contexts, one.programme)
    assert _contents(one) == before
    assert one.label("i0") == "b"


def test_the_number_of_items_is_counted_again(store: Store) -> None:
    one = kernel(store, ANNOTATE, items=3)
    with store.write() as connection:
        connection.execute(update(batch).values(item_count=99))
    assert rebuild(store, one.contexts, one.programme).counts == 1
    with store.read() as connection:
        assert connection.execute(select(batch.c.item_count)).scalar_one() == 3


def test_judgements_are_never_touched(store: Store) -> None:
    one = _worked(store)
    said = [one.said(name) for name in ITEMS]
    _spoil(store)
    rebuild(store, one.contexts, one.programme)
    assert [one.said(name) for name in ITEMS] == said


def test_a_programme_larger_than_a_chunk_is_rebuilt_in_several(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "CHUNK", 3)
    one = kernel(store, ANNOTATE, items=8)
    for held in one.claim("ann", 8):
        one.say("ann", held.work_id, "answer", "a", key=uuid4())
    before = _contents(one)
    _lose(store)
    assert rebuild(store, one.contexts, one.programme) == Rebuilt(batches=1, items=8, decisions=8)
    assert _contents(one) == before


def _open_works(store: Store) -> tuple[int, int, int]:
    with store.read() as connection:
        return tuple(
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (work, ready, judgement)
        )
