"""Questions that people asked of items, and the rulings that answer them. Both are judgements; nothing else is kept.

A question is answered where a ruling stands on its item in its batch. A ruling that is released as a precedent may be
read by everybody who works in the programme.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.store.codes import STANCE, WORK_PURPOSE
from goldloop.store.prepared import Prepared
from goldloop.store.schema import (
    actor,
    batch,
    closed,
    item,
    judgement,
    lease,
    phrase,
    value,
    value_label,
    withdrawn_precedent,
    work,
)

State = Literal["open", "answered"]
RELEASED = '"precedent":true'  # as canonical JSON has it; inside a text its quotation marks are escaped
AMENDS = '"amends":'


class Question(NamedTuple):
    """A question as it was asked."""

    id: int
    item_id: int
    batch_id: int
    programme_id: int
    asker_id: int
    asker: str
    comment: str | None
    note: str | None
    body: str
    said_at: int


class Ruling(NamedTuple):
    """What a reviewer ruled on an item, with what it cites, proposes and releases in `note`.

    `withdrawn`: why it is a precedent no longer.
    """

    id: int
    item_id: int
    batch_id: int
    ruler: str
    comment: str | None
    reason: str | None
    note: str | None
    guideline_id: int | None
    answer: str | None
    said_at: int
    withdrawn: str | None = None

    @property
    def precedent(self) -> bool:
        """True where everybody who works in the programme may read it."""
        return self.withdrawn is None and bool(note_of(self.note).get("precedent"))


class OpenSlot(NamedTuple):
    """The work in which a question is to be answered."""

    work_id: int
    item_id: int
    batch_id: int
    lane_id: int
    tier: int
    due_at: int | None
    holder_id: int | None


def note_of(text: str | None) -> dict[str, Any]:
    """What a judgement's note says; nothing where there is none."""
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def questions_of(connection: Connection, batch_id: int, item_id: int) -> list[Any]:
    """The questions that stand on an item in a batch: (id, comment, note, said_at), in order."""
    return _OF_ITEM.all(connection, batch=batch_id, item=item_id)


def askers(connection: Connection, batch_id: int, item_id: int) -> list[int]:
    """Who asked a question that stands on an item in a batch."""
    return [row.actor_id for row in _ASKERS.all(connection, batch=batch_id, item=item_id)]


def questions(
    connection: Connection,
    where: ColumnElement[bool],
    *,
    visible: ColumnElement[bool] | None = None,
    state: State | None = None,
    text: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Question]:
    """Questions that stand, newest first. `where` is `in_programme` or `asked_by`; `visible` narrows the items."""
    statement = _QUESTIONS.where(where, _stands(judgement))
    if visible is not None:
        statement = statement.where(visible)
    if state is not None:
        statement = statement.where(_ANSWERED if state == "answered" else ~_ANSWERED)
    if text:
        statement = statement.where(_says(judgement.c.comment, text))
    if before is not None:
        statement = statement.where(judgement.c.id < before)
    return [Question._make(row) for row in connection.execute(statement.order_by(judgement.c.id.desc()).limit(limit))]


def in_programme(programme_id: int) -> ColumnElement[bool]:
    """Judgements of a programme's batches."""
    return judgement.c.batch_id.in_(select(batch.c.id).where(batch.c.programme_id == programme_id))


def asked_by(person_id: int) -> ColumnElement[bool]:
    """Questions of one person."""
    return judgement.c.actor_id == person_id


def one_question(key: int) -> ColumnElement[bool]:
    """The question of a key."""
    return judgement.c.id == key


def answers(connection: Connection, asked: Collection[Question]) -> dict[tuple[int, int], Ruling]:
    """The ruling that stands on each question's item, by (batch, item); the last one where there are several."""
    keys = {one.item_id for one in asked}
    if not keys:
        return {}
    rows = connection.execute(
        _RULINGS.where(judgement.c.item_id.in_(keys), _stands(judgement)).order_by(judgement.c.id)
    )
    found = [Ruling._make(row) for row in rows]
    return {(one.batch_id, one.item_id): one for one in found}


def slots(connection: Connection, asked: Collection[Question]) -> dict[tuple[int, int], OpenSlot]:
    """The open work in which each question is to be answered, by (batch, item)."""
    keys = {one.item_id for one in asked}
    if not keys:
        return {}
    rows = connection.execute(
        select(
            work.c.id, work.c.item_id, work.c.batch_id, work.c.lane_id, work.c.tier, work.c.due_at, lease.c.person_id
        )
        .outerjoin(lease, lease.c.work_id == work.c.id)
        .outerjoin(closed, closed.c.work_id == work.c.id)
        .where(work.c.item_id.in_(keys), work.c.purpose == WORK_PURPOSE["escalation"], closed.c.work_id.is_(None))
        .order_by(work.c.id)
    )
    return {(row.batch_id, row.item_id): OpenSlot._make(row) for row in rows}


def judged_by(connection: Connection, person_id: int, asked: Collection[Question]) -> set[int]:
    """The items of these questions that a person has said something of: somebody else has to rule on them."""
    said = select(judgement.c.item_id).where(
        judgement.c.item_id.in_({one.item_id for one in asked}), judgement.c.actor_id == person_id
    )
    return set(connection.execute(said).scalars())


def precedents(
    connection: Connection,
    programme_id: int,
    *,
    text: str | None = None,
    clause: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Ruling]:
    """Rulings that are precedents still, newest first; `text` is looked for in the ruling and in the question."""
    statement = _RULINGS.where(
        in_programme(programme_id),
        judgement.c.note.is_not(None),
        judgement.c.note.contains(RELEASED, autoescape=True),
        withdrawn_precedent.c.judgement_id.is_(None),
        _stands(judgement),
    )
    if text:
        asked = select(_ASKED.c.id).where(
            _ASKED.c.item_id == judgement.c.item_id,
            _ASKED.c.batch_id == judgement.c.batch_id,
            _ASKED.c.stance == STANCE["escalate"],
            _says(_ASKED.c.comment, text),
            _stands(_ASKED),
        )
        statement = statement.where(or_(_says(judgement.c.comment, text), asked.exists()))
    if clause is not None:
        statement = statement.where(
            judgement.c.note.contains(f'"clause":{json.dumps(clause, ensure_ascii=False)}', autoescape=True)
        )
    if before is not None:
        statement = statement.where(judgement.c.id < before)
    return [Ruling._make(row) for row in connection.execute(statement.order_by(judgement.c.id.desc()).limit(limit))]


def amending(connection: Connection, programme_id: int, *, limit: int) -> list[Ruling]:
    """Rulings that would put a clause otherwise, newest first."""
    statement = _RULINGS.where(
        in_programme(programme_id),
        judgement.c.note.is_not(None),
        judgement.c.note.contains(AMENDS, autoescape=True),
        _stands(judgement),
    )
    return [Ruling._make(row) for row in connection.execute(statement.order_by(judgement.c.id.desc()).limit(limit))]


def one_precedent(connection: Connection, key: int) -> tuple[int, Ruling] | None:
    """The programme and the ruling of a key; None where it was never a precedent, or was taken back by its author."""
    found = connection.execute(
        _RULINGS.add_columns(batch.c.programme_id)
        .join(batch, batch.c.id == judgement.c.batch_id)
        .where(judgement.c.id == key, judgement.c.note.contains(RELEASED, autoescape=True), _stands(judgement))
    ).first()
    return (found[-1], Ruling._make(found[:-1])) if found is not None else None


def withdraw_precedent(connection: Connection, key: int, *, by: int, because: str, at: int) -> bool:
    """A precedent holds for others no longer. False where that was said before."""
    insert = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    row = {"judgement_id": key, "withdrawn_by": by, "because": because, "withdrawn_at": at}
    done = connection.execute(insert(withdrawn_precedent).values(row).on_conflict_do_nothing())
    return done.rowcount == 1


def labels_of(connection: Connection, keys: Sequence[int]) -> dict[int, list[str]]:
    """The labels that judgements say, by judgement key."""
    rows = connection.execute(
        select(judgement.c.id, phrase.c.text)
        .join(value_label, value_label.c.value_id == judgement.c.value_id)
        .join(phrase, phrase.c.id == value_label.c.label_id)
        .where(judgement.c.id.in_(keys))
        .order_by(judgement.c.id, phrase.c.text)
    )
    found: dict[int, list[str]] = {}
    for key, text in rows:
        found.setdefault(key, []).append(text)
    return found


def flagged(connection: Connection, programme_id: int, visible: ColumnElement[bool], *, limit: int) -> list[Question]:
    """Statements that somebody flagged, newest first: the item, and what they said of it."""
    statement = (
        _ROWS.where(
            in_programme(programme_id),
            judgement.c.note.is_not(None),
            judgement.c.note.contains('"flag":true', autoescape=True),
            _stands(judgement),
            visible,
        )
        .order_by(judgement.c.id.desc())
        .limit(limit)
    )
    return [Question._make(row) for row in connection.execute(statement)]


def _stands(said: Any) -> ColumnElement[bool]:
    """True where its author has not taken it back, and it came in time."""
    later = select(_LATER.c.id).where(
        _LATER.c.item_id == said.c.item_id,
        _LATER.c.actor_id == said.c.actor_id,
        _LATER.c.revision_of == said.c.id,
    )
    stands: ColumnElement[bool] = ~later.exists() & ~said.c.surplus
    return stands


def _says(column: Any, text: str) -> ColumnElement[bool]:
    return func.lower(column).contains(text.lower(), autoescape=True)


_LATER, _ASKED, _RULED = judgement.alias(), judgement.alias(), judgement.alias()
_ANSWERED = (
    select(_RULED.c.id)
    .where(
        _RULED.c.item_id == judgement.c.item_id,
        _RULED.c.batch_id == judgement.c.batch_id,
        _RULED.c.stance == STANCE["adjudicate"],
        _stands(_RULED),
    )
    .exists()
)
_ROWS = (
    select(
        judgement.c.id,
        judgement.c.item_id,
        judgement.c.batch_id,
        batch.c.programme_id,
        judgement.c.actor_id,
        actor.c.name,
        judgement.c.comment,
        judgement.c.note,
        item.c.body,
        judgement.c.said_at,
    )
    .join(batch, batch.c.id == judgement.c.batch_id)
    .join(actor, actor.c.id == judgement.c.actor_id)
    .join(item, item.c.id == judgement.c.item_id)
)
_QUESTIONS = _ROWS.where(sql(f"judgement.stance = {STANCE['escalate']}"))  # as the index says it
_RULINGS = (
    select(
        judgement.c.id,
        judgement.c.item_id,
        judgement.c.batch_id,
        actor.c.name,
        judgement.c.comment,
        judgement.c.reason,
        judgement.c.note,
        judgement.c.guideline_id,
        value.c.answer,
        judgement.c.said_at,
        withdrawn_precedent.c.because,
    )
    .join(actor, actor.c.id == judgement.c.actor_id)
    .outerjoin(withdrawn_precedent, withdrawn_precedent.c.judgement_id == judgement.c.id)
    .outerjoin(value, value.c.id == judgement.c.value_id)
    .where(judgement.c.stance == STANCE["adjudicate"])
)
_ASKERS = Prepared(
    select(judgement.c.actor_id)
    .where(
        judgement.c.item_id == bindparam("item"),
        judgement.c.batch_id == bindparam("batch"),
        judgement.c.stance == STANCE["escalate"],
        _stands(judgement),
    )
    .distinct()
)
_OF_ITEM = Prepared(
    select(judgement.c.id, judgement.c.comment, judgement.c.note, judgement.c.said_at)
    .where(
        judgement.c.item_id == bindparam("item"),
        judgement.c.batch_id + 0 == bindparam("batch"),  # else SQLite walks the batch
        judgement.c.stance == STANCE["escalate"],
        _stands(judgement),
    )
    .order_by(judgement.c.id)
)
