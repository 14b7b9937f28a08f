"""What is erased is gone from every table; what rested on it still proves what it proved: on both databases."""

import json
import threading
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from tests.contract.kernel import ANNOTATE, Kernel, kernel

from goldloop.core import merkle
from goldloop.core.clock import DAY, SECOND, now
from goldloop.core.errors import NotFound
from goldloop.core.families import Table as Columns
from goldloop.jobs.running import Handler, Running
from goldloop.loop.forget import proof_of
from goldloop.loop.measure import table_of
from goldloop.protection.erase import erase, retain
from goldloop.store import item_text, jobs, ledger, ledger_report
from goldloop.store.batches import batch_row
from goldloop.store.codes import DECISION
from goldloop.store.erased import erased_items, erased_row
from goldloop.store.open import Store
from goldloop.store.parents import add_parents, descendants
from goldloop.store.release_rows import decided
from goldloop.store.schema import batch_item, decision, item, judgement, metadata, ready, value, vault
from goldloop.store.vault import keep_tokens, open_vault, tokens_of

SECRET, LETTERS = "zanzibar quokka", "quokka"
WRITE = """
programme: desk
title: Desk
organisation: Acme
raci: {accountable: mona}
task: write.v1
ontology: {labels: [summary]}
"""


def run(store: Store, kind: str, args: dict[str, Any], handler: Handler, *, programme: int, by: int | None) -> Any:
    """A job from its queue to its end."""
    with store.write() as connection:
        jobs.enqueue(connection, kind, args, programme=programme, asked_by=by)
        job = jobs.claim(connection, [kind], runner="test", lease=60 * SECOND)
    assert job is not None
    return handler(Running(store, job, runner="test", stop=threading.Event()))


def everything(store: Store) -> str:
    """All that the database says, as one text."""
    with store.read() as connection:
        said = [repr(list(connection.execute(select(table)))) for table in metadata.tables.values()]
        said.append(repr(list(connection.execute(text("SELECT * FROM item_text")))))
    return "\n".join(said)


def table(one: Kernel) -> Columns:
    (batch,) = one.batches()
    with one.store.read() as connection:
        return table_of(connection, one.contexts.batch(connection, batch))


def index(one: Kernel) -> None:
    with one.store.write() as connection:
        found = [(key, item_text.text_of({"text": SECRET})) for key in one.items.values()]
        item_text.index_items(connection, one.programme, found)


def forget(one: Kernel, name: str) -> Any:
    args = {"item": one.items[name], "because": "asked for by letter"}
    return run(one.store, "erase", args, erase, programme=one.programme, by=one.mona)


def test_an_erased_item_is_gone_everywhere_and_its_label_and_the_ledger_stay(store: Store):
    one = kernel(store, ANNOTATE, items=3, body=lambda name: {"text": f"{SECRET} {name}", "meta": {"who": SECRET}})
    index(one)
    held = {each.item_id: each.work_id for each in one.claim("ann", 3)}
    one.say("ann", held[one.items["i0"]], "answer", "a", comment=f"about {SECRET}")
    before = one.said("i0")[0]
    done = forget(one, "i0")
    assert (done["items"], done["words"]) == (1, 1)
    assert one.label("i0") == "a" and one.said("i0")[0].value_id == before.value_id
    assert one.said("i0")[0].comment is None
    with store.read() as connection:
        row = erased_row(connection, one.items["i0"])
        assert row is not None and (row.who, row.because) == ("Mona", "asked for by letter")
        body = json.loads(connection.execute(select(item.c.body).where(item.c.id == one.items["i0"])).scalar_one())
        assert body["text"] == "" and "meta" not in body
        (batch,) = one.batches()
        assert [each.item_id for page in decided(connection, [batch]) for each in page] == []  # no release holds it
        found = connection.execute(
            item_text.found_items(store.dialect, one.programme, item_text.wanted(LETTERS), after=0)
        )
        assert list(found.scalars()) == [one.items["i1"], one.items["i2"]]
    for name in ("i1", "i2"):  # one is held by ann, one was never decided: both leave the batch, which can end
        forget(one, name)
    assert LETTERS not in everything(store)
    with pytest.raises(NotFound):
        one.say("ann", held[one.items["i1"]], "answer", "a")
    with store.read() as connection:
        assert connection.execute(select(ready)).first() is None
        assert batch_row(connection, batch).item_count == 1
        assert [each.external_id for each in erased_items(connection, one.programme, after=0, limit=9)] == [
            "i0",
            "i1",
            "i2",
        ]
    assert (table(one).items, table(one).items_decided) == (1, 1)
    assert forget(one, "i0")["items"] == 0  # a second time there is nothing left
    ledger.seal(store)
    with store.read() as connection:
        report = ledger_report.verify(connection, one.programme)
        assert (report.outcome, report.unopened, report.judgements) == ("pass", 1, 0)
        proof = proof_of(connection, store, row.event_id, row.segment_id)
    block = proof["block"]
    steps = [bytes.fromhex(step) for step in block["path"]]
    root, leaf = bytes.fromhex(block["root"]), bytes.fromhex(proof["leaf"])
    assert merkle.includes(root, leaf, index=block["index"], size=block["size"], steps=steps)


def test_what_was_made_from_an_item_is_erased_with_it_however_far(store: Store):
    one = kernel(store, ANNOTATE, items=4, body=lambda name: {"text": f"{SECRET} {name}"})
    with store.write() as connection:  # i1 was made from i0, i2 from i1; i3 stands alone
        add_parents(connection, [(one.items["i1"], one.items["i0"]), (one.items["i2"], one.items["i1"])])
        assert descendants(connection, one.items["i0"]) == [one.items["i1"], one.items["i2"]]
    made = [one.items["i1"], one.items["i2"]]
    args = {"item": one.items["i0"], "derived": made, "because": "asked for by letter"}
    done = run(one.store, "erase", args, erase, programme=one.programme, by=one.mona)
    assert done["items"] == 3
    with store.read() as connection:
        assert descendants(connection, one.items["i0"]) == [], "what was erased is there no longer"
        gone = erased_items(connection, one.programme, after=0, limit=9)
    assert sorted(each.external_id for each in gone) == ["i0", "i1", "i2"]


def test_an_item_that_is_still_there_keeps_its_commitments_beside_an_erased_one(store: Store):
    one = kernel(store, ANNOTATE, items=2)
    for name in ("i0", "i1"):
        one.on("ann", name, "answer", "a")
    forget(one, "i0")
    ledger.seal(store)
    with store.write() as connection:
        report = ledger_report.verify(connection, one.programme)
        assert (report.outcome, report.judgements, report.unopened) == ("pass", 1, 1)
        connection.execute(
            update(judgement).where(judgement.c.item_id == one.items["i1"]).values(comment="something else")
        )
    with store.read() as connection:
        assert ledger_report.verify(connection, one.programme).outcome == "fail"


def test_what_people_wrote_goes_and_an_answer_that_somebody_else_gave_too_stays(store: Store):
    one = kernel(store, ANNOTATE, items=2, programme_file=WRITE)
    for name, said in (("i0", SECRET), ("i1", "a shared answer")):
        held = {each.item_id: each.work_id for each in one.claim("ann", 2)}
        one.say("ann", held[one.items[name]], "answer", said)
    with store.write() as connection:  # both said this once
        shared = connection.execute(select(value.c.id).where(value.c.answer.contains("shared"))).scalar_one()
        row = one.said("i0")[0]._mapping
        again = {**row, "id": row["id"] + 100, "value_id": shared, "work_id": None, "client_key": None}
        connection.execute(insert(judgement).values(again))
    forget(one, "i0")
    assert LETTERS not in everything(store)
    with store.read() as connection:
        assert connection.execute(select(value.c.answer).where(value.c.id == shared)).scalar_one().count("shared") == 1
        state = select(decision.c.state).where(decision.c.item_id == one.items["i0"])
        assert connection.execute(state).scalar_one() == DECISION["decided"]
    held = {each.item_id: each.work_id for each in one.claim("ben", 1)}
    assert held == {}


def test_retention_erases_what_is_old_and_nothing_else_and_goes_on_where_it_stopped(store: Store):
    kept = "\nprotection: {retention: {bodies: 30, words: 10, vault: 5}}"
    one = kernel(store, ANNOTATE + kept, items=4, body=lambda name: {"text": f"{SECRET} {name}"})
    for name in ("i0", "i2", "i3"):
        held = {each.item_id: each.work_id for each in one.claim("ann", 4)}
        one.say("ann", held[one.items[name]], "answer", "a", comment=SECRET)
    with store.write() as connection:
        vault_ = open_vault(connection, store.home, one.programme, "desk")
        token = vault_.token("email", "a@b.co")
        held_ = {one.items["i3"]: [token]}
        keep_tokens(connection, vault_, one.programme, {token: ("email", "a@b.co")}, held_, at=now() - 6 * DAY)
        old = [one.items["i0"], one.items["i1"]]
        connection.execute(update(item).where(item.c.id.in_(old)).values(created_at=now() - 31 * DAY))
        said = judgement.c.item_id.in_([one.items["i0"], one.items["i2"]])
        connection.execute(update(judgement).where(said).values(said_at=now() - 11 * DAY))
    args = {"programme": one.programme}
    done = run(store, "retain", args, retain, programme=one.programme, by=None)
    assert done == {"items": 2, "words": 1, "tokens": 1, "releases": 0}
    with store.read() as connection:
        gone = erased_items(connection, one.programme, after=0, limit=9)
        assert [(each.external_id, each.who) for each in gone] == [("i0", None), ("i1", None)]
        assert connection.execute(select(vault)).all() == []
        assert [(each.token, each.sealed) for each in tokens_of(connection, one.programme, one.items["i3"])] == [
            (token, None)
        ]
        left = dict(connection.execute(select(judgement.c.item_id, judgement.c.comment)).all())
    assert left == {one.items["i0"]: None, one.items["i2"]: None, one.items["i3"]: SECRET}
    assert run(store, "retain", args, retain, programme=one.programme, by=None)["items"] == 0
    ledger.seal(store)
    with store.read() as connection:
        assert ledger_report.verify(connection, one.programme).outcome == "pass"
        assert connection.execute(select(batch_item)).all() != []
