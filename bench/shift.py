"""People at work together: each in a thread of their own, a closed loop of claim and submit."""

import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import uuid4

from bench.desk import Desk, timed
from bench.server import Server

MS = 1000


class Worked(NamedTuple):
    """A shift: cycles, seconds it took, processor seconds of the server, and every latency in seconds."""

    cycles: int
    wall_s: float
    cpu_s: float
    next_s: tuple[float, ...]
    submit_s: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Cycles a second."""
        return self.cycles / self.wall_s

    @property
    def cpu_ms(self) -> float:
        """Processor milliseconds of the server a cycle."""
        return MS * self.cpu_s / self.cycles


@dataclass
class _Log:
    next_s: list[float] = field(default_factory=list)
    submit_s: list[float] = field(default_factory=list)


def shift(
    server: Server,
    desks: Sequence[Desk],
    *,
    cycles: int | None = None,
    seconds: float | None = None,
    pause_s: float = 0.0,
    over: threading.Event | None = None,
) -> Worked:
    """Everybody works until `cycles` are done together, `seconds` are over, `over` is set, or nothing is left.

    `pause_s` is the mean time a person thinks between two items.
    """
    logs = [_Log() for _ in desks]
    share = -(-cycles // len(desks)) if cycles is not None else None
    until = time.perf_counter() + seconds if seconds is not None else None
    before, began = server.cpu_s(), time.perf_counter()

    def work(desk: Desk, log: _Log) -> None:
        chance = random.Random(desks.index(desk))
        while share is None or len(log.submit_s) < share:
            if (until is not None and time.perf_counter() >= until) or (over is not None and over.is_set()):
                return
            if pause_s:
                time.sleep(chance.uniform(0.5, 1.5) * pause_s)
            given, next_s, submit_s, _ = timed(desk, uuid4())
            if given is None:
                return
            log.next_s.append(next_s)
            log.submit_s.append(submit_s)

    with ThreadPoolExecutor(len(desks)) as pool:
        for one in [pool.submit(work, desk, log) for desk, log in zip(desks, logs, strict=True)]:
            one.result()
    wall, cpu = time.perf_counter() - began, server.cpu_s() - before
    waits = tuple(one for log in logs for one in log.next_s)
    submits = tuple(one for log in logs for one in log.submit_s)
    return Worked(len(submits), wall, cpu, waits, submits)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile of latencies in seconds, in milliseconds."""
    ordered = sorted(values)
    return MS * ordered[max(0, -(-len(ordered) * round(100 * share) // 100) - 1)]
