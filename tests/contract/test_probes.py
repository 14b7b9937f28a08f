"""Planted errors among suggestions to verify: nobody can tell them, no label rests on them, and who looks is known."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from tests.contract.gates import run
from tests.contract.kernel import MODELS, PROGRAMME, VERIFY, Kernel, kernel, owner, take_in_more

from goldloop.core.errors import Conflict, Invalid
from goldloop.core.programme_file import read_policy
from goldloop.http import show
from goldloop.labelling.anchoring.effect import anchoring_of
from goldloop.labelling.anchoring.findings import PROBES, find_anchoring
from goldloop.labelling.economics.read import economics_of
from goldloop.loop.hand_out import Assignment
from goldloop.programmes.file.apply import apply
from goldloop.quality.calibration import gold
from goldloop.quality.calibration import standing as calibration
from goldloop.quality.calibration.gold import GoldLine
from goldloop.quality.people.contest import contest
from goldloop.store import gold_works
from goldloop.store.briefs import briefs
from goldloop.store.codes import GOLD_KIND
from goldloop.store.items import latch_human_only
from goldloop.store.open import Store
from goldloop.store.schema import (
    actor,
    batch,
    batch_item,
    brief,
    decision,
    gold_work,
    human_only,
    judgement,
    verdict,
    work,
)
from goldloop.store.suggestions import suggestions_of

LABELS = "abc"
FILE = """
calibration:
  gold: known
  exam: {{size: 4, limit: 12, floor: 0.4, level: 0.8}}
  probes: {{share: {share}, floor: 0.8}}
  tiers: [1, 2]
tiers: {{1: {{rate: 3600}}}}
"""


@pytest.fixture
def house(store: Store) -> Store:
    """What is drawn is keyed: the same places every time."""
    return replace(store, secret=b"where errors are planted")


def desk(
    store: Store, *, share: float = 0.4, live: int = 60, known: int = 40, rules: str = VERIFY, **more: Any
) -> Kernel:
    """A programme whose items are all to be verified, with gold that says a, b, c in turn, and everybody examined."""
    one = kernel(store, MODELS + rules, items={f"i{n}": "a" for n in range(live)}, confidence=0.875, **more)
    take_in_more(one, [f"g{n}" for n in range(known)])
    lines = [GoldLine(id=f"g{n}", answer=LABELS[n % 3]) for n in range(known)]
    with store.write() as connection:
        gold.seal(
            connection, one.programme, "known", lines, source="default", dataset=None, seed=3, by=one.mona, at=one.at
        )
        apply(connection, owner(connection, one), PROGRAMME + MODELS + rules + FILE.format(share=share), at=one.at)
    return one


def probe(one: Kernel, held: Assignment) -> gold_works.GoldWork | None:
    with one.store.read() as connection:
        return gold_works.gold_work_of(connection, held.work_id)


def true(one: Kernel, held: Assignment) -> str:
    names = {key: name for name, key in one.items.items()}
    return LABELS[int(names[held.item_id][1:]) % 3]


def sit(one: Kernel, who: str) -> None:
    """Pass the exam."""
    while (given := one.claim(who)) and (found := probe(one, given[0])) and found.kind == GOLD_KIND["exam"]:
        one.say(who, given[0].work_id, "answer", true(one, given[0]))


def verify(one: Kernel, who: str, *, works: int, looks: bool) -> tuple[int, int]:
    """Work so many suggestions off: who looks rejects what is wrong, who does not accepts. (probes, live)"""
    planted = live = 0
    for _ in range(works):
        for held in one.claim(who):
            found = probe(one, held)
            planted, live = planted + (found is not None), live + (found is None)
            one.say(who, held.work_id, "reject" if found and looks else "accept")
    return planted, live


def page(one: Kernel) -> dict[str, Any]:
    with one.store.read() as connection:
        return anchoring_of(connection, one.store.ids, one.contexts, one.programme)


def rate(found: dict[str, Any], by: str = "all", name: str = "") -> dict[str, Any]:
    return next(one for one in found["probes"] if (one["by"], one["name"]) == (by, name))


def through_gate(one: Kernel) -> None:
    with one.store.write() as connection:
        row = connection.execute(select(batch).where(batch.c.purpose == "production")).one()
        of = {"programme_id": one.programme, "batch_id": row.id, "gate": "g", "owner_id": one.mona}
        connection.execute(verdict.insert().values(**of, outcome="pass", results="[]", decided_at=one.at))


def test_a_planted_error_comes_at_the_declared_rate_and_looks_like_the_work_around_it(house: Store) -> None:
    one = desk(house)
    sit(one, "ann")
    shapes: dict[bool, set[str]] = {True: set(), False: set()}
    planted = 0
    for n in range(40):
        (held,) = one.claim("ann")
        assert one.claim("ann") == [held]
        found = probe(one, held)
        planted += found is not None
        if found is not None:
            assert held.suggestion is not None
            assert held.suggestion.answer != {"labels": [true(one, held)]}
        stance = ("accept", "reject", "answer", "skip")[n // 10]
        answer = {"labels": ["b"]} if stance == "answer" else None
        done = one.say("ann", held.work_id, stance, answer)
        shown = show.assignment(one.store.ids, held, programme_name="desk")
        shown["suggestion"] = sorted(shown["suggestion"])
        own = {"work_id", "item_id", "body"}
        kept = {key: value for key, value in shown.items() if key not in own}
        shapes[found is not None].add(repr((stance, kept, done.state, done.surplus, done.lesson)))
    assert 8 <= planted <= 24
    assert len(shapes[True]) == 4, "one shape for each thing that can be said"
    assert shapes[True] == shapes[False]


def test_several_at_once_are_asked_for_again_in_the_same_order_and_can_be_taken_back(house: Store) -> None:
    one = desk(house)
    sit(one, "ann")
    held = one.claim("ann", 12, of="verify")
    assert [given.work_id for given in one.claim("ann", 12, of="verify")] == [given.work_id for given in held]
    planted = next(given for given in held if probe(one, given))
    one.say("ann", planted.work_id, "accept")
    back = one.undo("ann", planted.work_id)
    assert (back.stance, back.queue) == ("accept", "verify")
    found = probe(one, planted)
    assert found is not None
    assert (found.judgement_id, found.right) == (None, None)
    assert one.say("ann", planted.work_id, "reject").state == "open"
    found = probe(one, planted)
    assert found is not None
    assert found.right is True


def test_confidence_lies_between_those_of_live_work_in_as_many_digits(house: Store) -> None:
    one = desk(house)
    with house.write() as connection:
        for n, name in enumerate(f"i{n}" for n in range(60)):
            value, of = (500 + n) / 1000, one.items[name]
            connection.execute(batch_item.update().where(batch_item.c.item_id == of).values(confidence=value))
            connection.execute(judgement.update().where(judgement.c.item_id == of).values(confidence=value))
            because = f"suggested, confidence {value:.3f}"
            connection.execute(work.update().where(work.c.item_id == of).values(because=because))
    sit(one, "ann")
    planted = []
    for _ in range(40):
        (held,) = one.claim("ann")
        assert held.suggestion is not None
        assert held.because is None, "nobody who checks is told"
        with house.read() as connection:
            of = judgement.c.id == work.c.suggestion_id
            said = select(judgement.c.confidence, work.c.because).select_from(work).join(judgement, of)
            stated, why = connection.execute(said.where(work.c.id == held.work_id)).one()
        assert why == f"suggested, confidence {stated:.3f}"
        if probe(one, held):
            planted.append(stated)
        one.say("ann", held.work_id, "accept")
    assert len(planted) >= 8
    assert len(set(planted)) > 4
    assert all(value is not None and 0.5 <= value < 0.56 and len(f"{value}") <= 5 for value in planted)


def test_who_looks_and_who_does_not_is_known_by_person_queue_label_and_model_and_opens_a_brief(house: Store) -> None:
    one = desk(house)
    sit(one, "ann")
    sit(one, "ben")
    seen, _ = verify(one, "ann", works=30, looks=True)
    missed, _ = verify(one, "ben", works=30, looks=False)
    assert min(seen, missed) >= 6
    found = page(one)
    assert found["probe_share"] == 0.4
    whole = rate(found)
    assert (whole["value"], whole["n"], whole["eligible"]) == (seen / (seen + missed), seen + missed, seen + missed)
    ann, ben = rate(found, "person", "ann"), rate(found, "person", "ben")
    assert (ann["value"], ann["high"], ben["value"], ben["low"]) == (1.0, 1.0, 0.0, 0.0)
    assert ben["adjusted"] < 0.05 < ann["adjusted"]
    assert ben["unseen"] == 1.0
    assert rate(found, "queue", "suggested, tier 1")["n"] == rate(found, "model", "oracle 1")["n"] == seen + missed
    assert {row["name"] for row in found["probes"] if row["by"] == "label"} <= {"a", "b", "c"}
    said = run(one, "anchoring", find_anchoring, {})
    assert f"ben: 0.0% of {missed} planted errors caught" in said["probes"]
    with one.store.read() as connection:
        (opened,) = briefs(connection, one.programme, brief.c.key == PROBES)
    assert (opened.state, opened.source) == ("open", "anchoring")


def test_no_label_rests_on_it_no_measure_reads_it_and_its_time_is_paid(house: Store) -> None:
    one = desk(house, live=20)
    sit(one, "ann")
    planted, live = verify(one, "ann", works=14, looks=False)
    assert planted >= 3
    golden = {key for name, key in one.items.items() if name.startswith("g")}
    with one.store.read() as connection:
        decided = set(connection.execute(select(decision.c.item_id)).scalars())
        model = connection.execute(select(actor.c.id).where(actor.c.kind == "model")).scalar_one()
        said_by_model = suggestions_of(connection, model, sorted(golden))
        authors = connection.execute(
            select(actor.c.kind, actor.c.name)
            .join(judgement, judgement.c.actor_id == actor.c.id)
            .where(judgement.c.item_id.in_(golden), actor.c.kind != "person")
            .distinct()
        ).all()
        costs = economics_of(connection, one.contexts, one.programme)
    assert not golden & decided
    assert said_by_model == {}, "no model is blamed for it"
    assert ("rule", "planted error") in {tuple(row) for row in authors}
    found = page(one)
    assert found["seen"]["before"] == live
    assert found["arms"]["suggested"] == 20
    golden_work = sum(row["judgements"] for row in costs["streams"] if row["cause"] == "gold")
    assert golden_work == planted


def test_its_person_reads_of_it_after_the_gate_and_may_contest_it(house: Store) -> None:
    one = desk(house)
    sit(one, "ann")
    ann = one.people["ann"]
    while True:
        (held,) = one.claim("ann")
        missed = one.say("ann", held.work_id, "accept")
        if probe(one, held):
            break

    def mine() -> dict[str, Any]:
        with one.store.read() as connection:
            (found,) = calibration.mine(connection, one.store.ids, ann, at=one.at)["programmes"]
        return found

    assert [line for line in mine()["results"] if line["kind"] == "probe"] == []
    assert mine()["probes"]["value"] is None
    with one.store.write() as connection, pytest.raises(Conflict, match="nothing stands against"):
        contest(connection, one.contexts, ann, missed.judgement_id, "the label fits it as well", at=one.at)
    through_gate(one)
    (line,) = (line for line in mine()["results"] if line["kind"] == "probe")
    assert (line["right"], line["batch"]) == (False, "batch-1")
    assert (mine()["probes"]["value"], mine()["probes"]["n"], mine()["hidden"]["value"]) == (0.0, 1, None)
    with one.store.write() as connection:
        contest(connection, one.contexts, ann, missed.judgement_id, "the label fits it as well", at=one.at)
    (ruling,) = one.claim("sue")
    assert len(ruling.others) == 2


def test_without_a_declared_share_it_is_unknown_and_never_nought(house: Store) -> None:
    one = desk(house, share=0)
    sit(one, "ann")
    assert verify(one, "ann", works=10, looks=True) == (0, 10)
    (row,) = page(one)["probes"]
    assert row["value"] is None
    assert "calibration.probes.share" in row["because"]
    assert run(one, "anchoring", find_anchoring, {})["briefs"] == 0


def test_nothing_that_belongs_to_people_alone_is_ever_planted(house: Store) -> None:
    one = desk(house, known=14)
    sit(one, "ann")
    with one.store.write() as connection:
        rows = connection.execute(select(gold_work.c.item_id)).scalars().all()
        left = [key for name, key in one.items.items() if name.startswith("g") and key not in rows]
        latch_human_only(connection, dict.fromkeys(left[1:], "somebody said so"), at=one.at)
    planted, _ = verify(one, "ann", works=30, looks=True)
    assert planted == 1
    with one.store.read() as connection:
        of = select(gold_work.c.item_id).where(gold_work.c.kind == GOLD_KIND["probe"])
        given = set(connection.execute(of).scalars())
        latched = set(connection.execute(select(human_only.c.item_id)).scalars())
        author = select(actor.c.id).where(actor.c.name == "planted error").scalar_subquery()
        suggested = connection.execute(select(judgement.c.item_id).where(judgement.c.actor_id == author)).scalars()
        assert not latched & (given | set(suggested))


def test_what_nothing_verifies_is_refused_at_its_line() -> None:
    file = PROGRAMME + "routing: {rules: [{rule: all, to: annotate, tier: 1}]}" + FILE.format(share=0.1)
    with pytest.raises(Invalid, match="no rule sends anything to verify"):
        read_policy(file)
    with pytest.raises(Invalid) as caught:
        read_policy(PROGRAMME + VERIFY + MODELS + FILE.format(share=0.7))
    assert "calibration.probes.share" in (caught.value.field or "")


def test_a_question_about_it_is_answered_and_settles_nothing(house: Store) -> None:
    one = desk(house)
    sit(one, "ann")
    while True:
        (held,) = one.claim("ann")
        if probe(one, held):
            break
        one.say("ann", held.work_id, "accept")
    assert one.say("ann", held.work_id, "escalate", comment="which one is it?").state == "disputed"
    (asked,) = one.claim("sue")
    assert [other.answer for other in asked.others] == [held.suggestion and held.suggestion.answer]
    one.say("sue", asked.work_id, "adjudicate", true(one, held))
    found = probe(one, held)
    assert found is not None
    assert found.right is None
    assert rate(page(one))["value"] is None
