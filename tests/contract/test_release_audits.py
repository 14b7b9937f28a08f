"""Audits of delivered releases where items were erased: before the draw they are left out, after it nobody waits."""

from tests.contract import gates
from tests.contract.kernel import ANNOTATE, Kernel, kernel

from goldloop.core.canonical import canonical
from goldloop.quality.audits.release import audit, newest_audit
from goldloop.store.batches import routed_items
from goldloop.store.draws import drawn_items
from goldloop.store.erased import forget
from goldloop.store.open import Store
from goldloop.store.release_rows import Held, decided, keep_rows
from goldloop.store.releases import add_release

AUDITS = """
audits:
  watch:
    release: words
    owner: mona
    plan: {kind: fixed, aql: 0.05, ltpd: 0.35, producer_risk: 0.1, consumer_risk: 0.1}
"""


def released(store: Store) -> Kernel:
    """A release of 40 labels, all of them right."""
    made = kernel(store, ANNOTATE + AUDITS, items=40)
    gates.work_off(made, "ann", lambda _: "a")
    (batch,) = made.batches()
    with store.write() as connection:
        held = [Held(one.item_id, batch, one.value_id, None) for page in decided(connection, [batch]) for one in page]
        keep_rows(connection, made.programme, "words", 1, held)
        body = canonical({"batches": [batch]})
        add_release(connection, made.programme, "dataset", "words", body, by=made.mona, at=made.at)
    return made


def run(made: Kernel) -> str:
    return str(gates.run(made, "audit", audit, {"programme": made.programme, "audit": "watch", "now": True})["state"])


def erase(made: Kernel, *items: int) -> None:
    with made.store.write() as connection:
        forget(connection, made.programme, items, because="asked for by letter", by=made.mona, at=made.at)


def test_an_erased_item_is_not_drawn_and_one_that_was_drawn_keeps_nobody_waiting(store: Store) -> None:
    made = released(store)
    gone = made.items["i7"]
    erase(made, gone)
    assert run(made) == "open"
    with store.read() as connection:
        first = newest_audit(connection, made.programme, "watch")
        assert first is not None
        opened = routed_items(connection, first.row.id)
        drawn = {one.item_id for one in drawn_items(connection, first.drawn.id)}
    assert (first.drawn.frame_size, gone in drawn) == (39, False)
    erase(made, opened[0])
    gates.work_off(made, "sue", lambda _: "a")
    assert run(made) == "open", "the plan cannot end on what is left: it is drawn anew"
    with store.read() as connection:
        second = newest_audit(connection, made.programme, "watch")
    assert second is not None
    assert second.row.name == "audit-watch-2"
    assert second.drawn.frame_size == 38 - (len(opened) - 1), "without what was judged before"
    gates.work_off(made, "sue", lambda _: "a")
    assert run(made) == "pass"
