"""Harmful content: which kinds of it people agreed to see, and how much of each they were handed."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, delete, func, select

from goldloop.store.bulk import add_missing
from goldloop.store.prepared import Prepared
from goldloop.store.schema import agreed, exposed


def agreed_to(connection: Connection, programme_id: int, actor_id: int) -> frozenset[str]:
    """The kinds of content of a programme that somebody agreed to see."""
    return frozenset(row.content for row in _AGREED.all(connection, programme=programme_id, actor=actor_id))


def everybodys(connection: Connection, programme_id: int) -> dict[int, frozenset[str]]:
    """What each person of a programme agreed to see."""
    out: dict[int, frozenset[str]] = {}
    rows = connection.execute(select(agreed.c.actor_id, agreed.c.content).where(agreed.c.programme_id == programme_id))
    for actor_id, content in rows:
        out[actor_id] = out.get(actor_id, frozenset()) | {content}
    return out


def agree(connection: Connection, programme_id: int, actor_id: int, content: str, *, at: int) -> None:
    """Note that somebody agrees to see a kind of content."""
    columns = ("programme_id", "actor_id", "content", "agreed_at")
    add_missing(connection, agreed, columns, [(programme_id, actor_id, content, at)])


def no_longer(connection: Connection, programme_id: int, actor_id: int, contents: Iterable[str]) -> None:
    """Note that somebody no longer agrees. No trace of it is kept: it is nobody's business."""
    connection.execute(
        delete(agreed).where(
            agreed.c.programme_id == programme_id, agreed.c.actor_id == actor_id, agreed.c.content.in_(list(contents))
        )
    )


def handed_since(connection: Connection, programme_id: int, actor_id: int, since: int) -> dict[str, int]:
    """How many works of each kind somebody was handed since then."""
    rows = connection.execute(
        select(exposed.c.content, func.count())
        .where(exposed.c.actor_id == actor_id, exposed.c.programme_id == programme_id, exposed.c.handed_at > since)
        .group_by(exposed.c.content)
    )
    return {content: count for content, count in rows}


def agreed_and_handed(connection: Connection, programme_id: int, actor_id: int, *, since: int) -> dict[str, int]:
    """The kinds of content that somebody agreed to see, each with how many works of it they were handed since then."""
    rows = _HANDED.all(connection, actor=actor_id, programme=programme_id, since=since)
    return {row.content: int(row.handed) for row in rows}


def hand(
    connection: Connection, programme_id: int, actor_id: int, works: Iterable[tuple[int, str]], *, at: int
) -> None:
    """Note what somebody is handed: works with a kind of content each. What they hold already is counted once."""
    columns = ("actor_id", "work_id", "content", "programme_id", "handed_at")
    rows = [(actor_id, work_id, content, programme_id, at) for work_id, content in works]
    add_missing(connection, exposed, columns, rows)


def not_seen(connection: Connection, actor_id: int, work_ids: Iterable[int]) -> None:
    """Count works no more that somebody was handed ahead and gave back unseen."""
    connection.execute(delete(exposed).where(exposed.c.actor_id == actor_id, exposed.c.work_id.in_(list(work_ids))))


_AGREED = Prepared(
    select(agreed.c.content).where(
        agreed.c.programme_id == bindparam("programme"), agreed.c.actor_id == bindparam("actor")
    )
)
_HANDED = Prepared(
    select(
        agreed.c.content,
        select(func.count())
        .where(
            exposed.c.actor_id == agreed.c.actor_id,
            exposed.c.programme_id == agreed.c.programme_id,
            exposed.c.content == agreed.c.content,
            exposed.c.handed_at > bindparam("since"),
        )
        .correlate(agreed)
        .scalar_subquery()
        .label("handed"),
    ).where(agreed.c.programme_id == bindparam("programme"), agreed.c.actor_id == bindparam("actor"))
)
