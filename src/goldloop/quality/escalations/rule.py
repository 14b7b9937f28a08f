"""Escalations: somebody takes the work in which a question is answered, and rules on the item."""

from collections.abc import Mapping

from sqlalchemy import Connection

from goldloop.core.errors import Conflict, Forbidden, NotFound
from goldloop.loop import seating
from goldloop.loop.context import Contexts
from goldloop.loop.submit import Submission, Submitted, already, submit
from goldloop.store import ledger
from goldloop.store import work as queue
from goldloop.store.caps import rest_of
from goldloop.store.escalations import (
    Question,
    one_precedent,
    one_question,
    questions,
    slots,
    withdraw_precedent,
)
from goldloop.store.judgements import by_client_key
from goldloop.store.lanes import Hands, open_to
from goldloop.store.programmes import in_force


def question(connection: Connection, key: int) -> Question:
    """A question that stands. Raises NotFound where its asker took it back."""
    found = questions(connection, one_question(key), limit=1)
    if not found:
        raise NotFound("this question was taken back", expected="a question that stands")
    return found[0]


def take(
    connection: Connection,
    contexts: Contexts,
    person_id: int,
    hands: Mapping[int, Hands],
    asked: Question,
    *,
    at: int,
    term: queue.Term,
) -> int:
    """Lease the work in which a question is answered to a person; asking again gives the same. The work's key.

    Raises Conflict where it is answered or somebody else answers it now, Forbidden where it is not for their tier or
    they have reached their hours.
    """
    queue.return_expired(connection, at=at)
    slot = slots(connection, [asked]).get((asked.batch_id, asked.item_id))
    if slot is None:
        raise Conflict("this question is answered already", expected="an open question")
    if slot.holder_id == person_id:
        return slot.work_id
    if slot.lane_id not in open_to(connection, hands):
        raise Forbidden(
            "this question is for somebody else", expected=f"tier {slot.tier} and whatever else the item requires"
        )
    rest = rest_of(connection, person_id, at=at)
    if rest is not None:
        raise Forbidden(f"you {rest.because}")
    force = in_force(connection, asked.programme_id)
    shut = seating.is_shut(connection, contexts, person_id, asked.programme_id, force.id)
    if shut is not None:
        raise Forbidden(seating.refusal(shut), expected="a senior who lifts it")
    if not queue.take_this(
        connection, person_id, slot.work_id, queue.Stamp(force.ontology_id, force.guideline_id), term
    ):
        because = "somebody answers it now" if slot.holder_id is not None else "you have said something of this item"
        raise Conflict(because, expected="an open question on an item that you have not judged")
    return slot.work_id


def answer(
    connection: Connection,
    contexts: Contexts,
    person_id: int,
    hands: Mapping[int, Hands],
    asked: Question,
    said: Submission,
    *,
    at: int,
    term: queue.Term,
) -> Submitted:
    """Take a question's work and rule on it in one go. The same key again gives the same answer."""
    mine = (asked.batch_id, asked.item_id)
    found = by_client_key(connection, said.key.bytes)
    before = next((one for one in found if (one.batch_id, one.item_id) == mine), None)
    if before is not None and before.work_id is not None:
        done = already(connection, contexts, person_id, before.work_id, said)
        assert done is not None
        return done
    work_id = take(connection, contexts, person_id, hands, asked, at=at, term=term)
    return submit(connection, contexts, person_id, work_id, said, at=at)


def withdraw(connection: Connection, key: int, *, by: int, because: str, at: int) -> None:
    """A precedent holds for other items no longer; that it was one, who withdrew it and why, stays on record.

    Raises Conflict where somebody withdrew it before.
    """
    if not withdraw_precedent(connection, key, by=by, because=because, at=at):
        raise Conflict("this precedent was withdrawn before", expected="a precedent that holds")
    found = one_precedent(connection, key)
    assert found is not None
    ledger.record(
        connection,
        "precedent.withdrawn",
        programme=found[0],
        actor=by,
        subject=str(key),
        data={"judgement": key, "because": because},
        at=at,
    )
