"""A finding becomes a brief, and only a healthy number on newer data ends it, on both databases."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from tests.contract import gates
from tests.contract.kernel import ANNOTATE, Kernel, kernel

from goldloop.core.clock import DAY, SECOND
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.families import Measured
from goldloop.core.nouns import Spec
from goldloop.loop import repair
from goldloop.loop.brief import MOST_ITEMS, Reading, heard
from goldloop.loop.context import Contexts
from goldloop.programmes.briefs.work import work_brief
from goldloop.quality.gates.run import waive
from goldloop.quality.sla.evaluate import keep_sla
from goldloop.store import briefs
from goldloop.store.briefs import BriefRow, Word
from goldloop.store.evidence import add_evidence
from goldloop.store.items_named import decided_values
from goldloop.store.open import Store
from goldloop.store.schema import event
from goldloop.store.values import answers

KEY = "cluster:a>b"


def read(made: Kernel, healthy: bool | None, because: str, *, after: int, data_after: int | None = None) -> int | None:
    """A reading so many seconds after the start, on evidence of its own."""
    at = made.at + after * SECOND
    value = {True: 0.99, False: 0.71, None: None}[healthy]
    with made.store.write() as connection:
        (evidence,) = add_evidence(
            connection,
            made.store.ids,
            made.programme,
            None,
            Spec(name="accuracy.v1"),
            [Measured(value=value, n=100, eligible=400, method="a count", because="none" if value is None else None)],
            at=at,
        )
        reading = Reading(
            made.programme,
            KEY,
            "cluster",
            "a is taken for b",
            healthy,
            because,
            evidence_ids=(made.store.ids.key("evidence", str(evidence.id)),),
            scope={"labels": ["a", "b"], "items": [f"i{n}" for n in range(MOST_ITEMS + 5)]},
            data_at=None if data_after is None else made.at + data_after * SECOND,
        )
        return heard(connection, reading, at=at)


def standing(made: Kernel) -> tuple[BriefRow, list[Word]]:
    with made.store.read() as connection:
        (row,) = briefs.briefs(connection, made.programme)
        return row, briefs.brief_words(connection, [row.id])[row.id]


def test_a_finding_has_an_owner_a_due_date_and_its_numbers(store: Store) -> None:
    made = kernel(store)
    assert read(made, True, "0.99 of 400", after=0) is None, "what is healthy opens nothing"
    assert read(made, None, "too few", after=0) is None, "what is unknown opens nothing"
    key = read(made, False, "0.71 of 400", after=1)
    row, (word,) = standing(made)
    assert (row.id, row.state, row.owner_id, row.relapses) == (key, "open", made.mona, 0)
    assert row.due_at - row.opened_at == 14 * DAY
    assert len(json.loads(row.scope)["items"]) == MOST_ITEMS
    assert (word.kind, word.because, word.healthy, len(word.evidence)) == ("opened", "0.71 of 400", False, 1)


def test_it_is_closed_by_newer_data_alone_and_a_relapse_reopens_it(store: Store) -> None:
    made = kernel(store)
    key = read(made, False, "0.71", after=1)
    assert read(made, False, "0.70", after=2) is None
    assert read(made, None, "nothing judged", after=3) is None
    assert read(made, True, "0.99 on what was there", after=4, data_after=1) is None
    assert standing(made)[0].state == "open"
    assert read(made, True, "0.99", after=5, data_after=4) == key
    assert standing(made)[0].state == "closed"
    assert read(made, True, "0.99", after=6) is None
    assert read(made, False, "0.60", after=7) == key
    row, words = standing(made)
    assert (row.state, row.relapses, row.since_at, row.opened_at) == (
        "open",
        1,
        made.at + 7 * SECOND,
        made.at + SECOND,
    )
    assert [one.kind for one in words] == ["opened", "heard", "heard", "heard", "closed", "reopened"]
    assert words[4].evidence
    assert row.due_at == row.since_at + 14 * DAY


def test_the_same_reading_again_adds_nothing(store: Store) -> None:
    made = kernel(store)
    for after in range(3):
        read(made, False, "0.71", after=after)
    assert len(standing(made)[1]) == 1


def test_every_step_is_an_event_of_its_transaction(store: Store) -> None:
    made = kernel(store)
    read(made, False, "0.71", after=1)
    read(made, True, "0.99", after=2)
    with made.store.read() as connection:
        rows = connection.execute(
            select(event.c.kind, event.c.data).where(event.c.kind.like("brief.%")).order_by(event.c.id)
        )
        found = [(kind, json.loads(data)["because"]) for kind, data in rows]
    assert found == [("brief.opened", "0.71"), ("brief.closed", "0.99")]


def test_two_that_find_the_same_at_once_open_one_brief(store: Store) -> None:
    made = kernel(store)
    threads = [threading.Thread(target=read, args=(made, False, f"seen by {n}"), kwargs={"after": 1}) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _, words = standing(made)
    assert sorted(one.because for one in words) == [f"seen by {n}" for n in range(4)]
    assert [one.kind for one in words].count("opened") == 1


GATED = """
batches: {gate: release, size: 40}
gates:
  release:
    owner: mona
    sample: {size: 20, tier: 3, minimum: 0}
    checks: [{floor.v1: {of: accuracy.v1, at: 0.8}}, completeness.v1]
    failed_batch: [{floor.v1: {of: accuracy.v1, at: 0.7}}]
sla:
  client: Northwind
  terms:
    right: {promise: accuracy, owner: mona, at: 0.8}
"""


def label_half_wrong(made: Kernel) -> int:
    """Ann and ben label forty items, ben all of them wrong; sue audits, and the gate fails. The batch."""
    (batch,) = made.batches()
    for _ in range(2):
        for who in ("ann", "ben"):
            for one in made.claim(who, 10):
                made.say(who, one.work_id, "answer", "b" if who == "ben" else "a")
    gates.gate(made, batch)
    gates.work_off(made, "sue", lambda _: "a")
    assert gates.gate(made, batch)["outcome"] == "fail"
    return batch


def repaired(made: Kernel, batch: int) -> None:
    """Ben's labels are sent back, somebody else labels them, and a fresh sample passes."""
    gates.send_back(made, batch, annotator="ben")
    gates.work_off(made, "cid", lambda _: "a")
    gates.gate(made, batch)
    gates.work_off(made, "sue", lambda _: "a")
    assert gates.gate(made, batch)["outcome"] == "pass"


def by_source(made: Kernel) -> dict[str, BriefRow]:
    with made.store.read() as connection:
        return {one.source: one for one in briefs.briefs(connection, made.programme)}


def test_a_failed_gate_and_a_broken_promise_open_briefs_that_a_fresh_sample_closes(store: Store) -> None:
    made = kernel(store, ANNOTATE + GATED, items=40)
    batch = label_half_wrong(made)
    gates.run(made, "sla", keep_sla, {"programme": made.programme})
    found = by_source(made)
    assert {source: one.state for source, one in found.items()} == {"gate": "open", "sla": "open"}
    assert (
        found["gate"].title
        == f"{gates.row(made, batch).name} does not pass its gate release: floor.v1 0.8 of accuracy.v1"
    )
    with store.read() as connection:
        (opened,) = briefs.brief_words(connection, [found["gate"].id])[found["gate"].id]
    assert (opened.batch_id, opened.verdict_id is not None, len(opened.evidence)) == (batch, True, 1)
    gates.gate(made, batch)
    assert by_source(made)["gate"].state == "open", "the same sample again closes nothing"

    repaired(made, batch)
    gates.run(made, "sla", keep_sla, {"programme": made.programme})
    found = by_source(made)
    assert {source: one.state for source, one in found.items()} == {"gate": "closed", "sla": "closed"}
    assert found["gate"].key.startswith(f"gate:{gates.row(made, batch).name}:floor.v1:")


def test_a_waiver_of_the_verdict_waives_its_briefs_and_the_next_failure_opens_them_again(store: Store) -> None:
    made = kernel(store, ANNOTATE + GATED, items=40)
    batch = label_half_wrong(made)
    with store.write() as connection:
        context = Contexts().batch(connection, batch)
        waive(connection, context, by=made.mona, because="the client takes it as it is", at=made.at + DAY)
    row = by_source(made)["gate"]
    assert (row.state, row.remedy) == ("waived", "accept")
    with store.write() as connection:
        last = briefs.brief_words(connection, [row.id])[row.id][-1]
        assert (last.kind, last.by, last.because) == ("waived", "Mona", "the client takes it as it is")
        reading = Reading(made.programme, row.key, "gate", row.title, False, "still wrong")
        assert heard(connection, reading, at=made.at + 2 * DAY) == row.id
    assert by_source(made)["gate"].relapses == 0, "it was never repaired, so nothing relapsed"


def test_people_take_remedy_and_wait_but_only_a_number_closes(store: Store) -> None:
    made = kernel(store)
    key = read(made, False, "0.71", after=1)
    assert key is not None
    sue, at = made.people["sue"], made.at + 10 * SECOND
    with store.write() as connection:
        with pytest.raises(Conflict, match="how this was repaired"):
            repair.call_repaired(connection, key, "it is all done", by=sue, at=at)
        repair.take(connection, key, owner=sue, by=sue, at=at)
        repair.choose(connection, key, "relabel", "all of a that were said to be b", by=sue, at=at)
        repair.postpone(connection, key, at + 30 * DAY, "sue is away for two weeks", by=made.mona, at=at)
        repair.call_repaired(connection, key, "it is all done", by=sue, at=at)
    row, words = standing(made)
    assert (row.state, row.owner_id, row.remedy, row.due_at) == ("waiting", sue, "relabel", at + 30 * DAY)
    assert [(one.kind, one.by) for one in words[1:]] == [
        ("owned", "sue"),
        ("remedied", "sue"),
        ("due", "Mona"),
        ("repaired", "sue"),
    ]
    assert read(made, False, "0.70", after=20) is None
    assert standing(made)[0].state == "in_work", "what was called repaired and is not goes back to work"
    assert read(made, True, "0.99", after=30) == key
    with store.write() as connection, pytest.raises(Conflict, match="over"):
        repair.take(connection, key, owner=sue, by=sue, at=at)


def test_the_items_of_a_brief_are_judged_again_in_a_batch_that_it_names(store: Store) -> None:
    made = kernel(store)
    for item in made.items:
        made.on("ann", item, "answer", "b")
    key = read(made, False, "0.71", after=1)
    done = gates.run(made, "work_brief", work_brief, {"brief": key})
    assert done["items"] == len(made.items), "those of its scope that are here"
    row, words = standing(made)
    assert (row.state, words[-1].kind, words[-1].by) == ("in_work", "worked", "Mona")
    (again,) = (one for one in gates.rows(made) if one.id == words[-1].batch_id)
    assert (again.name, again.purpose, again.item_count) == (done["name"], "production", len(made.items))
    assert made.claim("ann", 10) == [], "nobody judges their own answer again"
    held = made.claim("ben", 10)
    assert [(one.suggestion, one.others) for one in held] == [(None, ())] * len(made.items), "blind"
    for one in held:
        made.say("ben", one.work_id, "answer", "a")
    with store.read() as connection:
        found = decided_values(connection, list(made.items.values()))
        texts = answers(connection, [one.value_id for one in found.values()])
    assert {texts[one.value_id] for one in found.values()} == {'{"labels":["a"]}'}, "the newest label is the label"


@pytest.mark.parametrize(
    ("act", "refused"),
    [
        (lambda c, key, by, at: repair.choose(c, key, "relabel", "short", by=by, at=at), Invalid),
        (lambda c, key, by, at: repair.choose(c, key, "accept", "we live with it", by=by, at=at), Conflict),
        (lambda c, key, by, at: repair.waive(c, key, "   ", by=by, at=at), Invalid),
        (lambda c, key, by, at: repair.postpone(c, key, at, "it was yesterday", by=by, at=at), Invalid),
    ],
)
def test_a_step_without_its_reason_is_refused(store: Store, act: Callable[..., Any], refused: type[Exception]) -> None:
    made = kernel(store)
    key = read(made, False, "0.71", after=1)
    with store.write() as connection, pytest.raises(refused):
        act(connection, key, made.mona, made.at + 2 * SECOND)
