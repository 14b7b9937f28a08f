"""Items: bodies as they came, their digests, attributes that may change, and the human-only latch."""

import json
import os
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.store.bulk import add_rows, find_rows
from goldloop.store.keys import reserve
from goldloop.store.prepared import Prepared
from goldloop.store.schema import human_only, item, item_attribute
from goldloop.store.unrouted import add_unrouted

SALT_BYTES = 16


class NewItem(NamedTuple):
    """An item to add: its body as canonical JSON with that text's SHA-256."""

    external_id: str
    body: str
    digest: bytes
    slices: Mapping[str, str] = {}
    residency: str | None = None
    access: str | None = None
    licence: str | None = None


class Attributes(NamedTuple):
    """What may change about an item without changing the item."""

    slices: Mapping[str, str]
    residency: str | None
    access: str | None
    licence: str | None


def add_items(
    connection: Connection, programme_id: int, source_id: int, take_in_id: int, new: Sequence[NewItem], *, at: int
) -> list[int]:
    """Add items in bulk; their keys, in order."""
    keys = reserve(connection, item, len(new))
    salts = os.urandom(SALT_BYTES * len(new))
    rows = (
        (key, programme_id, source_id, take_in_id, one.external_id, one.body, one.digest, salts[n : n + SALT_BYTES], at)
        for n, key, one in zip(count(0, SALT_BYTES), keys, new, strict=False)
    )
    add_rows(connection, item, _ITEM, rows)
    add_unrouted(connection, programme_id, keys)
    attributes = (
        (key, 1, _slices(one), one.residency, one.access, one.licence, at)
        for key, one in zip(keys, new, strict=True)
        if one.slices or one.residency or one.access or one.licence
    )
    add_rows(connection, item_attribute, _ATTRIBUTE, attributes)
    return keys


def _slices(new: NewItem) -> str:
    return json.dumps(new.slices, sort_keys=True, ensure_ascii=False)


def known_ids(connection: Connection, source_id: int, external_ids: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    """Key and digest of the items of a source that exist already, by external id."""
    columns = ("external_id", "id", "digest")
    rows = find_rows(connection, item, columns, among="external_id", of=external_ids, where=("source_id", source_id))
    return {external: (key, bytes(digest)) for external, key, digest in rows}


def bodies(connection: Connection, keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The bodies of items, parsed."""
    out: dict[int, dict[str, Any]] = {}
    for start in range(0, len(keys), 500):
        rows = connection.execute(select(item.c.id, item.c.body).where(item.c.id.in_(keys[start : start + 500])))
        out |= {key: json.loads(body) for key, body in rows}
    return out


def attributes(connection: Connection, keys: Sequence[int]) -> dict[int, Attributes]:
    """The newest attributes of items; items without any are left out."""
    columns = ("item_id", "number", "slices", "residency", "access", "licence")
    rows = sorted(find_rows(connection, item_attribute, columns, among="item_id", of=keys))
    read = {text: json.loads(text) for text in {row[2] for row in rows}}  # items of one kind share their slices
    return {
        key: Attributes(read[slices], residency, access, licence) for key, _, slices, residency, access, licence in rows
    }


def latch_human_only(connection: Connection, reasons: Mapping[int, str], *, at: int, by_people: bool = False) -> None:
    """Mark items human-only. The latch only ever closes: a first reason stays. `by_people`: no trigger did."""
    if reasons:
        insert_ = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
        rows = [
            {"item_id": key, "because": because, "latched_at": at, "by_people": by_people}
            for key, because in reasons.items()
        ]
        connection.execute(insert_(human_only).on_conflict_do_nothing(index_elements=["item_id"]), rows)


def human_only_reasons(connection: Connection, keys: Sequence[int]) -> dict[int, str]:
    """Why items are human-only; items that are not are left out."""
    rows = find_rows(connection, human_only, ("item_id", "because"), among="item_id", of=keys)
    return {key: because for key, because in rows}


def is_human_only(connection: Connection, key: int) -> bool:
    """True where an item belongs to people."""
    return _LATCHED.one(connection, item=key) is not None


def body_of(connection: Connection, key: int) -> dict[str, Any]:
    """The body of one item, parsed."""
    found: dict[str, Any] = json.loads(_BODY.scalar(connection, item=key))
    return found


def external_id_of(connection: Connection, key: int) -> str:
    """What the data's owner calls an item."""
    return str(connection.execute(select(item.c.external_id).where(item.c.id == key)).scalar_one())


def salt_of(connection: Connection, key: int) -> bytes:
    """What an item's commitments in the ledger are salted with; once it was erased, something that nobody knows."""
    return bytes(_SALT.scalar(connection, item=key) or os.urandom(SALT_BYTES))


def programme_of_item(connection: Connection, key: int) -> int:
    """The programme of an item that is there."""
    return int(connection.execute(select(item.c.programme_id).where(item.c.id == key)).scalar_one())


_LATCHED = Prepared(select(human_only.c.item_id).where(human_only.c.item_id == bindparam("item")))
_BODY = Prepared(select(item.c.body).where(item.c.id == bindparam("item")))
_SALT = Prepared(select(item.c.salt).where(item.c.id == bindparam("item")))
_ITEM = ("id", "programme_id", "source_id", "take_in_id", "external_id", "body", "digest", "salt", "created_at")
_ATTRIBUTE = ("item_id", "number", "slices", "residency", "access", "licence", "set_at")
