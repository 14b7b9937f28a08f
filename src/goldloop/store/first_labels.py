"""What items were first labelled as, and what the verifier made of the suggestion: for the few that an audit judged."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, select

from goldloop.store.codes import DECISION, NO_QUEUE, STANCE
from goldloop.store.schema import batch_item, decision, judgement, phrase

SAID = (STANCE["answer"], STANCE["accept"], STANCE["reject"], STANCE["adjudicate"])


class Sampled(NamedTuple):
    """A judged item of a batch: how it was routed, the first label it got, and the one it was accepted with there.

    `accepted_first`: the first thing said of it was to let the suggestion stand; None where nothing was said.
    """

    item_id: int
    rule: str
    queue: int
    tier: int
    hidden: bool
    first_id: int | None
    accepted_first: bool | None
    value_id: int


def sampled(connection: Connection, batch_id: int, keys: Collection[int]) -> list[Sampled]:
    """These items of a batch as far as they are decided, in order."""
    wanted, out = sorted(keys), list[Sampled]()
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        rows = connection.execute(
            select(
                batch_item.c.item_id,
                phrase.c.text,
                batch_item.c.queue,
                batch_item.c.tier,
                batch_item.c.blind,
                decision.c.value_id,
                judgement.c.value_id.label("suggested"),
            )
            .join(phrase, phrase.c.id == batch_item.c.rule_id)
            .join(
                decision, (decision.c.batch_id == batch_item.c.batch_id) & (decision.c.item_id == batch_item.c.item_id)
            )
            .outerjoin(judgement, judgement.c.id == batch_item.c.suggestion_id)
            .where(
                batch_item.c.batch_id == batch_id,
                batch_item.c.item_id.in_(part),
                decision.c.state == DECISION["decided"],
                decision.c.value_id.is_not(None),
            )
            .order_by(batch_item.c.item_id)
        ).all()
        said = connection.execute(
            select(judgement.c.item_id, judgement.c.stance, judgement.c.value_id)
            .where(
                judgement.c.batch_id == batch_id,
                judgement.c.item_id.in_(part),
                judgement.c.queue.is_not(None),
                judgement.c.stance.in_(SAID),
            )
            .order_by(judgement.c.id)
        ).all()
        stance: dict[int, int] = {}
        value: dict[int, int] = {}
        for key, how, label in said:
            stance.setdefault(key, how)
            if label is not None:
                value.setdefault(key, label)
        out += [
            Sampled(
                row.item_id,
                row.text,
                row.queue,
                row.tier,
                row.blind,
                row.suggested if row.queue == NO_QUEUE else value.get(row.item_id),
                stance[row.item_id] == STANCE["accept"] if row.item_id in stance else None,
                row.value_id,
            )
            for row in rows
        ]
    return out
