"""Showing a suggestion after an answer: its author sees it and may revise; what they said first stays beside it."""

import json
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, exists, select

from goldloop.core import families
from goldloop.core.headline import headline
from goldloop.loop.context import BatchContext
from goldloop.store.codes import QUEUE, SHOWN, STANCE
from goldloop.store.prepared import Prepared
from goldloop.store.schema import human_only, item, judgement, value, work

IS_SHOWN = "its suggestion has been shown: revise the answer instead"


class Revealed(NamedTuple):
    """What a model had suggested for an item that somebody has just answered without seeing it."""

    judgement_id: int
    text: str
    answer: Any
    named: str
    same: bool  # as the answer


class First(NamedTuple):
    """An answer that was given before its suggestion was shown, and stands."""

    id: int
    item_id: int
    batch_id: int
    ontology_id: int
    guideline_id: int | None
    suggestion_id: int


def revealed(connection: Connection, context: BatchContext, judgement_id: int) -> Revealed | None:
    """What is shown after an answer; None where nothing is, as after most."""
    row = _REVEALED.one(connection, judgement=judgement_id)
    if row is None:
        return None
    answer = json.loads(row.answer)
    task: families.Task = context.task
    named = ", ".join(context.ontology.name_of(label) for label in task.labels(answer))
    same = row.value_id == row.said
    return Revealed(row.suggestion_id, headline(json.loads(row.body)), answer, named, same)


def first_answer(connection: Connection, person_id: int, work_id: int) -> First | None:
    """What a person said of a work before its suggestion was shown; None where there is nothing to revise."""
    row = _FIRST.one(connection, person=person_id, work=work_id)
    return First._make(row) if row is not None else None


_SUGGESTION, _LATER = judgement.alias("suggestion"), judgement.alias("later")
_AFTER = (
    work.c.suggestion_id.is_not(None),
    work.c.queue == QUEUE["annotate"],
    judgement.c.stance == STANCE["answer"],
    judgement.c.surplus.is_(False),
    judgement.c.shown == SHOWN["after"],
)
_FREE = ~exists().where(human_only.c.item_id == judgement.c.item_id)
_REVEALED = Prepared(
    select(
        work.c.suggestion_id,
        item.c.body,
        value.c.answer,
        _SUGGESTION.c.value_id,
        judgement.c.value_id.label("said"),
    )
    .select_from(judgement)
    .join(work, work.c.id == judgement.c.work_id)
    .join(item, item.c.id == judgement.c.item_id)
    .join(_SUGGESTION, _SUGGESTION.c.id == work.c.suggestion_id)
    .join(value, value.c.id == _SUGGESTION.c.value_id)
    .where(judgement.c.id == bindparam("judgement"), *_AFTER, _FREE)
)
_FIRST = Prepared(
    select(
        judgement.c.id,
        judgement.c.item_id,
        judgement.c.batch_id,
        judgement.c.ontology_id,
        judgement.c.guideline_id,
        work.c.suggestion_id,
    )
    .select_from(judgement)
    .join(work, work.c.id == judgement.c.work_id)
    .where(
        judgement.c.work_id == bindparam("work"),
        judgement.c.actor_id == bindparam("person"),
        *_AFTER,
        _FREE,
        ~exists().where(
            _LATER.c.item_id == judgement.c.item_id,
            _LATER.c.actor_id == judgement.c.actor_id,
            _LATER.c.revision_of == judgement.c.id,
        ),
    )
)
