"""The record proves that human-only items are labelled by people alone, and names what says otherwise."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, insert, select
from tests.contract.gates import run
from tests.contract.kernel import ACCEPT, MODELS, VERIFY, Kernel, kernel

from goldloop.core.clock import SECOND
from goldloop.labelling.human_only.found import KEY, find_misses, human_only_of
from goldloop.labelling.human_only.proof import prove
from goldloop.loop.latch import latch
from goldloop.store.briefs import briefs
from goldloop.store.items import latch_human_only
from goldloop.store.open import Store
from goldloop.store.schema import actor, brief, human_only, release, release_row, work

BLIND = "blind: {share: 0.5}\nhuman_only: {misses: 0.1}\n"
LATER = 3600 * SECOND  # than anything that the test did


def proved(one: Kernel) -> dict[str, Any]:
    return run(one, "prove_human_only", prove, {})


def by_people(one: Kernel) -> None:
    """Everything is labelled and ruled on by people."""
    left = True
    while left:
        left = False
        for who, stance in (("ann", "answer"), ("ben", "answer"), ("sue", "adjudicate")):
            for held in one.claim(who, 10):
                left = True
                if held.suggestion is not None:
                    one.say(who, held.work_id, "accept")
                else:
                    one.say(who, held.work_id, stance, "b")


@pytest.fixture
def people(store: Store) -> Kernel:
    """Two human-only items and two others, all labelled."""
    one = kernel(store, MODELS + VERIFY, items={"i0": "danger", "i1": "danger", "i2": "a", "i3": "a"})
    by_people(one)
    return one


def test_a_record_without_a_fault_is_proved(people: Kernel) -> None:
    found = proved(people)
    assert (found["items"], found["routed"], found["violations"], found["named"]) == (2, 4, 0, [])


def test_a_label_that_rests_on_a_shown_suggestion_is_named(people: Kernel) -> None:
    with people.store.write() as connection:  # past the kernel, as nobody can
        latch_human_only(connection, {people.items["i2"]: "slipped in"}, at=people.at + LATER)
    found = proved(people)
    (wrong,) = found["named"]
    assert (wrong["kind"], wrong["item"], wrong["batch"]) == ("label", "i2", "batch-1")
    assert wrong["what"] == "its accepted label rests on the person ann, who saw the suggestion"
    assert found["counts"]["label"] == found["violations"] == 1


def test_labels_of_simulated_people_and_of_machines_are_named(store: Store) -> None:
    one = kernel(store, MODELS + ACCEPT, items={"i0": "danger", "i1": "a"})
    by_people(one)
    with store.write() as connection:
        latch_human_only(connection, {one.items["i1"]: "slipped in"}, at=one.at + LATER)
        connection.execute(actor.update().where(actor.c.name == "sue").values(simulated=True))
    said = {wrong["item"]: wrong["what"] for wrong in proved(one)["named"]}
    assert said == {
        "i0": "its accepted label rests on the simulated person sue",
        "i1": "its accepted label rests on the model oracle",
    }


def test_work_that_would_show_a_suggestion_is_named(store: Store) -> None:
    one = kernel(store, MODELS + VERIFY, items={"i0": "a", "i1": "danger"})
    with store.write() as connection:
        latch_human_only(connection, {one.items["i0"]: "slipped in"}, at=one.at + LATER)
    assert [(wrong["kind"], wrong["item"]) for wrong in proved(one)["named"]] == [("work", "i0")]
    with store.write() as connection:  # as the kernel does it, the work is closed and opened anew without
        connection.execute(delete(human_only).where(human_only.c.item_id == one.items["i0"]))
        latch(connection, one.contexts, {one.items["i0"]: "somebody said so"}, at=one.at + 2 * LATER)
    assert proved(one)["violations"] == 0
    with store.write() as connection:
        shown = select(work.c.id).where(work.c.item_id == one.items["i1"]).scalar_subquery()
        suggestion = select(work.c.suggestion_id).where(work.c.suggestion_id.is_not(None)).limit(1).scalar_subquery()
        connection.execute(work.update().where(work.c.id == shown).values(suggestion_id=suggestion))
    assert [(wrong["kind"], wrong["item"]) for wrong in proved(one)["named"]] == [("work", "i1")]


def test_a_released_label_that_no_person_gave_is_named(people: Kernel) -> None:
    with people.store.write() as connection:
        (batch,) = people.batches()
        value = people.said("i0")[-1].value_id
        wrong = people.said("i0")[0].value_id
        of = {"programme_id": people.programme, "name": "data"}
        connection.execute(
            insert(release).values(
                **of,
                kind="dataset",
                number=1,
                digest=b"",
                body="{}",
                sealed_by=people.mona,
                sealed_at=people.at + LATER,
            )
        )
        rows = [
            {**of, "item_id": people.items[item], "batch_id": batch, "value_id": key, "valid_from": 1}
            for item, key in (("i0", value), ("i1", wrong))
        ]
        connection.execute(insert(release_row), rows)
    (found,) = proved(people)["named"]
    assert (found["kind"], found["item"]) == ("release", "i1")
    assert found["what"] == "release data@1 holds a label of it that no person gave unassisted"


def test_what_was_suspected_and_let_go_is_named(people: Kernel) -> None:
    with people.store.write() as connection:
        connection.execute(delete(human_only).where(human_only.c.item_id == people.items["i1"]))
    found = proved(people)
    (wrong,) = found["named"]
    assert (wrong["kind"], wrong["item"]) == ("suspected", "i1")
    assert "a model suggested danger" in wrong["what"]


def test_what_goes_unsuspected_is_measured_on_the_blind_share_and_opens_a_brief(store: Store) -> None:
    one = kernel(
        replace(store, secret=b"the same every time"),
        MODELS + VERIFY + BLIND,
        items={f"i{n}": "a" for n in range(40)} | {f"d{n}": "danger" for n in range(4)},
    )
    names = {key: name for name, key in one.items.items()}
    left = True
    while left:
        left = False
        for who in ("ann", "ben", "sue"):
            for held in one.claim(who, 10):
                left = True
                if held.suggestion is not None:
                    one.say(who, held.work_id, "accept")
                    continue
                stance = "adjudicate" if held.queue == "review" else "answer"
                hit = held.human_only or names[held.item_id] in ("i0", "i1", "i2", "i3")
                one.say(who, held.work_id, stance, "danger" if hit else "a")
    with store.read() as connection:
        page = human_only_of(connection, one.programme)
    whole = page["misses"][0]
    assert (whole["n"], whole["eligible"], whole["caught"]) == (20, 40, 4)
    assert 1 <= whole["missed"] <= 4
    missed = {"rule": "named by people, suspected by no trigger", "items": whole["missed"]}
    assert page["triggers"] == [{"rule": "human-only label", "items": 4}, missed], (
        "what was missed is ours from then on"
    )
    assert page["latched"] == 4 + whole["missed"]
    assert whole["value"] == pytest.approx(2 * whole["missed"] / (2 * whole["missed"] + 4))
    said = run(one, "human_only", find_misses, {})
    assert (said["healthy"], said["briefs"]) == (False, 1)
    with store.read() as connection:
        (opened,) = briefs(connection, one.programme, brief.c.key == KEY)
    assert (opened.source, opened.state) == ("human_only", "open")
    assert proved(one)["violations"] == 0
