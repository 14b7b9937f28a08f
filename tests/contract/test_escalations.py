"""Questions, rulings, precedents and one's own page, on both databases."""

from uuid import uuid4

import pytest
from sqlalchemy import Connection, insert, select, update
from tests.contract.kernel import ANNOTATE, PROGRAMME, Kernel, kernel

from goldloop.core.canonical import canonical
from goldloop.core.clock import SECOND
from goldloop.core.errors import Conflict, Forbidden, Invalid, NotFound
from goldloop.core.programme_file import read_policy
from goldloop.loop.submit import Note, Submission, submit
from goldloop.quality.escalations.rule import answer, question, take
from goldloop.store import access, clauses, escalations, mine
from goldloop.store.caller import Caller
from goldloop.store.codes import STANCE, WORK_PURPOSE
from goldloop.store.escalations import Question
from goldloop.store.nobody_left import stuck
from goldloop.store.open import Store
from goldloop.store.programmes import policy_in_force
from goldloop.store.releases import add_release
from goldloop.store.schema import judgement, person, work
from goldloop.store.values import NewValue, value_key

POLICY = f"""{ANNOTATE}
guidelines: [{{id: "1", title: First, label: a, text: One.}}]
escalation: {{tier: 3, hours: 2}}
errors: [misread]
"""


def ask(made: Kernel, who: str, text: str, *, at: int = 0) -> Question:
    """Somebody escalates the next item with this question."""
    (held,) = made.claim(who)
    made.say(who, held.work_id, "escalate", comment=text, at=at or made.at)
    with made.store.read() as connection:
        (asked, *_) = escalations.questions(connection, escalations.in_programme(made.programme))
    assert asked.comment == text
    return asked


def ruling(label: str, comment: str, **note: object) -> Submission:
    return Submission(uuid4(), "adjudicate", {"labels": [label]}, comment, note=Note.model_validate(note))


def rule(made: Kernel, who: str, asked: Question, said: Submission, *, at: int = 0) -> str:
    at = at or made.at + 1
    with made.store.write() as connection:
        hands = made._hands(connection, made.people[who])
        person = made.people[who]
        done = answer(connection, made.contexts, person, hands, asked, said, at=at, term=lambda: (at, at + made.lease))
    return done.state


def precedents(made: Kernel, **wanted: str) -> list[str | None]:
    with made.store.read() as connection:
        return [one.comment for one in escalations.precedents(connection, made.programme, **wanted)]  # type: ignore[arg-type]


@pytest.fixture
def made(store: Store) -> Kernel:
    return kernel(store, POLICY, items=6)


def test_a_question_opens_a_ruling_with_a_deadline_that_only_its_tier_may_take(made: Kernel) -> None:
    asked = ask(made, "ann", "which?")
    with made.store.write() as connection:
        slot = escalations.slots(connection, [asked])[asked.batch_id, asked.item_id]
        assert slot.due_at == made.at + 2 * 3600 * SECOND
        purpose = connection.execute(select(work.c.purpose).where(work.c.id == slot.work_id)).scalar()
        assert purpose == WORK_PURPOSE["escalation"]

        def taken(who: str) -> int:
            hands = made._hands(connection, made.people[who])
            at = made.at
            return take(
                connection, made.contexts, made.people[who], hands, asked, at=at, term=lambda: (at, at + made.lease)
            )

        with pytest.raises(Forbidden):
            taken("ben")
        assert taken("sue") == slot.work_id == taken("sue")
        assert escalations.slots(connection, [asked])[asked.batch_id, asked.item_id].holder_id == made.people["sue"]


def test_a_question_goes_to_the_skill_that_it_asks_for(store: Store) -> None:
    made = kernel(store, POLICY.replace("hours: 2}", "hours: 2, skills: [cards]}"), items=3)
    asked = ask(made, "ann", "which?")
    with pytest.raises(Forbidden):
        rule(made, "sue", asked, ruling("a", "this one"))
    with store.write() as connection:
        (found,) = stuck(connection, made.programme)
        assert (found.works, found.because) == (1, "nobody on the roster has skill cards")
        connection.execute(update(person).where(person.c.actor_id == made.people["sue"]).values(skills='["cards"]'))
    assert rule(made, "sue", asked, ruling("a", "this one")) == "decided"


def test_one_key_is_one_answer_and_a_second_answer_is_a_conflict(made: Kernel) -> None:
    asked = ask(made, "ann", "which?")
    said = ruling("a", "this one")
    assert rule(made, "sue", asked, said) == rule(made, "sue", asked, said) == "decided"
    with pytest.raises(Conflict, match="answered already"):
        rule(made, "sue", asked, ruling("b", "no, that one"))
    with made.store.read() as connection:
        states = {
            state: len(escalations.questions(connection, escalations.in_programme(made.programme), state=state))
            for state in ("open", "answered")
        }
    assert states == {"open": 0, "answered": 1}


def test_a_question_that_is_taken_back_is_gone_and_its_ruling_work_with_it(made: Kernel) -> None:
    (held,) = made.claim("ann")
    made.say("ann", held.work_id, "escalate", comment="which?")
    with made.store.read() as connection:
        (asked,) = escalations.questions(connection, escalations.asked_by(made.people["ann"]))
    made.undo("ann", held.work_id)
    with made.store.read() as connection:
        assert escalations.questions(connection, escalations.asked_by(made.people["ann"])) == []
        assert escalations.slots(connection, [asked]) == {}
        with pytest.raises(NotFound):
            question(connection, asked.id)


def test_precedents_are_what_was_released_and_are_found_by_words_and_clause(made: Kernel) -> None:
    for n, (words, note) in enumerate(
        (
            ("Payments weigh more: 100%", {"precedent": True, "clause": "1"}),
            ("Only for you", {}),
            ('quotes "precedent":true in words', {"clause": "1", "amends": '"precedent":true'}),
        )
    ):
        asked = ask(made, "ann", f"What of item {n}, Straße?")
        rule(made, "sue", asked, ruling("a", words, **note))
    assert precedents(made) == ["Payments weigh more: 100%"]
    assert precedents(made, text="WEIGH more: 100%") == precedents(made, text="item 0") == precedents(made)
    assert precedents(made, text="weigh_more") == precedents(made, text="item 1") == []
    assert precedents(made, clause="1") == precedents(made)
    assert precedents(made, clause="2") == []


def test_a_note_goes_only_where_it_belongs(made: Kernel) -> None:
    (held,) = made.claim("ann")
    for note, field in (
        (Note(clause="1"), "note.clause"),
        (Note(precedent=True), "note.precedent"),
        (Note(about="a"), "note.about"),
    ):
        with pytest.raises(Invalid) as caught, made.store.write() as connection:
            said = Submission(uuid4(), "answer", {"labels": ["a"]}, note=note)
            submit(connection, made.contexts, made.people["ann"], held.work_id, said, at=made.at)
        assert caught.value.field == field


def test_ones_own_page_counts_and_tells_what_came_back(made: Kernel) -> None:
    work_id = made.on("ann", "i0", "answer", "a")
    ask(made, "ann", "and this?")
    with made.store.write() as connection:
        person = made.people["ann"]
        counted = {(one.queue, one.stance): one.statements for one in mine.did(connection, person, since=made.at)}
        assert counted == {(1, STANCE["answer"]): 1, (1, STANCE["escalate"]): 1}
        assert mine.did(connection, person, since=made.at + SECOND) == []
        assert mine.corrected(connection, person, since=0, limit=9) == []
        _rule_by_hand(connection, made, work_id, "b")
        (back,) = mine.corrected(connection, person, since=0, limit=9)
        assert (back.mine, back.ruled, back.reason) == ('{"labels":["a"]}', '{"labels":["b"]}', "misread")
        assert mine.corrected(connection, made.people["ben"], since=0, limit=9) == []


def _rule_by_hand(connection: Connection, made: Kernel, work_id: int, label: str) -> None:
    """A ruling on a work's item, as a dispute would bring it."""
    said = connection.execute(select(judgement).where(judgement.c.work_id == work_id)).one()._asdict()
    key = value_key(connection, said["task_id"], NewValue(f'{{"labels":["{label}"]}}', (label,)))
    said |= {"actor_id": made.people["sue"], "stance": STANCE["adjudicate"], "value_id": key, "reason": "misread"}
    del said["id"]
    connection.execute(insert(judgement).values(**{**said, "client_key": None, "said_at": made.at + 5}))


def test_a_clause_keeps_its_version_until_it_is_worded_anew_and_is_unread_until_opened(made: Kernel) -> None:
    ann = made.people["ann"]
    with made.store.write() as connection:
        assert policy_in_force(connection, made.programme).guideline_id is not None
        (one,) = clauses.clauses(connection, made.programme)
        assert (one.version, one.before) == (1, None)
        assert clauses.unread(connection, made.programme, ann, [one]) == set()
        for text in ("One.", "Two."):
            first_clause = {"id": "1", "title": "First", "label": "a", "text": text}
            body = canonical({"clauses": [first_clause, {"id": "2", "text": "x"}]})
            at = made.at + SECOND
            add_release(connection, made.programme, "guideline", "guideline", body, by=made.mona, at=at)
        first, second = clauses.clauses(connection, made.programme)
        assert (first.version, second.version) == (3, 2)
        assert first.before is not None
        found = [first, second]
        assert clauses.unread(connection, made.programme, ann, found) == {"1", "2"}
        for version in (2, 3):
            clauses.note_reading(connection, made.programme, ann, "1", version, at=made.at)
        assert clauses.unread(connection, made.programme, ann, found) == {"2"}
        assert clauses.unread(connection, made.programme, made.people["ben"], found) == {"1", "2"}
        assert clauses.unread(connection, made.programme, 0, found) == set()


def test_programme_files_declare_deadline_and_taxonomy_once() -> None:
    assert [one.id for one in read_policy(PROGRAMME + POLICY).errors] == ["misread"]
    assert len(read_policy(PROGRAMME + ANNOTATE).errors) > 3
    for wrong in ("errors: [a, a]", "errors: []", "escalation: {hours: 0}", "escalation: {tier: 4}", "errors: [A b]"):
        with pytest.raises(Invalid):
            read_policy(f"{PROGRAMME}{ANNOTATE}\n{wrong}\n")


def test_what_one_may_not_see_has_no_questions(made: Kernel) -> None:
    asked = ask(made, "ann", "which?")
    public = made.store.ids.show("judgement", asked.id)
    stranger = Caller(0, 0, None, False, None, frozenset(), frozenset(), None, frozenset(), {})
    with made.store.read() as connection:
        for key in (public, made.store.ids.show("judgement", asked.id + 1_000)):
            with pytest.raises(NotFound, match="no such question"):
                access.access_question(connection, made.store.ids, stranger, key, may="work")
