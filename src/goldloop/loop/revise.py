"""Revising an answer after its suggestion was shown: a judgement that names the first, and the item settled anew."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.errors import Conflict, NotFound
from goldloop.loop.context import Contexts
from goldloop.loop.latch import latch_named
from goldloop.loop.reveal import IS_SHOWN, first_answer
from goldloop.loop.settle import settle
from goldloop.loop.submit import Submission, Submitted, already, answer_in, named_in, record
from goldloop.loop.undo import recent
from goldloop.store.codes import QUEUE, SHOWN, STANCE
from goldloop.store.decisions import lock
from goldloop.store.judgements import NewJudgement
from goldloop.store.values import NewValue, value_key


class Revision(NamedTuple):
    """What a person says after they have seen the suggestion. `key` is made by the client."""

    key: UUID
    answer: Any
    active_ms: int | None = None


def revise(
    connection: Connection, contexts: Contexts, person_id: int, work_id: int, said: Revision, *, at: int
) -> Submitted:
    """Replace one's own answer, seen the suggestion; both stay in the record.

    Raises NotFound where nothing was shown after an answer of theirs, Conflict where it is too late, as for an undo.
    """
    before = already(connection, contexts, person_id, work_id, Submission(said.key, "answer", said.answer))
    if before is not None:
        return before
    first = first_answer(connection, person_id, work_id)
    if first is None:
        raise NotFound("no suggestion was shown to you after this work", expected="a work that you have just answered")
    shown = next((one for one in recent(connection, person_id) if one.work_id == work_id), None)
    if shown is None or shown.because_not not in (None, IS_SHOWN):
        because = shown.because_not if shown is not None else "this is not among your last answers"
        raise Conflict(str(because), expected="an answer that can still be taken back")
    lock(connection, first.batch_id, first.item_id, at=at)
    if first_answer(connection, person_id, work_id) is None:
        raise Conflict("you have revised this answer already", expected="one revision")
    context = contexts.batch(connection, first.batch_id)
    answer = answer_in(connection, context, first.item_id, first.ontology_id, said.answer)
    text = canonical(answer)
    new = NewJudgement(
        item_id=first.item_id,
        actor_id=person_id,
        task_id=context.task_id,
        stance=STANCE["answer"],
        said_at=at,
        value_id=value_key(connection, context.task_id, NewValue(text, context.task.labels(answer))),
        batch_id=first.batch_id,
        work_id=work_id,
        queue=QUEUE["annotate"],
        ontology_id=first.ontology_id,
        guideline_id=first.guideline_id,
        revision_of=first.id,
        suggestion_id=first.suggestion_id,
        shown=SHOWN["before"],
        active_ms=said.active_ms,
        client_key=said.key.bytes,
    )
    key = record(connection, context.row.programme_id, new, text)
    latch_named(
        connection, contexts, context, first.item_id, named_in(connection, context, first.ontology_id, text), at=at
    )
    step = settle(connection, context, first.item_id, at=at)
    return Submitted(key, first.item_id, first.batch_id, False, step.state)
