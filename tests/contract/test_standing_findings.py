"""Doubted gold, undecided exams, stuck work, drift and what a ruling puts in doubt are findings that end."""

import json
import threading
from uuid import uuid4

from sqlalchemy import insert, select
from tests.contract.kernel import ANNOTATE, Kernel, kernel
from tests.contract.test_calibration import calibrated
from tests.contract.world import put

from goldloop.core.clock import SECOND
from goldloop.jobs.running import Running
from goldloop.loop.brief import heard
from goldloop.loop.submit import Note, Submission, submit
from goldloop.programmes.briefs.work import work_brief
from goldloop.rhythm.standing_findings import standing_findings
from goldloop.store import calibrations, jobs, schema
from goldloop.store.briefs import BriefRow, briefs
from goldloop.store.calibrations import CalibrationRow
from goldloop.store.codes import CALIBRATION
from goldloop.store.gold import withdraw_gold
from goldloop.store.open import Store
from goldloop.store.people import withdraw_grants
from goldloop.store.phrases import phrase_key
from goldloop.store.releases import newest_release
from goldloop.store.schema import member
from goldloop.store.values import NewValue, value_key


def look(made: Kernel, *, after: int = 0) -> dict[str, BriefRow]:
    """A nightly look; the briefs by key."""
    with made.store.write() as connection:
        for one in standing_findings(connection, made.store.ids, made.programme):
            heard(connection, one, at=made.at + after)
    with made.store.read() as connection:
        return {one.key: one for one in briefs(connection, made.programme)}


def test_work_that_nobody_on_the_roster_may_do_is_found_until_somebody_may(store: Store) -> None:
    made = kernel(store, ANNOTATE, items=3)
    assert look(made) == {}
    with store.write() as connection:
        for name in ("ann", "ben", "cid", "dee"):
            withdraw_grants(connection, made.programme, made.people[name])
    row = look(made, after=1)["stuck:roster"]
    assert (row.source, row.state) == ("stuck", "open")
    assert row.because == "3 works wait: nobody on the roster has tier 1"
    with store.write() as connection:
        connection.execute(
            insert(member).values(
                programme_id=made.programme,
                actor_id=made.people["ann"],
                role="annotator",
                tiers="[1]",
                granted_by=made.mona,
                granted_at=made.at,
            )
        )
    assert look(made, after=2)["stuck:roster"].state == "closed"


def stands(made: Kernel, who: str, state: str) -> None:
    with made.store.write() as connection:
        task = phrase_key(connection, "any task")
        row = CalibrationRow(made.programme, made.people[who], task, CALIBRATION[state], 1, 0, made.at, "3 of 6 right")
        calibrations.set_calibration(connection, row)


def test_an_exam_that_ended_undecided_is_found_until_a_senior_has_ruled(store: Store) -> None:
    made = kernel(store, ANNOTATE, items=1)
    stands(made, "ann", "undecided")
    row = look(made)["exams:undecided"]
    assert (row.state, row.because) == ("open", "1 waits for a senior; 3 of 6 right")
    stands(made, "ann", "passed")
    assert look(made, after=1)["exams:undecided"].state == "closed"


def test_gold_that_good_people_doubt_is_found_until_it_is_withdrawn(store: Store) -> None:
    made = calibrated(store)
    with store.write() as connection:
        release = newest_release(connection, made.programme, "gold", "known")
        assert release is not None
        batch = made.batches()[0]
        lane = connection.execute(select(schema.lane.c.id).limit(1)).scalar_one()
        task = phrase_key(connection, "any task")
        for who in ("ann", "ben", "cid", "dee"):
            person = made.people[who]
            for n in range(10):  # right on all of them, but for the first
                item = made.items[f"g{n}"]
                said = put(connection, schema.judgement, item_id=item, actor_id=person, task_id=task)
                put(
                    connection,
                    schema.gold_work,
                    work_id=put(connection, schema.work, batch_id=batch, item_id=item, lane_id=lane),
                    programme_id=made.programme,
                    person_id=person,
                    release_id=release.id,
                    item_id=item,
                    sitting=1,
                    judgement_id=said,
                    right=n != 0,
                )
    row = look(made)["gold:known"]
    assert (row.source, row.state) == ("gold", "open")
    assert row.because.startswith("1 of 10 items that good people have answered, of 40; 4 of 4 people who are good")
    assert json.loads(row.scope)["items"] == ["g0"]
    with store.write() as connection:
        why = "the guideline says otherwise"
        withdraw_gold(connection, release.id, made.items["g0"], by=made.mona, because=why, at=made.at + 1)
    assert look(made, after=2)["gold:known"].state == "closed"


def test_somebody_whose_errors_become_frequent_is_found_until_they_are_rare_again(store: Store) -> None:
    made = kernel(store, ANNOTATE, items=90)
    free = iter(made.items.values())
    (held,) = made.claim("cid")
    made.say("cid", held.work_id, "answer", "a")
    with store.read() as connection:
        row = connection.execute(select(schema.judgement)).one()
    plain = {name: value for name, value in row._mapping.items() if name not in ("id", "client_key", "work_id")}

    def says(who: str, right: bool, number: int, *, after: int = 0) -> None:
        """So many answers, each beside gold that says the same, or another label."""
        with store.write() as connection:
            other = value_key(connection, row.task_id, NewValue('{"labels":["b"]}', ("b",)))
            for _ in range(number):
                item, by = next(free), {"actor_id": made.people[who], "said_at": made.at + after}
                put(connection, schema.judgement, **{**plain, **by, "item_id": item})
                of = {"actor_id": made.mona, "batch_id": None, "queue": None, "item_id": item}
                known = put(
                    connection, schema.judgement, **{**plain, **of, "value_id": row.value_id if right else other}
                )
                connection.execute(insert(schema.gold), {"item_id": item, "judgement_id": known, "set_at": made.at})

    says("ben", True, 40)
    says("ann", True, 20)
    assert "drift" not in {one.source for one in look(made).values()}
    says("ann", False, 7)
    (found,) = (one for one in look(made, after=1).values() if one.source == "drift")
    assert (found.title, found.state) == ("Errors of ann have become frequent", "open")
    assert found.because.startswith("the chart of 27 checked answers, 7 of them wrong, stands at ")
    assert "named once in 1,000 answers" in found.because
    with store.write() as connection:  # what was held against them turns out to be wrong: the chart is drawn anew
        connection.execute(schema.gold.delete())
    says("ann", True, 3, after=2)
    assert look(made, after=3)[found.key].state == "closed"


AMENDED = (
    ANNOTATE
    + """
guidelines: [{id: "1", title: First, label: a, text: One.}]
escalation: {tier: 3, hours: 2}
"""
)


def test_labels_given_before_a_ruling_that_would_change_their_clause_are_found_until_judged_again(store: Store) -> None:
    made = kernel(store, AMENDED, items=5)
    for item, label in (("i0", "a"), ("i1", "a"), ("i2", "b")):
        made.on("ann", item, "answer", label)
    (held,) = made.claim("ben")
    made.say("ben", held.work_id, "escalate", comment="is this still one?", at=made.at + 1)
    assert look(made, after=1) == {}
    (ruled,) = made.claim("sue", at=made.at + 2)
    note = Note(clause="1", amends="One, unless it is two.")
    with store.write() as connection:
        said = Submission(uuid4(), "adjudicate", {"labels": ["b"]}, "No: it is two.", note=note)
        submit(connection, made.contexts, made.people["sue"], ruled.work_id, said, at=made.at + 2)
    (row,) = look(made, after=3).values()
    assert (row.source, row.state) == ("ruling", "open")
    assert row.because == "2 accepted labels say a, were given before the ruling of sue, and were not judged again"
    assert json.loads(row.scope)["items"] == ["i0", "i1"]
    with store.write() as connection:
        jobs.enqueue(connection, "work_brief", {"brief": row.id}, programme=made.programme, asked_by=made.mona)
        job = jobs.claim(connection, ["work_brief"], runner="test", lease=60 * SECOND)
    assert job is not None
    assert work_brief(Running(store, job, runner="test", stop=threading.Event()))["items"] == 2
    assert look(made, after=4)[row.key].state == "in_work"
    for _ in range(2):
        made.answer("cid", "answer", "b", at=made.at + 5)
    assert look(made, after=6)[row.key].state == "closed"
