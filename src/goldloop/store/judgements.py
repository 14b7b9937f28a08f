"""Judgements: append-only statements. A correction is a new row that names the old one."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select

from goldloop.store.bulk import add_rows
from goldloop.store.keys import reserve
from goldloop.store.prepared import Prepared
from goldloop.store.schema import actor, judgement, value


class NewJudgement(NamedTuple):
    """A row to append; codes as in `codes.py`."""

    item_id: int
    actor_id: int
    task_id: int
    stance: int
    said_at: int
    value_id: int | None = None
    batch_id: int | None = None
    work_id: int | None = None
    queue: int | None = None
    ontology_id: int | None = None
    guideline_id: int | None = None
    revision_of: int | None = None
    suggestion_id: int | None = None
    shown: int = 0
    others: str | None = None
    surplus: bool = False
    confidence: float | None = None
    margin: float | None = None
    entropy: float | None = None
    top: str | None = None
    comment: str | None = None
    reason: str | None = None
    active_ms: int | None = None
    wall_ms: int | None = None
    first_ms: int | None = None
    client_key: bytes | None = None
    note: str | None = None


class Spoken(NamedTuple):
    """What the decision rule needs of a judgement in a batch."""

    id: int
    actor_id: int
    kind: str
    stance: int
    queue: int | None
    value_id: int | None
    revision_of: int | None
    suggested: int | None
    surplus: bool
    said_at: int
    comment: str | None


def add_judgement(connection: Connection, new: NewJudgement) -> int:
    """Append one judgement; its key."""
    return int(_ADD_ONE.scalar(connection, **new._asdict()))


def add_judgements(connection: Connection, rows: Sequence[NewJudgement]) -> list[int]:
    """Append judgements in bulk; their keys, in order."""
    keys = reserve(connection, judgement, len(rows))
    add_rows(connection, judgement, _COLUMNS, ((key, *row) for key, row in zip(keys, rows, strict=True)))
    return keys


def spoken(connection: Connection, batch_id: int, item_id: int) -> list[Spoken]:
    """Everything said of an item in a batch, in order."""
    return [Spoken._make(row) for row in _SPOKEN.all(connection, batch=batch_id, item=item_id)]


def by_client_key(connection: Connection, key: bytes) -> Any:
    """The judgement behind a client-made key: (id, actor_id, batch_id, item_id, work_id, surplus), or None."""
    return _BY_CLIENT_KEY.one(connection, key=key)


def answers_of(connection: Connection, keys: Sequence[int]) -> dict[int, str]:
    """The answers of judgements as JSON, by judgement key; those without an answer are left out."""
    rows = connection.execute(
        select(judgement.c.id, value.c.answer)
        .join(value, value.c.id == judgement.c.value_id)
        .where(judgement.c.id.in_(keys))
    )
    return {key: text for key, text in rows}


_COLUMNS = ("id", *NewJudgement._fields)
_ADD_ONE = Prepared(insert(judgement).returning(judgement.c.id), columns=NewJudgement._fields)
_SUGGESTION = judgement.alias()
_SPOKEN = Prepared(
    select(
        judgement.c.id,
        judgement.c.actor_id,
        actor.c.kind,
        judgement.c.stance,
        judgement.c.queue,
        judgement.c.value_id,
        judgement.c.revision_of,
        _SUGGESTION.c.value_id.label("suggested"),
        judgement.c.surplus,
        judgement.c.said_at,
        judgement.c.comment,
    )
    .join(actor, actor.c.id == judgement.c.actor_id)
    .outerjoin(_SUGGESTION, _SUGGESTION.c.id == judgement.c.suggestion_id)
    .where(judgement.c.item_id == bindparam("item"), judgement.c.batch_id == bindparam("batch"))
    .order_by(judgement.c.id)
)
_BY_CLIENT_KEY = Prepared(
    select(
        judgement.c.id,
        judgement.c.actor_id,
        judgement.c.batch_id,
        judgement.c.item_id,
        judgement.c.work_id,
        judgement.c.surplus,
    ).where(judgement.c.client_key == bindparam("key"))
)
