"""What the learning loop reads: what is labelled already, where models were corrected, and how rounds went."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from goldloop.store.codes import DECISION, NO_QUEUE
from goldloop.store.schema import (
    batch,
    batch_item,
    decision,
    draw,
    draw_item,
    gold,
    item,
    item_attribute,
    judgement,
    phrase,
    value_label,
)

LEARNING = "learning"  # purpose of the draws whose batches are rounds
PRODUCTION = (batch.c.purpose == "production") & (decision.c.state == DECISION["decided"])


def label_counts(connection: Connection, programme_id: int) -> dict[str, int]:
    """How many items of a programme people and gold have given every label."""
    decided = (
        select(value_label.c.label_id, func.count().label("n"))
        .join(decision, decision.c.value_id == value_label.c.value_id)
        .join(batch, batch.c.id == decision.c.batch_id)
        .where(batch.c.programme_id == programme_id, PRODUCTION)
        .group_by(value_label.c.label_id)
    )
    known = (
        select(value_label.c.label_id, func.count().label("n"))
        .join(judgement, judgement.c.value_id == value_label.c.value_id)
        .join(gold, gold.c.judgement_id == judgement.c.id)
        .join(item, item.c.id == gold.c.item_id)
        .where(item.c.programme_id == programme_id)
        .group_by(value_label.c.label_id)
    )
    both = decided.union_all(known).subquery()
    rows = connection.execute(
        select(phrase.c.text, func.sum(both.c.n)).join(phrase, phrase.c.id == both.c.label_id).group_by(phrase.c.text)
    )
    return {label: int(n) for label, n in rows}


def corrections(connection: Connection, programme_id: int) -> tuple[dict[str, int], dict[str, int]]:
    """By suggested label: how many items people settled, and how many of those otherwise than was suggested."""
    statement = (
        select(phrase.c.text, func.count())
        .select_from(batch_item)
        .join(batch, batch.c.id == batch_item.c.batch_id)
        .join(decision, (decision.c.batch_id == batch_item.c.batch_id) & (decision.c.item_id == batch_item.c.item_id))
        .join(judgement, judgement.c.id == batch_item.c.suggestion_id)
        .join(value_label, value_label.c.value_id == judgement.c.value_id)
        .join(phrase, phrase.c.id == value_label.c.label_id)
        .where(batch.c.programme_id == programme_id, PRODUCTION, batch_item.c.queue != NO_QUEUE)
        .group_by(phrase.c.text)
    )
    otherwise = statement.where(decision.c.value_id != judgement.c.value_id)
    return (
        {label: int(n) for label, n in connection.execute(statement)},
        {label: int(n) for label, n in connection.execute(otherwise)},
    )


def slice_counts(connection: Connection, programme_id: int, key: str) -> Iterator[tuple[str, int]]:
    """How many decided items a programme has of every value of a slice."""
    newest = (
        select(func.max(item_attribute.c.number))
        .where(item_attribute.c.item_id == decision.c.item_id)
        .correlate(decision)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(item_attribute.c.slices, func.count())
        .select_from(decision)
        .join(batch, batch.c.id == decision.c.batch_id)
        .join(
            item_attribute,
            (item_attribute.c.item_id == decision.c.item_id) & (item_attribute.c.number == newest),
        )
        .where(batch.c.programme_id == programme_id, PRODUCTION)
        .group_by(item_attribute.c.slices)
    )
    for slices, n in rows:
        named = json.loads(slices)
        if key in named:
            yield named[key], int(n)


def labelled_bodies(connection: Connection, programme_id: int, *, limit: int) -> list[dict[str, Any]]:
    """The bodies of the items that were decided last."""
    rows = connection.execute(
        select(item.c.body)
        .join(decision, decision.c.item_id == item.c.id)
        .join(batch, batch.c.id == decision.c.batch_id)
        .where(batch.c.programme_id == programme_id, PRODUCTION)
        .order_by(item.c.id.desc())
        .limit(limit)
    )
    return [json.loads(body) for (body,) in rows]


class Round(NamedTuple):
    """A batch whose items a selection chose."""

    batch_id: int
    batch: str
    policy_id: int
    draw_id: int
    design: Mapping[str, Any]
    frame_size: int
    drawn_at: int


def rounds(connection: Connection, programme_id: int) -> list[Round]:
    """The rounds of a programme, oldest first."""
    rows = connection.execute(
        select(
            batch.c.id,
            batch.c.name,
            batch.c.policy_id,
            draw.c.id.label("draw"),
            draw.c.design,
            draw.c.frame_size,
            draw.c.drawn_at,
        )
        .join(draw, draw.c.batch_id == batch.c.id)
        .where(batch.c.programme_id == programme_id, draw.c.purpose == LEARNING)
        .order_by(draw.c.id)
    )
    return [Round._make(row)._replace(design=json.loads(row.design)) for row in rows]


class Outcome(NamedTuple):
    """What became of one item of a round: its arm, the rule that routed it, what was suggested and what was decided.

    `decided` is None while people are at work, and where nobody looked at it.
    """

    arm: str
    rule: str
    suggested: int | None
    decided: int | None


def outcomes(connection: Connection, one: Round) -> list[Outcome]:
    """What became of every item of a round that was routed."""
    rows = connection.execute(
        select(
            draw_item.c.stratum,
            phrase.c.text,
            batch_item.c.queue,
            judgement.c.value_id.label("suggested"),
            decision.c.value_id.label("decided"),
            decision.c.state,
        )
        .select_from(draw_item)
        .join(batch_item, (batch_item.c.item_id == draw_item.c.item_id) & (batch_item.c.batch_id == one.batch_id))
        .join(phrase, phrase.c.id == batch_item.c.rule_id)
        .outerjoin(judgement, judgement.c.id == batch_item.c.suggestion_id)
        .outerjoin(
            decision, (decision.c.batch_id == batch_item.c.batch_id) & (decision.c.item_id == batch_item.c.item_id)
        )
        .where(draw_item.c.draw_id == one.draw_id)
    )
    out = []
    for row in rows:
        settled = row.state == DECISION["decided"] and row.queue != NO_QUEUE
        out.append(Outcome(row.stratum, row.text, row.suggested, row.decided if settled else None))
    return out
