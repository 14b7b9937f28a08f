"""Doubted gold, undecided exams and work that waits for nobody are findings, and end with what ends them."""

import json

from sqlalchemy import insert, select
from tests.contract.kernel import ANNOTATE, Kernel, kernel
from tests.contract.test_calibration import calibrated
from tests.contract.world import put

from goldloop.loop.brief import heard
from goldloop.rhythm.standing_findings import standing_findings
from goldloop.store import calibrations, schema
from goldloop.store.briefs import BriefRow, briefs
from goldloop.store.calibrations import CalibrationRow
from goldloop.store.codes import CALIBRATION
from goldloop.store.gold import withdraw_gold
from goldloop.store.open import Store
from goldloop.store.people import withdraw_grants
from goldloop.store.phrases import phrase_key
from goldloop.store.releases import newest_release
from goldloop.store.schema import member


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
