"""The two arms of the blind share: what was first said of items whose suggestion was shown, or hidden at random."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, exists, func, select

from goldloop.store.codes import QUEUE, STANCE
from goldloop.store.schema import batch_item, decision, judgement, phrase

SAID = (STANCE["answer"], STANCE["accept"], STANCE["reject"])


class Armed(NamedTuple):
    """An item that its rule sent to be verified, with the first thing a person said of it.

    `hidden` is the arm it was drawn into. `suggested` and `value_id` are what the model and the person said; a bare
    rejection has no value. `label_id` is the accepted label as it stands. What nobody has said or decided is None.
    """

    item_id: int
    rule: str
    tier: int
    hidden: bool
    model_id: int
    suggested: int | None
    actor_id: int | None
    stance: int | None
    shown: int | None
    value_id: int | None
    active_ms: int | None
    label_id: int | None


def armed(connection: Connection, batch_id: int) -> list[Armed]:
    """Both arms of a batch. Items that several people label are in neither: their draw is another."""
    said, later, suggestion = judgement.alias("said"), judgement.alias("later"), judgement.alias("suggestion")
    first = (
        select(said.c.item_id, func.min(said.c.id).label("id"))
        .where(
            said.c.batch_id == batch_id,
            said.c.work_id.is_not(None),
            said.c.queue.in_((QUEUE["verify"], QUEUE["annotate"])),
            said.c.stance.in_(SAID),
            said.c.surplus.is_(False),
            ~exists().where(
                later.c.item_id == said.c.item_id,
                later.c.actor_id == said.c.actor_id,
                later.c.revision_of == said.c.id,
            ),
        )
        .group_by(said.c.item_id)
        .cte("first")
    )
    rows = connection.execute(
        select(
            batch_item.c.item_id,
            phrase.c.text,
            batch_item.c.tier,
            batch_item.c.blind,
            suggestion.c.actor_id,
            suggestion.c.value_id,
            judgement.c.actor_id,
            judgement.c.stance,
            judgement.c.shown,
            judgement.c.value_id,
            judgement.c.active_ms,
            decision.c.value_id,
        )
        .select_from(batch_item)
        .join(suggestion, suggestion.c.id == batch_item.c.suggestion_id)
        .join(phrase, phrase.c.id == batch_item.c.rule_id)
        .outerjoin(first, first.c.item_id == batch_item.c.item_id)
        .outerjoin(judgement, judgement.c.id == first.c.id)
        .outerjoin(
            decision, and_(decision.c.batch_id == batch_item.c.batch_id, decision.c.item_id == batch_item.c.item_id)
        )
        .where(
            batch_item.c.batch_id == batch_id,
            batch_item.c.queue == QUEUE["verify"],
            batch_item.c.consensus.is_(False),
        )
        .order_by(batch_item.c.item_id)
    )
    return [Armed._make(row) for row in rows]


def seen(connection: Connection, batch_ids: Sequence[int]) -> dict[int, int]:
    """How many judgements of people in batches were made without a suggestion, beside one, or before it was shown."""
    out: dict[int, int] = {}
    for start in range(0, len(batch_ids), 500):
        rows = connection.execute(
            select(judgement.c.shown, func.count())
            .where(
                judgement.c.batch_id.in_(batch_ids[start : start + 500]),
                judgement.c.work_id.is_not(None),
                judgement.c.stance != STANCE["withdraw"],
            )
            .group_by(judgement.c.shown)
        )
        for shown, count in rows:
            out[shown] = out.get(shown, 0) + int(count)
    return out
