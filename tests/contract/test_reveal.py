"""A suggestion that is shown after the answer: nobody sees it before, they may revise, and both answers stay."""

from uuid import uuid4

import pytest
from sqlalchemy import insert, select
from tests.contract.kernel import MODELS, PROGRAMME, VERIFY, Kernel, kernel

from goldloop.core.clock import SECOND
from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.core.programme_file import read_policy
from goldloop.labelling.anchoring.effect import anchoring_of
from goldloop.loop.latch import latch
from goldloop.loop.revise import Revision, revise
from goldloop.loop.submit import Submitted
from goldloop.store.codes import SHOWN_NAMES
from goldloop.store.open import Store
from goldloop.store.schema import batch, batch_item, verdict
from goldloop.store.unseen import unseen_of

AFTER = MODELS + VERIFY.replace("to: verify, tier: 1", "to: annotate, tier: 1, reveal: after")


def again(one: Kernel, who: str, work: int, label: str, **given: object) -> Submitted:
    with one.store.write() as connection:
        said = Revision(given.pop("key", uuid4()), {"labels": [label]})  # type: ignore[arg-type]
        return revise(connection, one.contexts, one.people[who], work, said, at=one.at + SECOND)


def test_it_is_shown_once_it_is_answered_and_both_answers_stay(store: Store) -> None:
    one = kernel(store, AFTER, items={"i0": "a"})
    (held,) = one.claim("ann")
    assert (held.queue, held.suggestion, held.others) == ("annotate", None, ())
    key = uuid4()
    done = one.say("ann", held.work_id, "answer", "b", key=key)
    assert done.revealed is not None
    assert (done.revealed.answer, done.revealed.named, done.revealed.same) == ({"labels": ["a"]}, "a", False)
    assert one.say("ann", held.work_id, "answer", "b", key=key).revealed == done.revealed, "the same, sent again"
    assert one.label("i0") == "b"
    revision = uuid4()
    assert again(one, "ann", held.work_id, "a", key=revision).state == "decided"
    assert again(one, "ann", held.work_id, "a", key=revision).state == "decided"
    assert one.label("i0") == "a"
    first, second = one.said("i0")[1:]
    assert (SHOWN_NAMES[first.shown], first.suggestion_id, first.revision_of) == ("after", None, None)
    assert (SHOWN_NAMES[second.shown], second.suggestion_id) == ("before", one.said("i0")[0].id)
    assert second.revision_of == first.id
    with store.read() as connection:
        page = anchoring_of(connection, store.ids, one.contexts, one.programme)
        assert unseen_of(connection, one.programme, [one.items["i0"]]) == {}, (
            "the label was given beside the suggestion"
        )
    assert page["seen"] == {"never": 0, "before": 1, "after": 1}


def test_who_keeps_their_answer_gave_it_unseen(store: Store) -> None:
    one = kernel(store, AFTER, items={"i0": "a"})
    done = one.answer("ann", "answer", "a")
    assert done.revealed is not None
    assert done.revealed.same
    with store.read() as connection:
        (found,) = unseen_of(connection, one.programme, [one.items["i0"]]).values()
    assert found.source == "annotated"


def test_what_was_shown_cannot_be_taken_back_and_is_revised_once_in_time_by_its_author(store: Store) -> None:
    one = kernel(store, AFTER, items={"i0": "a", "i1": "a"})
    (held,) = one.claim("ann")
    with pytest.raises(NotFound):
        again(one, "ann", held.work_id, "a")
    one.say("ann", held.work_id, "answer", "b")
    with pytest.raises(Conflict, match="its suggestion has been shown"):
        one.undo("ann", held.work_id)
    with pytest.raises(NotFound):
        again(one, "ben", held.work_id, "a")
    with pytest.raises(Invalid):
        again(one, "ann", held.work_id, "no such label")
    again(one, "ann", held.work_id, "a")
    with pytest.raises(NotFound):
        again(one, "ann", held.work_id, "c")
    with pytest.raises(Conflict, match="its suggestion has been shown"):
        one.undo("ann", held.work_id)
    (other,) = one.claim("ann")
    one.say("ann", other.work_id, "answer", "b")
    with store.write() as connection:
        row = connection.execute(select(batch)).one()
        of = {"programme_id": one.programme, "batch_id": row.id, "gate": "g", "owner_id": one.mona}
        connection.execute(insert(verdict).values(**of, outcome="pass", results="[]", decided_at=one.at + SECOND))
    with pytest.raises(Conflict, match="through its gate"):
        again(one, "ann", other.work_id, "a")


def test_a_skip_and_what_several_label_reveal_nothing(store: Store) -> None:
    consensus = "consensus: {share: 0.5, because: half is asked twice}\n"
    one = kernel(store, AFTER + consensus, items={f"i{n}": "a" for n in range(4)})
    first, *others = one.claim("ann", 4)
    assert one.say("ann", first.work_id, "skip").revealed is None
    with store.read() as connection:
        rows = connection.execute(select(batch_item.c.item_id).where(batch_item.c.consensus)).scalars()
        several = set(rows)
    assert len(several) == 2
    for held in others:
        done = one.say("ann", held.work_id, "answer", "b")
        assert (done.revealed is None) is (held.item_id in several)


def test_what_belongs_to_people_reveals_nothing_and_a_revision_no_longer_counts(store: Store) -> None:
    one = kernel(store, AFTER, items={"i0": "danger", "i1": "a"})
    given = {held.item_id: held for held in one.claim("ann", 2)}
    assert one.say("ann", given[one.items["i0"]].work_id, "answer", "b").revealed is None
    work = given[one.items["i1"]].work_id
    one.say("ann", work, "answer", "b")
    again(one, "ann", work, "a")
    with store.write() as connection:
        latch(connection, one.contexts, {one.items["i1"]: "somebody said so"}, at=one.at + 2 * SECOND)
    assert (one.state("i1"), one.label("i1")) == ("open", None)
    (fresh,) = one.claim("ben", of="annotate")
    assert (fresh.suggestion, fresh.human_only) == (None, True)


def test_revealing_needs_a_suggestion_and_somebody_who_annotates() -> None:
    for wrong in ("{rule: x, when: {suggested: true}, to: verify, tier: 1, reveal: after}",
                  "{rule: x, when: {slice: {kind: y}}, to: annotate, tier: 1, reveal: after}"):  # fmt: skip
        rules = f"routing: {{model: oracle, rules: [{wrong}, {{rule: rest, to: annotate, tier: 1}}]}}"
        with pytest.raises(Invalid, match="shown after an answer"):
            read_policy(PROGRAMME + MODELS + rules)
