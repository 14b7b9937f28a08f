"""What an audit of masking reads: the items that came in, the kinds of token they hold, what people found left."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from goldloop.store.codes import DECISION
from goldloop.store.schema import closed, decision, erased, item, item_attribute, value, vault_item, work

CHUNK = 500


class Frame(NamedTuple):
    """The items that an audit may draw from, and how many it leaves out because of what they ask of a reader."""

    keys: list[int]
    left_out: int


class Readings(NamedTuple):
    """What an audit's people said: the kinds they found left in each item, and the items that are still to be read."""

    found: dict[int, frozenset[str]]
    waiting: int


def frame_of(connection: Connection, programme_id: int, *, after: int, clearance: str | None) -> Frame:
    """The items that came in after a key and are there, of those that a reader with this clearance may read."""
    gone = select(erased.c.item_id).where(erased.c.item_id == item.c.id)
    found = select(item.c.id).where(item.c.programme_id == programme_id, item.c.id > after, ~gone.exists())
    keys = list(connection.execute(found.order_by(item.c.id)).scalars())
    other = (
        select(item_attribute.c.item_id, item_attribute.c.number, item_attribute.c.access)
        .join(item, item.c.id == item_attribute.c.item_id)
        .where(item.c.programme_id == programme_id, item.c.id > after)
        .order_by(item_attribute.c.item_id, item_attribute.c.number)
    )
    access = {row.item_id: row.access for row in connection.execute(other)}  # the newest comes last
    shut = {key for key, asked in access.items() if asked not in (None, clearance)}
    inside = [key for key in keys if key not in shut]
    return Frame(inside, len(keys) - len(inside))


def masked_kinds(connection: Connection, keys: Sequence[int]) -> dict[int, frozenset[str]]:
    """The kinds of token that stand in items: a token names its kind, whether or not what it stood for is kept."""
    out: dict[int, frozenset[str]] = {}
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        rows = connection.execute(
            select(vault_item.c.item_id, vault_item.c.token).where(vault_item.c.item_id.in_(part))
        )
        for key, token in rows:
            out[key] = out.get(key, frozenset()) | {token[1:].partition(":")[0].lower()}
    return out


def readings(connection: Connection, batch_id: int) -> Readings:
    """What the people of an audit's batch said, without items that were erased since."""
    gone = select(erased.c.item_id).where(erased.c.item_id == decision.c.item_id)
    rows = connection.execute(
        select(decision.c.item_id, value.c.answer)
        .join(value, value.c.id == decision.c.value_id)
        .where(decision.c.batch_id == batch_id, decision.c.state == DECISION["decided"], ~gone.exists())
    )
    found = {key: frozenset(json.loads(answer)["labels"]) for key, answer in rows}
    lost = select(erased.c.item_id).where(erased.c.item_id == work.c.item_id)
    asked = (
        select(work.c.item_id)
        .outerjoin(closed, closed.c.work_id == work.c.id)
        .where(work.c.batch_id == batch_id, closed.c.work_id.is_(None), ~lost.exists())
    )
    return Readings(found, len(set(connection.execute(asked).scalars()) - set(found)))
