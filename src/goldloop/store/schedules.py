"""Schedules: jobs that are due again and again. A missed time is caught up once, not as often as it was missed."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.core.canonical import canonical
from goldloop.core.errors import Invalid
from goldloop.store import jobs
from goldloop.store.moment import now
from goldloop.store.schema import job, schedule

_ONCE = "schedule:"  # how the names of scheduled jobs begin


def set_schedule(
    connection: Connection, name: str, kind: str, args: Mapping[str, Any], *, every: int, first_at: int
) -> None:
    """Have a job queued every `every` microseconds from `first_at` on; the same name again replaces it."""
    if every <= 0:
        raise Invalid("a schedule needs a period", field="every", expected="microseconds above 0", found=str(every))
    insert = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    values = {"kind": kind, "args": canonical(args), "every": every, "next_at": first_at}
    connection.execute(
        insert(schedule).values(name=name, **values).on_conflict_do_update(index_elements=["name"], set_=values)
    )


def unset_schedule(connection: Connection, name: str) -> bool:
    """Forget a schedule; False where there was none of this name."""
    return connection.execute(delete(schedule).where(schedule.c.name == name)).rowcount == 1


class Run(NamedTuple):
    """The last job of a schedule: for which moment it was queued, and how it ended."""

    due_at: int
    state: str
    finished_at: int | None


def next_at(connection: Connection, name: str) -> int | None:
    """When a schedule is due next; None where there is none of this name."""
    found: int | None = connection.execute(select(schedule.c.next_at).where(schedule.c.name == name)).scalar()
    return found


def last_run(connection: Connection, name: str) -> Run | None:
    """The last job that a schedule queued; None before the first."""
    start = f"{_ONCE}{name}:"
    row = connection.execute(
        select(job.c.once, job.c.state, job.c.finished_at)
        .where(job.c.once >= start, job.c.once < f"{start}~")
        .order_by(job.c.once.desc())
        .limit(1)
    ).one_or_none()
    return Run(int(row.once.removeprefix(start)), row.state, row.finished_at) if row else None


def is_due(connection: Connection) -> bool:
    """True where a schedule's time has come."""
    first = connection.execute(select(func.min(schedule.c.next_at))).scalar()
    return first is not None and first <= now(connection)


def queue_due(connection: Connection) -> int:
    """Queue the job of every schedule whose time has come, each time once; how many."""
    at = now(connection)
    queued = 0
    for row in connection.execute(select(schedule).where(schedule.c.next_at <= at).order_by(schedule.c.next_at)).all():
        following = row.next_at + ((at - row.next_at) // row.every + 1) * row.every
        moved = connection.execute(
            update(schedule).where(schedule.c.id == row.id, schedule.c.next_at == row.next_at).values(next_at=following)
        )
        if moved.rowcount == 1:
            once = f"{_ONCE}{row.name}:{row.next_at}"
            jobs.enqueue(connection, row.kind, json.loads(row.args), programme=None, asked_by=None, once=once)
            queued += 1
    return queued
