"""What was delivered: the labels of a release as it was sealed, where they also went, and who received them."""

import json
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, or_, select

from goldloop.store.releases import ReleaseRow
from goldloop.store.schema import actor, receipt, release, release_row


class DeliveredLabel(NamedTuple):
    """One label of a release."""

    item_id: int
    batch_id: int
    value_id: int


class Receipt(NamedTuple):
    """Somebody who received a release: how often, and when last."""

    release_id: int
    who: str
    times: int
    at: int


def delivered_labels(connection: Connection, row: ReleaseRow) -> dict[int, DeliveredLabel]:
    """The labels of a dataset release, by item."""
    rows = connection.execute(
        select(release_row.c.item_id, release_row.c.batch_id, release_row.c.value_id).where(
            release_row.c.programme_id == row.programme_id,
            release_row.c.name == row.name,
            release_row.c.batch_id.in_(json.loads(row.body)["batches"]),
            release_row.c.valid_from <= row.number,
            or_(release_row.c.valid_to.is_(None), release_row.c.valid_to > row.number),
        )
    )
    return {key: DeliveredLabel(key, batch_id, value_id) for key, batch_id, value_id in rows}


def releases_with(connection: Connection, programme_id: int, batch_ids: Collection[int]) -> list[tuple[int, str, int]]:
    """(key, name, number) of every dataset release that holds labels of these batches."""
    inside = (
        select(release_row.c.id)
        .where(
            release_row.c.programme_id == programme_id,
            release_row.c.name == release.c.name,
            release_row.c.batch_id.in_(list(batch_ids)),
            release_row.c.valid_from <= release.c.number,
            or_(release_row.c.valid_to.is_(None), release_row.c.valid_to > release.c.number),
        )
        .exists()
    )
    rows = connection.execute(
        select(release.c.id, release.c.name, release.c.number)
        .where(release.c.programme_id == programme_id, release.c.kind == "dataset", inside)
        .order_by(release.c.id)
    )
    return [(key, name, number) for key, name, number in rows]


class Arrival(NamedTuple):
    """A release was received once: downloaded by somebody, or delivered by them to a place, with what arrived there."""

    who: str
    place: str | None
    files: int | None
    bytes: int | None
    at: int


def add_receipt(
    connection: Connection,
    release_id: int,
    actor_id: int,
    *,
    place: str | None = None,
    files: int | None = None,
    size: int | None = None,
    at: int,
) -> None:
    """Note that somebody received a release, or had it delivered to a place."""
    row = {"release_id": release_id, "actor_id": actor_id, "place": place, "files": files, "bytes": size, "at": at}
    connection.execute(insert(receipt), row)


def all_receipts(connection: Connection, release_id: int) -> list[Arrival]:
    """Every time a release was received, newest first."""
    rows = connection.execute(
        select(actor.c.name, receipt.c.place, receipt.c.files, receipt.c.bytes, receipt.c.at)
        .join(actor, actor.c.id == receipt.c.actor_id)
        .where(receipt.c.release_id == release_id)
        .order_by(receipt.c.id.desc())
    )
    return [Arrival._make(row) for row in rows]


def delivered(connection: Connection, release_ids: Collection[int]) -> set[int]:
    """Which of these releases somebody received."""
    found = select(receipt.c.release_id).where(receipt.c.release_id.in_(list(release_ids))).distinct()
    return set(connection.execute(found).scalars())


def receivers(connection: Connection, release_id: int) -> list[int]:
    """The actors who received a release."""
    found = select(receipt.c.actor_id).where(receipt.c.release_id == release_id).distinct().order_by(receipt.c.actor_id)
    return list(connection.execute(found).scalars())


def receipts(connection: Connection, release_ids: Collection[int]) -> list[Receipt]:
    """Who received these releases."""
    rows = connection.execute(
        select(receipt.c.release_id, actor.c.name, func.count(), func.max(receipt.c.at))
        .join(actor, actor.c.id == receipt.c.actor_id)
        .where(receipt.c.release_id.in_(list(release_ids)))
        .group_by(receipt.c.release_id, actor.c.name)
        .order_by(receipt.c.release_id, actor.c.name)
    )
    return [Receipt._make(row) for row in rows]
