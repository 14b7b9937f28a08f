"""How far a thing is and when it will be done: a bar on a terminal, a line every few seconds elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from goldloop.cli.saying import remark
from goldloop.client import Client, Job

LINE_S = 5.0
Tell = Callable[[int, int | None, str], None]


def watched(client: Client, job: Job, title: str) -> Job:
    """A job at its end, watched. Raises what it failed with."""
    with telling(title) as tell:
        return client.jobs.wait(job, progress=lambda now: tell(now.done, now.total, _said(now)))


@contextmanager
def telling(title: str) -> Iterator[Tell]:
    """A function (done, total or None, note) that tells people how far it is."""
    if not sys.stderr.isatty():
        yield _Lines(title).tell
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[note]}", markup=False),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(title, total=None, note="")
        yield lambda done, total, note: bars.update(bar, completed=done, total=total or None, note=note)


class _Lines:
    """A line now and then, the first after some seconds: what is quick says nothing."""

    def __init__(self, title: str) -> None:
        self._title, self._began, self._said = title, time.monotonic(), time.monotonic()

    def tell(self, done: int, total: int | None, note: str) -> None:
        now = time.monotonic()
        if now - self._said < LINE_S:
            return
        self._said = now
        share = f" {done / total:.0%}" if total else f" {done:,}"
        left = f", {(total - done) * (now - self._began) / done:.0f} s left" if total and done else ""
        remark(f"{self._title}{share}{left}" + (f" ({note})" if note else ""))


def _said(job: Job) -> str:
    if job.state == "queued":
        return f"to be tried again: {job.error['message']}" if job.error else "waiting for a runner"
    unit = f"{job.done:,} {job.unit}" if job.unit not in ("", "bytes") else ""
    return " ".join(filter(None, (unit, job.note)))
