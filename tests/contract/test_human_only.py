"""Human-only is for ever: whatever a policy allows and people do, no machine's label is accepted or shown."""

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.contract.gates import gate, run, send_back, verdict
from tests.contract.guests import PASSWORD, open_house
from tests.contract.kernel import ACCEPT, MODELS, PROGRAMME, VERIFY, Kernel, kernel, owner
from tests.contract.said_elsewhere import bring, rows

from goldloop.app import create_app
from goldloop.core.clock import SECOND
from goldloop.core.errors import GoldloopError
from goldloop.core.nouns import Spec
from goldloop.core.settings import Settings
from goldloop.jobs.running import Running
from goldloop.labelling.human_only.found import find_misses
from goldloop.labelling.human_only.proof import prove
from goldloop.labelling.routing import open_work as routing
from goldloop.loop.context import Contexts
from goldloop.loop.latch import latch
from goldloop.loop.rebuild import rebuild
from goldloop.loop.revise import Revision, revise
from goldloop.loop.submit import ALLOWED, Note, Submission, submit
from goldloop.programmes.file.apply import apply
from goldloop.store import accounts
from goldloop.store.codes import DECISION, DECISION_NAMES
from goldloop.store.credentials import hash_password
from goldloop.store.open import Store, open_store
from goldloop.store.programmes import PolicyRow
from goldloop.store.schema import actor, decision, human_only, judgement, work

SUSPICION = """
human_only:
  rules: [{rule: suspects, suspects: [c], above: 0.05}]
"""
LABEL_STUDIO = Spec(name="label_studio.v1")
AUDITED = """
batches: {gate: all}
gates: {all: {owner: mona, checks: [{floor.v1: {of: accuracy.v1, at: 0.9}}], sample: {size: 2, tier: 2, minimum: 0}}}
"""
POLICIES = (
    VERIFY,
    ACCEPT,
    VERIFY.replace("to: verify", "to: review").replace("tier: 1", "tier: 3"),
    VERIFY + "blind: {share: 0.5}\n",
    VERIFY + "consensus: {share: 1.0, because: everything is asked twice, judgements: 2, limit: 3}\n",
    VERIFY + "corrections: false\n",
    VERIFY.replace("to: verify, tier: 1", "to: annotate, tier: 1, reveal: after"),
    ACCEPT + "human_only: {judgements: 2, ruling: disputes}\n",
)
PEOPLE = ("ann", "ben", "cid", "sue")
STANCES = ("answer", "accept", "reject", "adjudicate", "skip", "escalate")


def every_latched_item_is_safe(one: Kernel) -> None:
    """No label of an item that is human-only now rests on a machine, and none is shown with a suggestion."""
    with one.store.read() as connection:
        latched = set(connection.execute(select(human_only.c.item_id)).scalars())
        decided = connection.execute(
            select(decision).where(decision.c.item_id.in_(latched), decision.c.state == DECISION["decided"])
        ).all()
        for row in decided:
            keys = json.loads(row.judgements)
            assert keys, "a decision rests on something"
            said = connection.execute(
                select(actor.c.kind, judgement.c.suggestion_id)
                .join(actor, actor.c.id == judgement.c.actor_id)
                .where(judgement.c.id.in_(keys))
            ).all()
            assert {tuple(one_) for one_ in said} == {("person", None)}, row.because
    for who in PEOPLE:
        for held in one.claim(who, 10):
            if held.item_id in latched:
                assert held.suggestion is None
                assert held.human_only
                machine = {row.id for name in one.items for row in one.said(name) if row.batch_id is None}
                assert not machine & {other.judgement_id for other in held.others}


@pytest.fixture(scope="module")
def template(sqlite_template: Path) -> Path:
    return sqlite_template


def fresh(template: Path, folder: Path) -> Store:
    """An empty installation."""
    shutil.copyfile(template, folder / template.name)
    return open_store(Settings(home=folder))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("confidence", [0.5, 1.0])
def test_no_policy_and_no_confidence_buys_a_label_that_is_human_only(
    store: Store, policy: str, confidence: float
) -> None:
    one = kernel(store, MODELS + policy, items={"i0": "danger", "i1": "danger"}, confidence=confidence)
    every_latched_item_is_safe(one)
    assert [one.state(name) for name in one.items] == ["open", "open"]
    with store.read() as connection:
        assert set(connection.execute(select(human_only.c.item_id)).scalars()) == set(one.items.values())
        assert set(connection.execute(select(work.c.suggestion_id)).scalars()) == {None}


def test_suspicion_is_enough(store: Store) -> None:
    one = kernel(store, MODELS + ACCEPT + SUSPICION, items={"i0": "c", "i1": "a"}, confidence=0.06)
    assert (one.state("i0"), one.state("i1")) == ("open", "decided")


def test_the_latch_takes_back_what_was_accepted_from_a_model(store: Store) -> None:
    one = kernel(store, MODELS + ACCEPT, items={"i0": "a"})
    assert one.label("i0") == "a"
    with store.write() as connection:
        latch(connection, one.contexts, {one.items["i0"]: "somebody said so"}, at=one.at + SECOND)
    assert (one.state("i0"), one.label("i0")) == ("open", None)
    (held,) = one.claim("ann")
    assert (held.queue, held.suggestion, held.human_only) == ("annotate", None, True)


def test_the_latch_takes_back_what_a_verifier_accepted_and_asks_somebody_who_has_not_seen_it(store: Store) -> None:
    one = kernel(store, MODELS + VERIFY, items={"i0": "a"})
    one.answer("ann", "accept")
    with store.write() as connection:
        latch(connection, one.contexts, {one.items["i0"]: "somebody said so"}, at=one.at + SECOND)
    assert (one.state("i0"), one.label("i0")) == ("open", None)
    assert one.claim("ann") == []
    one.answer("ben", "answer", "b")
    assert one.label("i0") is None
    one.answer("sue", "adjudicate", "b")
    assert one.label("i0") == "b"


def test_an_acceptance_on_its_way_when_the_latch_closes_does_not_count(store: Store) -> None:
    one = kernel(store, MODELS + VERIFY, items={"i0": "a"})
    (held,) = one.claim("ann")
    assert held.suggestion is not None
    with store.write() as connection:
        latch(connection, one.contexts, {one.items["i0"]: "somebody said so"}, at=one.at + SECOND)
    one.say("ann", held.work_id, "accept")
    assert (one.state("i0"), one.label("i0")) == ("open", None)
    every_latched_item_is_safe(one)


def test_the_latch_takes_back_a_ruling_that_was_made_with_the_suggestion_in_sight(store: Store) -> None:
    one = kernel(store, MODELS + POLICIES[2], items={"i0": "a"})
    (held,) = one.claim("sue")
    assert [other.answer for other in held.others] == [{"labels": ["a"]}]
    one.say("sue", held.work_id, "adjudicate", "a")
    with store.write() as connection:
        latch(connection, one.contexts, {one.items["i0"]: "somebody said so"}, at=one.at + SECOND)
    assert (one.state("i0"), one.label("i0")) == ("open", None)
    every_latched_item_is_safe(one)


def test_the_latch_takes_the_suggestion_from_a_question_that_waits(store: Store) -> None:
    one = kernel(store, MODELS + VERIFY, items={"i0": "a"})
    (held,) = one.claim("ann")
    one.say("ann", held.work_id, "escalate", comment="Is it one or two?")
    with store.write() as connection:
        latch(connection, one.contexts, {one.items["i0"]: "somebody said so"}, at=one.at + SECOND)
    (asked,) = one.claim("sue")
    assert (asked.queue, asked.suggestion, asked.others) == ("review", None, ())
    with store.read() as connection:
        mine = select(work.c.suggestion_id).where(work.c.id == asked.work_id)
        assert connection.execute(mine).scalar_one() is None, "nobody is handed it with the suggestion kept beside"
    every_latched_item_is_safe(one)


def test_the_latch_never_opens(store: Store) -> None:
    one = kernel(store, MODELS + VERIFY, items={"i0": "danger"})
    before = _reasons(store)
    with store.write() as connection:
        assert latch(connection, one.contexts, {one.items["i0"]: "another reason"}, at=one.at + SECOND) == []
    assert _reasons(store) == before


def _stands(one: Kernel, batch: int) -> list[str]:
    """The states of a batch's items."""
    with one.store.read() as connection:
        states = select(decision.c.state).where(decision.c.batch_id == batch).order_by(decision.c.item_id)
        return [DECISION_NAMES[state] for state in connection.execute(states).scalars()]


def _reasons(store: Store) -> list[Any]:
    with store.read() as connection:
        return list(connection.execute(select(human_only)))


Move = tuple[str, str, str, str | None]
MOVES = st.lists(
    st.tuples(
        st.sampled_from(("say", "latch", "undo", "revise", "say", "say")),
        st.sampled_from(PEOPLE),
        st.sampled_from(STANCES),
        st.sampled_from(("a", "b", "danger")),
    ),
    max_size=14,
)


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(POLICIES), st.sampled_from((0.3, 1.0)), MOVES)
def test_no_sequence_of_moves_lets_a_machine_decide(
    template: Path, policy: str, confidence: float, moves: list[Move]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        store = fresh(template, Path(name))
        try:
            one = kernel(store, MODELS + policy, items={"i0": "danger", "i1": "a"}, confidence=confidence)
            for move in moves:
                _do(one, *move)
                every_latched_item_is_safe(one)
            assert run(one, "prove_human_only", prove, {})["named"] == []
        finally:
            store.close()


def _do(one: Kernel, what: str, who: str, stance: Any, label: str) -> None:
    """One move, where it is possible."""
    if what == "latch":
        with one.store.write() as connection:
            latch(connection, one.contexts, {one.items["i1"]: "somebody said so"}, at=one.at + SECOND)
        return
    if what in ("undo", "revise"):
        with one.store.read() as connection:
            mine = select(judgement.c.work_id).where(judgement.c.actor_id == one.people[who])
            last = connection.execute(mine.order_by(judgement.c.id.desc()).limit(1)).scalar()
        _if_it_may_be(
            partial(_revise, one, who, last or 0, label) if what == "revise" else partial(one.undo, who, last or 0)
        )
        return
    for held in one.claim(who, 1):
        said = stance if stance in ALLOWED[held.queue] else ALLOWED[held.queue][0]
        answer = label if said in ("answer", "adjudicate") else None
        _if_it_may_be(partial(one.say, who, held.work_id, said, answer))


def _revise(one: Kernel, who: str, work_id: int, label: str) -> None:
    with one.store.write() as connection:
        said = Revision(uuid4(), {"labels": [label]})
        revise(connection, one.contexts, one.people[who], work_id, said, at=one.at + 2 * SECOND)


CALLS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "apply",
                "say",
                "say",
                "say",
                "say",
                "undo",
                "revise",
                "give back",
                "import",
                "project",
                "send back",
                "contest",
                "ontology",
                "rebuild",
            )
        ),
        st.sampled_from(("ann", "sue")),
        st.sampled_from(STANCES),
        st.sampled_from(("a", "b", "danger")),
        st.integers(0, len(POLICIES) - 1),
    ),
    min_size=6,
    max_size=16,
)
STRICTER = PROGRAMME.replace("[a, b,", "[a, {id: b, name: b, human_only: true},")


def _project(label: str, who: str) -> str:
    """A task of Label Studio: a model's word, or that of somebody who saw it or not."""
    result = [{"from_name": "l", "to_name": "t", "type": "choices", "value": {"choices": [label]}}]
    said = {"predictions": [{"id": 5, "model_version": "m", "result": result}]}
    if who == "ann":
        said |= {"annotations": [{"id": 7, "completed_by": 1, "result": result}]}
    return json.dumps([{"id": "i3", "data": {"text": "text of i3"}, **said}])


@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CALLS)
def test_no_sequence_of_calls_to_the_server_buys_one_out(
    template: Path, calls: list[tuple[str, str, str, str, int]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        store = fresh(template, Path(name))
        one = kernel(store, MODELS + VERIFY, items={"i0": "danger", "i1": "a", "i2": "danger"}, confidence=1.0)
        belongs = {store.ids.show("item", one.items[item]) for item in ("i0", "i2")}
        with store.write() as connection:
            for who in ("ann", "sue"):
                accounts.add_account(connection, one.people[who], who, password=hash_password(PASSWORD), at=one.at)
        with open_house(create_app(store), store) as house:
            guests = {who: house.guest() for who in ("ann", "sue")}
            for who, guest in guests.items():
                guest.sign_in(who)
            last, mine = dict.fromkeys(guests, ""), dict.fromkeys(guests, "")
            for what, who, stance, label, policy in calls:
                guest, answer = guests[who], {"labels": [label]}
                if what == "apply":
                    with store.write() as connection:
                        apply(connection, owner(connection, one), PROGRAMME + MODELS + POLICIES[policy], at=one.at)
                elif what == "import":
                    said = {"x": label} if who == "ann" else {}
                    of_a_model = {} if who == "ann" else {"prediction": label, "confidence": 1.0}
                    bring(one, rows({f"i{policy % 4}": said}, **of_a_model))  # i3 is new
                elif what == "project":
                    bring(one, _project(label, who), LABEL_STUDIO)
                elif what == "send back":
                    for batch in one.batches():
                        send_back(one, batch)
                elif what == "ontology":
                    with store.write() as connection:
                        apply(connection, owner(connection, one), STRICTER + MODELS + POLICIES[policy], at=one.at)
                elif what == "rebuild":
                    assert rebuild(store, one.contexts, one.programme).decisions == 0
                elif what == "contest":
                    asked = {"judgement_id": mine[who] or "jdg_none", "because": "it is one"}
                    assert guest.ask("POST", "me/contests", json=asked).status_code < 500
                elif what in ("undo", "revise"):
                    body = {"key": str(uuid4()), **({"answer": answer} if what == "revise" else {})}
                    guest.ask("POST", f"work/{last[who] or 'wrk_none'}/{what}", json=body)
                else:
                    for held in guest.ask("POST", "work/claim", json={"count": 2}).json()["works"]:
                        if held["item_id"] in belongs:
                            assert (held["suggestion"], held["human_only"]) == (None, True)
                        if what == "give back":
                            guest.ask("POST", f"work/{held['work_id']}/release")
                            continue
                        said = {"key": str(uuid4()), "stance": stance, "answer": answer}
                        if stance not in ("answer", "adjudicate"):
                            del said["answer"]
                        done = guest.ask("POST", f"work/{held['work_id']}/submit", json=said)
                        last[who], mine[who] = held["work_id"], done.json().get("judgement_id", "")
                        assert held["item_id"] not in belongs or not done.json().get("revealed")
            assert run(one, "prove_human_only", prove, {})["named"] == []
        store.close()


def _if_it_may_be(move: Callable[[], object]) -> None:
    try:
        move()
    except GoldloopError as refused:
        assert refused.message


@pytest.mark.parametrize("policy", POLICIES)
def test_no_answer_of_the_server_shows_a_suggestion_for_a_human_only_item(store: Store, policy: str) -> None:
    one = kernel(store, MODELS + policy, items={"i0": "danger"})
    with store.write() as connection:
        for who in ("ann", "sue"):
            accounts.add_account(connection, one.people[who], who, password=hash_password(PASSWORD), at=one.at)
    with open_house(create_app(store), store) as house:
        for who, stance in (("ann", "answer"), ("sue", "adjudicate")):
            guest = house.guest()
            guest.sign_in(who)
            works = guest.ask("POST", "work/claim", json={"count": 3}).json()["works"]
            for held in works:
                assert (held["suggestion"], held["human_only"]) == (None, True)
                assert all(other["answer"] != {"labels": ["danger"]} for other in held["others"])
                view = guest.ask("GET", f"items/{held['item_id']}")
                assert view.status_code != 200 or "oracle" not in view.text
                body = {"key": str(uuid4()), "stance": stance}
                done = guest.ask("POST", f"work/{held['work_id']}/submit", json={**body, "answer": "b"})
                assert done.status_code == 200, done.text


def test_a_person_who_names_a_human_only_label_closes_the_latch_and_takes_back_what_a_verifier_did(
    store: Store,
) -> None:
    one = kernel(store, MODELS + VERIFY, items={"i0": "a", "i1": "a"})
    (held,) = one.claim("ann")
    one.say("ann", held.work_id, "answer", "danger")
    assert [row.because for row in _reasons(store)] == ["human-only label: people said danger here"]
    assert (one.state("i0"), one.label("i0")) == ("open", None), "she saw the suggestion"
    names = {key: name for name, key in one.items.items()}
    for who, stance in (("ben", "answer"), ("sue", "adjudicate")):
        (mine,) = [held for held in one.claim(who, 9) if names[held.item_id] == "i0"]
        assert (mine.suggestion, mine.human_only) == (None, True)
        one.say(who, mine.work_id, stance, "danger")
    assert one.label("i0") == "danger"
    one.undo("sue", mine.work_id)
    assert len(_reasons(store)) == 1, "the latch never opens"
    every_latched_item_is_safe(one)


def test_a_question_about_a_human_only_label_is_enough(store: Store) -> None:
    one = kernel(store, MODELS + VERIFY, items={"i0": "a"})
    (held,) = one.claim("ann")
    with store.write() as connection:
        said = Submission(uuid4(), "escalate", comment="is it one?", note=Note(about="danger"))
        submit(connection, one.contexts, one.people["ann"], held.work_id, said, at=one.at)
    (asked,) = one.claim("sue")
    assert (asked.queue, asked.others, asked.human_only) == ("review", (), True)


def test_what_an_audit_finds_is_human_only_when_its_gate_has_spoken_and_not_before(store: Store) -> None:
    one = kernel(store, MODELS + ACCEPT + AUDITED, items={"i0": "a", "i1": "a"})
    (batch,) = one.batches()
    gate(one, batch)
    for held in one.claim("cid", 9):
        one.say("cid", held.work_id, "answer", "danger" if held.item_id == one.items["i0"] else "a")
    assert _reasons(store) == []
    gate(one, batch)
    assert verdict(one, batch).outcome == "fail"
    assert (_reasons(store), _stands(one, batch)) == ([], ["decided", "decided"])
    for outcome, latched in (("unknown", 0), ("fail", 1)):
        run(one, "human_only", find_misses, {"subject": str(batch), "data": {"outcome": outcome}})
        assert len(_reasons(store)) == latched
    assert _stands(one, batch) == ["open", "decided"]
    assert run(one, "prove_human_only", prove, {})["violations"] == 0


@pytest.mark.parametrize("policy", [VERIFY, ACCEPT], ids=["verify", "accept"])
def test_what_is_latched_while_its_batch_is_routed_is_kept_back(
    store: Store, policy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = routing._choose

    def chosen(job: Running, force: PolicyRow, keys: Sequence[int]) -> routing.Choice:
        found = real(job, force, keys)
        with store.write() as connection:  # a run of a model that ends just then
            latch(connection, Contexts(), dict.fromkeys(keys[:1], "somebody said so"), at=0)
        return found

    monkeypatch.setattr(routing, "_choose", chosen)
    one = kernel(store, MODELS + policy, items={"i0": "a", "i1": "a"})
    assert (one.state("i0"), one.label("i0")) == ("open", None)
    (held,) = (held for held in one.claim("ann", 9) if held.item_id == one.items["i0"])
    assert (held.queue, held.suggestion, held.human_only) == ("annotate", None, True)
    assert run(one, "prove_human_only", prove, {})["violations"] == 0
