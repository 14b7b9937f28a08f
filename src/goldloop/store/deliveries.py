"""Deliveries: labels that a provider handed in as a file, each a batch of its own; a redelivery names the first."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from goldloop.store.schema import batch, decision, delivery, organisation, take_in


class DeliveryRow(NamedTuple):
    """A delivery with its tally. `replaces` is the batch of the delivery that it came in the place of."""

    batch_id: int
    name: str
    provider: str
    file: str
    take_in_id: int
    items: int
    rejects: int
    replaces: int | None
    received_at: int


def add_delivery(connection: Connection, batch_id: int, take_in_id: int, organisation_id: int) -> None:
    """Note that a batch holds what an organisation delivered."""
    row = {"batch_id": batch_id, "take_in_id": take_in_id, "organisation_id": organisation_id}
    connection.execute(insert(delivery), row)


def deliveries(connection: Connection, programme_id: int) -> list[DeliveryRow]:
    """The deliveries of a programme, newest first."""
    rows = connection.execute(_ROWS.where(batch.c.programme_id == programme_id).order_by(batch.c.id.desc()))
    return [DeliveryRow._make(row) for row in rows]


def delivery_of(connection: Connection, batch_id: int) -> DeliveryRow | None:
    """The delivery that a batch holds; None for work of our own."""
    row = connection.execute(_ROWS.where(delivery.c.batch_id == batch_id)).one_or_none()
    return DeliveryRow._make(row) if row else None


def successor(connection: Connection, batch_id: int) -> int | None:
    """The redelivery that came in the place of a delivery, or None."""
    found = connection.execute(
        select(batch.c.id).where(batch.c.parent_id == batch_id, batch.c.purpose == "delivery").limit(1)
    ).scalar()
    return int(found) if found is not None else None


def replaced(connection: Connection, keys: Sequence[int]) -> set[int]:
    """Those of these batches in whose place a redelivery came."""
    again = select(batch.c.parent_id).where(batch.c.parent_id.in_(keys), batch.c.purpose == "delivery")
    return set(connection.execute(again).scalars())


def labels_as_delivered(connection: Connection, batch_id: int) -> dict[int, int]:
    """The value of every label of a batch, by item."""
    rows = connection.execute(
        select(decision.c.item_id, decision.c.value_id).where(
            decision.c.batch_id == batch_id, decision.c.value_id.is_not(None)
        )
    )
    return {key: value for key, value in rows}


_ROWS = (
    select(
        delivery.c.batch_id,
        batch.c.name,
        organisation.c.name.label("provider"),
        take_in.c.file,
        delivery.c.take_in_id,
        batch.c.item_count,
        take_in.c.rejects,
        batch.c.parent_id,
        batch.c.created_at,
    )
    .join(batch, batch.c.id == delivery.c.batch_id)
    .join(take_in, take_in.c.id == delivery.c.take_in_id)
    .join(organisation, organisation.c.id == delivery.c.organisation_id)
)
