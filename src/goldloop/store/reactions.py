"""Reactions: events that lead to jobs, each event once for each reaction, in the order of the sealed chain.

Blocks are sealed one after the other under a lock, so that "everything after the last block seen" misses nothing;
event keys could not promise that, because a transaction with a lower key may commit later.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.store import jobs
from goldloop.store.schema import block, event, installation

PAGE = 20  # blocks of one transaction
LOCK = 4713  # PostgreSQL advisory lock: one at a time
_SEEN = "reacted"


class Reaction(NamedTuple):
    """An event of this kind is followed by a job of that kind; `name` is unique and never changes."""

    name: str
    event: str
    job: str


def is_behind(connection: Connection) -> bool:
    """True where a block was sealed that no reaction has seen."""
    return (connection.execute(select(func.max(block.c.id))).scalar() or 0) > _seen(connection)


def react(connection: Connection, reactions: Sequence[Reaction]) -> int:
    """Queue the jobs of the next blocks' events; how many. Their args are the event: event, actor, subject, data."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    after = select(block.c.id).where(block.c.id > _seen(connection)).order_by(block.c.id).limit(PAGE)
    blocks = list(connection.execute(after).scalars())
    if not blocks:
        return 0
    kinds = sorted({reaction.event for reaction in reactions})
    rows = connection.execute(
        select(event).where(event.c.block_id.in_(blocks), event.c.kind.in_(kinds)).order_by(event.c.id)
    ).all()
    queued = 0
    for row in rows:
        args = {"event": row.id, "actor": row.actor_id, "subject": row.subject, "data": json.loads(row.data)}
        for reaction in reactions:
            if reaction.event == row.kind:
                once = f"reaction:{row.id}:{reaction.name}"
                jobs.enqueue(connection, reaction.job, args, programme=row.programme_id, asked_by=None, once=once)
                queued += 1
    _see(connection, blocks[-1])
    return queued


def _seen(connection: Connection) -> int:
    found = connection.execute(select(installation.c.value).where(installation.c.name == _SEEN)).scalar()
    return int.from_bytes(found) if found is not None else 0


def _see(connection: Connection, key: int) -> None:
    insert = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    made = insert(installation).values(name=_SEEN, value=bytes(8)).on_conflict_do_nothing()
    connection.execute(made)
    connection.execute(update(installation).where(installation.c.name == _SEEN).values(value=key.to_bytes(8)))
