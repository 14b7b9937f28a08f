"""What a manager sees of a person, what the person sees of themselves, and contesting it; on both databases."""

import json
import threading
from typing import Any

import pytest
from sqlalchemy import insert, select
from tests.contract.kernel import ANNOTATE, Kernel, kernel

from goldloop.core.canonical import canonical
from goldloop.core.clock import SECOND
from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.jobs.running import Running
from goldloop.loop.blind import open_audit_batch
from goldloop.quality.people import reports as people
from goldloop.quality.people.competence import competence
from goldloop.quality.people.contest import contest
from goldloop.quality.suspects.measured import suspects
from goldloop.store import jobs
from goldloop.store.batches import batch_row
from goldloop.store.briefs import briefs
from goldloop.store.codes import DECISION
from goldloop.store.open import Store
from goldloop.store.people import Person, add_person, grant
from goldloop.store.schema import decision, gold, judgement
from goldloop.store.values import NewValue, value_key

BOTH = ANNOTATE + "\nconsensus: {share: 1.0, because: everything is asked twice, judgements: 2, limit: 2}"


def report(one: Kernel, who: str) -> dict[str, Any]:
    with one.store.read() as connection:
        found = people.person_report(connection, one.store.ids, one.programme, one.people[who])
    assert found is not None
    return found


def know(one: Kernel, item: str, of: str) -> None:
    """What somebody said of an item is gold."""
    with one.store.write() as connection:
        said = next(row for row in one.said(item) if row.actor_id == one.people[of])
        connection.execute(insert(gold), {"item_id": one.items[item], "judgement_id": said.id, "set_at": one.at})


def said_by(one: Kernel, who: str, item: str) -> int:
    return next(row.id for row in one.said(item) if row.actor_id == one.people[who])


def second_senior(one: Kernel) -> None:
    with one.store.write() as connection:
        one.people["tom"] = add_person(connection, 1, Person("tom", tiers=(3,)), at=one.at)
        grant(connection, one.programme, one.people["tom"], "annotator", (3,), by=one.mona, at=one.at)


def test_accuracy_is_counted_beside_gold_with_its_interval_and_what_nobody_checked_has_none(store: Store):
    one = kernel(store, BOTH, items=3)
    for item, label in (("i0", "a"), ("i1", "b"), ("i2", "c")):
        one.on("ann", item, "answer", label)
        one.on("ben", item, "answer", "a")
    for item in ("i0", "i1"):
        know(one, item, "ann")
    found = report(one, "ben")
    assert (found["accuracy"]["value"], found["accuracy"]["n"], found["accuracy"]["eligible"]) == (0.5, 2, 3)
    assert found["accuracy"]["low"] < 0.5 < found["accuracy"]["high"]
    assert found["confusion"] == [{"reference": "b", "answer": "a", "answers": 1}]
    assert [one_["right"] for one_ in found["history"]] == [False, True]
    assert found["drift"]["n"] == 2 and found["drift"]["signal"] is None and found["drift"]["run_length"] >= 1000
    assert found["stands_out"] is None  # two answers name nobody
    assert found["speed"]["value"] is None and found["speed"]["because"]
    assert report(one, "ann")["accuracy"]["value"] == 1.0
    with one.store.read() as connection:
        assert people.person_report(connection, store.ids, one.programme, one.people["cid"]) is None
        whole = people.team(connection, store.ids, one.programme)
    assert [row["name"] for row in whole["people"]] == ["ann", "ben"]
    assert whole["cohorts"][0]["people"] == 2


def test_what_was_taken_back_is_in_no_denominator_and_an_item_audited_twice_is_one_reference(store: Store):
    one = kernel(store, BOTH, items=3)
    one.undo("ben", one.on("ben", "i0", "answer", "c"))
    for item in ("i0", "i1"):
        one.on("ben", item, "answer", "a")
        one.on("ann", item, "answer", "a")
    with store.write() as connection:
        (batch_id,) = one.batches()
        task_id = one.said("i0")[0].task_id
        row = batch_row(connection, batch_id)
        for name, said in (("first", "a"), ("second", "b")):  # two audits of one item; the newer one is its reference
            key = open_audit_batch(connection, row, name=name, parent=None, at=one.at)
            value_id = value_key(connection, task_id, NewValue(canonical({"labels": [said]}), (said,)))
            connection.execute(
                insert(decision),
                {
                    "batch_id": key,
                    "item_id": one.items["i0"],
                    "state": DECISION["decided"],
                    "value_id": value_id,
                    "judgements": "[]",
                    "because": "",
                    "changes": 1,
                    "changed_at": one.at,
                },
            )
    found = report(one, "ben")
    assert found["said"] == {"answer": 2}
    accuracy = found["accuracy"]
    assert (accuracy["value"], accuracy["n"], accuracy["eligible"]) == (0.0, 1, 2)
    assert [line["reference"] for line in found["history"]] == ["b"]


def test_a_second_senior_rules_on_a_contested_ruling_and_the_rate_measures_the_first(store: Store):
    one = kernel(store, BOTH, items=1)
    one.on("ann", "i0", "answer", "a")
    one.on("ben", "i0", "answer", "b")
    one.answer("sue", "adjudicate", "b")
    mine = said_by(one, "ann", "i0")
    with store.write() as connection:
        grant(connection, one.programme, one.mona, "manager", (), by=one.mona, at=one.at)  # she does not rule
    with store.write() as connection, pytest.raises(Conflict, match="nobody is left who could rule"):
        contest(connection, one.contexts, one.people["ann"], mine, "the clause says a", at=one.at)
    second_senior(one)
    with store.write() as connection:
        with pytest.raises(NotFound, match="no such answer of yours"):
            contest(connection, one.contexts, one.people["ben"], mine, "the clause says a", at=one.at)
        with pytest.raises(Conflict, match="nothing stands against"):
            contest(
                connection, one.contexts, one.people["ben"], said_by(one, "ben", "i0"), "the clause says b", at=one.at
            )
        with pytest.raises(Invalid, match="needs its reason"):
            contest(connection, one.contexts, one.people["ann"], mine, "no", at=one.at)
        contest(connection, one.contexts, one.people["ann"], mine, "the clause says a", at=one.at)
        with pytest.raises(Conflict, match="contested already"):
            contest(connection, one.contexts, one.people["ann"], mine, "the clause says a", at=one.at)
    assert one.claim("sue") == []
    (held,) = one.claim("tom")
    assert sorted(shown.answer["labels"][0] for shown in held.others) == ["a", "b"]
    one.say("tom", held.work_id, "adjudicate", "a")
    assert one.label("i0") == "a"
    with store.read() as connection:
        found = people.contest_page(connection, store.ids, one.programme)
    (line,) = found["contests"]
    assert (line["outcome"], line["said"], line["held"], line["ruled"]) == ("overturned", "a", "b", "a")
    (rate,) = found["overturned"]
    assert (rate["kind"], rate["who"], rate["rate"]["value"], rate["rate"]["n"]) == ("correction", "sue", 1.0, 1)
    assert report(one, "ann")["contests"] == [line]


def test_a_gold_answer_can_be_contested_and_its_rate_measures_gold(store: Store):
    one = kernel(store, BOTH, items=1)
    one.on("ann", "i0", "answer", "a")
    one.on("ben", "i0", "answer", "a")
    with store.write() as connection:
        row = connection.execute(select(judgement).where(judgement.c.id == said_by(one, "ann", "i0"))).one()
        wrong = {**row._mapping, "actor_id": one.mona, "batch_id": None, "work_id": None, "queue": None}
        other = one.said("i0")[0].value_id
        del wrong["id"], wrong["client_key"]
        wrong["value_id"] = value_key(connection, row.task_id, NewValue('{"labels":["c"]}', ("c",)))
        assert wrong["value_id"] != other
        key = connection.execute(insert(judgement).returning(judgement.c.id), wrong).scalar_one()
        connection.execute(insert(gold), {"item_id": one.items["i0"], "judgement_id": key, "set_at": one.at})
        contest(connection, one.contexts, one.people["ann"], row.id, "nobody would say c here", at=one.at)
    assert report(one, "ann")["accuracy"]["value"] == 0.0
    one.answer("sue", "adjudicate", "a")
    with store.read() as connection:
        (rate,) = people.contest_page(connection, store.ids, one.programme)["overturned"]
    assert (rate["kind"], rate["who"], rate["rate"]["value"]) == ("gold", None, 1.0)


def test_competence_is_stored_as_evidence_with_its_time_and_suspects_are_ranked(store: Store):
    one = kernel(store, BOTH.replace("judgements: 2, limit: 2", "judgements: 3, limit: 3"), items=12)
    for n in range(12):
        for who in ("ann", "ben", "cid"):
            label = "abc"[n % 3]
            if (who, n) == ("ann", 1):  # taken back: no answer of hers
                one.undo("ann", one.on("ann", "i1", "answer", "c"))
            one.on(who, f"i{n}", "answer", "abc"[(n + 1) % 3] if who == "cid" and n % 2 else label)
    for n in range(1, 12, 2):
        one.on("sue", f"i{n}", "adjudicate", "abc"[(n + 1) % 3])  # the senior sides with the one who is mostly alone
    with store.write() as connection:
        jobs.enqueue(connection, "competence", {"programme": one.programme}, programme=one.programme, asked_by=None)
        job = jobs.claim(connection, ["competence"], runner="test", lease=60 * SECOND)
    assert job is not None
    assert competence(Running(store, job, runner="test", stop=threading.Event()))["answers"] == 36
    skill = {who: report(one, who)["competence"] for who in ("ann", "cid")}
    assert skill["ann"]["value"] > skill["cid"]["value"]
    assert skill["cid"]["interval"]["low"] <= skill["cid"]["value"] <= skill["cid"]["interval"]["high"]
    assert skill["ann"]["measured_at"] > 0 and skill["ann"]["n"] == 12
    with store.read() as connection:
        found = suspects(connection, store.ids, one.programme)
        health = people.ontology_decay(connection, one.programme)
        (told,) = briefs(connection, one.programme)
    odd = {one.items[f"i{n}"] for n in range(1, 12, 2)}
    assert {line.item_id for line in found[:6]} <= odd
    assert {line.by for line in found} == {"people"}
    assert told.source == "suspects" and set(json.loads(told.scope)["items"]) == {f"i{n}" for n in range(1, 12, 2)}
    assert sum(line["share"]["n"] for line in health if line["label"] == "a") > 0
