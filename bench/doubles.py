"""Whether any item is handed to two people, with people who leave work lying past its lease and clients that retry.

An item is in two hands where somebody is given it while another's lease runs, or after it was answered. The server's
own clock decides: a lease began its length before it ends.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple
from uuid import uuid4

from bench.desk import Desk
from bench.house import House
from bench.report import Line
from bench.scale import Scale
from bench.server import Server, serving
from bench.texts import fresh
from tests.databases import programs, running_postgres

from goldloop.core.clock import SECOND

LEASE_S = 2
STALL_S = 1.25 * LEASE_S
LEAST_S = 2 * LEASE_S  # people stay so long, that a lease runs out while they do
LOOK_AGAIN_S = 0.05
RETRY_EVERY = 20  # of so many submissions one is sent twice


class HandedOut(NamedTuple):
    """A work in a person's hands: by the server's clock from `at` to `until`, microseconds."""

    person: int
    item: str
    at: int
    until: int
    asked_at: float
    answered_at: float | None
    judgement: str
    surplus: bool


class Found(NamedTuple):
    """What a run showed. `moved`: items that went to another person after a lease ran out, as they should."""

    cycles: int
    seconds: float
    in_two_hands: int
    twice_counted: int
    twice_stored: int
    moved: int
    surplus: int


LEASE = {"GOLDLOOP_LEASE_SECONDS": str(LEASE_S)}


def doubles(folder: Path, scale: Scale) -> list[Line]:
    """On SQLite."""
    with serving(folder / "doubles-sqlite", environment=LEASE) as server:
        return _lines("SQLite", _worked(server, folder, scale))


def doubles_postgresql(folder: Path, scale: Scale) -> list[Line]:
    """On PostgreSQL, with several server processes."""
    with running_postgres(programs()) as postgres:
        postgres.create("bench")
        database = {**LEASE, "GOLDLOOP_DATABASE": postgres.url("bench")}
        workers = scale.doubles_pg_workers
        with serving(folder / "doubles-postgresql", workers=workers, environment=database) as server:
            return _lines(f"PostgreSQL, {workers} server processes", _worked(server, folder, scale))


def _lines(where: str, found: Found) -> list[Line]:
    how = f"{found.cycles:,} cycles in {found.seconds:.0f} s"
    return [
        Line(f"items in two hands at once, {where}", found.in_two_hands, "", 0, note=how),
        Line(f"items with two counted answers, {where}", found.twice_counted, "", 0),
        Line(f"retried answers stored twice, {where}", found.twice_stored, "", 0),
        Line(f"items handed on after a lease ran out, {where}", found.moved, ""),
        Line(f"late answers kept as surplus, {where}", found.surplus, ""),
    ]


def _worked(server: Server, folder: Path, scale: Scale) -> Found:
    with closing(House(server)) as house:
        programme = house.programme("doubles")
        house.take_in(programme, fresh(folder, scale.double_cycles * 5 // 4))
        house.route(programme)
        workers = house.hire(programme, scale.users)
        stallers = house.hire(programme, scale.stallers, prefix="s")
        began = time.perf_counter()
        logs = _all_at_once(workers, stallers, scale.double_cycles)
        seconds = time.perf_counter() - began
        stored = sum(row.progress.decided for row in house.client.batches.all(programme))
    return _found(logs, seconds, stored)


def _all_at_once(workers: Sequence[Desk], stallers: Sequence[Desk], cycles: int) -> list[HandedOut]:
    over = Event()
    with ThreadPoolExecutor(len(workers) + len(stallers)) as pool:
        share = -(-cycles // len(workers))
        busy = [pool.submit(_work, person, desk, share, 0.0, Event()) for person, desk in enumerate(workers)]
        idle = [pool.submit(_work, -1 - n, desk, None, STALL_S, over) for n, desk in enumerate(stallers)]
        try:
            logs = [one for done in busy for one in done.result()]
        finally:
            over.set()
        return logs + [one for done in idle for one in done.result()]


def _work(person: int, desk: Desk, count: int | None, stall_s: float, over: Event) -> list[HandedOut]:
    """One person's closed loop: `count` works or more, or until it is over; each held for `stall_s`."""
    log: list[HandedOut] = []
    stays_until = time.perf_counter() + LEAST_S
    while not over.is_set():
        asked_at = time.perf_counter()
        may_go = asked_at >= stays_until
        if may_go and count is not None and len(log) >= count:
            break
        works = desk.claim()
        if not works:
            if may_go:
                break
            time.sleep(LOOK_AGAIN_S)
            continue
        work = works[0]
        over.wait(stall_s) if stall_s else None
        key = uuid4()
        done = desk.submit(work, key)
        answered_at = time.perf_counter()
        if len(log) % RETRY_EVERY == 0:
            again = desk.submit(work, key)
            assert again["judgement_id"] == done["judgement_id"], (done, again)
        log.append(_handed(person, work, asked_at, answered_at, done))
    return log


def _handed(person: int, work: dict[str, Any], asked_at: float, answered_at: float, done: dict[str, Any]) -> HandedOut:
    until = work["expires_at"]
    return HandedOut(
        person,
        work["item_id"],
        until - LEASE_S * SECOND,
        until,
        asked_at,
        answered_at,
        done["judgement_id"],
        done["surplus"],
    )


def _found(logs: Sequence[HandedOut], seconds: float, decided: int) -> Found:
    by_item: dict[str, list[HandedOut]] = defaultdict(list)
    for one in logs:
        by_item[one.item].append(one)
    in_two_hands = moved = counted_twice = counted = 0
    for hands in by_item.values():
        hands.sort(key=lambda one: one.at)
        for before, after in pairwise(hands):
            moved += after.person != before.person
            in_two_hands += _overlap(before, after)
        right = sum(not one.surplus for one in hands)
        counted += min(right, 1)
        counted_twice += right > 1
    assert counted == decided, f"{counted} items were answered, {decided} are decided"
    twice_stored = len(logs) - len({one.judgement for one in logs})
    return Found(len(logs), seconds, in_two_hands, counted_twice, twice_stored, moved, sum(o.surplus for o in logs))


def _overlap(before: HandedOut, after: HandedOut) -> bool:
    """True where the second hand-out began while the first lease ran, or was asked for after a counted answer."""
    if before.person == after.person:
        return False
    answered = before.answered_at is not None and not before.surplus and before.answered_at < after.asked_at
    return after.at < before.until or answered
