"""A gate worked through on a store: people answer, the jobs run in place."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from tests.contract.kernel import Kernel

from goldloop.core.clock import SECOND
from goldloop.core.nouns import Verdict
from goldloop.jobs.running import Running
from goldloop.quality.gates.remediate import remediate
from goldloop.quality.gates.run import run_gate
from goldloop.store import jobs
from goldloop.store.batches import BatchRow, batch_row, batches
from goldloop.store.evidence import verdicts


def run(made: Kernel, kind: str, handler: Callable[[Running], Any], args: Mapping[str, Any]) -> Any:
    """Run a job here, as mona."""
    with made.store.write() as connection:
        jobs.enqueue(connection, kind, args, programme=made.programme, asked_by=made.mona)
        job = jobs.claim(connection, [kind], runner="test", lease=600 * SECOND)
    assert job is not None
    return handler(Running(made.store, job, runner="test", stop=threading.Event()))


def gate(made: Kernel, batch: int) -> Any:
    """Run the gate of a batch."""
    return run(made, "gate", run_gate, {"batch": batch})


def send_back(made: Kernel, batch: int, **where: str) -> Any:
    """Send labels of a batch back."""
    return run(made, "remediate", remediate, {"batch": batch, "because": "they were wrong", "where": where})


def verdict(made: Kernel, batch: int) -> Verdict:
    """The newest verdict on a batch."""
    with made.store.read() as connection:
        return verdicts(connection, made.store.ids, batch)[0]


def rows(made: Kernel) -> list[BatchRow]:
    """Every batch, oldest first."""
    with made.store.read() as connection:
        return batches(connection, made.programme)[::-1]


def row(made: Kernel, batch: int) -> BatchRow:
    """One batch."""
    with made.store.read() as connection:
        return batch_row(connection, batch)


def work_off(made: Kernel, who: str, label: Callable[[str], str]) -> int:
    """Somebody answers everything they may with `label(item name)`; how many."""
    names = {key: name for name, key in made.items.items()}
    done = 0
    while held := made.claim(who, 50):
        for one in held:
            stance: Any = "adjudicate" if one.queue == "review" else "answer"
            made.say(who, one.work_id, stance, label(names[one.item_id]))
            done += 1
    return done
