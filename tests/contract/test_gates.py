"""A gate from its promise to its end on both databases: sample, verdict, hold, rework, a fresh sample, pass."""

import pytest
from tests.contract import gates
from tests.contract.kernel import ANNOTATE, Kernel, kernel

from goldloop.core.errors import Invalid
from goldloop.loop.audited import AUDIT
from goldloop.loop.context import Contexts
from goldloop.loop.rebuild import rebuild
from goldloop.quality.accuracy.programme import accuracy_of
from goldloop.quality.gates.errors import isolated, items_where, wrong_items
from goldloop.quality.gates.view import gate_view
from goldloop.store.batches import routed_items
from goldloop.store.draws import drawn_items, draws
from goldloop.store.erased import forget
from goldloop.store.open import Store
from goldloop.store.schema import member

SIZE = """
batches: {gate: release}
gates:
  release:
    owner: mona
    sample: {size: 30, tier: 3, minimum: 0, by: [queue, annotator]}
    checks:
      - ceiling.v1: {of: errors.v1, at: 0.15, bound: upper}
      - completeness.v1
    failed_batch:
      - ceiling.v1: {of: errors.v1, at: 0.30}
"""
PLAN = """
batches: {gate: release}
gates:
  release:
    owner: mona
    sample: {plan: {kind: KIND, aql: 0.05, ltpd: 0.35, producer_risk: 0.1, consumer_risk: 0.1}, tier: 3}
    checks: [completeness.v1]
"""


def truth(_name: str) -> str:
    return "a"


def labelled(store: Store, policy: str, *, items: int = 80, ben_errs: bool = False) -> tuple[Kernel, int]:
    """A batch that ann and ben labelled in equal parts; ben says b where he errs."""
    made = kernel(store, ANNOTATE + policy, items=items)
    (batch,) = made.batches()
    for _ in range(items // 20):
        for who in ("ann", "ben"):
            for one in made.claim(who, 10):
                made.say(who, one.work_id, "answer", "b" if ben_errs and who == "ben" else "a")
    return made, batch


def test_a_failed_batch_is_held_sent_back_by_name_and_measured_on_a_fresh_sample(store: Store) -> None:
    made, batch = labelled(store, SIZE, ben_errs=True)
    assert gates.gate(made, batch)["audit_opened"] == 30
    gates.work_off(made, "sue", truth)
    done = gates.gate(made, batch)
    assert (done["outcome"], done["failed_batch"]) == ("fail", True)
    said = gates.verdict(made, batch)
    assert said.proved is not None
    assert "of 80 labels are wrong" in said.proved
    assert [one.outcome for one in said.contract] == ["fail"]

    with store.read() as connection:
        context = Contexts().batch(connection, batch)
        where = isolated(connection, context)
        wrong = wrong_items(connection, context)
    worst = where.parts[0]
    assert (worst.dimension, worst.name, worst.found) in {("annotator", "ben", True), ("label", "b", True)}
    assert ("annotator", "ben", True) in {(one.dimension, one.name, one.found) for one in where.parts}
    assert {one.author for one in wrong} == {"ben"}
    assert len(wrong) == where.wrong

    assert gates.send_back(made, batch, annotator="ben")["items"] == 40
    before = {"undecided": gates.gate(made, batch)}["undecided"]
    assert before["audit_opened"] == 0, "nothing is drawn while labels are being redone"
    assert before["outcome"] == "fail"
    assert gates.work_off(made, "ben", truth) == 0, "nobody redoes their own"
    assert gates.work_off(made, "cid", truth) == 40
    assert gates.gate(made, batch)["audit_opened"] == 30
    gates.work_off(made, "sue", truth)
    done = gates.gate(made, batch)
    assert (done["outcome"], done["failed_batch"]) == ("pass", False)
    with store.read() as connection:
        newest, oldest = draws(connection, batch, AUDIT)
        again = {one.item_id for one in drawn_items(connection, newest.id)}
        assert not again & {one.item_id for one in drawn_items(connection, oldest.id)}
        view = gate_view(connection, store.ids, Contexts().batch(connection, batch))
    assert [one["left_out"] for one in view["samples"]] == [30, 0]
    assert [(one["by"], one["items"]) for one in view["sent_back"]] == [("Mona", 40)]
    assert [one["outcome"] for one in view["verdicts"]] == ["pass", "unknown", "fail", "fail", "unknown"]
    assert rebuild(store, Contexts(), made.programme).decisions == 0, "the record alone leads to the same decisions"


@pytest.mark.parametrize("kind", ["fixed", "double", "sequential"])
def test_a_plan_opens_only_what_it_needs_and_decides_on_a_good_batch(store: Store, kind: str) -> None:
    made, batch = labelled(store, PLAN.replace("KIND", kind))
    opened = 0
    for _ in range(30):
        done = gates.gate(made, batch)
        opened += done["audit_opened"]
        if done["outcome"] != "unknown":
            break
        gates.work_off(made, "sue", truth)
    assert done["outcome"] == "pass"
    with store.read() as connection:
        (drawn,) = draws(connection, batch, AUDIT)
        most = len(drawn_items(connection, drawn.id))
    assert opened == most if kind == "fixed" else opened < most
    assert "with 95% confidence at most" in done["proved"]
    (audit,) = (one for one in gates.rows(made) if one.purpose == "audit")
    assert audit.item_count == opened


def test_a_plan_stops_a_bad_batch_before_its_end(store: Store) -> None:
    made, batch = labelled(store, PLAN.replace("KIND", "sequential"), ben_errs=True)
    for _ in range(30):
        done = gates.gate(made, batch)
        if done["outcome"] != "unknown":
            break
        gates.work_off(made, "sue", truth)
    assert done["outcome"] == "fail"
    assert "reject" in done["because"][0]
    with store.read() as connection:
        found = accuracy_of(connection, Contexts(), made.programme)
        (asked,) = (one.item_count for one in gates.rows(made) if one.purpose == "audit")
    assert found["left_out"] == [], "an audit that its plan stopped is finished"
    assert (found["covered"]["judged"], found["accuracy"][1]["n"], found["accuracy"][1]["eligible"]) == (
        asked,
        asked,
        80,
    )


def test_a_fresh_sample_does_not_talk_away_what_the_last_one_found(store: Store) -> None:
    made, batch = labelled(store, PLAN.replace("KIND", "fixed"))
    gates.gate(made, batch)
    gates.work_off(made, "sue", lambda _: "b")
    assert gates.gate(made, batch)["outcome"] == "fail"
    with store.read() as connection:
        context = Contexts().batch(connection, batch)
        known = {one.item_id for one in wrong_items(connection, context)}
        assert set(items_where(connection, context, {"audit": "wrong"})) == known
    gates.send_back(made, batch, annotator="ann")
    gates.work_off(made, "cid", truth)  # who says the same again: what was found wrong stays wrong
    gates.gate(made, batch)
    gates.work_off(made, "sue", truth)
    done = gates.gate(made, batch)
    assert done["outcome"] == "fail"
    assert f"{len(known)} of {len(known)} that an earlier audit judged are still wrong" in done["because"][0]
    assert gates.send_back(made, batch, audit="wrong")["items"] == len(known)


@pytest.mark.parametrize("kind", ["fixed", "sequential"])
def test_an_item_erased_after_the_draw_keeps_nobody_waiting(store: Store, kind: str) -> None:
    made, batch = labelled(store, PLAN.replace("KIND", kind))
    assert gates.gate(made, batch)["audit_opened"] > 1
    (audit,) = (one for one in gates.rows(made) if one.purpose == "audit")
    with store.write() as connection:
        opened = routed_items(connection, audit.id)
        forget(connection, made.programme, opened[:1], because="asked for by letter", by=made.mona, at=made.at)
    for _ in range(40):
        gates.work_off(made, "sue", truth)
        done = gates.gate(made, batch)
        if done["outcome"] != "unknown":
            break
    assert done["outcome"] == "pass"
    with store.read() as connection:
        drawn = draws(connection, batch, AUDIT)
        judged = {one.item_id for row in drawn for one in drawn_items(connection, row.id)}
    assert opened[0] in judged, "it was drawn, and then it was gone"
    assert len(drawn) == (2 if kind == "fixed" else 1), "a plan that cannot end on what is left is drawn anew"


def test_an_audit_worker_sees_neither_the_label_nor_why(store: Store) -> None:
    made, batch = labelled(store, SIZE)
    gates.gate(made, batch)
    for one in made.claim("sue", 5):
        assert (one.suggestion, one.others, one.because) == (None, (), None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("size: 30|size: 3", "judged items without an error"),
        ("at: 0.30|at: 0.10", ""),
        ("at: 0.15|at: -0.1", "lies between 0 and 1, and is never at most -0.1"),
        ("- completeness.v1|- floor.v1: {of: errors.v1, at: 0.5}", "cannot be at least 0.5 and at most 0.15 at once"),
        ("at: 0.15|at: 0.0", "needs 9,500 judged items without an error"),
    ],
)
def test_a_line_that_no_sample_can_prove_is_refused_with_the_size_it_needs(
    store: Store, change: str, message: str
) -> None:
    old, new = change.split("|")
    if not message:
        contract = "- ceiling.v1: {of: errors.v1, at: 0.10, bound: upper}"
        policy = SIZE.replace("- ceiling.v1: {of: errors.v1, at: 0.30}", contract)
        message = "asks for more than the release floor"
    else:
        policy = SIZE.replace(old, new)
    with pytest.raises(Invalid, match=message) as refused:
        kernel(store, ANNOTATE + policy, items=2)
    assert (refused.value.field or "").startswith("programme.yaml:"), "with the line on which it stands"


def test_an_audit_that_nobody_is_left_to_judge_says_so(store: Store) -> None:
    made = kernel(store, ANNOTATE + SIZE.replace("tier: 3", "tier: 1"), items=30)
    (batch,) = made.batches()
    gates.work_off(made, "ann", truth)
    assert gates.gate(made, batch)["nobody_left"] == 0, "ben may judge what ann labelled"
    with store.write() as connection:
        connection.execute(
            member.delete().where(member.c.actor_id.in_([made.people[who] for who in ("ben", "cid", "dee")]))
        )
    assert gates.gate(made, batch)["nobody_left"] == 30
