"""Filters that a person keeps under a name, of one list of one programme."""

import json
from typing import NamedTuple

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.store.schema import saved_filter

MOST = 100  # of one person in one programme


class SavedFilter(NamedTuple):
    """A name for what a list shows."""

    id: int
    place: str
    name: str
    query: dict[str, str]


def saved_filters(connection: Connection, account_id: int, programme_id: int) -> list[SavedFilter]:
    """What somebody kept in a programme, by name."""
    rows = connection.execute(
        select(saved_filter)
        .where(saved_filter.c.account_id == account_id, saved_filter.c.programme_id == programme_id)
        .order_by(saved_filter.c.place, saved_filter.c.name)
    )
    return [SavedFilter(row.id, row.place, row.name, json.loads(row.query)) for row in rows]


def save_filter(
    connection: Connection, account_id: int, programme_id: int, place: str, name: str, query: dict[str, str], *, at: int
) -> None:
    """Keep a filter; the same name again replaces it."""
    insert = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    said = json.dumps(query, sort_keys=True, ensure_ascii=False)
    connection.execute(
        insert(saved_filter)
        .values(account_id=account_id, programme_id=programme_id, place=place, name=name, query=said, created_at=at)
        .on_conflict_do_update(
            index_elements=["account_id", "programme_id", "place", "name"], set_={"query": said, "created_at": at}
        )
    )


def forget_filter(connection: Connection, account_id: int, programme_id: int, place: str, name: str) -> bool:
    """Forget a filter; False where there was none of this name."""
    mine = (
        (saved_filter.c.account_id == account_id)
        & (saved_filter.c.programme_id == programme_id)
        & (saved_filter.c.place == place)
        & (saved_filter.c.name == name)
    )
    return connection.execute(delete(saved_filter).where(mine)).rowcount == 1
