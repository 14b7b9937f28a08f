"""The loop of a runner: claim a job, run its handler, write down how it ended."""

import errno
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from goldloop.core.canonical import canonical
from goldloop.core.clock import SECOND, now
from goldloop.core.errors import GoldloopError, Unavailable
from goldloop.jobs.heartbeat import heartbeat
from goldloop.jobs.running import Handler, Handlers, Interrupted, Running
from goldloop.store import jobs, ledger
from goldloop.store.open import Store

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a runner looks, how long it is trusted, and how long it waits after each failure worth another try.

    `away_s` is the longest wait for a database that is away or full: nobody reads a log of four lines a second.
    """

    poll_s: float = 0.2
    away_s: float = 15
    lease_s: float = 20
    listen_s: float = 0.5
    backoff_s: tuple[float, ...] = (5, 30, 120, 600, 1800, 1800)  # what is away for an hour is waited for
    longest_s: float = 3600  # that somebody else may ask to be left alone for


def run_worker(
    store: Store, handlers: Handlers, stop: threading.Event, *, pace: Pace | None = None, idle_s: float | None = None
) -> int:
    """Run jobs until `stop`, or until none came for `idle_s`; how many were run.

    Any number of workers on any number of machines may run beside each other on PostgreSQL, and any number of
    processes on SQLite.
    """
    pace = pace or Pace()
    ran, busy_at, wait = 0, time.monotonic(), pace.poll_s
    while not stop.is_set():
        try:
            worked, wait = run_next(store, handlers, stop, pace=pace), pace.poll_s
        except (SQLAlchemyError, Unavailable) as error:
            # the database is away or full: the lease will lapse, and this or another runner goes on
            worked, wait = False, min(2 * wait, pace.away_s)
            _log.error("the database failed a job runner, which looks again in %.1f s: %s", wait, error)
        if worked:
            ran, busy_at = ran + 1, time.monotonic()
        elif idle_s is not None and time.monotonic() - busy_at >= idle_s:
            break
        else:
            stop.wait(wait)
    return ran


def run_next(store: Store, handlers: Handlers, stop: threading.Event, *, pace: Pace) -> bool:
    """Run the one job whose turn it is; False where none waits."""
    runner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex}"
    with store.read() as connection:
        if not jobs.runnable(connection, handlers):
            return False
    with store.write(durable=False) as connection:
        job = jobs.claim(connection, handlers, runner=runner, lease=round(pace.lease_s * SECOND))
        if job is not None and (job.cancel_at is not None or job.attempts > len(pace.backoff_s) + 1):
            _end_unrun(connection, job, runner)
            return True
    if job is None:
        return False
    running = Running(store, job, runner=runner, stop=stop)
    with heartbeat(running, lease_s=pace.lease_s, listen_s=pace.listen_s):
        ending = _run(running, handlers[job.kind], pace)
    _write_down(running, ending)
    return True


class _Ending(NamedTuple):
    """How a run ended; `wait_s` stands beside "queued"."""

    state: Literal["done", "failed", "cancelled", "queued", "lost"]
    result: Any = None
    error: Mapping[str, Any] | None = None
    wait_s: float = 0


_INTERRUPTED = {"cancelled": _Ending("cancelled"), "stopped": _Ending("queued"), "lost": _Ending("lost")}


def _run(running: Running, handler: Handler, pace: Pace) -> _Ending:
    try:
        result = handler(running)
        canonical(result)
    except Interrupted as interrupted:
        return _INTERRUPTED[interrupted.because]
    except Exception as error:  # the one place where a job's failure, whatever it is, becomes a row
        known = _known(error)
        if known is None:
            _log.exception("job %d (%s) failed", running.id, running.kind)
            shape = {"code": GoldloopError.code, "message": f"the job failed: {type(error).__name__}: {error}"[:2000]}
            return _Ending("failed", error=shape)
        if isinstance(known, Unavailable) and not known.permanent and running.attempts <= len(pace.backoff_s):
            asked_s = known.details.get("retry_after") or 0.0
            wait_s = max(pace.backoff_s[running.attempts - 1], min(asked_s, pace.longest_s))
            return _Ending("queued", error=known.as_json(), wait_s=wait_s)
        return _Ending("failed", error=known.as_json())
    return _Ending("done", result=result)


def _known(error: Exception) -> GoldloopError | None:
    """The error of ours that says what happened; None for a defect."""
    if isinstance(error, GoldloopError):
        return error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Unavailable("the disk is full", permanent=True, expected="free disk space", found=str(error))
    return None


def _write_down(running: Running, ending: _Ending) -> None:
    """The end of a run, with the last progress it told."""
    if ending.state == "lost":
        return
    with running.store.write() as connection:
        running.flush(connection)
        if ending.state == "queued":
            wait = round(ending.wait_s * SECOND)
            jobs.requeue(connection, running.id, runner=running.runner, wait=wait, error=ending.error)
            return
        held = jobs.end(
            connection,
            running.id,
            runner=running.runner,
            state=ending.state,
            result=ending.result,
            error=ending.error,
        )
        if held and ending.state == "failed":
            _record_failure(connection, running.id, running.kind, running.programme_id, ending.error or {})


def _end_unrun(connection: Connection, job: jobs.Job, runner: str) -> None:
    """The end of a job whose last runner died: on somebody's wish, or because every runner dies of it."""
    if job.cancel_at is not None:
        jobs.end(connection, job.id, runner=runner, state="cancelled")
        return
    died = Unavailable(
        f"{job.attempts - 1} runners in a row died at the same step of this job",
        permanent=True,
        expected="a step that a runner survives",
        found="the runner's log says more",
    )
    if jobs.end(connection, job.id, runner=runner, state="failed", error=died.as_json()):
        _record_failure(connection, job.id, job.kind, job.programme_id, died.as_json())


def _record_failure(
    connection: Connection, key: int, kind: str, programme_id: int | None, error: Mapping[str, Any]
) -> None:
    """A job that failed is told of."""
    data = {"kind": kind, "message": str(error.get("message", ""))[:500]}
    ledger.record(connection, "job.failed", programme=programme_id, actor=None, subject=str(key), data=data, at=now())
