"""Who gave the labels of a batch as they stand, and what stands behind each: read as columns."""

import json
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from goldloop.store.codes import DECISION, STANCE
from goldloop.store.schema import actor, batch_item, decision, item, judgement, phrase


class Labelled(NamedTuple):
    """An item with its accepted label and how it came to it. `model_id` made the suggestion it was routed by."""

    item_id: int
    external_id: str
    value_id: int
    author_id: int | None
    queue: int
    rule: str
    model_id: int | None


class SentBack(NamedTuple):
    """One remediation: who sent how many items back, why, and when."""

    by: str
    because: str
    items: int
    at: int


def labelled_by(connection: Connection, batch_id: int) -> dict[int, int]:
    """The author of every accepted label of a batch that a person gave: of several, the first."""
    rows = connection.execute(
        select(decision.c.item_id, decision.c.judgements).where(
            decision.c.batch_id == batch_id, decision.c.state == DECISION["decided"]
        )
    ).all()
    authors: dict[int, int] = {
        key: author
        for key, author in connection.execute(
            select(judgement.c.id, judgement.c.actor_id).where(judgement.c.batch_id == batch_id)
        )
    }
    rests_on = {key: json.loads(listed) for key, listed in rows}
    return {key: authors[ids[0]] for key, ids in rests_on.items() if ids and ids[0] in authors}


def labelled(connection: Connection, batch_id: int, keys: Collection[int]) -> list[Labelled]:
    """These items of a batch with their accepted labels; those without one are left out."""
    suggestion = judgement.alias()
    out: list[Labelled] = []
    wanted = sorted(keys)
    for start in range(0, len(wanted), 500):
        rows = connection.execute(
            select(
                decision.c.item_id,
                item.c.external_id,
                decision.c.value_id,
                decision.c.judgements,
                batch_item.c.queue,
                phrase.c.text.label("rule"),
                suggestion.c.actor_id.label("model_id"),
            )
            .join(item, item.c.id == decision.c.item_id)
            .join(
                batch_item,
                (batch_item.c.batch_id == decision.c.batch_id) & (batch_item.c.item_id == decision.c.item_id),
            )
            .join(phrase, phrase.c.id == batch_item.c.rule_id)
            .outerjoin(suggestion, suggestion.c.id == batch_item.c.suggestion_id)
            .where(
                decision.c.batch_id == batch_id,
                decision.c.state == DECISION["decided"],
                decision.c.item_id.in_(wanted[start : start + 500]),
            )
            .order_by(decision.c.item_id)
        ).all()
        leading = {row.item_id: (json.loads(row.judgements) or [None])[0] for row in rows}
        asked = [key for key in leading.values() if key is not None]
        authors = {
            key: author
            for key, author in connection.execute(
                select(judgement.c.id, judgement.c.actor_id).where(judgement.c.id.in_(asked))
            )
        }
        out += [
            Labelled(
                row.item_id,
                row.external_id,
                row.value_id,
                authors.get(leading[row.item_id] or 0),
                row.queue,
                row.rule,
                row.model_id,
            )
            for row in rows
        ]
    return out


def sent_back(connection: Connection, batch_id: int) -> list[SentBack]:
    """The remediations of a batch, newest first: rejections that were said outside any queue."""
    rows = connection.execute(
        select(actor.c.name, judgement.c.comment, func.count(), func.max(judgement.c.said_at).label("at"))
        .join(actor, actor.c.id == judgement.c.actor_id)
        .where(judgement.c.batch_id == batch_id, judgement.c.stance == STANCE["reject"], judgement.c.queue.is_(None))
        .group_by(actor.c.name, judgement.c.comment)
        .order_by(func.max(judgement.c.said_at).desc())
    )
    return [SentBack(name, because or "", count, at) for name, because, count, at in rows]
