"""What a handler holds of the job it runs."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

from sqlalchemy import Connection

from goldloop.store import jobs
from goldloop.store.open import Store

SHOW_S = 0.25  # progress without a resume token is written at most this often
_KEEP: Any = object()  # `resume=None` is a token too

Handler = Callable[["Running"], Any]
Handlers = Mapping[str, Handler]


class Interrupted(BaseException):
    """The handler must end now; what it has not committed is rolled back. Not an error: nothing should catch it."""

    def __init__(self, because: Literal["cancelled", "stopped", "lost"]) -> None:
        super().__init__(because)
        self.because = because


class Running:
    """A job under a lease.

    `resume` is the token of the last committed step, None at the first start. What the handler returns (JSON, or
    None) is the job's result.
    """

    def __init__(self, store: Store, job: jobs.Job, *, runner: str, stop: threading.Event) -> None:
        self.store = store
        self.id = job.id
        self.kind = job.kind
        self.args = job.args
        self.programme_id = job.programme_id
        self.asked_by = job.asked_by
        self.resume = job.resume
        self.attempts = job.attempts
        self.runner = runner
        self.stop = stop
        self.cancelled = threading.Event()
        self.lost = threading.Event()
        self._unsaved: dict[str, Any] = {}
        self._shown_at = 0.0

    def progress(
        self,
        done: int | None = None,
        *,
        total: int | None = None,
        unit: str | None = None,
        note: str | None = None,
        resume: Any = _KEEP,
    ) -> None:
        """Say how far it is. With a resume token it is a step, committed when this returns.

        It writes in a transaction of its own: inside one of the handler's, call `save`.
        """
        self.check_cancel()
        self._merge(done, total=total, unit=unit, note=note, resume=resume)
        if "resume" in self._unsaved or time.monotonic() - self._shown_at >= SHOW_S:
            with self.store.write(durable=False) as connection:
                self._write(connection)

    def save(
        self,
        connection: Connection,
        done: int | None = None,
        *,
        total: int | None = None,
        unit: str | None = None,
        note: str | None = None,
        resume: Any = _KEEP,
    ) -> None:
        """Say how far it is in the handler's own transaction: its effects and the resume token commit together.

        Raises Interrupted, so that nothing commits, where the job was cancelled or the lease is lost.
        """
        self.check_cancel()
        self._merge(done, total=total, unit=unit, note=note, resume=resume)
        self._write(connection)

    def check_cancel(self) -> None:
        """End the handler here where somebody asked for it. Cheap: call it at least once a second."""
        if self.lost.is_set():
            raise Interrupted("lost")
        if self.cancelled.is_set():
            raise Interrupted("cancelled")
        if self.stop.is_set():
            raise Interrupted("stopped")

    def give_way(self) -> None:
        """End here, to go on later at the last committed step, where a job that somebody asked for waits.

        For long work that nobody waits for; at most once a second or so, and only after a step.
        """
        with self.store.read() as connection:
            waits = jobs.somebody_waits(connection)
        if waits:
            raise Interrupted("stopped")

    def _merge(self, done: int | None, *, resume: Any, **shown: Any) -> None:
        self._unsaved |= {name: value for name, value in {"done": done, **shown}.items() if value is not None}
        if resume is not _KEEP:
            self._unsaved["resume"] = resume

    def flush(self, connection: Connection) -> None:
        """Write what was told since the last write, but no token: what came after the last step is not done."""
        step = {name: value for name, value in self._unsaved.items() if name != "resume"}
        if step:
            jobs.save(connection, self.id, runner=self.runner, step=step)

    def _write(self, connection: Connection) -> None:
        step, self._unsaved = self._unsaved, {}
        if not step:
            return
        saved = jobs.save(connection, self.id, runner=self.runner, step=step)
        if saved != "saved":
            raise Interrupted(saved)
        self._shown_at = time.monotonic()
        if "resume" in step:
            self.resume = step["resume"]
            self.attempts = 1
