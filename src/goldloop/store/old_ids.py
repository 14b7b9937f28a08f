"""Ids that rows had in another installation: an old certificate, file or link still leads to what it names."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select

from goldloop.core.errors import NotFound
from goldloop.core.ids import Ids
from goldloop.store.bulk import add_missing
from goldloop.store.prepared import Prepared
from goldloop.store.schema import old_id

OURS = 1 << 48
"""No key of ours is as large: an id of another installation decodes to one that is, all but one in 65,536 times."""


def key_behind(connection: Connection, ids: Ids, noun: str, public: str) -> int:
    """The key behind a public id, one of ours or one that the row had where it came from. Raises NotFound."""
    try:
        key = ids.key(noun, public)
    except NotFound:
        found = _KEY.scalar(connection, noun=noun, public=public)
        if found is None:
            raise
        return int(found)
    if key < OURS:
        return key
    found = _KEY.scalar(connection, noun=noun, public=public)
    return key if found is None else int(found)


def add_old_ids(connection: Connection, programme_id: int, rows: Iterable[tuple[str, str, int]]) -> None:
    """Remember (noun, public id there, key here)."""
    listed = [(noun, public, programme_id, key) for noun, public, key in rows]
    add_missing(connection, old_id, ("noun", "public", "programme_id", "key"), listed)


_KEY = Prepared(  # of what was opened first, where a programme was opened twice
    select(old_id.c.key)
    .where(old_id.c.noun == bindparam("noun"), old_id.c.public == bindparam("public"))
    .order_by(old_id.c.programme_id)
    .limit(1)
)
