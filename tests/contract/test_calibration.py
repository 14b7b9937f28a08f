"""Exams before live work, gold hidden in the queue, pauses and who ends them; on both databases."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, select
from tests.contract.guests import PASSWORD, open_house
from tests.contract.kernel import ANNOTATE, PROGRAMME, Kernel, kernel, owner, take_in_more

from goldloop.app import create_app
from goldloop.core.clock import DAY, SECOND
from goldloop.core.errors import Conflict, Forbidden, Invalid
from goldloop.http import show
from goldloop.loop import gold_withdrawal
from goldloop.loop.hand_out import Assignment
from goldloop.news.shown import shown
from goldloop.programmes.file.apply import apply
from goldloop.quality.calibration import gold
from goldloop.quality.calibration import standing as calibration
from goldloop.quality.calibration.gold import GoldLine
from goldloop.quality.people import reports as people
from goldloop.quality.people.contest import contest
from goldloop.quality.sla import evaluate as sla
from goldloop.store import accounts, calibration_words, gold_works, news
from goldloop.store.calibrations import calibration_of
from goldloop.store.codes import CALIBRATION_NAMES
from goldloop.store.credentials import hash_password
from goldloop.store.erased import forget
from goldloop.store.nobody_left import stuck
from goldloop.store.open import Store
from goldloop.store.schema import batch, decision, gold_item, gold_work, judgement, verdict

EXAM = "calibration: {gold: known, exam: {size: 5, limit: 15, floor: 0.5, level: 0.8}"
LABELS = "abc"
SECRET = b"where gold is hidden is certain here"


def calibrated(store: Store, *, live: int = 8, known: int = 40, rest: str = "}", policy: str = ANNOTATE) -> Kernel:
    """A programme with a sealed gold set whose right answers are a, b, c in turn, and a calibration block."""
    one = kernel(replace(store, secret=SECRET), policy, items=live)
    take_in_more(one, [f"g{n}" for n in range(known)])
    lines = [
        GoldLine(
            id=f"g{n}",
            answer=LABELS[n % 3],
            difficulty="hard" if n % 2 else "easy",
            concepts=(f"about {LABELS[n % 3]}",),
            explanation=f"because g{n} is {LABELS[n % 3]}",
            eval_only=n < known // 2,
        )
        for n in range(known)
    ]
    sealed(one, lines)
    put_in_force(one, policy + "\n" + EXAM + rest)
    return one


def sealed(one: Kernel, lines: list[GoldLine]) -> int:
    with one.store.write() as connection:
        return gold.seal(
            connection, one.programme, "known", lines, source="default", dataset=None, seed=7, by=one.mona, at=one.at
        )


def put_in_force(one: Kernel, policy: str) -> None:
    with one.store.write() as connection:
        apply(connection, owner(connection, one), PROGRAMME + policy, at=one.at)


def right_of(one: Kernel, item_id: int) -> str:
    names = {key: name for name, key in one.items.items()}
    return LABELS[int(names[item_id][1:]) % 3]


def is_gold(one: Kernel, given: Assignment) -> bool:
    with one.store.read() as connection:
        return gold_works.gold_work_of(connection, given.work_id) is not None


def answer(one: Kernel, who: str, given: Assignment) -> Any:
    """Say what is right of gold, and anything of live work."""
    return one.say(who, given.work_id, "answer", right_of(one, given.item_id) if is_gold(one, given) else "a")


def sit(one: Kernel, who: str, *, right: bool = True, most: int = 15) -> int:
    """Answer an exam until somebody is given something else; how many items it took."""
    for n in range(most + 1):
        try:
            held = one.claim(who)
        except Forbidden:
            return n
        if not held or not is_gold(one, held[0]) or state(one, who) != "exam":
            return n
        said = right_of(one, held[0].item_id)
        one.say(who, held[0].work_id, "answer", said if right else LABELS[(LABELS.index(said) + 1) % 3])
    raise AssertionError("the exam did not end")


def state(one: Kernel, who: str) -> str:
    with one.store.read() as connection:
        row = calibration_of(connection, one.programme, one.people[who])
    return CALIBRATION_NAMES[row.state] if row else "none"


def through_gate(one: Kernel) -> None:
    """The production batch has been through its gate."""
    with one.store.write() as connection:
        row = connection.execute(select(batch).where(batch.c.purpose == "production")).one()
        of = {"programme_id": one.programme, "batch_id": row.id, "gate": "g", "owner_id": one.mona}
        connection.execute(insert(verdict).values(**of, outcome="pass", results="[]", decided_at=one.at))


def test_nobody_gets_live_work_before_the_exam_and_everybody_who_passes_does(store: Store):
    one = calibrated(store)
    (first,) = one.claim("ann")
    assert is_gold(one, first)
    with one.store.read() as connection:
        assert stuck(connection, one.programme) == [], "an exam that waits for its person waits for somebody"
    assert (first.because, first.suggestion, first.training) == (None, None, False)
    assert sit(one, "ann") == 5
    assert state(one, "ann") == "passed"
    (live,) = one.claim("ann")
    assert live.item_id in {one.items[f"i{n}"] for n in range(8)}
    with one.store.read() as connection:
        decided = connection.execute(select(decision.c.item_id)).scalars().all()
    assert not {one.items[f"g{n}"] for n in range(40)} & set(decided), "no label rests on what is said of gold"


def test_failing_pauses_and_hand_out_says_so_while_what_settles_nothing_asks_for_more(store: Store):
    one = calibrated(store)
    assert sit(one, "ben", right=False) == 5
    assert state(one, "ben") == "paused"
    with one.store.write() as connection:  # what was missed is there to be learnt from, and nothing else
        assert dict(gold_works.training_open(connection, one.people["ben"]))[one.programme] > 0
    for _ in range(20):
        try:
            (held,) = one.claim("ben")
        except Forbidden as refused:
            assert "you are paused in this programme" in str(refused)
            break
        assert held.training
        lesson = one.say("ben", held.work_id, "answer", "a").lesson
        assert lesson is not None
        assert lesson.explanation.startswith("because g")
    else:
        raise AssertionError("nothing refused")
    for n in range(10):  # half right: neither bound reaches the floor on one side
        (held,) = one.claim("cid")
        said = right_of(one, held.item_id)
        one.say("cid", held.work_id, "answer", said if n % 2 else LABELS[(LABELS.index(said) + 1) % 3])
    assert state(one, "cid") == "exam"
    with one.store.read() as connection:
        assert gold_works.tally(connection, one.programme, one.people["cid"], 1, "exam") == (5, 10, 5)


def test_an_exam_that_its_limit_does_not_settle_is_a_seniors_to_decide(store: Store):
    one = calibrated(store)
    for n in range(15):
        (held,) = one.claim("ann")
        said = right_of(one, held.item_id)
        one.say("ann", held.work_id, "answer", said if n % 2 else LABELS[(LABELS.index(said) + 1) % 3])
    assert state(one, "ann") == "undecided"
    with one.store.write() as connection:
        calibration.lift(
            connection,
            one.contexts,
            one.programme,
            one.people["ann"],
            "went through it together",
            again=False,
            by=one.mona,
            at=one.at,
        )
    assert state(one, "ann") == "passed"
    with one.store.read() as connection:
        kinds = [word.kind for word in calibration_words.words(connection, one.programme, person_id=one.people["ann"])]
    assert kinds == ["began", "undecided", "lifted"]


def test_only_somebody_else_lifts_a_pause_with_a_reason_and_a_contest_is_ruled_once_by_each(store: Store):
    one = calibrated(store)
    sit(one, "ben", right=False)
    ben = one.people["ben"]

    def lift(by: int, because: str, again: bool = False) -> None:
        with one.store.write() as connection:
            calibration.lift(connection, one.contexts, one.programme, ben, because, again=again, by=by, at=one.at)

    with pytest.raises(Forbidden, match="their own pause"):
        lift(ben, "I was only tired")
    with pytest.raises(Invalid, match="reason"):
        lift(one.mona, "ok")
    with one.store.write() as connection:
        calibration.contest(connection, one.programme, ben, "two items have two readings", at=one.at)
        with pytest.raises(Conflict, match="contested"):
            calibration.contest(connection, one.programme, ben, "two items have two readings", at=one.at)
        calibration.uphold(connection, one.programme, ben, "both were clear enough", by=one.mona, at=one.at)
        calibration.contest(connection, one.programme, ben, "still two readings there", at=one.at)
        with pytest.raises(Forbidden, match="ruled on this pause before"):
            calibration.uphold(connection, one.programme, ben, "both were clear enough", by=one.mona, at=one.at)
    lift(one.people["sue"], "the guideline was unclear", again=True)
    assert state(one, "ben") == "exam"
    with one.store.read() as connection:
        shown = calibration.page(connection, one.store.ids, one.programme, at=one.at)
    assert (shown["overturned"]["value"], shown["overturned"]["n"]) == (0.5, 2)


def test_an_exam_is_due_again_after_so_many_works_or_days(store: Store):
    one = calibrated(store, rest=", items: 2, days: 30}")
    sit(one, "ann")
    for _ in range(2):
        (live,) = one.claim("ann")
        assert not is_gold(one, live)
        one.say("ann", live.work_id, "answer", "a")
    (again,) = one.claim("ann")
    assert is_gold(one, again)
    sit(one, "ben")
    (late,) = one.claim("ben", at=one.at + 31 * DAY)
    assert is_gold(one, late)


def test_an_exam_whose_items_are_erased_or_withdrawn_goes_on_with_others(store: Store):
    one = calibrated(store)
    one.claim("ann")
    with one.store.write() as connection:
        given = connection.execute(select(gold_work.c.item_id)).scalars().all()
        forget(connection, one.programme, given[:3], because="asked for", by=one.mona, at=one.at)
        for key in given[3:]:
            gold_withdrawal.withdraw(
                connection, one.contexts, one.programme, _release(one), key, "was wrong", by=one.mona, at=one.at
            )
        row = connection.execute(select(gold_item).where(gold_item.c.item_id == given[0])).one()
    assert (row.explanation, row.withdrawn_because) == (None, "asked for")
    assert sit(one, "ann", most=10) >= 5
    assert state(one, "ann") == "passed"


def test_hidden_gold_comes_at_the_declared_rate_and_looks_like_the_work_around_it(store: Store):
    one = calibrated(store, live=120, known=80, rest=", hidden: 0.3}")
    sit(one, "ann")
    shapes: dict[bool, set[str]] = {True: set(), False: set()}
    golden = 0
    for _ in range(100):
        (held,) = one.claim("ann")
        assert one.claim("ann") == [held]
        mark = is_gold(one, held)
        golden += mark
        done = answer(one, "ann", held)
        assert done.lesson is None
        shown = show.assignment(one.store.ids, held, programme_name="desk")
        own = {"work_id", "item_id", "body"}
        shapes[mark].add(repr({key: value for key, value in shown.items() if key not in own}) + done.state)
    assert 15 <= golden <= 45
    assert len(shapes[True]) == len(shapes[False]) == 1
    assert shapes[True] == shapes[False]


def test_several_works_at_once_come_in_the_same_order_with_gold_anywhere_among_them(store: Store):
    one = calibrated(store, live=120, known=80, rest=", hidden: 0.4}")
    sit(one, "ann")
    places = set()
    (first,) = one.claim("ann")
    one.say("ann", first.work_id, "answer", "a")
    for n in range(12):
        held = one.claim("ann", 3, at=one.at + n * SECOND)
        assert [given.work_id for given in one.claim("ann", 3)] == [given.work_id for given in held]
        assert len({given.expires_at for given in held}) == 1
        for n, given in enumerate(held):
            if is_gold(one, given):
                places.add(n)
            answer(one, "ann", given)
    assert places == {0, 1, 2}


def test_an_empty_queue_gives_no_gold(store: Store):
    one = calibrated(store, live=1, known=80, rest=", hidden: 0.5}")
    sit(one, "ann")
    for _ in range(30):
        held = one.claim("ann")
        if not held:
            break
        if not is_gold(one, held[0]):
            one.say("ann", held[0].work_id, "answer", "a")
            assert one.claim("ann") == []
        else:
            one.say("ann", held[0].work_id, "answer", "a")


def test_hidden_gold_can_be_taken_back_and_skipped_like_live_work_and_comes_back_to_its_person_alone(store: Store):
    one = calibrated(store, live=60, known=60, rest=", hidden: 0.5}")
    sit(one, "ann")
    sit(one, "ben")

    def next_gold() -> Assignment:
        while True:
            (held,) = one.claim("ann")
            if is_gold(one, held):
                return held
            one.say("ann", held.work_id, "answer", "a")

    held = next_gold()
    answer(one, "ann", held)
    one.undo("ann", held.work_id)
    assert one.claim("ann")[0].work_id == held.work_id
    assert one.say("ann", held.work_id, "skip").state == "open"
    with one.store.read() as connection:
        given = gold_works.gold_work_of(connection, held.work_id)
    assert given is not None
    assert given.right is None
    held = next_gold()
    later = one.at + 2 * one.lease
    others = one.claim("ben", 10, at=later)
    assert held.work_id not in {work.work_id for work in others}
    again = one.claim("ann", 10, at=later)
    assert held.work_id in {work.work_id for work in again}


def test_results_on_hidden_gold_are_known_after_the_gate_and_to_a_contest_before_it_is_no_gold(store: Store):
    one = calibrated(store, live=60, known=60, rest=", hidden: 0.5}")
    sit(one, "ann")
    ann = one.people["ann"]
    while True:
        (held,) = one.claim("ann")
        said = LABELS[(LABELS.index(right_of(one, held.item_id)) + 1) % 3] if is_gold(one, held) else "a"
        wrong = one.say("ann", held.work_id, "answer", said)
        if is_gold(one, held):
            break
    read = one.store.ids

    def hidden() -> list[dict[str, Any]]:
        with one.store.read() as connection:
            (mine,) = calibration.mine(connection, read, ann, at=one.at)["programmes"]
        return [line for line in mine["results"] if line["kind"] == "hidden"]

    def history() -> int:
        with one.store.read() as connection:
            found = people.person_report(connection, read, one.programme, ann)
        assert found is not None
        return len(found["history"])

    assert hidden() == []
    assert history() == 0
    with one.store.write() as connection, pytest.raises(Conflict, match="nothing stands against"):
        contest(connection, one.contexts, ann, wrong.judgement_id, "the item says so itself", at=one.at)
    through_gate(one)
    (line,) = hidden()
    assert (line["right"], line["batch"]) == (False, "batch-1")
    with one.store.write() as connection:
        contest(connection, one.contexts, ann, wrong.judgement_id, "the item says so itself", at=one.at)
    with pytest.raises(Conflict, match="through its gate"):
        one.undo("ann", held.work_id)


def test_a_contested_gold_answer_that_a_second_senior_overturns_is_withdrawn_and_results_are_reckoned_again(
    store: Store,
):
    one = calibrated(store, rest=", tiers: [1, 2]}")  # who rules works at tier 3
    sit(one, "ben", right=False)
    with one.store.write() as connection:
        rows = connection.execute(
            select(judgement.c.id, judgement.c.item_id)
            .join(gold_work, gold_work.c.judgement_id == judgement.c.id)
            .where(judgement.c.actor_id == one.people["ben"])
        ).all()
        for row in rows[:3]:
            contest(connection, one.contexts, one.people["ben"], row.id, "that is the other reading", at=one.at)
    contested = {row.item_id for row in rows[:3]}
    for _ in range(3):
        (held,) = one.claim("sue")
        assert held.queue == "review"
        assert held.item_id in contested
        mine = next(o.answer["labels"][0] for o in held.others if o.answer["labels"][0] != right_of(one, held.item_id))
        one.say("sue", held.work_id, "adjudicate", mine)
    with one.store.read() as connection:
        gone = connection.execute(select(gold_item).where(gold_item.c.withdrawn_at.is_not(None))).all()
    assert {row.item_id for row in gone} == contested
    assert state(one, "ben") == "exam", "two answers fail nobody"


def test_an_item_that_good_people_disagree_with_is_suspected_and_withdrawing_it_reckons_again(store: Store):
    one = calibrated(store, known=15, rest="}")
    for who in ("ann", "cid", "dee"):
        sit(one, who)
    with one.store.read() as connection:
        rows = gold_works.item_tallies(connection, _release(one))
    assert len({row.person_id for row in rows}) == 3
    planted = [gold_works.ItemTally(item, person, True, 1) for item in range(100, 120) for person in range(1, 9)]
    planted += [gold_works.ItemTally(999, person, False, 2) for person in range(1, 9)]
    planted += [gold_works.ItemTally(item, 50, False, 3) for item in range(100, 120)]  # and somebody bad
    found = {doubt.item_id: doubt for doubt in gold.doubts(planted, floor=0.8, least=10)}
    assert [key for key, doubt in found.items() if doubt.suspected] == [999]
    assert (found[999].good, found[999].good_wrong, found[999].instead, found[999].instead_n) == (8, 8, 2, 8)
    assert found[100].good == 8, "who is bad on the rest has no say"


def test_gold_that_contradicts_the_ontology_is_refused_with_row_and_field_and_nothing_is_sealed(store: Store):
    one = kernel(store)
    take_in_more(one, ["g0", "g1"])
    with pytest.raises(Invalid) as caught:
        sealed(one, [GoldLine(id="g0", answer="a"), GoldLine(id="g1", answer="no such label")])
    assert (caught.value.field or "").startswith("row 2: answer")
    for lines, field in (
        ([GoldLine(id="nobody", answer="a")], "row 1: id"),
        ([GoldLine(id="g0")], "row 1: answer"),
        ([GoldLine(id="g0", answer="a"), GoldLine(id="g0", answer="a")], "row 2: id"),
        ([GoldLine(id="g0", answer="a", concepts=("x", "x"))], "row 1: concepts"),
    ):
        with pytest.raises(Invalid) as caught:
            sealed(one, lines)
        assert caught.value.field == field
    with one.store.read() as connection:
        assert connection.execute(select(gold_item)).all() == []


def test_what_no_exam_can_decide_is_refused_when_it_is_applied_with_the_size_needed(store: Store):
    one = calibrated(store)
    for block, said in (
        ("{gold: known, exam: {size: 1, floor: 0.8}}", "needs at least 17"),
        ("{gold: known, exam: {size: 4, limit: 12, floor: 0.9}}", "limit has to be at least 88"),
        ("{gold: nothing, exam: {size: 4, limit: 12, floor: 0.4, level: 0.8}}", "no such gold release"),
        ("{gold: known, exam: {size: 20, limit: 60, floor: 0.4}}", "too small"),
        ("{gold: known, exam: {size: 4, floor: 0.4}, items: 50001}", "50000"),
        ("{gold: known, exam: {size: 4, floor: 0.4}, hiden: 0.1}", "did you mean 'hidden'"),
    ):
        with pytest.raises(Invalid) as caught:
            put_in_force(one, ANNOTATE + "\ncalibration: " + block)
        assert said in str(caught.value)


def _release(one: Kernel) -> int:
    with one.store.read() as connection:
        return int(connection.execute(select(gold_item.c.release_id).limit(1)).scalar_one())


SLA = """
sla:
  client: Northwind
  terms:
    known: {promise: accuracy, owner: mona, gold: known, at: 0.6, share: 0.2}
"""


def test_a_floor_on_a_gold_release_is_counted_from_the_answers_to_it_that_a_batch_held(store: Store):
    policy = ANNOTATE + SLA + "batches: {size: 200}\n"
    one = calibrated(store, live=60, known=60, rest=", hidden: 0.5}", policy=ANNOTATE)
    put_in_force(one, policy + EXAM + ", hidden: 0.5}")
    sit(one, "ann")
    right = wrong = 0
    while held := one.claim("ann"):
        if is_gold(one, held[0]):
            errs = (right + wrong) % 4 == 3
            said = right_of(one, held[0].item_id)
            said = LABELS[(LABELS.index(said) + 1) % 3] if errs else said
            right, wrong = right + (not errs), wrong + errs
            one.say("ann", held[0].work_id, "answer", said)
        else:
            answer(one, "ann", held[0])
        if right + wrong == 16 or state(one, "ann") != "passed":
            break
    live = sum(one.state(f"i{n}") == "decided" for n in range(60))
    through_gate(one)
    with one.store.read() as connection:
        found = sla.evaluated(connection, one.store.ids, one.programme, at=one.at + SECOND)
    (term,) = found.outcome.terms
    assert (term.n, term.eligible, term.value) == (right + wrong, right + wrong + live, right / (right + wrong))
    assert term.state == "at_risk", term.because
    assert "exact limits" in (term.method or "")
    with one.store.write() as connection:
        key = next(key for key, gone in connection.execute(select(gold_work.c.item_id, gold_work.c.right)) if gone)
        connection.execute(gold_item.update().where(gold_item.c.item_id == key).values(withdrawn_at=one.at))
        found = sla.evaluated(connection, one.store.ids, one.programme, at=one.at + SECOND)
    assert found.outcome.terms[0].n <= right + wrong, "what was withdrawn does not count"


@pytest.mark.parametrize(
    ("term", "told"),
    [
        ("gold: other, at: 0.6, share: 0.2", "known, as `calibration` says"),
        ("gold: known, at: 0.6", "says its sampling rate"),
        ("gold: known, at: 0.6, share: 0.5", "promise at most that, or hide more"),
        ("gold: known, at: 0.6, share: 0.2, measure: recall.v1", "names no measure"),
        ("gold: known, at: 0.99, share: 0.2, bound: lower", "can prove 0.99"),
    ],
)
def test_a_floor_on_gold_that_cannot_be_kept_is_refused(store: Store, term: str, told: str):
    one = calibrated(store)
    promised = SLA.replace("gold: known, at: 0.6, share: 0.2", term)
    with pytest.raises(Invalid, match=told):
        put_in_force(one, f"{ANNOTATE}{promised}batches: {{size: 200}}\n{EXAM}, hidden: 0.5}}")


def test_pauses_exams_and_their_ends_are_told_to_whom_they_concern(store: Store):
    one = calibrated(store)
    sit(one, "ben", right=False)
    ann, ben = one.people["ann"], one.people["ben"]

    def told(person: int, programmes: list[int] | None) -> list[str]:
        with one.store.read() as connection:
            return [row.kind for row in news.news(connection, person, programmes)]

    assert told(ben, []) == ["calibration.failed", "calibration.began"]
    assert told(ann, []) == []
    assert told(one.mona, None) == ["calibration.failed"], "an exam that is due concerns nobody else"
    with one.store.write() as connection:
        calibration.lift(
            connection,
            one.contexts,
            one.programme,
            ben,
            "the gold was wrong there",
            again=False,
            by=one.mona,
            at=one.at,
        )
    assert told(ben, [])[0] == "calibration.lifted"
    assert told(one.mona, None) == ["calibration.failed"]
    with one.store.read() as connection:
        (row,) = news.news(connection, one.mona, None)
    assert (row.name, "because" in shown(one.store.ids, row)["data"]) == ("ben", True)


def test_gold_that_comes_to_be_suspected_is_told_once(store: Store, monkeypatch: pytest.MonkeyPatch):
    one = calibrated(store)
    with one.store.read() as connection:
        keys = connection.execute(select(gold_item.c.item_id).order_by(gold_item.c.item_id)).scalars().all()
    rows = [gold_works.ItemTally(item, person, item != keys[3], 1) for item in keys for person in range(1, 9)]
    monkeypatch.setattr(gold, "item_tallies", lambda *_: rows)
    with one.store.write() as connection:
        assert gold.tell_of_suspects(connection, one.programme, at=one.at) == 1
        assert gold.tell_of_suspects(connection, one.programme, at=one.at) == 0
        (row,) = news.news(connection, one.mona, None)
    assert (row.kind, row.name, shown(one.store.ids, row)["data"]) == ("gold.suspected", "known", {"count": 1})


def test_no_read_gives_a_blind_worker_a_mark_an_answer_or_an_explanation_of_gold(store: Store):
    """Every address that reads, asked by somebody who holds hidden gold and has answered some."""
    one = calibrated(store, live=40, known=60, rest=", hidden: 0.5}")
    with store.write() as connection:
        account = accounts.add_account(
            connection, one.people["ann"], "ann", password=hash_password(PASSWORD), owner=False, at=one.at
        )
    assert account
    sit(one, "ann")
    answered: list[Assignment] = []
    while True:
        (held,) = one.claim("ann")
        if is_gold(one, held) and len(answered) >= 2:
            break
        if is_gold(one, held):
            answered.append(held)
        one.say("ann", held.work_id, "answer", "a")
    with store.read() as connection:
        of = connection.execute(
            select(gold_work.c.release_id, judgement.c.batch_id, judgement.c.id)
            .join(judgement, judgement.c.id == gold_work.c.judgement_id)
            .where(gold_work.c.kind == 1)
            .limit(1)
        ).one()
        true = connection.execute(select(gold_item.c.judgement_id).where(gold_item.c.item_id == held.item_id))
        against = true.scalar_one()
    show_id = store.ids.show
    app = create_app(store)
    with open_house(app, store) as house:
        ann = house.guest()
        ann.sign_in("ann")
        live = ann.ask("GET", "work/recent?limit=50").json()["rows"]
        for item_id in (held.item_id, answered[0].item_id):
            ids = {
                "programme": "desk",
                "item": show_id("item", item_id),
                "batch": show_id("batch", of.batch_id),
                "release": show_id("release", of.release_id),
                "judgement": show_id("judgement", of.id),
                "judgement_id": show_id("judgement", against),
                "work_id": show_id("work", held.work_id),
                "actor_id": show_id("actor", one.people["ann"]),
                "name": "known",
            }
            for path, methods in app.openapi()["paths"].items():
                parts = [part[1:-1] for part in path.split("/") if part.startswith("{")]
                if "get" not in methods or path.startswith("/api/me/calibration") or not set(parts) <= ids.keys():
                    continue
                answer = ann.ask("GET", path.format(**ids).removeprefix("/api/"))
                said = answer.text.replace('"calibration.began"', "")  # the news of their own exam
                if path.endswith("/guidance/{programme}") or answer.status_code >= 400:
                    continue
                for mark in ("because g", "about a", "about b", "about c", "hard", "calibration", "eval_only"):
                    assert f'"{mark}' not in said, (path, mark)
                assert show_id("judgement", against) not in said, path
                assert show_id("release", of.release_id) not in said, path
        assert len({frozenset(row) for row in live}) == 1
        mine = ann.ask("GET", "me/calibration").json()["programmes"][0]
        assert {line["kind"] for line in mine["results"]} == {"exam"}
        assert mine["hidden"]["n"] == 0
        queues = ann.ask("GET", "work/queues").json()["rows"]
        assert all(row["open"] % 10 == 0 for row in queues)
        claimed = ann.ask("POST", "work/claim", json={"count": 1}).json()["works"][0]
        assert "batch" not in claimed
        assert claimed["training"] is False
        assert [row["held"] for row in ann.ask("GET", "work/queues").json()["rows"] if row["held"]] == [1]
