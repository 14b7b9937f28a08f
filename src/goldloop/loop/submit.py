"""Submitting: an answer is stored, the item settled, the slot closed, in the caller's one durable transaction.

A client-made key makes it idempotent. An answer that comes after its lease ran out is never lost: it counts where
nobody else took the work, and is kept as surplus, outside the quota, where somebody did.
"""

import json
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from goldloop.core.canonical import canonical
from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.core.nouns import QUEUES, Stance
from goldloop.loop.context import BatchContext, Contexts, ontology_of
from goldloop.loop.settle import settle
from goldloop.store import ledger
from goldloop.store import work as queue
from goldloop.store.codes import DECISION_NAMES, QUEUE, SHOWN, STANCE
from goldloop.store.decisions import decision_of
from goldloop.store.items import body_of, salt_of
from goldloop.store.judgements import NewJudgement, add_judgement, by_client_key
from goldloop.store.prepared import Prepared
from goldloop.store.releases import release_row_of
from goldloop.store.schema import judgement, value
from goldloop.store.values import NewValue, value_key

ALLOWED: dict[str, tuple[Stance, ...]] = {
    "verify": ("accept", "reject", "answer", "skip", "escalate"),
    "annotate": ("answer", "skip", "escalate"),
    "review": ("adjudicate", "skip", "escalate"),
}
HOW = {"skip": "skipped", "escalate": "escalated"}
LONGEST_COMMENT = 10_000


class Submission(NamedTuple):
    """What a person says of a work. `key` is made by the client; times are in milliseconds."""

    key: UUID
    stance: Stance
    answer: Any = None
    comment: str | None = None
    reason: str | None = None
    active_ms: int | None = None
    wall_ms: int | None = None
    first_ms: int | None = None


class Submitted(NamedTuple):
    """What became of it."""

    judgement_id: int
    item_id: int
    batch_id: int
    surplus: bool
    state: str


def submit(
    connection: Connection, contexts: Contexts, person_id: int, work_id: int, said: Submission, *, at: int
) -> Submitted:
    """Store what a person said of a work they hold or held, at the time `at`.

    Raises NotFound for a work that was never theirs, Invalid for an answer the task or the queue does not take.
    """
    before = already(connection, contexts, person_id, work_id, said)
    if before is not None:
        return before
    held = queue.holding(connection, person_id, work_id)
    if held is None or held.stamp is None:
        before = already(connection, contexts, person_id, work_id, said)  # the same, sent twice at once
        if before is not None:
            return before
        raise NotFound("there is no such work of yours", expected="a work that was handed to you")
    context = contexts.batch(connection, held.batch_id)
    _allowed(held, said)
    surplus = not queue.finish(connection, person_id, work_id)
    if surplus:  # who was first may have been this very submission, sent twice
        before = already(connection, contexts, person_id, work_id, said)
        if before is not None:
            return before
    value_id, answer = _value(connection, context, held, said)
    new = _judgement(context, person_id, work_id, held, said, value_id, surplus=surplus, at=at)
    key = record(connection, context.row.programme_id, new, answer)
    if surplus:
        return _result(connection, key, held.item_id, held.batch_id, surplus=True)
    queue.close(connection, work_id, HOW.get(said.stance, "judged"), key, at=at)
    step = settle(connection, context, held.item_id, at=at)
    return Submitted(key, held.item_id, held.batch_id, False, step.state)


def already(
    connection: Connection, contexts: Contexts, person_id: int, work_id: int, said: Submission
) -> Submitted | None:
    """What an earlier submission with this key became. Raises Conflict where the key stands for something else."""
    row = by_client_key(connection, said.key.bytes)
    if row is None:
        return None
    if row.actor_id != person_id:
        raise Conflict("this submission key was used by somebody else", field="key", expected="a fresh UUID")
    before = _SAID.one(connection, judgement=row.id)
    same = (before.work_id, before.stance, before.comment) == (work_id, STANCE[said.stance], said.comment)
    if same and said.answer is not None:
        context = contexts.batch(connection, row.batch_id)
        answer = _canonical(connection, context, row.item_id, before.ontology_id, said.answer)
        same = canonical(answer) == before.answer
    if not same:
        raise Conflict("this submission key was used for something else", field="key", expected="a fresh UUID")
    return _result(connection, row.id, row.item_id, row.batch_id, surplus=row.surplus)


def record(connection: Connection, programme_id: int, new: NewJudgement, answer: str | None = None) -> int:
    """Append a judgement, and its salted commitment (with the JSON text of its answer) to the ledger."""
    key = add_judgement(connection, new)
    text = ledger.judgement_text({"id": key, "answer": answer, **new._asdict()})
    ledger.record(
        connection,
        "judgement.said",
        programme=programme_id,
        actor=new.actor_id,
        subject=str(key),
        data={"judgement": key, "commitment": ledger.commitment(salt_of(connection, new.item_id), text)},
        at=new.said_at,
    )
    return key


def _allowed(held: queue.Holding, said: Submission) -> None:
    """Raise Invalid for what this queue does not take."""
    queue_name = QUEUES[held.queue]
    if said.stance not in ALLOWED[queue_name]:
        raise Invalid(
            f"this cannot be said in the {queue_name} queue",
            field="stance",
            expected="one of " + ", ".join(ALLOWED[queue_name]),
            found=said.stance,
        )
    if said.comment is not None and len(said.comment) > LONGEST_COMMENT:
        raise Invalid("the comment is too long", field="comment", expected=f"at most {LONGEST_COMMENT} characters")


def _judgement(
    context: BatchContext,
    person_id: int,
    work_id: int,
    held: queue.Holding,
    said: Submission,
    value_id: int | None,
    *,
    surplus: bool,
    at: int,
) -> NewJudgement:
    queue_name = QUEUES[held.queue]
    assert held.stamp is not None
    alone = queue_name == "review" and held.others is None  # a reviewer with nobody's answer sees the suggestion
    shown = held.suggestion_id is not None and (queue_name == "verify" or alone)
    return NewJudgement(
        item_id=held.item_id,
        actor_id=person_id,
        task_id=context.task_id,
        stance=STANCE[said.stance],
        said_at=at,
        value_id=value_id,
        batch_id=held.batch_id,
        work_id=work_id,
        queue=QUEUE[queue_name],
        ontology_id=held.stamp.ontology_id,
        guideline_id=held.stamp.guideline_id,
        suggestion_id=held.suggestion_id if shown else None,
        shown=SHOWN["before" if shown else "never"],
        others=held.others,
        surplus=surplus,
        comment=said.comment,
        reason=said.reason,
        active_ms=said.active_ms,
        wall_ms=said.wall_ms,
        first_ms=said.first_ms,
        client_key=said.key.bytes,
    )


def _value(
    connection: Connection, context: BatchContext, held: queue.Holding, said: Submission
) -> tuple[int | None, str | None]:
    """The interned answer and its JSON text: the suggestion's for an accept, none where nothing is labelled."""
    if said.stance in ("reject", "skip", "escalate"):
        if said.answer is not None:
            raise Invalid(f"a {said.stance} carries no answer", field="answer", expected="nothing", found="an answer")
        return None, None
    if said.stance == "accept":
        found = _SUGGESTED.one(connection, suggestion=held.suggestion_id)
        if found is None:
            raise Conflict("there is no suggestion here to accept", field="stance", expected="answer")
        assert held.stamp is not None
        if found.ontology_id not in (
            None,
            held.stamp.ontology_id,
        ):  # a label may have gone since the suggestion was made
            _canonical(connection, context, held.item_id, held.stamp.ontology_id, json.loads(found.answer))
        return found.id, found.answer
    assert held.stamp is not None
    answer = _canonical(connection, context, held.item_id, held.stamp.ontology_id, said.answer)
    text = canonical(answer)
    return value_key(connection, context.task_id, NewValue(text, context.task.labels(answer))), text


def _canonical(connection: Connection, context: BatchContext, item_id: int, ontology_id: int, answer: Any) -> Any:
    """An answer in its stored form, read with the ontology that was in force when the work was handed out."""
    ontology = context.ontology
    if ontology_id != context.row.ontology_id:
        ontology = ontology_of(release_row_of(connection, ontology_id).body)
    return context.task.canonical(answer, body_of(connection, item_id), ontology)


def _result(connection: Connection, key: int, item_id: int, batch_id: int, *, surplus: bool) -> Submitted:
    decided = decision_of(connection, batch_id, item_id)
    state = DECISION_NAMES[decided.state] if decided else "open"
    return Submitted(key, item_id, batch_id, surplus, state)


_SUGGESTED = Prepared(
    select(value.c.id, value.c.answer, judgement.c.ontology_id)
    .join(judgement, judgement.c.value_id == value.c.id)
    .where(judgement.c.id == bindparam("suggestion"))
)
_SAID = Prepared(
    select(
        judgement.c.work_id,
        judgement.c.stance,
        judgement.c.comment,
        judgement.c.ontology_id,
        value.c.answer,
    )
    .outerjoin(value, value.c.id == judgement.c.value_id)
    .where(judgement.c.id == bindparam("judgement"))
)
