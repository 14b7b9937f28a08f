"""Starting a runner process when there is a job for it, and ending it with the server."""

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Collection

from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from goldloop.core.errors import Unavailable
from goldloop.core.settings import Settings
from goldloop.store import jobs
from goldloop.store.open import Store

STOP_S = 10  # what a job at work gets to come to the end of its step
CALM_S = 30  # after a child that died, before the next
_log = logging.getLogger(__name__)


def keep_child(
    store: Store, kinds: Collection[str], stop: threading.Event, *, composed: str, poll_s: float = 0.2
) -> None:
    """Until `stop`, have one child run whenever a job of these kinds waits or is near. `composed`: MODULE:HANDLERS."""
    child: subprocess.Popen[bytes] | None = None
    calm_until = 0.0
    while not stop.is_set():
        near = store.job_near.wait(poll_s)
        store.job_near.clear()
        if child is not None and child.poll() is not None:
            if child.returncode != 0:
                _log.error("the job runner died with exit code %d", child.returncode)
                calm_until = time.monotonic() + CALM_S
            _close(child)
            child = None
        if child is None and time.monotonic() >= calm_until and (near or _is_needed(store, kinds)):
            try:
                child = spawn(store.settings, composed)
            except OSError:  # no memory or no process left: not a reason to stop trying
                _log.exception("no job runner could be started")
                calm_until = time.monotonic() + CALM_S
    if child is not None:
        child.terminate()
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
        _close(child)


def spawn(settings: Settings, composed: str) -> "subprocess.Popen[bytes]":
    """A child that runs jobs. Secrets travel through its standard input, never through its arguments."""
    child = subprocess.Popen(
        [sys.executable, "-m", "goldloop.jobs.child", composed], stdin=subprocess.PIPE, start_new_session=True
    )
    assert child.stdin is not None
    child.stdin.write(_as_line(settings))
    child.stdin.flush()
    return child


def _is_needed(store: Store, kinds: Collection[str]) -> bool:
    try:
        with store.read() as connection:
            return jobs.runnable(connection, kinds)
    except (SQLAlchemyError, Unavailable) as error:
        _log.warning("the database does not say whether a job waits: %s", error)
        return False


def _close(child: "subprocess.Popen[bytes]") -> None:
    child.wait()
    assert child.stdin is not None
    child.stdin.close()


def _as_line(settings: Settings) -> bytes:
    values = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in settings.model_dump().items()
    }
    return json.dumps(values, default=str).encode() + b"\n"
