"""How many items of a dataset stand in each slice, counted by what their newest attributes say."""

import json
from collections import defaultdict
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select

from goldloop.store.batches import LABELLED
from goldloop.store.codes import DECISION
from goldloop.store.releases import ReleaseRow
from goldloop.store.schema import batch, decision, item_attribute, release_row


class Held(NamedTuple):
    """What a dataset holds: items in all, and by slice and value."""

    items: int
    slices: dict[str, dict[str, int]]


def held_labels(connection: Connection, programme_id: int) -> Held:
    """Of the items of a programme that have an accepted label now."""
    chosen = (
        select(decision.c.item_id)
        .join(batch, batch.c.id == decision.c.batch_id)
        .where(
            batch.c.programme_id == programme_id,
            batch.c.purpose.in_(LABELLED),
            decision.c.state == DECISION["decided"],
        )
        .distinct()
    )
    return _held(connection, chosen)


def held_release(connection: Connection, row: ReleaseRow) -> Held:
    """Of the rows of a release."""
    chosen = select(release_row.c.item_id).where(
        release_row.c.programme_id == row.programme_id,
        release_row.c.name == row.name,
        release_row.c.valid_from <= row.number,
        release_row.c.valid_to.is_(None) | (release_row.c.valid_to > row.number),
    )
    return _held(connection, chosen)


def _held(connection: Connection, chosen: Select[Any]) -> Held:
    mine = chosen.subquery()
    items = int(connection.execute(select(func.count()).select_from(mine)).scalar_one())
    later = item_attribute.alias()
    newest = (
        select(func.max(later.c.number)).where(later.c.item_id == item_attribute.c.item_id).correlate(item_attribute)
    ).scalar_subquery()
    rows = connection.execute(
        select(item_attribute.c.slices, func.count())
        .join(mine, mine.c.item_id == item_attribute.c.item_id)
        .where(item_attribute.c.number == newest)
        .group_by(item_attribute.c.slices)
    )
    out: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for text, n in rows:
        for name, value in json.loads(text).items():
            out[name][value] += n
    return Held(items, {name: dict(values) for name, values in out.items()})
