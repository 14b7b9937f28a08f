"""Durable background work: imports, pre-label runs, gate runs, release builds, schedules, reactions to events.

    enqueue -> queued -> a runner claims it under a lease -> its handler commits step by step -> done, failed, cancelled

A handler is a function of `Running`; who composes the server hands the runner a mapping from kinds of jobs to
handlers. A step is committed once: its effects and the resume token stand in one transaction, and a runner that was
killed is followed by another that goes on at the last token. See docs/decisions/0003-jobs.md.
"""

from goldloop.jobs.running import Handler, Handlers, Running
from goldloop.jobs.service import background
from goldloop.jobs.worker import Pace, run_worker
from goldloop.store.jobs import Job, cancel, enqueue, find, newest, retry
from goldloop.store.reactions import Reaction

__all__ = [
    "Handler",
    "Handlers",
    "Job",
    "Pace",
    "Reaction",
    "Running",
    "background",
    "cancel",
    "enqueue",
    "find",
    "newest",
    "retry",
    "run_worker",
]
