"""Jobs: background work, watched to its end."""

import time
from collections.abc import Callable, Iterator
from typing import Any, Literal

from goldloop.client.failures import from_shape
from goldloop.client.wire import Row, Way, Wire, address, ordered
from goldloop.core.errors import Conflict, Unavailable

FIRST_LOOK_S, LAST_LOOK_S = 0.02, 0.5
LATE = 0.15  # of a job's time: at most so much later is its end noticed


class Job(Row):
    """A job as it stands. `total` and `eta_s` are None where nobody knows; `error` is the one error shape."""

    id: str
    kind: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int = 0
    total: int | None = None
    unit: str = ""
    note: str = ""
    eta_s: float | None = None
    error: dict[str, Any] | None = None
    result: Any = None
    created_at: int
    started_at: int | None = None
    finished_at: int | None = None

    @property
    def over(self) -> bool:
        """True where nothing more happens by itself."""
        return self.state in ("done", "failed", "cancelled")


class Jobs:
    """`client.jobs`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(
        self,
        programme: str,
        *,
        kind: str | None = None,
        state: str | None = None,
        asked: bool = False,
        sort: str | None = None,
        order: Way | None = None,
    ) -> Iterator[Job]:
        """The jobs of a programme, page by page: newest first, or by created, finished, kind or state.

        `asked`: only those that somebody asked for, not what follows by itself.
        """
        of = {"programme_id": programme, "kind": kind, "state": state, "asked": asked or None}
        return self._wire.rows(Job, "jobs", params={**of, **ordered(sort, order)})

    def get(self, job: "Job | str") -> Job:
        """One job as it stands now."""
        return self._wire.one(Job, "GET", address("jobs", _id(job)))

    def wait(
        self, job: "Job | str", *, progress: Callable[[Job], None] | None = None, timeout: float | None = None
    ) -> Job:
        """Wait until a job is done; `progress` sees it each time it was looked at.

        Raises the error a job failed with, Conflict where it was cancelled, Unavailable after `timeout` seconds.
        """
        began = time.monotonic()
        until = None if timeout is None else began + timeout
        while True:
            now = self.get(job)
            if progress is not None:
                progress(now)
            if now.state == "failed":
                raise from_shape(dict(now.error or {}))
            if now.state == "cancelled":
                raise Conflict("the job was cancelled", field="job", expected="a job that ends", found=now.id)
            if now.over:
                return now
            if until is not None and time.monotonic() >= until:
                found = f"{now.state}, {now.done} of {now.total} {now.unit}"
                raise Unavailable("the job is not done yet", field="job", expected=f"within {timeout} s", found=found)
            time.sleep(min(max(FIRST_LOOK_S, LATE * (time.monotonic() - began)), LAST_LOOK_S))

    def cancel(self, job: "Job | str") -> Job:
        """Stop a job at its next step; what it has committed stays."""
        return self._wire.one(Job, "POST", address("jobs", _id(job), "cancel"), again=True)

    def retry(self, job: "Job | str") -> Job:
        """Queue a failed or cancelled job again; it goes on where it stopped."""
        return self._wire.one(Job, "POST", address("jobs", _id(job), "retry"))


def _id(job: "Job | str") -> str:
    return job if isinstance(job, str) else job.id
