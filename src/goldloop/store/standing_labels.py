"""Accepted labels as they stand: of every item the one of its newest batch, unless it is being judged again."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from goldloop.store.batches import LABELLED
from goldloop.store.codes import DECISION
from goldloop.store.schema import batch, batch_item, decision, erased, item, phrase, value_label


class StandingLabel(NamedTuple):
    """An accepted label, the ontology of its batch, and when it came to be."""

    item_id: int
    external_id: str
    value_id: int
    ontology_id: int
    changed_at: int


def standing_labels(
    connection: Connection,
    batch_ids: Sequence[int],
    *,
    labels: Collection[str] | None = None,
    before: int | None = None,
    judged_once: bool = False,
    until_decided: bool = False,
    most: int,
) -> list[StandingLabel]:
    """The accepted labels of batches of labels, in the order of their items; what was erased is left out.

    `labels`: those that say one of them. `before`: those that came to be before a moment. `judged_once`: not those that
    were judged anew after an earlier batch. `until_decided`: what is being judged again stands until it is decided.
    """
    statement = (
        select(decision.c.item_id, item.c.external_id, decision.c.value_id, batch.c.ontology_id, decision.c.changed_at)
        .join(batch, batch.c.id == decision.c.batch_id)
        .join(item, item.c.id == decision.c.item_id)
        .where(
            decision.c.batch_id.in_(batch_ids),
            batch.c.purpose.in_(LABELLED),
            decision.c.state == DECISION["decided"],
            decision.c.value_id.is_not(None),
            ~_in_another(later=True, decided=until_decided),
            ~select(erased.c.item_id).where(erased.c.item_id == decision.c.item_id).exists(),
        )
    )
    if labels is not None:
        says = (
            select(value_label.c.value_id)
            .join(phrase, phrase.c.id == value_label.c.label_id)
            .where(phrase.c.text.in_(sorted(labels)))
        )
        statement = statement.where(decision.c.value_id.in_(says))
    if before is not None:
        statement = statement.where(decision.c.changed_at < before)
    if judged_once:
        statement = statement.where(~_in_another(later=False))  # a redelivery is judged by nobody
    rows = connection.execute(statement.order_by(decision.c.item_id).limit(most))
    return [StandingLabel._make(row) for row in rows]


def _in_another(*, later: bool, decided: bool = False) -> ColumnElement[bool]:
    """True for an item that stands (or is decided) in a later batch, or in an earlier one that people worked off."""
    other, members, settled = batch.alias(), batch_item.alias(), decision.alias()
    side = members.c.batch_id > decision.c.batch_id if later else members.c.batch_id < decision.c.batch_id
    there = (
        select(members.c.item_id)
        .join(other, other.c.id == members.c.batch_id)
        .where(members.c.item_id == decision.c.item_id, side, other.c.purpose.in_(LABELLED if later else LABELLED[:1]))
    )
    if decided:
        there = there.join(
            settled, (settled.c.batch_id == members.c.batch_id) & (settled.c.item_id == members.c.item_id)
        ).where(settled.c.state == DECISION["decided"])
    return there.exists()


def judged_twice(connection: Connection, keys: Sequence[int]) -> set[int]:
    """Those of some items that stand in more than one batch that people work off: somebody has looked again."""
    out: set[int] = set()
    for start in range(0, len(keys), 500):
        rows = connection.execute(
            select(batch_item.c.item_id)
            .join(batch, batch.c.id == batch_item.c.batch_id)
            .where(batch_item.c.item_id.in_(keys[start : start + 500]), batch.c.purpose == LABELLED[0])
            .group_by(batch_item.c.item_id)
            .having(func.count() > 1)
        )
        out |= set(rows.scalars())
    return out


def decided_since(connection: Connection, keys: Sequence[int], at: int) -> dict[int, tuple[str, bool]]:
    """What items are called, and whether they were decided after a moment; erased ones count as decided."""
    anew = (
        select(batch_item.c.item_id)
        .join(decision, (decision.c.batch_id == batch_item.c.batch_id) & (decision.c.item_id == batch_item.c.item_id))
        .join(batch, batch.c.id == batch_item.c.batch_id)
        .where(
            batch_item.c.item_id == item.c.id,
            decision.c.changed_at > at,
            decision.c.state == DECISION["decided"],
            batch.c.purpose.in_(LABELLED),
        )
        .exists()
    )
    gone = select(erased.c.item_id).where(erased.c.item_id == item.c.id).exists()
    out: dict[int, tuple[str, bool]] = {}
    for start in range(0, len(keys), 500):
        rows = connection.execute(
            select(item.c.id, item.c.external_id, (anew | gone).label("anew")).where(
                item.c.id.in_(keys[start : start + 500])
            )
        )
        out |= {row.id: (row.external_id, bool(row.anew)) for row in rows}
    return out
