"""Jobs: a unit of background work, leased by one runner at a time.

    queued --claim--> running --finish--> done
      ^  |               |------fail----> failed --retry--> queued
      |  '---cancel------|---cancel-----> cancelled
      '-----requeue------'   (a failure worth another try, a runner that stops; a lapsed lease is claimed as it is)

Every step of a running job names its runner in the WHERE: one that lost its lease changes nothing any more, and what
it did in the same transaction is rolled back. The lease clock is the database's.
"""

import json
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, RowMapping, and_, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.core import clock
from goldloop.core.canonical import canonical
from goldloop.core.errors import Conflict, NotFound
from goldloop.store.moment import now
from goldloop.store.prepared import Prepared
from goldloop.store.schema import job

State = Literal["queued", "running", "done", "failed", "cancelled"]
Over = Literal["done", "failed", "cancelled"]
Saved = Literal["saved", "cancelled", "lost"]


class Job(NamedTuple):
    """A job as it stands. `total` is None where nobody knows it; `error` is the one JSON error shape."""

    id: int
    kind: str
    programme_id: int | None
    args: Mapping[str, Any]
    state: State
    run_at: int
    attempts: int
    done: int
    total: int | None
    unit: str
    note: str
    resume: Any
    error: Mapping[str, Any] | None
    result: Any
    asked_by: int | None
    cancel_at: int | None
    created_at: int
    started_at: int | None
    finished_at: int | None

    def eta_s(self, *, at: int) -> float | None:
        """Seconds to the end at the pace so far; None where that cannot be said."""
        if self.state != "running" or not self.total or not self.done or self.started_at is None:
            return None
        return max(0, self.total - self.done) * (at - self.started_at) / self.done / clock.SECOND


def enqueue(
    connection: Connection,
    kind: str,
    args: Mapping[str, Any],
    *,
    programme: int | None,
    asked_by: int | None,
    once: str | None = None,
    run_at: int | None = None,
) -> int:
    """Queue a job in the transaction that makes it necessary; its key.

    `once` names the job for ever: asked for again, it is the same job. `run_at` is the earliest moment it may start.
    """
    at = now(connection)
    insert = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    key = connection.execute(
        insert(job)
        .values(
            kind=kind,
            programme_id=programme,
            args=canonical(args),
            state="queued",
            run_at=at if run_at is None else run_at,
            attempts=0,
            done=0,
            unit="",
            note="",
            resume="null",
            once=once,
            asked_by=asked_by,
            created_at=at,
        )
        .on_conflict_do_nothing(index_elements=["once"])
        .returning(job.c.id)
    ).scalar()
    if key is None:
        key = connection.execute(select(job.c.id).where(job.c.once == once)).scalar_one()
    return int(key)


def find(connection: Connection, key: int) -> Job:
    """One job. Raises NotFound."""
    row = connection.execute(select(*_COLUMNS).where(job.c.id == key)).mappings().one_or_none()
    if row is None:
        raise NotFound("there is no such job", expected="the key of a job", found=str(key))
    return _job(row)


def bringing_in(connection: Connection, programme_id: int) -> dict[int, Job]:
    """The jobs of a programme's imports and deliveries that are not done, by the take-in they are for."""
    query = select(*_COLUMNS).where(
        job.c.programme_id == programme_id, job.c.kind.in_(("take_in", "receive")), job.c.state != "done"
    )
    found = (_job(row) for row in connection.execute(query.order_by(job.c.id)).mappings())
    return {int(one.args["take_in"]): one for one in found}


def newest(
    connection: Connection, *, programmes: Collection[int] | None = None, before: int | None = None, limit: int = 50
) -> list[Job]:
    """Jobs, the newest first; of some programmes only, or (None) all of them. `before` is the last key of a page."""
    query = select(*_COLUMNS).order_by(job.c.id.desc()).limit(limit)
    if programmes is not None:
        query = query.where(job.c.programme_id.in_(programmes))
    if before is not None:
        query = query.where(job.c.id < before)
    return [_job(row) for row in connection.execute(query).mappings()]


def runnable(connection: Connection, kinds: Collection[str]) -> bool:
    """True where a job of these kinds waits for a runner now."""
    at = now(connection)
    return connection.execute(select(job.c.id).where(_waiting(kinds, at)).limit(1)).first() is not None


def beside(connection: Connection, key: int, *, kind: str, programme: int | None) -> list[Job]:
    """The jobs of a kind that run in a programme now, without this one; those whose lease ran out are over."""
    at_work = (job.c.state == "running", job.c.lease_until >= now(connection), job.c.id != key)
    query = select(*_COLUMNS).where(job.c.kind == kind, job.c.programme_id == programme, *at_work)
    return [_job(row) for row in connection.execute(query).mappings()]


def somebody_waits(connection: Connection) -> bool:
    """True where a job that somebody asked for waits for a runner now."""
    due = (job.c.state == "queued", job.c.run_at <= now(connection), job.c.asked_by.is_not(None))
    return connection.execute(select(job.c.id).where(*due).limit(1)).first() is not None


def claim(connection: Connection, kinds: Collection[str], *, runner: str, lease: int) -> Job | None:
    """Lease a job to a runner, for `lease` microseconds; None where none waits.

    What somebody asked for comes before what follows from events, and of each what has waited longest.
    """
    at = now(connection)
    first = (
        select(job.c.id)
        .where(_waiting(kinds, at))
        .order_by(job.c.asked_by.is_(None), job.c.run_at, job.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    key = connection.execute(first).scalar()
    if key is None:
        return None
    row = connection.execute(
        update(job)
        .where(job.c.id == key)
        .values(
            state="running",
            runner=runner,
            lease_until=at + lease,
            attempts=job.c.attempts + 1,
            started_at=func.coalesce(job.c.started_at, at),
        )
        .returning(*_COLUMNS)
    )
    return _job(row.mappings().one())


def hold(connection: Connection, key: int, *, runner: str, lease: int) -> bool:
    """Extend a lease from now on; False where the runner has lost it."""
    held = update(job).where(_held(key, runner)).values(lease_until=now(connection) + lease)
    return connection.execute(held).rowcount == 1


def is_held(connection: Connection, key: int, *, runner: str) -> tuple[bool, bool]:
    """Whether the runner still has the job, and whether somebody asked to cancel it."""
    row = connection.execute(select(job.c.cancel_at).where(_held(key, runner))).one_or_none()
    return row is not None, row is not None and row.cancel_at is not None


def save(connection: Connection, key: int, *, runner: str, step: Mapping[str, Any]) -> Saved:
    """Write progress (columns done, total, unit, note, resume), perhaps in the transaction of what was done.

    A step with a resume token starts the count of attempts anew: what counts is failing at the same place.
    """
    values = dict(step)
    if "resume" in values:
        values |= {"resume": canonical(values["resume"]), "attempts": 1}
    row = _saving(tuple(values)).one(connection, key=key, holder=runner, **values)
    if row is None:
        return "lost"
    return "saved" if row.cancel_at is None else "cancelled"


@cache
def _saving(columns: tuple[str, ...]) -> Prepared:
    """The statement that writes these columns of a job which its runner still has."""
    held = (job.c.id == bindparam("key")) & (job.c.state == "running") & (job.c.runner == bindparam("holder"))
    return Prepared(update(job).where(held).returning(job.c.cancel_at), columns=columns)


def end(
    connection: Connection,
    key: int,
    *,
    runner: str,
    state: Over,
    result: Any = None,
    error: Mapping[str, Any] | None = None,
) -> bool:
    """The end of a running job; False where the runner has lost it."""
    ended = (
        update(job)
        .where(_held(key, runner))
        .values(
            state=state,
            result=None if result is None else canonical(result),
            error=None if error is None else canonical(error),
            finished_at=now(connection),
            runner=None,
            lease_until=None,
        )
    )
    return connection.execute(ended).rowcount == 1


def requeue(
    connection: Connection, key: int, *, runner: str, wait: int = 0, error: Mapping[str, Any] | None = None
) -> bool:
    """Give a running job back to the queue, for `wait` microseconds from now; False where the runner has lost it.

    With an error it is one more try, without one the runner just stops and the try does not count.
    """
    values: dict[str, Any] = {"state": "queued", "run_at": now(connection) + wait, "runner": None, "lease_until": None}
    values |= {"attempts": job.c.attempts - 1} if error is None else {"error": canonical(error)}
    return connection.execute(update(job).where(_held(key, runner)).values(**values)).rowcount == 1


def cancel(connection: Connection, key: int) -> State:
    """Ask that a job stops; the state it is in now. A queued one never starts, a running one stops at its next step.

    Raises NotFound, and Conflict for a job that is over.
    """
    at = now(connection)
    stopped = (
        update(job)
        .where(job.c.id == key, job.c.state == "queued")
        .values(state="cancelled", cancel_at=at, finished_at=at)
    )
    asked = (
        update(job)
        .where(job.c.id == key, job.c.state == "running")
        .values(cancel_at=func.coalesce(job.c.cancel_at, at))
    )
    # twice, because a runner may claim or give back the job between two of the statements
    for statement in (stopped, asked, stopped, asked):
        if connection.execute(statement).rowcount == 1:
            return "cancelled" if statement is stopped else "running"
    found = find(connection, key)
    if found.state == "cancelled":
        return "cancelled"
    raise Conflict("this job is over", expected="a queued or running job", found=found.state)


def retry(connection: Connection, key: int) -> None:
    """Queue a failed or cancelled job again: it goes on at its last committed step. Raises NotFound, Conflict."""
    again = (
        update(job)
        .where(job.c.id == key, job.c.state.in_(("failed", "cancelled")))
        .values(state="queued", run_at=now(connection), attempts=0, error=None, cancel_at=None, finished_at=None)
    )
    if connection.execute(again).rowcount == 0:
        found = find(connection, key)
        raise Conflict("only a failed or cancelled job can be tried again", expected="failed", found=found.state)


def _waiting(kinds: Collection[str], at: int) -> Any:
    """Queued and due, or running under a lease that ran out."""
    return and_(
        job.c.kind.in_(sorted(kinds)),
        or_(
            and_(job.c.state == "queued", job.c.run_at <= at),
            and_(job.c.state == "running", job.c.lease_until < at),
        ),
    )


def _held(key: int, runner: str) -> Any:
    return and_(job.c.id == key, job.c.state == "running", job.c.runner == runner)


def _job(row: RowMapping) -> Job:
    values = dict(row)
    for name in ("args", "resume", "error", "result"):
        values[name] = None if values[name] is None else json.loads(values[name])
    return Job(**values)


_COLUMNS = [job.c[name] for name in Job._fields]
