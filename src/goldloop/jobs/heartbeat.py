"""Keeping a lease while a handler works, and hearing that somebody asked to cancel."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from goldloop.core.clock import SECOND
from goldloop.core.errors import Unavailable
from goldloop.jobs.running import Running
from goldloop.store import jobs

_log = logging.getLogger(__name__)


@contextmanager
def heartbeat(running: Running, *, lease_s: float, listen_s: float) -> Iterator[None]:
    """Extend the lease from a thread until the context ends; look for a cancel every `listen_s`."""
    over = threading.Event()
    beating = threading.Thread(
        target=_beat,
        args=(running, over),
        kwargs={"lease_s": lease_s, "listen_s": listen_s},
        name="heartbeat",
        daemon=True,
    )
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()


def _beat(running: Running, over: threading.Event, *, lease_s: float, listen_s: float) -> None:
    held_at = time.monotonic()
    while not over.wait(listen_s):
        try:
            if time.monotonic() - held_at >= lease_s / 3:
                with running.store.write(durable=False) as connection:
                    jobs.hold(connection, running.id, runner=running.runner, lease=round(lease_s * SECOND))
                held_at = time.monotonic()
            with running.store.read() as connection:
                held, cancelled = jobs.is_held(connection, running.id, runner=running.runner)
        except (SQLAlchemyError, Unavailable) as error:
            # a database that restarts is not yet a lost lease
            _log.warning("job %d: no heartbeat: %s", running.id, error)
            if time.monotonic() - held_at > lease_s:
                running.lost.set()
            continue
        if not held:
            running.lost.set()
        if cancelled:
            running.cancelled.set()
