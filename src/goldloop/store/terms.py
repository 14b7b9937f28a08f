"""The data-handling terms of programmes: which version a person accepted, and when."""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select

from goldloop.store.prepared import Prepared
from goldloop.store.schema import accepted_terms, actor


class Acceptance(NamedTuple):
    """Somebody accepted a version."""

    actor_id: int
    who: str
    version: int
    accepted_at: int


def accepted_at(connection: Connection, programme_id: int, actor_id: int, version: int) -> int | None:
    """When somebody accepted a version; None where they did not."""
    found = _ACCEPTED.scalar(connection, programme=programme_id, actor=actor_id, version=version)
    return int(found) if found is not None else None


def accept(connection: Connection, programme_id: int, actor_id: int, version: int, digest: bytes, *, at: int) -> bool:
    """Note that somebody accepts a version; False where they did before."""
    if accepted_at(connection, programme_id, actor_id, version) is not None:
        return False
    row = {
        "programme_id": programme_id,
        "actor_id": actor_id,
        "version": version,
        "digest": digest,
        "accepted_at": at,
    }
    connection.execute(insert(accepted_terms), row)
    return True


def acceptances(connection: Connection, programme_id: int) -> list[Acceptance]:
    """The newest version that each person accepted, by name."""
    newest = (
        select(accepted_terms.c.actor_id, func.max(accepted_terms.c.version).label("version"))
        .where(accepted_terms.c.programme_id == programme_id)
        .group_by(accepted_terms.c.actor_id)
        .subquery()
    )
    rows = connection.execute(
        select(accepted_terms.c.actor_id, actor.c.name, accepted_terms.c.version, accepted_terms.c.accepted_at)
        .join(
            newest,
            (newest.c.actor_id == accepted_terms.c.actor_id) & (newest.c.version == accepted_terms.c.version),
        )
        .join(actor, actor.c.id == accepted_terms.c.actor_id)
        .where(accepted_terms.c.programme_id == programme_id)
        .order_by(actor.c.name, accepted_terms.c.actor_id)
    )
    return [Acceptance._make(row) for row in rows]


_ACCEPTED = Prepared(
    select(accepted_terms.c.accepted_at).where(
        accepted_terms.c.programme_id == bindparam("programme"),
        accepted_terms.c.actor_id == bindparam("actor"),
        accepted_terms.c.version == bindparam("version"),
    )
)
