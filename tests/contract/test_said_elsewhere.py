"""What people said elsewhere of a human-only item: it stands as it came, counted apart, and buys nothing out."""

import json
from typing import Any

import pytest
from sqlalchemy import delete, insert, select
from tests.contract.gates import gate, run, send_back, verdict
from tests.contract.kernel import ANNOTATE, MODELS, VERIFY, Kernel, kernel
from tests.contract.said_elsewhere import JSONL, begun, bring, rows
from tests.contract.test_people_only import PREFERENCES, pair, preferring

from goldloop.core.canonical import canonical
from goldloop.core.clock import HOUR
from goldloop.core.nouns import CheckResult, Spec
from goldloop.labelling.human_only.found import human_only_of
from goldloop.labelling.human_only.proof import prove
from goldloop.loop.latch import latch_left_open
from goldloop.loop.rebuild import rebuild
from goldloop.programmes.releases.facts import _proof
from goldloop.programmes.sealed.facts import HumanOnlyProof
from goldloop.quality.deliveries.receive import receive
from goldloop.store import batches
from goldloop.store.codes import DECISION_NAMES
from goldloop.store.items import human_only_reasons
from goldloop.store.open import Store
from goldloop.store.people import organisation_key
from goldloop.store.programmes import policy_in_force
from goldloop.store.schema import carried, decision, human_only, judgement, segment

GATE = "\nbatches: {gate: all}\ngates: {all: {owner: mona, checks: [human_only.v1]}}\n"
STRICT = "human_only: {judgements: 3, ruling: always}\n"
LABEL_STUDIO = Spec(name="label_studio.v1")


def state(made: Kernel, item: str) -> str:
    with made.store.read() as connection:
        found = connection.execute(select(decision.c.state).where(decision.c.item_id == made.items[item])).scalar()
    return DECISION_NAMES[found] if found is not None else "open"


def latched(made: Kernel) -> dict[str, str]:
    with made.store.read() as connection:
        found = human_only_reasons(connection, list(made.items.values()))
    return {name: found[key] for name, key in made.items.items() if key in found}


def proof(made: Kernel) -> dict[str, Any]:
    return dict(run(made, "prove_human_only", prove, {}))


def certified(made: Kernel) -> HumanOnlyProof:
    """What a certificate over every batch would say."""
    with made.store.read() as connection:
        listed = batches.batches(connection, made.programme)
        return _proof(connection, made.programme, [one for one in listed if one.purpose != "audit"])


def line(made: Kernel, batch: int) -> CheckResult:
    gate(made, batch)
    (found,) = verdict(made, batch).results
    return found


def agree(made: Kernel, *, items: int, declared: int, violations: int = 0) -> None:
    """Certificate, proof and gate say the same of every item that is decided."""
    found = proof(made)
    assert (found["declared"], found["counts"].get("label", 0)) == (declared, violations)
    said = certified(made)
    assert (said.items, said.declared, said.violations) == (items, declared, violations)


@pytest.fixture
def preferred(store: Store) -> Kernel:
    """Three pairs that people elsewhere preferred among; of the last one they say different things."""
    made = kernel(store, ANNOTATE + "\n" + STRICT + GATE, programme_file=PREFERENCES, body=pair, items=0)
    one, two = preferring("a"), preferring("b")
    said = {"p0": {"x": one, "y": one, "z": one}, "p1": {"x": two}, "p2": {"x": one, "y": two}}
    bring(made, rows(said, body=pair))
    return made


def test_preferences_of_people_elsewhere_are_human_only_stand_as_they_came_and_are_counted_apart(
    preferred: Kernel,
) -> None:
    assert set(latched(preferred).values()) == {"only people may say pairwise.v1"}
    assert len(latched(preferred)) == 3
    assert [state(preferred, name) for name in ("p0", "p1", "p2")] == ["decided", "decided", "disputed"]
    (batch,) = preferred.batches()
    with preferred.store.read() as connection:
        because = connection.execute(select(decision.c.because).order_by(decision.c.item_id)).scalars().all()
    assert because[:2] == [
        "3 independent answers agree, as their source declares",
        "annotated in full, as their source declares",
    ]
    agree(preferred, items=2, declared=2)
    assert certified(preferred).because == (
        "0 of 2 were labelled by people alone, and 2 elsewhere: by people, and without a suggestion in sight, "
        "as their source declares"
    )
    found = line(preferred, batch)
    assert found.outcome == "pass"
    assert "2 elsewhere: by people, and without a suggestion in sight, as their source declares" in found.because


def test_a_dispute_is_ruled_on_here_by_a_senior_and_counts_as_ours(preferred: Kernel) -> None:
    preferred.answer("sue", "adjudicate", preferring("b"))
    assert state(preferred, "p2") == "decided"
    agree(preferred, items=3, declared=2)
    assert certified(preferred).because.startswith("1 of 3 were labelled by people alone, and 2 elsewhere")


def test_what_is_sent_back_is_labelled_here_as_the_programme_asks_it(preferred: Kernel) -> None:
    (batch,) = preferred.batches()
    gate(preferred, batch)
    send_back(preferred, batch)
    assert state(preferred, "p0") == "open"
    names = {key: name for name, key in preferred.items.items()}
    for who in ("ann", "ben", "cid"):
        for held in preferred.claim(who, 9):
            if names[held.item_id] == "p0":
                preferred.say(who, held.work_id, "answer", preferring("a"))
    assert state(preferred, "p0") == "open", "three have answered, and a senior rules on every item"
    agree(preferred, items=0, declared=0)


def test_rebuilding_comes_to_the_same(preferred: Kernel) -> None:
    assert rebuild(preferred.store, preferred.contexts, preferred.programme).decisions == 0


def test_a_replay_that_was_rebuilt_before_its_work_was_opened_is_human_only_too(store: Store) -> None:
    made = kernel(store, ANNOTATE + "\n" + STRICT, programme_file=PREFERENCES, body=pair, items=0)
    bring(made, rows({"p0": {"x": preferring("a")}}, body=pair), opened=False)
    rebuild(store, made.contexts, made.programme)
    agree(made, items=1, declared=1)


@pytest.mark.parametrize(
    ("policy", "of", "because"),
    [
        ("human_only: {rules: [{rule: all, every_item: true}]}", {}, "all: every item of this programme"),
        ("human_only: {rules: [{rule: vip, slice: {kind: vip}}]}", {"kind": "vip"}, "vip: kind is vip"),
        ("", {"prediction": "danger"}, "human-only label: a model suggested danger"),
        ("", {"said": "danger"}, "human-only label: people said danger elsewhere"),
    ],
    ids=["programme", "slice", "label of a model", "label of a person"],
)
def test_by_whatever_they_are_human_only_they_are_when_they_come(
    store: Store, policy: str, of: dict[str, str], because: str
) -> None:
    made = kernel(store, MODELS + VERIFY + policy, items=0)
    of = dict(of)
    said = of.pop("said", "a")
    source = Spec(name="jsonl.v1", params={"judgements": "judgements", "slices": ["kind"]}) if "kind" in of else JSONL
    bring(made, rows({"i0": {"x": said, "y": said}}, **of), source)
    assert latched(made) == {"i0": because}
    assert made.label("i0") == said
    agree(made, items=1, declared=1)
    with store.read() as connection:
        page = human_only_of(connection, made.programme)
    assert page["latched"] == 1
    assert page["misses"][0]["eligible"] == 0, "no trigger of ours had its turn"


def test_a_prediction_that_comes_later_latches_what_is_being_verified_and_takes_the_work_back(store: Store) -> None:
    made = kernel(store, MODELS + VERIFY, items={"i0": "a"})
    (held,) = made.claim("ann")
    assert held.suggestion is not None
    made.say("ann", held.work_id, "accept")
    bring(made, rows({"i0": {}}, prediction="danger", confidence=0.9))
    assert latched(made) == {"i0": "human-only label: a model suggested danger"}
    assert made.state("i0") == "open"
    (again,) = made.claim("ben")
    assert (again.queue, again.suggestion, again.human_only) == ("annotate", None, True)


def test_who_looked_at_a_prediction_elsewhere_has_not_labelled_it_unassisted(store: Store) -> None:
    made = kernel(store, MODELS + VERIFY + STRICT, items=0)

    def result(label: str) -> list[dict[str, Any]]:
        return [{"from_name": "l", "to_name": "t", "type": "choices", "value": {"choices": [label]}}]

    task = {
        "id": "i0",
        "data": {"text": "text of i0"},
        "predictions": [{"id": 5, "model_version": "m", "result": result("danger")}],
        "annotations": [{"id": 7, "completed_by": 1, "parent_prediction": 5, "result": result("danger")}],
    }
    bring(made, json.dumps([task]), LABEL_STUDIO)
    assert list(latched(made)) == ["i0"]
    assert state(made, "i0") == "open"
    agree(made, items=0, declared=0)


def test_an_archive_without_its_latch_buys_no_preference_out_and_its_answers_are_declared(preferred: Kernel) -> None:
    """As if all of it had been labelled in another installation, whose file says nothing of human-only items."""
    preferred.answer("sue", "adjudicate", preferring("b"))
    with preferred.store.write() as connection:
        connection.execute(delete(human_only))
        keys = list(connection.execute(select(judgement.c.id)).scalars())
        shift = 1 - min(keys)
        row = {
            "programme_id": preferred.programme, "number": 1, "name": "there", "programme_key": 1, "events": "",
            "blocks": "", "block_count": 0, "event_count": 0, "fingerprint": "", "manifest": b"", "closed_at": 1,
        }  # fmt: skip
        closed = connection.execute(insert(segment).values(**row).returning(segment.c.id)).scalar_one()
        run_of = {"first": min(keys) + shift, "last": max(keys) + shift, "shift": -shift}
        connection.execute(insert(carried).values(segment_id=closed, noun="judgement", **run_of))
    found = certified(preferred)
    assert (found.items, found.declared, found.violations) == (3, 3, 0)
    (batch,) = preferred.batches()
    assert "3 elsewhere" in line(preferred, batch).because
    assert proof(preferred)["counts"] == {"suspected": 3}


def test_what_whoever_sent_it_left_open_is_human_only_by_all_that_was_said_of_it(store: Store) -> None:
    """An archive that says nothing of its human-only items: one a model named, one a person who worked there."""
    made = kernel(store, MODELS + VERIFY, items={"i0": "danger", "i1": "a", "i2": "a"})
    made.on("ann", "i1", "answer", "danger")
    with store.write() as connection:
        connection.execute(delete(human_only))
    assert proof(made)["counts"]["suspected"] == 2
    with store.write() as connection:
        policy, later = policy_in_force(connection, made.programme).policy, made.at + HOUR
        latch_left_open(connection, policy, made.programme, at=later)
        found = dict(connection.execute(select(human_only.c.because, human_only.c.by_people)).all())
    assert found == {
        "human-only label: a model suggested danger": False,
        "human-only label: people said danger elsewhere": True,
    }
    assert proof(made)["violations"] == 0


def test_a_delivery_of_what_only_people_may_say_is_human_only_and_declared_by_its_provider(store: Store) -> None:
    made = kernel(store, ANNOTATE + "\n" + STRICT, programme_file=PREFERENCES, body=pair, items=0)
    row = {"id": "p0", "text": pair("p0"), "judgements": [{"actor": "x", "answer": preferring("a")}]}
    with store.write() as connection:
        key = begun(made, connection, json.dumps(row) + "\n", JSONL, "default")
        force = policy_in_force(connection, made.programme)
        batch = batches.add_batch(
            connection,
            batches.NewBatch(
                made.programme, "delivery-1", "delivery", canonical({"name": "pairwise.v1", "params": {}}),
                force.ontology_id, force.guideline_id, force.id, None, made.mona, None, None, 0, made.at,
            ),
        )  # fmt: skip
        maker = organisation_key(connection, "Fieldwork", "provider", at=made.at)
    args = {"batch": batch, "take_in": key, "organisation": maker, "provider": "Fieldwork"}
    assert run(made, "receive", receive, args)["labels"] == 1
    with store.read() as connection:
        reasons = connection.execute(select(human_only.c.because)).scalars().all()
    assert reasons == ["only people may say pairwise.v1"]
    agree(made, items=1, declared=1)
    assert rebuild(store, made.contexts, made.programme).decisions == 0
