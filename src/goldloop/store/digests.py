"""Digests: what a week changed in a programme, kept as it was told; one of a week."""

import json
from typing import Any, NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.core.canonical import canonical
from goldloop.store.schema import digest


class Digest(NamedTuple):
    """A digest of [since, until): for whom it was made, and what it says."""

    id: int
    programme_id: int
    since_at: int
    until_at: int
    first_day: str
    last_day: str
    informed: tuple[str, ...]
    doc: dict[str, Any]
    made_at: int


def add_digest(connection: Connection, new: Digest) -> int | None:
    """Keep a digest; its key. None where there is one of this week already."""
    insert = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    row = new._asdict() | {"informed": canonical(list(new.informed)), "doc": canonical(new.doc)}
    del row["id"]
    made = insert(digest).values(**row).on_conflict_do_nothing(index_elements=["programme_id", "until_at"])
    key = connection.execute(made.returning(digest.c.id)).scalar()
    return None if key is None else int(key)


def digests(connection: Connection, programme_id: int, *, before: int | None = None, limit: int = 20) -> list[Digest]:
    """The digests of a programme, the newest week first; `before` is the end of the last week of a page."""
    statement = select(*(digest.c[name] for name in Digest._fields)).where(digest.c.programme_id == programme_id)
    if before is not None:
        statement = statement.where(digest.c.until_at < before)
    rows = connection.execute(statement.order_by(digest.c.until_at.desc()).limit(limit))
    return [
        Digest(**{**row, "informed": tuple(json.loads(row["informed"])), "doc": json.loads(row["doc"])})
        for row in rows.mappings()
    ]
