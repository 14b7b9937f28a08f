"""Judgements: append-only statements. A correction is a new row that names the old one."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select

from goldloop.core import families
from goldloop.core.errors import Forbidden
from goldloop.store.actors import actors
from goldloop.store.bulk import add_rows
from goldloop.store.codes import QUEUE, SHOWN, STANCE
from goldloop.store.keys import reserve
from goldloop.store.phrases import phrase_texts
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
    order_seed: int | None = None
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
    work_id: int | None


def add_judgement(connection: Connection, new: NewJudgement) -> int:
    """Append one judgement; its key."""
    return int(_ADD_ONE.scalar(connection, **new._asdict()))


def add_judgements(
    connection: Connection, rows: Sequence[NewJudgement], *, about: Mapping[int, int] | None = None
) -> list[int]:
    """Append judgements in bulk; their keys, in order.

    `about`: of a row, the place of the one before it that its author looked at: a suggestion for who answers, what
    others said for who rules or rejects.

    Raises Forbidden where a machine says what only people may say. This is the one way in for machines, and for what
    people said elsewhere and an import brings; here, a person's judgement comes through `submit`, whose author has
    signed in.
    """
    said = [Claim(row.task_id, row.actor_id, row.stance) for row in rows if row.value_id is not None]
    refuse_machines(connection, said)
    keys = reserve(connection, judgement, len(rows))
    if about:
        rows = [_looking(row, keys[about[n]]) if n in about else row for n, row in enumerate(rows)]
    add_rows(connection, judgement, _COLUMNS, ((key, *row) for key, row in zip(keys, rows, strict=True)))
    return keys


def _looking(row: NewJudgement, key: int) -> NewJudgement:
    if row.stance == STANCE["answer"] or row.queue == QUEUE["verify"]:
        return row._replace(suggestion_id=key, shown=SHOWN["before"])
    return row._replace(others=json.dumps([key]))


class Claim(NamedTuple):
    """That an actor says something under a task."""

    task_id: int
    actor_id: int
    stance: int


def refuse_machines(connection: Connection, claims: Sequence[Claim]) -> None:
    """Raise Forbidden where a machine says what only people may say.

    Known gold is no answer of a machine: it comes as a ruling by a rule.
    """
    specs = phrase_texts(connection, {row.task_id for row in claims})
    closed = {key for key, text in specs.items() if families.task.kind(json.loads(text)["name"]).people_only}
    said = [row for row in claims if row.task_id in closed]
    if not said:
        return
    kinds = {key: row.kind for key, row in actors(connection, sorted({row.actor_id for row in said})).items()}
    for row in said:
        kind = kinds[row.actor_id]
        if kind == "model" or (kind == "rule" and row.stance != STANCE["adjudicate"]):
            raise Forbidden(
                "only people may say this: what a machine prefers is another task",
                field="task",
                expected="a person's answer",
                found=f"a {kind}'s answer to {json.loads(specs[row.task_id])['name']}",
            )


def spoken(connection: Connection, batch_id: int, item_id: int) -> list[Spoken]:
    """Everything said of an item in a batch, in order."""
    return [Spoken._make(row) for row in _SPOKEN.all(connection, batch=batch_id, item=item_id)]


def by_client_key(connection: Connection, key: bytes) -> list[Any]:
    """The judgements behind a client-made key: (id, actor_id, batch_id, item_id, work_id, surplus).

    One, and one more in every copy of its programme that stands beside it.
    """
    return _BY_CLIENT_KEY.all(connection, key=key)


class Answer(NamedTuple):
    """An answer as JSON, the seed of the order in which its author saw the item's parts, and what they remarked."""

    answer: str
    order_seed: int | None
    comment: str | None


def answers_of(connection: Connection, keys: Sequence[int]) -> dict[int, Answer]:
    """The answers of judgements, by judgement key; those without an answer are left out."""
    rows = connection.execute(
        select(judgement.c.id, value.c.answer, judgement.c.order_seed, judgement.c.comment)
        .join(value, value.c.id == judgement.c.value_id)
        .where(judgement.c.id.in_(keys))
    )
    return {key: Answer(text, seed, comment) for key, text, seed, comment in rows}


def value_of(connection: Connection, key: int) -> int:
    """What a judgement that says something says."""
    return int(connection.execute(select(judgement.c.value_id).where(judgement.c.id == key)).scalar_one())


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
        judgement.c.work_id,
    )
    .join(actor, actor.c.id == judgement.c.actor_id)
    .outerjoin(_SUGGESTION, _SUGGESTION.c.id == judgement.c.suggestion_id)
    .where(judgement.c.item_id == bindparam("item"), judgement.c.batch_id + 0 == bindparam("batch"))  # SQLite would
    # walk the batch in the order of its keys, all that was said in it for each item
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
    )
    .where(judgement.c.client_key == bindparam("key"))
    .order_by(judgement.c.item_id)
)
