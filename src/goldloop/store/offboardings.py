"""What somebody's leaving did, kept so that it can be taken back."""

from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from goldloop.store.schema import offboarding


class OffboardingRow(NamedTuple):
    """One leaving; `did` is JSON."""

    id: int
    actor_id: int
    did: str
    at: int


def add_offboarding(connection: Connection, actor_id: int, did: str, *, by: int, at: int) -> int:
    """Write down what a leaving did; its key."""
    row = {"actor_id": actor_id, "did": did, "by_id": by, "at": at, "undone_at": None}
    return int(connection.execute(insert(offboarding).returning(offboarding.c.id), row).scalar_one())


def last_offboarding(connection: Connection, actor_id: int) -> OffboardingRow | None:
    """The leaving of a person that nobody took back."""
    row = connection.execute(
        select(offboarding.c.id, offboarding.c.actor_id, offboarding.c.did, offboarding.c.at)
        .where(offboarding.c.actor_id == actor_id, offboarding.c.undone_at.is_(None))
        .order_by(offboarding.c.id.desc())
        .limit(1)
    ).one_or_none()
    return OffboardingRow._make(row) if row else None


def end_offboarding(connection: Connection, key: int, *, at: int) -> None:
    """A leaving was taken back."""
    connection.execute(update(offboarding).where(offboarding.c.id == key).values(undone_at=at))
