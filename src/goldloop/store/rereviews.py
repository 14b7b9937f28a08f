"""Which items a published plan sends to people again."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, select, true

from goldloop.core.migration import Mappings
from goldloop.store.codes import DECISION
from goldloop.store.schema import batch, batch_item, decision, erased, phrase, value_label


def labels_to_review(plans: Mappings, ontology_id: int) -> tuple[str, ...]:
    """The labels that only a person can read under this ontology release, whichever release they were said under."""
    known = {row.label for row in plans.rows}
    return tuple(
        sorted(
            label
            for label in known
            if plans.read(label, under=0, at=ontology_id) is None
            and plans.read(label, under=0, at=ontology_id - 1) is not None
        )
    )


def waiting(
    connection: Connection,
    programme_id: int,
    ontology_id: int,
    labels: Sequence[str],
    *,
    gone: Sequence[str],
    before: int,
    limit: int,
    batch_ids: Sequence[int] | None = None,
    settled: bool = False,
) -> list[tuple[int, int]]:
    """(item, tier) of accepted labels that wait for a person and stand in no batch of this or a later ontology.

    `settled`: that they stand in such a batch is not enough, they have to be decided there.

    A label that has gone always waits; one that stayed, where it was accepted before the ontology was.
    """
    says = (
        select(value_label.c.value_id)
        .join(phrase, phrase.c.id == value_label.c.label_id)
        .where(
            (value_label.c.value_id == decision.c.value_id)
            & (phrase.c.text.in_(gone) | (phrase.c.text.in_(labels) & (decision.c.changed_at < before)))
        )
    )
    rows = connection.execute(
        select(decision.c.item_id, batch_item.c.tier)
        .select_from(batch)
        .join(decision, decision.c.batch_id == batch.c.id)
        .join(
            batch_item,
            (batch_item.c.batch_id == decision.c.batch_id) & (batch_item.c.item_id == decision.c.item_id),
        )
        .where(
            batch.c.programme_id == programme_id,
            batch.c.purpose == "production",
            batch.c.ontology_id < ontology_id,
            true() if batch_ids is None else batch.c.id.in_(batch_ids),
            decision.c.state == DECISION["decided"],
            says.exists(),
            ~select(erased.c.item_id).where(erased.c.item_id == decision.c.item_id).exists(),
            ~_in_a_later(ontology_id, settled=settled),
        )
        .order_by(decision.c.item_id)
        .limit(limit)
    )
    return [(item_id, max(1, tier)) for item_id, tier in rows]


def _in_a_later(ontology_id: int, *, settled: bool) -> ColumnElement[bool]:
    """True for an item that stands (or is decided) in a production batch of this ontology or a later one."""
    later, members, answered = batch.alias(), batch_item.alias(), decision.alias()
    there = select(members.c.item_id)
    if settled:
        there = there.join(
            answered,
            (answered.c.batch_id == members.c.batch_id)
            & (answered.c.item_id == members.c.item_id)
            & (answered.c.state == DECISION["decided"]),
        )
    return (
        there.join(later, later.c.id == members.c.batch_id)
        .where(
            members.c.item_id == decision.c.item_id,
            later.c.ontology_id >= ontology_id,
            later.c.purpose == "production",
        )
        .exists()
    )
