"""What happened that somebody is told of: events of the ledger, by who may see them, and how far each has looked.

An event is for everybody who sees its programme, for those it names (`tell`), or for one person, who is its subject.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, text
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.core.news import NEWS as KINDS
from goldloop.store.schema import NEWS, actor, batch, brief, event, programme, release, seen_news, take_in, told

PERSONAL = tuple(kind for kind, about in KINDS.items() if about.to == "person")
CONCERNS = tuple(kind for kind, about in KINDS.items() if about.to == "both")
BY_NAME = tuple(kind for kind, about in KINDS.items() if about.to == "named")
MOST_UNSEEN = 100  # that are counted: a bell says no more than "100"


class News(NamedTuple):
    """One event: what happened to which subject of which programme, by whom. `name` is what people call the subject."""

    id: int
    kind: str
    programme_id: int | None
    programme: str | None
    subject: str
    name: str | None
    by: str | None
    data: dict[str, Any]
    at: int


def news(
    connection: Connection,
    actor_id: int,
    programmes: Collection[int] | None,
    *,
    before: int | None = None,
    limit: int = 20,
) -> list[News]:
    """The newest events that are for somebody: of programmes they see (None: all), and answers to what they asked."""
    statement = (
        select(event, programme.c.name.label("programme_name"), actor.c.name.label("actor_name"))
        .outerjoin(programme, programme.c.id == event.c.programme_id)
        .outerjoin(actor, actor.c.id == event.c.actor_id)
        .where(text(f"event.{NEWS}"), _for(actor_id, programmes))
        .order_by(event.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(event.c.id < before)
    rows = connection.execute(statement).all()
    names = _names(connection, rows)
    return [
        News(
            row.id,
            row.kind,
            row.programme_id,
            row.programme_name,
            row.subject,
            names.get((row.kind, row.subject)),
            row.actor_name,
            json.loads(row.data),
            row.happened_at,
        )
        for row in rows
    ]


def tell(connection: Connection, event_id: int, actors: Collection[int]) -> None:
    """Say whom an event is for by name, in the transaction that wrote it."""
    if actors:
        connection.execute(insert(told), [{"actor_id": key, "event_id": event_id} for key in sorted(set(actors))])


def seen_up_to(connection: Connection, account_id: int) -> int:
    """The newest event that somebody has looked at; 0 before the first."""
    found = select(seen_news.c.event_id).where(seen_news.c.account_id == account_id)
    return int(connection.execute(found).scalar() or 0)


def count_unseen(connection: Connection, actor_id: int, programmes: Collection[int] | None, after: int) -> int:
    """How many events are newer than what somebody looked at, up to `MOST_UNSEEN`."""
    newer = (
        select(event.c.id)
        .where(text(f"event.{NEWS}"), event.c.id > after, _for(actor_id, programmes))
        .limit(MOST_UNSEEN)
    )
    return int(connection.execute(select(func.count()).select_from(newer.subquery())).scalar_one())


def look(connection: Connection, account_id: int, event_id: int) -> None:
    """Somebody has looked at everything up to an event."""
    insert_ = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    made = insert_(seen_news).values(account_id=account_id, event_id=event_id)
    newer = {"event_id": event_id}
    connection.execute(
        made.on_conflict_do_update(index_elements=["account_id"], set_=newer, where=seen_news.c.event_id < event_id)
    )


def one_event(connection: Connection, key: int) -> News | None:
    """One event by key, whoever asks."""
    row = connection.execute(
        select(event, programme.c.name.label("programme_name"), actor.c.name.label("actor_name"))
        .outerjoin(programme, programme.c.id == event.c.programme_id)
        .outerjoin(actor, actor.c.id == event.c.actor_id)
        .where(event.c.id == key)
    ).one_or_none()
    if row is None:
        return None
    name = _names(connection, [row]).get((row.kind, row.subject))
    data = json.loads(row.data)
    return News(
        row.id,
        row.kind,
        row.programme_id,
        row.programme_name,
        row.subject,
        name,
        row.actor_name,
        data,
        row.happened_at,
    )


def _for(actor_id: int, programmes: Collection[int] | None) -> ColumnElement[bool]:
    mine = event.c.kind.in_((*PERSONAL, *CONCERNS)) & (event.c.subject == str(actor_id))
    named = event.c.id.in_(select(told.c.event_id).where(told.c.actor_id == actor_id))
    shared: ColumnElement[bool] = event.c.kind.not_in((*PERSONAL, *BY_NAME))
    if programmes is not None:
        shared = and_(shared, event.c.programme_id.in_(sorted(programmes)))
    return or_(mine, named, shared)


def _names(connection: Connection, rows: Sequence[Any]) -> dict[tuple[str, str], str]:
    """What people call the subjects of events: the batch, the file, the release."""
    out: dict[tuple[str, str], str] = {}
    for kinds, table, column in (
        (_about("batch"), batch, batch.c.name),
        (_about("take_in"), take_in, take_in.c.file),
        (_about("release"), release, release.c.name),
        (CONCERNS, actor, actor.c.name),
        (("brief.opened", "brief.reopened", "brief.owned"), brief, brief.c.title),
    ):
        asked = {int(row.subject): row.kind for row in rows if row.kind in kinds}
        if asked:
            found = connection.execute(select(table.c.id, column).where(table.c.id.in_(sorted(asked))))
            names = {key: name for key, name in found}
            out |= {
                (row.kind, row.subject): names[int(row.subject)]
                for row in rows
                if row.kind in kinds and int(row.subject) in names
            }
    return out


def _about(noun: str) -> tuple[str, ...]:
    return tuple(kind for kind, told in KINDS.items() if told.about == noun)
