"""Submitting: an answer is stored, the item settled, the slot closed, in the caller's one durable transaction.

A client-made key makes it idempotent. An answer that comes after its lease ran out is never lost: it counts where
nobody else took the work, and is kept as surplus, outside the quota, where somebody did.
"""

import json
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import Field
from sqlalchemy import Connection, bindparam, select

from goldloop.core.canonical import canonical
from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.core.nouns import QUEUES, Noun, Stance
from goldloop.core.ontology import Ontology
from goldloop.core.order import order_seed
from goldloop.loop import gold_answers
from goldloop.loop.context import BatchContext, Contexts, ontology_of
from goldloop.loop.latch import latch_named
from goldloop.loop.reveal import Revealed, revealed
from goldloop.loop.settle import settle
from goldloop.store import ledger
from goldloop.store import work as queue
from goldloop.store.batches import MASKING
from goldloop.store.caps import count_worked
from goldloop.store.clauses import unread
from goldloop.store.codes import DECISION_NAMES, QUEUE, SHOWN, STANCE
from goldloop.store.decisions import decision_of
from goldloop.store.escalations import askers, note_of
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
NOTED: dict[str, frozenset[Stance]] = {  # which part of a note goes with which stance
    "about": frozenset({"escalate", "adjudicate"}),
    "clause": frozenset({"adjudicate"}),
    "amends": frozenset({"adjudicate"}),
    "precedent": frozenset({"adjudicate"}),
}
HOW = {"skip": "skipped", "escalate": "escalated"}
LONGEST_COMMENT = 10_000


class Note(Noun):
    """What goes with a statement beside its answer. Everything but the flag is about questions and rulings."""

    flag: bool = Field(default=False, description="somebody should look at this item again")
    about: str | None = Field(default=None, max_length=120, description="id of the label that it is about")
    clause: str | None = Field(default=None, max_length=200, description="id of the clause that a ruling cites")
    amends: str | None = Field(default=None, max_length=4000, description="how a ruling would put the clause instead")
    precedent: bool = Field(default=False, description="the ruling may be read by everybody who works here")


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
    note: Note | None = None


class Submitted(NamedTuple):
    """What became of it."""

    judgement_id: int
    item_id: int
    batch_id: int
    surplus: bool
    state: str
    lesson: gold_answers.Lesson | None = None
    revealed: Revealed | None = None


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
    if context.row.purpose == MASKING and said.comment:
        raise Invalid(
            "what masking left is told by its kind and never written down", field="comment", expected="no words"
        )
    note = _noted(connection, context, held, said)
    surplus = not queue.finish(connection, person_id, work_id)
    if surplus:  # who was first may have been this very submission, sent twice
        before = already(connection, contexts, person_id, work_id, said)
        if before is not None:
            return before
    value_id, answer = _value(connection, context, held, said)
    _rules_are_read(connection, contexts, context, person_id, held, said, answer)
    new = _judgement(context, person_id, work_id, held, said, value_id, note, surplus=surplus, at=at)
    key = record(connection, context.row.programme_id, new, answer)
    labels = named_in(connection, context, held.stamp.ontology_id, answer, note)
    if surplus:
        latch_named(connection, contexts, context, held.item_id, labels, at=at)
        return _result(connection, key, held.item_id, held.batch_id, surplus=True)
    queue.close(connection, work_id, HOW.get(said.stance, "judged"), key, at=at)
    if said.stance == "adjudicate":
        _tell_askers(connection, context.row.programme_id, held, key, by=person_id, at=at)
    if context.row.purpose == "calibration":  # no label rests on what is said of gold
        state, lesson = gold_answers.said_of_gold(
            connection, contexts, context, person_id, work_id, held.item_id, said.stance, value_id, key, at=at
        )
        return Submitted(key, held.item_id, held.batch_id, False, state, lesson)
    latch_named(connection, contexts, context, held.item_id, labels, at=at)
    step = settle(connection, context, held.item_id, at=at)
    shown = revealed(connection, context, key) if _reveals(held, said) else None
    return Submitted(key, held.item_id, held.batch_id, False, step.state, revealed=shown)


def _tell_askers(connection: Connection, programme_id: int, held: queue.Holding, key: int, *, by: int, at: int) -> None:
    """A ruling answers the questions that stand on its item: whoever asked is told, and nobody else."""
    for asker in askers(connection, held.batch_id, held.item_id):
        if asker != by:
            ledger.record(
                connection,
                "escalation.answered",
                programme=programme_id,
                actor=by,
                subject=str(asker),
                data={"judgement": key},
                at=at,
            )


def already(
    connection: Connection, contexts: Contexts, person_id: int, work_id: int, said: Submission
) -> Submitted | None:
    """What an earlier submission with this key became. Raises Conflict where the key stands for something else."""
    found = by_client_key(connection, said.key.bytes)
    if not found:
        return None
    row = next((one for one in found if one.work_id == work_id), found[0])
    if row.actor_id != person_id:
        raise Conflict("this submission key was used by somebody else", field="key", expected="a fresh UUID")
    before = _SAID.one(connection, judgement=row.id)
    same = (before.work_id, before.stance, before.comment) == (work_id, STANCE[said.stance], said.comment)
    if same and said.answer is not None:
        context = contexts.batch(connection, row.batch_id)
        answer = answer_in(connection, context, row.item_id, before.ontology_id, said.answer)
        same = canonical(answer) == before.answer
    if not same:
        raise Conflict("this submission key was used for something else", field="key", expected="a fresh UUID")
    shown = revealed(connection, contexts.batch(connection, row.batch_id), row.id)
    return _result(connection, row.id, row.item_id, row.batch_id, surplus=row.surplus)._replace(revealed=shown)


def record(connection: Connection, programme_id: int, new: NewJudgement, answer: str | None = None) -> int:
    """Append a judgement, and its salted commitment (with the JSON text of its answer) to the ledger.

    Its active time counts against its person's hours.
    """
    key = add_judgement(connection, new)
    if new.active_ms:
        count_worked(connection, new.actor_id, new.active_ms, at=new.said_at)
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


def named_in(
    connection: Connection, context: BatchContext, ontology_id: int, answer: str | None, note: str | None = None
) -> frozenset[str]:
    """The human-only labels that an answer names, or that a question is about.

    Human-only by the batch's own ontology, or by the one that was in force when the work was handed out.
    """
    labels = context.ontology.human_only | _ontology(connection, context, ontology_id).human_only
    if not labels:
        return labels
    said = context.task.labels(json.loads(answer)) if answer is not None else ()
    return labels.intersection((*said, note_of(note).get("about")))


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


def _noted(connection: Connection, context: BatchContext, held: queue.Holding, said: Submission) -> str | None:
    """The note as it is stored. Raises Invalid for a kind of mistake, a label or a clause that is not there."""
    if said.stance == "adjudicate" and said.reason is not None:
        known = [one.id for one in context.policy.errors]
        if said.reason not in known:
            raise Invalid(
                "this is not in the error taxonomy", field="reason", expected=" or ".join(known), found=said.reason
            )
    given = said.note.model_dump(exclude_defaults=True) if said.note is not None else {}
    for name, stances in NOTED.items():
        if name in given and said.stance not in stances:
            raise Invalid(
                f"this does not go with {said.stance}",
                field=f"note.{name}",
                expected=" or ".join(sorted(stances)),
                found=said.stance,
            )
    if given.get("precedent") and not (said.comment or "").strip():
        raise Invalid("a precedent says why", field="comment", expected="the ruling in words", found="nothing")
    if "amends" in given and "clause" not in given:
        raise Invalid("an amendment names its clause", field="note.clause", expected="the clause", found="nothing")
    assert held.stamp is not None
    if "about" in given:
        _ontology(connection, context, held.stamp.ontology_id).find(given["about"], field="note.about")
    if "clause" in given:
        _has_clause(connection, held.stamp.guideline_id, given["clause"])
    return canonical(given) if given else None


def _has_clause(connection: Connection, guideline_id: int | None, clause: str) -> None:
    body = release_row_of(connection, guideline_id).body if guideline_id is not None else '{"clauses":[]}'
    known = [one["id"] for one in json.loads(body)["clauses"]]
    if clause not in known:
        expected = " or ".join(known[:20]) or "nothing: the guidelines have no clause yet"
        raise Invalid("the guidelines have no such clause", field="note.clause", expected=expected, found=clause)


def _judgement(
    context: BatchContext,
    person_id: int,
    work_id: int,
    held: queue.Holding,
    said: Submission,
    value_id: int | None,
    note: str | None,
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
        shown=SHOWN["before" if shown else "after" if _reveals(held, said) else "never"],
        others=held.others,
        surplus=surplus,
        comment=said.comment,
        reason=said.reason,
        active_ms=said.active_ms,
        wall_ms=said.wall_ms,
        first_ms=said.first_ms,
        client_key=said.key.bytes,
        order_seed=order_seed(work_id) if context.task.side_by_side else None,
        note=note,
    )


def _reveals(held: queue.Holding, said: Submission) -> bool:
    """True where the suggestion is shown once it is answered: it goes with work to annotate."""
    return held.suggestion_id is not None and QUEUES[held.queue] == "annotate" and said.stance == "answer"


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
        if found.ontology_id not in (None, held.stamp.ontology_id):  # a label may have gone since this was suggested
            answer_in(connection, context, held.item_id, held.stamp.ontology_id, json.loads(found.answer))
        return found.id, found.answer
    assert held.stamp is not None
    answer = answer_in(connection, context, held.item_id, held.stamp.ontology_id, said.answer)
    text = canonical(answer)
    return value_key(connection, context.task_id, NewValue(text, context.task.labels(answer))), text


def _rules_are_read(
    connection: Connection,
    contexts: Contexts,
    context: BatchContext,
    person_id: int,
    held: queue.Holding,
    said: Submission,
    answer: str | None,
) -> None:
    """Raise Conflict where a rule that this falls under was changed, and the person has not opened it since.

    The rules are those in force when the work was handed out: what changed later is not on the desk yet.
    """
    programme_id, guideline_id = context.row.programme_id, held.stamp.guideline_id if held.stamp else None
    if said.stance in HOW or guideline_id is None:
        return
    changed = contexts.changed(connection, programme_id, guideline_id)
    if not changed:
        return
    labels = frozenset(context.task.labels(json.loads(answer))) if answer is not None else frozenset()
    under = [one for one in changed if one.body["label"] is None or one.body["label"] in labels]
    new = unread(connection, programme_id, person_id, under) if under else frozenset()
    for one in under:
        if one.body["id"] in new:
            raise Conflict(
                f"the rule {one.body['id']}, {one.body['title']}, was changed since you last looked: read it first",
                field="answer",
                expected=f"rule {one.body['id']} read as it is in version {one.version} of the guidelines",
            )


def answer_in(connection: Connection, context: BatchContext, item_id: int, ontology_id: int, answer: Any) -> Any:
    """An answer in its stored form, read with the ontology that was in force when the work was handed out."""
    return context.task.canonical(answer, body_of(connection, item_id), _ontology(connection, context, ontology_id))


def _ontology(connection: Connection, context: BatchContext, ontology_id: int) -> Ontology:
    """The ontology that was in force when the work was handed out."""
    if ontology_id == context.row.ontology_id:
        return context.ontology
    return ontology_of(release_row_of(connection, ontology_id).body)


def _result(connection: Connection, key: int, item_id: int, batch_id: int, *, surplus: bool) -> Submitted:
    again = gold_answers.said_before(connection, key)
    if again is not None:
        return Submitted(key, item_id, batch_id, surplus, *again)
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
