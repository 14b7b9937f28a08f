"""The background of a server: the ticker, and the runner its settings ask for."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from goldloop.jobs.running import Handlers
from goldloop.jobs.spawn import keep_child
from goldloop.jobs.ticker import keep_ticking
from goldloop.jobs.worker import run_worker
from goldloop.store.open import Store
from goldloop.store.reactions import Reaction


@contextmanager
def background(
    store: Store, handlers: Handlers, *, composed: str, following: Sequence[Reaction] = ()
) -> Iterator[None]:
    """Seal, react, schedule and run jobs beside a server until the context ends.

    `composed` says in which MODULE:NAME a child process finds the same handlers. With `jobs: external` no job runs
    here: `run_worker` does it in processes of its own.
    """
    stop = threading.Event()
    threads = [threading.Thread(target=keep_ticking, args=(store, stop, following), name="ticker")]
    if store.settings.jobs == "thread":
        threads.append(threading.Thread(target=run_worker, args=(store, handlers, stop), name="job runner"))
    elif store.settings.jobs == "child":
        child = {"composed": composed}
        threads.append(
            threading.Thread(target=keep_child, args=(store, tuple(handlers), stop), kwargs=child, name="job child")
        )
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        store.job_near.set()  # who waits for a job need not wait longer
        for thread in threads:
            thread.join()
