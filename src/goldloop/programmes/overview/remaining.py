"""What is left of a programme's open work: hours of people, and when it is done."""

from collections import defaultdict

from goldloop.loop.forecast import Forecast, effort, finish
from goldloop.store.codes import queue_name
from goldloop.store.overview import RECENT, Said, Waiting


def open_effort(waits: list[Waiting], said: dict[int, list[Said]]) -> Forecast:
    """Hours of people that what waits and is in hand takes, by how long the newest answers took."""
    times: dict[str, list[int]] = defaultdict(list)
    for answers in said.values():
        for one in answers:
            if one.active_ms is not None:
                times[queue_name(one.queue)].append(one.active_ms)
    return effort(_open_works(waits), times)


def open_finish(waits: list[Waiting], said: dict[int, list[Said]], *, at: int) -> Forecast:
    """When what waits and is in hand is done.

    Days before the oldest answer of a batch that was read only in part are not counted: they would look idle.
    """
    moments = [one.said_at for answers in said.values() for one in answers]
    cut = [answers[-1].said_at for answers in said.values() if len(answers) == RECENT]
    since = max(cut, default=0)
    return finish(sum(_open_works(waits).values()), [one for one in moments if one >= since], at=at)


def _open_works(waits: list[Waiting]) -> dict[str, int]:
    out: dict[str, int] = defaultdict(int)
    for one in waits:
        out[queue_name(one.queue)] += one.ready + one.leased
    return out
