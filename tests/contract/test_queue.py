"""The queue: who gets what, for how long, and that no word is lost or counted twice."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update
from tests.contract.kernel import ANNOTATE, MODELS, VERIFY, Kernel, kernel
from tests.contract.world import put

from goldloop.core.clock import SECOND
from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.core.nouns import Stance
from goldloop.loop.undo import RECENT, recent
from goldloop.store import work as queue
from goldloop.store.lanes import lane_key, requirements
from goldloop.store.open import Store
from goldloop.store.people import Person, add_person, change_person, grant, person_row
from goldloop.store.schema import closed, judgement, lease, ready, verdict, work

THREADS = 8
TWO = ANNOTATE + "\nconsensus: {share: 1.0, because: everything is asked twice, judgements: 2, limit: 3}"


def lease_of(one: Kernel) -> int:
    """How long a lease lasts, in microseconds."""
    return round(one.store.settings.lease_seconds * SECOND)


def count(store: Store, table: object) -> int:
    with store.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def give_back(one: Kernel, who: str, work_id: int) -> bool:
    with one.store.write() as connection:
        return queue.give_back(connection, one.people[who], work_id)


def heartbeat(one: Kernel, who: str, work_id: int, *, at: int) -> bool:
    with one.store.write() as connection:
        return queue.extend(connection, one.people[who], [work_id], until=at + lease_of(one)) == {work_id}


def test_asking_again_gives_the_same_work(store: Store) -> None:
    one = kernel(store)
    first = one.claim("ann")
    assert [held.work_id for held in one.claim("ann")] == [held.work_id for held in first]


def test_prefetching_gives_so_many_different_items_and_no_more(store: Store) -> None:
    one = kernel(store, items=5)
    held = one.claim("ann", 3)
    assert len({work.item_id for work in held}) == 3
    assert one.claim("ann", 3) == held
    assert len(one.claim("ann", 10)) == 5


def test_two_people_never_hold_one_work(store: Store) -> None:
    one = kernel(store, items=4)
    mine, theirs = one.claim("ann", 3), one.claim("ben", 3)
    assert (len(mine), len(theirs)) == (3, 1)
    assert not {work.work_id for work in mine} & {work.work_id for work in theirs}


def test_what_came_first_is_handed_out_first(store: Store) -> None:
    one = kernel(store, items=4)
    assert [work.item_id for work in one.claim("ann", 4)] == sorted(one.items.values())


def test_a_lease_ends_when_its_time_is_over_and_not_before(store: Store) -> None:
    one = kernel(store, items=1)
    (held,) = one.claim("ann")
    assert held.expires_at == one.at + lease_of(one)
    assert one.claim("ben", at=held.expires_at - 1) == []
    (again,) = one.claim("ben", at=held.expires_at)
    assert again.work_id == held.work_id


def test_a_lease_begins_when_it_is_given_however_long_ago_it_was_asked_for(store: Store) -> None:
    """Another claim may have given the work back after this one looked at the clock."""
    one = kernel(store, items=1)
    (first,) = one.claim("ann")
    asked_at, given_at = first.expires_at - 5, first.expires_at + 5
    with store.write() as connection:
        assert queue.return_expired(connection, at=first.expires_at + 1) == 1
    (held,) = one.claim("ben", at=asked_at, given_at=given_at)
    assert (held.item_id, held.expires_at) == (first.item_id, given_at + lease_of(one))
    with store.read() as connection:
        assert connection.execute(select(lease.c.taken_at)).scalar_one() == given_at


def test_a_heartbeat_keeps_a_lease(store: Store) -> None:
    one = kernel(store, items=1)
    (held,) = one.claim("ann")
    later = held.expires_at - SECOND
    assert heartbeat(one, "ann", held.work_id, at=later)
    assert one.claim("ben", at=held.expires_at) == []
    assert len(one.claim("ben", at=later + lease_of(one))) == 1


def test_a_heartbeat_for_a_work_that_somebody_else_holds_changes_nothing(store: Store) -> None:
    one = kernel(store, items=1)
    (held,) = one.claim("ann")
    assert not heartbeat(one, "ben", held.work_id, at=held.expires_at + lease_of(one))
    assert len(one.claim("ben", at=held.expires_at)) == 1


def test_a_work_given_back_is_there_for_the_next_and_for_oneself(store: Store) -> None:
    one = kernel(store, items=1)
    (held,) = one.claim("ann")
    assert give_back(one, "ann", held.work_id)
    assert not give_back(one, "ann", held.work_id)
    assert [work.work_id for work in one.claim("ann")] == [held.work_id]


def test_the_same_key_twice_is_one_judgement(store: Store) -> None:
    one, key = kernel(store, items=1), uuid4()
    (held,) = one.claim("ann")
    first = one.say("ann", held.work_id, "answer", "a", key=key)
    assert one.say("ann", held.work_id, "answer", "a", key=key) == first
    assert len(one.said("i0")) == 1


@pytest.mark.parametrize(
    ("stance", "answer", "comment"), [("answer", "b", None), ("answer", "a", "sure"), ("skip", None, None)]
)
def test_the_same_key_for_something_else_is_refused(
    store: Store, stance: Stance, answer: str | None, comment: str | None
) -> None:
    one, key = kernel(store, items=1), uuid4()
    (held,) = one.claim("ann")
    one.say("ann", held.work_id, "answer", "a", key=key)
    with pytest.raises(Conflict, match="something else"):
        one.say("ann", held.work_id, stance, answer, key=key, comment=comment)
    assert len(one.said("i0")) == 1


def test_the_same_key_for_another_work_is_refused(store: Store) -> None:
    one, key = kernel(store, items=2), uuid4()
    first, second = one.claim("ann", 2)
    one.say("ann", first.work_id, "answer", "a", key=key)
    with pytest.raises(Conflict, match="something else"):
        one.say("ann", second.work_id, "answer", "a", key=key)
    assert one.state("i1") == "open"


def test_somebody_elses_key_is_refused(store: Store) -> None:
    one, key = kernel(store, items=2), uuid4()
    (mine,), (theirs,) = one.claim("ann"), one.claim("ben")
    one.say("ann", mine.work_id, "answer", "a", key=key)
    with pytest.raises(Conflict, match="somebody else"):
        one.say("ben", theirs.work_id, "answer", "a", key=key)


def test_a_work_that_was_never_ones_own_takes_no_answer(store: Store) -> None:
    one = kernel(store, items=1)
    (held,) = one.claim("ann")
    with pytest.raises(NotFound):
        one.say("ben", held.work_id, "answer", "a")
    with pytest.raises(NotFound):
        one.say("ben", 10**9, "answer", "a")
    assert one.said("i0") == []


@pytest.mark.parametrize(("stance", "answer"), [("answer", "nonsense"), ("accept", None), ("skip", "a")])
def test_a_refused_answer_leaves_the_work_where_it_was(store: Store, stance: Stance, answer: str | None) -> None:
    one = kernel(store, items=1)
    (held,) = one.claim("ann")
    with pytest.raises(Invalid):
        one.say("ann", held.work_id, stance, answer)
    assert one.said("i0") == []
    assert one.say("ann", held.work_id, "answer", "a").state == "decided"


def test_a_skipped_item_goes_to_somebody_else_and_never_back(store: Store) -> None:
    one = kernel(store, items=1)
    one.answer("ann", "skip")
    assert one.claim("ann") == []
    assert one.answer("ben", "answer", "a").state == "decided"


def test_the_reason_of_a_skip_and_the_question_of_an_escalation_are_kept(store: Store) -> None:
    one = kernel(store, items=2)
    first, second = one.claim("ann", 2)
    one.say("ann", first.work_id, "skip", comment="cannot read it")
    one.say("ann", second.work_id, "escalate", comment="is this a or b?")
    assert [row.comment for name in ("i0", "i1") for row in one.said(name)] == ["cannot read it", "is this a or b?"]


def test_an_escalated_item_goes_to_a_senior_and_to_nobody_else(store: Store) -> None:
    one = kernel(store, items=1)
    one.answer("ann", "escalate")
    assert one.state("i0") == "disputed"
    assert one.claim("ben") == []
    (held,) = one.claim("sue")
    assert (held.queue, held.tier) == ("review", 3)
    assert one.say("sue", held.work_id, "adjudicate", "b").state == "decided"
    assert one.label("i0") == "b"


def test_a_question_goes_to_the_specialist_that_the_file_asks_for(store: Store) -> None:
    one = kernel(store, ANNOTATE + "\nescalation: {skills: [oncology]}", items=1)
    one.answer("ann", "escalate")
    assert one.claim("sue") == [], "a senior, and no specialist"
    with store.write() as connection:
        before = person_row(connection, one.people["sue"]).person
        change_person(connection, one.people["sue"], before._replace(skills=("oncology",)))
    (held,) = one.claim("sue")
    assert one.say("sue", held.work_id, "adjudicate", "b").state == "decided"


def test_a_retracted_answer_reopens_the_item_for_the_same_person(store: Store) -> None:
    one = kernel(store, items=1)
    (held,) = one.claim("ann")
    one.say("ann", held.work_id, "answer", "a")
    assert one.undo("ann", held.work_id).answer == {"labels": ["a"]}
    assert (one.state("i0"), one.label("i0")) == ("open", None)
    assert one.claim("ben") == []
    assert [work.work_id for work in one.claim("ann")] == [held.work_id]
    one.say("ann", held.work_id, "answer", "b")
    assert one.label("i0") == "b"
    assert [row.stance for row in one.said("i0")] == [0, 6, 0], "what was withdrawn stays on the record"


def test_undoing_twice_with_one_key_is_undoing_once(store: Store) -> None:
    one, key = kernel(store, items=1), uuid4()
    (held,) = one.claim("ann")
    one.say("ann", held.work_id, "answer", "a")
    assert one.undo("ann", held.work_id, key=key)[:3] == one.undo("ann", held.work_id, key=key)[:3]
    assert len(one.said("i0")) == 2


def test_an_answer_that_a_colleague_gave_cannot_be_undone(store: Store) -> None:
    one = kernel(store, items=1)
    (held,) = one.claim("ann")
    one.say("ann", held.work_id, "answer", "a")
    with pytest.raises(NotFound):
        one.undo("ben", held.work_id)


def test_only_the_last_few_answers_can_be_undone(store: Store) -> None:
    one = kernel(store, items=RECENT + 1)
    held = one.claim("ann", RECENT + 1)
    for work_ in held:
        one.say("ann", work_.work_id, "answer", "a")
    with pytest.raises(NotFound):
        one.undo("ann", held[0].work_id)
    assert one.undo("ann", held[1].work_id).item_id == held[1].item_id


def _gate(one: Kernel) -> None:
    with one.store.write() as connection:
        row = {"programme_id": one.programme, "batch_id": one.batches()[0], "owner_id": one.mona}
        put(connection, verdict, **row, outcome="fail", decided_at=one.at + 1)


def _rule(one: Kernel) -> None:
    one.answer("ben", "escalate")
    one.answer("sue", "adjudicate", "c")


def test_an_answer_that_a_gate_has_used_cannot_be_undone(store: Store) -> None:
    one = kernel(store, items=1)
    (held,) = one.claim("ann")
    one.say("ann", held.work_id, "answer", "a")
    _gate(one)
    with pytest.raises(Conflict, match="gate"):
        one.undo("ann", held.work_id)
    assert one.label("i0") == "a"


def test_an_answer_that_a_reviewer_has_ruled_on_cannot_be_undone(store: Store) -> None:
    one = kernel(store, TWO, items=1)
    (held,) = one.claim("ann")
    one.say("ann", held.work_id, "answer", "a")
    _rule(one)
    with pytest.raises(Conflict, match="reviewer"):
        one.undo("ann", held.work_id)
    assert one.label("i0") == "c"


def test_why_an_answer_cannot_be_undone_is_told_beforehand(store: Store) -> None:
    one = kernel(store, TWO, items=1)
    one.answer("ann", "answer", "a")
    with store.read() as connection:
        assert [row.because_not for row in recent(connection, one.people["ann"])] == [None]
    _rule(one)
    with store.read() as connection:
        (row,) = recent(connection, one.people["ann"])
    assert row.because_not == "a reviewer has ruled on it"


def test_exactly_as_many_people_as_the_policy_wants(store: Store) -> None:
    one = kernel(store, TWO, items=1)
    for who in ("ann", "ben"):
        one.answer(who, "answer", "a")
    assert one.state("i0") == "decided"
    assert one.claim("cid") == []


def test_nobody_gets_one_item_twice(store: Store) -> None:
    one = kernel(store, TWO, items=1)
    one.answer("ann", "answer", "a")
    assert one.claim("ann") == []
    assert one.claim("ann", at=one.at + 10 * lease_of(one)) == []


def test_what_is_labelled_unseen_comes_among_what_is_checked_in_the_order_in_which_it_came_in(store: Store) -> None:
    drawn = "blind: {share: 0.5}\nconsensus: {share: 0.2, because: a part is asked twice}\n"
    one = kernel(store, MODELS + VERIFY + drawn, items={f"i{n:02}": "a" for n in range(20)})
    given = []
    for _ in range(20):
        (held,) = one.claim("ann")
        unseen = held.queue == "annotate"
        one.say("ann", held.work_id, "answer" if unseen else "accept", "a" if unseen else None)
        given.append(held)
    assert [held.item_id for held in given] == sorted(one.items.values()), "a second look at hers makes no lane older"
    assert {held.queue for held in given} == {"verify", "annotate"}
    assert one.claim("ann") == []
    assert one.claim("ben")[0].queue == "annotate", "who is new to it finishes what was begun first"


def test_different_answers_ask_one_more_up_to_the_limit_and_then_a_senior(store: Store) -> None:
    one = kernel(store, TWO, items=1)
    assert [one.answer(who, "answer", label).state for who, label in (("ann", "a"), ("ben", "b"))] == ["open", "open"]
    (held,) = one.claim("cid")
    assert one.say("cid", held.work_id, "answer", "a", comment="It says so.").state == "disputed"
    assert one.claim("dee") == []
    (held,) = one.claim("sue")
    assert [other.comment for other in held.others] == [None, None, "It says so."]
    assert [other.answer["labels"] for other in held.others] == [["a"], ["b"], ["a"]]


def test_a_late_answer_counts_where_nobody_took_the_work(store: Store) -> None:
    one = kernel(store, items=1)
    (held,) = one.claim("ann")
    late = held.expires_at + lease_of(one)
    assert one.claim("cid", at=late, of="review") == []
    done = one.say("ann", held.work_id, "answer", "a", at=late)
    assert (done.surplus, done.state) == (False, "decided")


def test_a_late_answer_is_kept_beside_the_quota_where_somebody_did(store: Store) -> None:
    one = kernel(store, items=1)
    (held,) = one.claim("ann")
    late = held.expires_at
    one.answer("ben", "answer", "b", at=late)
    done = one.say("ann", held.work_id, "answer", "a", at=late + 1)
    assert (done.surplus, done.state) == (True, "decided")
    assert one.label("i0") == "b"
    assert len(one.said("i0")) == 2


def test_a_higher_priority_is_handed_out_earlier(store: Store) -> None:
    rules = """
routing:
  model: oracle
  rules:
  - {rule: urgent, when: {labels: [b]}, to: annotate, tier: 1, priority: 500}
  - {rule: rest, to: annotate, tier: 1}
"""
    one = kernel(store, MODELS + rules, items={"slow": "a", "fast": "b", "later": "c"})
    assert [work.item_id for work in one.claim("ann", 3)] == [one.items[n] for n in ("fast", "slow", "later")]


def test_what_finishes_an_item_comes_before_what_starts_one(store: Store) -> None:
    one = kernel(store, TWO, items=3)
    (held,) = one.claim("ann")
    one.say("ann", held.work_id, "answer", "a")
    assert one.claim("ben")[0].item_id == held.item_id


def test_work_goes_only_to_whoever_has_its_tier(store: Store) -> None:
    one = kernel(store, ANNOTATE.replace("tier: 1", "tier: 3"), items=1)
    assert one.claim("ann") == []
    assert len(one.claim("sue")) == 1


@pytest.mark.parametrize(
    ("asked", "brings"),
    [
        ("skills: [medicine]", {"skills": ("medicine",)}),
        ("languages: [de]", {"languages": ("de",)}),
        ("residency: EU", {"residency": "EU"}),
        ("clearance: secret", {"clearance": ("secret",)}),
    ],
)
def test_work_goes_only_to_whoever_meets_its_requirements(store: Store, asked: str, brings: dict[str, object]) -> None:
    one = kernel(store, f"{ANNOTATE}\n{asked}", items=1)
    assert one.claim("ann") == []
    with store.write() as connection:
        before = person_row(connection, one.people["ann"]).person
        change_person(connection, one.people["ann"], before._replace(**brings))
    assert len(one.claim("ann")) == 1


def test_lanes_that_are_alike_go_by_priority_deadline_and_age_of_what_waits_in_them(store: Store) -> None:
    """However much comes into the older lane: nothing waits for it to be empty."""
    one = kernel(store, items=6)
    moved = [one.items[name] for name in ("i0", "i3", "i4")]
    with store.write() as connection:
        (old,) = requirements(connection, connection.execute(select(work.c.lane_id).distinct()).scalars()).values()
        eu = lane_key(connection, old.model_copy(update={"residency": "EU"}))
        connection.execute(update(work).where(work.c.item_id.in_(moved)).values(lane_id=eu))
        connection.execute(update(ready).where(ready.c.item_id.in_(moved)).values(lane_id=eu))
        connection.execute(update(work).where(work.c.item_id == one.items["i3"]).values(due_at=one.at + SECOND))
        connection.execute(update(ready).where(ready.c.item_id == one.items["i5"]).values(priority=1))
        before = person_row(connection, one.people["ann"]).person
        change_person(connection, one.people["ann"], before._replace(residency="EU"))
    given = []
    for _ in range(6):
        (held,) = one.claim("ann")
        given.append(held.item_id)
        one.say("ann", held.work_id, "answer", "a")
    assert given == [one.items[name] for name in ("i5", "i0", "i3", "i1", "i2", "i4")]


def test_a_stranger_to_the_programme_gets_nothing(store: Store) -> None:
    one = kernel(store, items=1)
    with store.write() as connection:
        eve = add_person(connection, 1, Person("eve", tiers=(1, 2, 3)), at=one.at)
    one.people["eve"] = eve
    assert one.claim("eve") == []
    with store.write() as connection:
        grant(connection, one.programme, eve, "annotator", (1,), by=one.mona, at=one.at)
    assert len(one.claim("eve")) == 1


def test_every_work_stands_in_exactly_one_place(store: Store) -> None:
    one = kernel(store, MODELS + VERIFY, items={"i0": "a", "i1": "b", "i2": None, "i3": "c"})
    first, second, third, _ = one.claim("ann", 4)
    one.say("ann", first.work_id, "reject")
    one.say("ann", second.work_id, "accept")
    one.undo("ann", second.work_id)
    one.say("ann", third.work_id, "escalate")
    assert _places(store) == count(store, work)


def _places(store: Store) -> int:
    """How many places works stand in, each counted once."""
    with store.read() as connection:
        keys = [
            key for table in (ready, lease, closed) for key in connection.execute(select(table.c.work_id)).scalars()
        ]
    assert len(set(keys)) == len(keys), "a work stands in two places"
    return len(keys)


def _at_once(jobs: list[Callable[[], Any]]) -> list[Any]:
    """Run these at the same moment, each in a thread."""
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        gate.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def crowd(one: Kernel) -> list[str]:
    """Eight annotators."""
    names = [f"p{n}" for n in range(THREADS)]
    with one.store.write() as connection:
        for name in names:
            one.people[name] = add_person(connection, 1, Person(name, tiers=(1,)), at=one.at)
            grant(connection, one.programme, one.people[name], "annotator", (1,), by=one.mona, at=one.at)
    return names


def test_eight_at_once_are_never_given_one_work_twice(store: Store) -> None:
    one = kernel(store, items=40)
    names = crowd(one)

    def shift(who: str) -> list[int]:
        done = []
        while held := one.claim(who, 2):
            for work_ in held:
                done.append(work_.item_id)
                one.say(who, work_.work_id, "answer", "a")
        return done

    shifts = _at_once([lambda who=who: shift(who) for who in names])
    items = Counter(item for done in shifts for item in done)
    assert sorted(items) == sorted(one.items.values())
    assert set(items.values()) == {1}
    assert count(store, judgement) == 40
    assert (_places(store), count(store, lease), count(store, ready)) == (40, 0, 0)


def test_eight_at_once_give_exactly_the_answers_asked_for(store: Store) -> None:
    one = kernel(store, TWO.replace("limit: 3", "limit: 2"), items=10)
    names = crowd(one)

    def shift(who: str) -> None:
        while held := one.claim(who, 1):
            one.say(who, held[0].work_id, "answer", "a")

    _at_once([lambda who=who: shift(who) for who in names])
    for who in names:  # somebody may have left just before the last second look was opened
        shift(who)
    for name in one.items:
        said = one.said(name)
        assert len(said) == 2, name
        assert len({row.actor_id for row in said}) == 2, name
        assert one.state(name) == "decided"


def test_eight_different_answers_to_one_work_at_once_count_once(store: Store) -> None:
    one = kernel(store, TWO, items=1)
    (held,) = one.claim("ann")

    def counts() -> bool:
        try:
            return not one.say("ann", held.work_id, "answer", "a").surplus
        except NotFound:
            return False

    assert sum(_at_once([counts] * THREADS)) == 1
    assert one.state("i0") == "open", "one person is not two"


def test_one_submission_sent_eight_times_at_once_is_one_judgement(store: Store) -> None:
    one, key = kernel(store, items=1), uuid4()
    (held,) = one.claim("ann")
    results = _at_once([lambda: one.say("ann", held.work_id, "answer", "a", key=key)] * THREADS)
    assert len(set(results)) == 1
    assert len(one.said("i0")) == 1
