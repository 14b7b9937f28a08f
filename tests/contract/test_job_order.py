"""What somebody asked for is done before what only follows from events, also where that has begun."""

import threading
from typing import Any

from tests.contract.kernel import Kernel, kernel

from goldloop.jobs import Pace, Running, enqueue
from goldloop.jobs.worker import run_next
from goldloop.store.open import Store

QUICK = Pace(lease_s=20)


def queued(one: Kernel, kind: str, *, by: int | None) -> None:
    with one.store.write() as connection:
        enqueue(connection, kind, {}, programme=one.programme, asked_by=by)


def test_an_asked_job_overtakes_one_that_follows_from_an_event(store: Store) -> None:
    one, order = kernel(store, items=0), list[str]()

    def behind(job: Running) -> Any:
        order.append(f"behind from {job.resume or 0}")
        if not job.resume:
            with store.write(durable=False) as connection:
                job.save(connection, 1, resume=1)
            job.give_way()
            order.append("nobody waits")
            queued(one, "asked", by=one.mona)
            job.give_way()
        return None

    handlers = {"behind": behind, "asked": lambda _: order.append("asked")}
    queued(one, "behind", by=None)
    queued(one, "asked", by=one.mona)
    while run_next(store, handlers, threading.Event(), pace=QUICK):
        pass
    assert order == ["asked", "behind from 0", "nobody waits", "asked", "behind from 1"]
