"""What a change of an ontology touches: accepted labels and judgements by label, person and batch. Counted set by set.

The answers that say a label are few beside the judgements that give them: they are found first, by the index of labels,
and the judgements of the programme's batches are then read once.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Subquery, func, select

from goldloop.store.codes import DECISION, STANCE
from goldloop.store.schema import actor, batch, decision, judgement, phrase, value_label


class Touched(NamedTuple):
    """How many of a label stand where: accepted in a batch, or said there by somebody."""

    label: str
    batch_id: int
    batch: str
    actor_id: int | None
    who: str | None
    labels: int


def accepted(connection: Connection, programme_id: int, labels: Sequence[str]) -> list[Touched]:
    """Accepted labels, by label and batch."""
    says = _says(labels)
    rows = connection.execute(
        select(says.c.text, batch.c.id, batch.c.name, func.count())
        .select_from(batch)
        .join(decision, decision.c.batch_id == batch.c.id)
        .join(says, says.c.value_id == decision.c.value_id)
        .where(
            batch.c.programme_id == programme_id,
            batch.c.purpose == "production",
            decision.c.state == DECISION["decided"],
        )
        .group_by(says.c.text, batch.c.id, batch.c.name)
        .order_by(batch.c.id, says.c.text)
    )
    return [Touched(label, key, name, None, None, count) for label, key, name, count in rows]


def said(connection: Connection, programme_id: int, labels: Sequence[str]) -> list[Touched]:
    """Judgements by people that say a label, by label, batch and person."""
    says = _says(labels)
    counted = (
        select(says.c.text, judgement.c.batch_id, judgement.c.actor_id, func.count().label("count"))
        .select_from(judgement)
        .join(says, says.c.value_id == judgement.c.value_id)
        .where(
            judgement.c.batch_id.in_(select(batch.c.id).where(batch.c.programme_id == programme_id)),
            judgement.c.stance != STANCE["withdraw"],
        )
        .group_by(says.c.text, judgement.c.batch_id, judgement.c.actor_id)
        .subquery()
    )
    rows = connection.execute(
        select(counted.c.text, batch.c.id, batch.c.name, actor.c.id, actor.c.name, counted.c.count)
        .join(batch, batch.c.id == counted.c.batch_id)
        .join(actor, actor.c.id == counted.c.actor_id)
        .where(actor.c.kind == "person")
        .order_by(batch.c.id, counted.c.text, actor.c.name)
    )
    return [Touched(*row) for row in rows]


def _says(labels: Sequence[str]) -> Subquery:
    """The answers that say one of these labels, with the label."""
    return (
        select(value_label.c.value_id, phrase.c.text)
        .join(phrase, phrase.c.id == value_label.c.label_id)
        .where(phrase.c.text.in_(sorted(labels)))
        .subquery()
    )
