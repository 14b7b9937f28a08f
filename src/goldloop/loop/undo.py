"""Undoing one's own last submissions: a withdrawal is appended, and the work comes back to the same person.

Allowed for a person's last ten, and until a gate, a release or a colleague's ruling has used the answer; later, a
review is asked for instead.
"""

import json
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from goldloop.core.errors import Conflict, NotFound
from goldloop.core.families import STANCES
from goldloop.core.nouns import QUEUES, Queue, Stance
from goldloop.loop import gold_answers
from goldloop.loop.context import Contexts
from goldloop.loop.reveal import IS_SHOWN
from goldloop.loop.settle import settle
from goldloop.loop.submit import Submission, already, record
from goldloop.store import work as queue
from goldloop.store.batches import MASKING
from goldloop.store.codes import QUEUE, SHOWN, STANCE
from goldloop.store.erased import is_erased
from goldloop.store.escalations import note_of
from goldloop.store.judgements import NewJudgement
from goldloop.store.programmes import in_force
from goldloop.store.schema import batch, item, judgement, programme, release_row, value, verdict

RECENT = 10


class Recent(NamedTuple):
    """One of a person's last submissions."""

    judgement_id: int
    work_id: int
    item_id: int
    batch_id: int
    programme: str
    body: dict[str, Any]
    queue: Queue
    stance: Stance
    answer: Any
    said_at: int
    because_not: str | None
    comment: str | None = None
    reason: str | None = None
    note: dict[str, Any] | None = None


def recent(connection: Connection, person_id: int, *, limit: int = RECENT) -> list[Recent]:
    """A person's last submissions that still stand, newest first, each with why it cannot be undone, if so."""
    rows = connection.execute(_RECENT, {"person": person_id, "limit": limit}).all()
    return [_recent(row, _because_not(connection, row)) for row in rows]


def undo(
    connection: Connection, contexts: Contexts, person_id: int, work_id: int, key: UUID, *, at: int, until: int
) -> Recent:
    """Withdraw what a person last said of a work, and lease the work to them again, `until` then.

    Raises NotFound where it is not among their last ten, Conflict with the reason where it is too late.
    """
    if already(connection, contexts, person_id, work_id, Submission(key, "withdraw")) is not None:
        return _last(connection, person_id, work_id)
    found = next((one for one in recent(connection, person_id) if one.work_id == work_id), None)
    if found is None:
        raise NotFound("this is not among your last submissions", expected=f"one of your last {RECENT}")
    if found.because_not is not None:
        raise Conflict(found.because_not, expected="ask for a review instead")
    context = contexts.batch(connection, found.batch_id)
    withdrawal = NewJudgement(
        item_id=found.item_id,
        actor_id=person_id,
        task_id=context.task_id,
        stance=STANCE["withdraw"],
        said_at=at,
        batch_id=found.batch_id,
        work_id=work_id,
        queue=QUEUES.index(found.queue),
        revision_of=found.judgement_id,
        client_key=key.bytes,
    )
    record(connection, context.row.programme_id, withdrawal)
    now = in_force(connection, context.row.programme_id)
    stamp = queue.Stamp(now.ontology_id, now.guideline_id)
    if context.row.purpose == MASKING:
        stamp = queue.Stamp(context.row.ontology_id, None)
    if not queue.reopen(connection, work_id, person_id, stamp, at=at, until=until):
        raise Conflict("this work is open again already", expected="a closed work")
    if context.row.purpose == "calibration":
        gold_answers.taken_back(connection, work_id)
    else:
        settle(connection, context, found.item_id, at=at)
    return found


def _last(connection: Connection, person_id: int, work_id: int) -> Recent:
    """The submission that an earlier call with the same key withdrew."""
    row = connection.execute(_WITHDRAWN, {"person": person_id, "work": work_id}).first()
    if row is None:
        raise NotFound("this is not among your last submissions", expected=f"one of your last {RECENT}")
    return _recent(row, None)


def _recent(row: Any, because_not: str | None) -> Recent:
    return Recent(
        judgement_id=row.id,
        work_id=row.work_id,
        item_id=row.item_id,
        batch_id=row.batch_id,
        programme=row.programme,
        body=json.loads(row.body),
        queue=QUEUES[row.queue],
        stance=STANCES[row.stance],
        answer=json.loads(row.answer) if row.answer else None,
        said_at=row.said_at,
        because_not=because_not,
        comment=row.comment,
        reason=row.reason,
        note=note_of(row.note),
    )


def _because_not(connection: Connection, row: Any) -> str | None:
    if is_erased(connection, row.item_id):
        return "the item was erased"
    if row.surplus:
        return "it was kept as surplus: somebody else had taken the work"
    gated = connection.execute(
        select(verdict.c.id)
        .where(verdict.c.batch_id.in_([row.batch_id, row.parent_id]), verdict.c.decided_at >= row.said_at)
        .limit(1)
    ).scalar()
    if gated is not None:
        return "the batch has been through its gate"
    sealed = connection.execute(
        select(release_row.c.id)
        .where(release_row.c.item_id == row.item_id, release_row.c.batch_id == row.batch_id)
        .limit(1)
    ).scalar()
    if sealed is not None:
        return "the label is part of a sealed release"
    ruled = connection.execute(
        select(judgement.c.id)
        .where(
            judgement.c.item_id == row.item_id,
            judgement.c.batch_id + 0 == row.batch_id,  # else SQLite walks the batch
            judgement.c.stance == STANCE["adjudicate"],
            judgement.c.id > row.id,
        )
        .limit(1)
    ).scalar()
    if ruled is not None:
        return "a reviewer has ruled on it"
    if row.queue == QUEUE["annotate"] and row.shown != SHOWN["never"]:
        return IS_SHOWN
    return gold_answers.because_settled(connection, row.work_id) if row.purpose == "calibration" else None


_LATER = judgement.alias()
_ROWS = (
    select(
        judgement.c.id,
        judgement.c.work_id,
        judgement.c.item_id,
        judgement.c.batch_id,
        judgement.c.queue,
        judgement.c.stance,
        judgement.c.surplus,
        judgement.c.shown,
        judgement.c.said_at,
        judgement.c.comment,
        judgement.c.reason,
        judgement.c.note,
        item.c.body,
        value.c.answer,
        batch.c.purpose,
        batch.c.parent_id,
        programme.c.name.label("programme"),
    )
    .join(batch, batch.c.id == judgement.c.batch_id)
    .join(programme, programme.c.id == batch.c.programme_id)
    .join(item, item.c.id == judgement.c.item_id)
    .outerjoin(value, value.c.id == judgement.c.value_id)
)
_RECENT = (
    _ROWS.where(
        judgement.c.actor_id == bindparam("person"),
        judgement.c.work_id.is_not(None),
        judgement.c.stance != STANCE["withdraw"],
        ~select(_LATER.c.id)
        .where(
            _LATER.c.item_id == judgement.c.item_id,
            _LATER.c.actor_id == judgement.c.actor_id,
            _LATER.c.revision_of == judgement.c.id,
        )
        .exists(),
    )
    .order_by(judgement.c.id.desc())
    .limit(bindparam("limit"))
)
_WITHDRAWN = (
    _ROWS.where(
        judgement.c.actor_id == bindparam("person"),
        judgement.c.work_id == bindparam("work"),
        judgement.c.stance != STANCE["withdraw"],
    )
    .order_by(judgement.c.id.desc())
    .limit(1)
)
