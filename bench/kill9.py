"""`python -m bench.kill9 N`: a server under load is killed N times; what it acknowledged must all be there, once.

The whole process group gets SIGKILL in mid-load and is started again on the same folder and port; clients whose answer
did not come ask again with the same key. This tests the death of the process, not of the machine.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from bench import report
from bench.desk import Desk, GoneError, Work
from bench.house import House
from bench.report import Line
from bench.scale import Scale
from bench.server import Begin, Server, begun
from bench.texts import fresh

USERS = 4
LEAVERS = 2  # people who take works before each kill and never come back to them
LEASE_S = 2
PER_KILL = 250  # items enough for what is done between two kills
UP_S = (0.3, 0.8)  # how long a server lives under load
AGAIN_S = 0.05
PATIENCE_S = 120


class Said(NamedTuple):
    """An acknowledged answer."""

    key: UUID
    work: Work
    judgement: str


class Survived(NamedTuple):
    """What was there at the end. `retried`: submissions that had to be sent again after a kill."""

    kills: int
    acknowledged: int
    retried: int
    lost: int
    doubled: int
    stuck: int
    ledger: str
    restart_s: tuple[float, ...]

    @property
    def whole(self) -> bool:
        """True where every promise was kept."""
        return not (self.lost or self.doubled or self.stuck) and self.ledger == "pass"


class _Person:
    """Somebody who works on through every death of the server."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.said: list[Said] = []
        self.retried = 0

    def work(self, over: Event) -> None:
        while not over.is_set():
            works = _claim(self.desk)
            if works:
                self._submit(works[0])
            elif not over.is_set():
                over.wait(AGAIN_S)

    def _submit(self, work: Work) -> None:
        key, until = uuid4(), time.monotonic() + PATIENCE_S
        tries = 0
        while True:
            try:
                done = self.desk.submit(work, key)
            except GoneError:
                if time.monotonic() >= until:
                    raise
                tries += 1
                time.sleep(AGAIN_S)
            else:
                self.said.append(Said(key, work, done["judgement_id"]))
                self.retried += tries > 0
                return


def _claim(desk: Desk, count: int = 1) -> list[Work]:
    """What a person is given once the server answers."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return desk.claim(count)
        except GoneError:
            if time.monotonic() >= until:
                raise
            time.sleep(AGAIN_S)


def kill9(kills: int, folder: Path, *, seed: int = 9, begin: Begin = begun) -> Survived:
    """Kill and restart a server that many times under load, then look at everything it acknowledged."""
    server = Server(folder / "kill9", environment={"GOLDLOOP_LEASE_SECONDS": str(LEASE_S)}, begin=begin)
    try:
        server.start()
        with closing(House(server)) as house:
            programme = house.programme("kill9")
            house.take_in(programme, fresh(folder, PER_KILL * kills))
            house.route(programme)
            people = [_Person(desk) for desk in house.hire(programme, USERS)]
            leavers = house.hire(programme, LEAVERS, prefix="l")
            restarts = _killed(server, people, leavers, kills, seed)
            return _survived(house, programme, people, leavers, restarts)
    finally:
        server.stop()


def _killed(
    server: Server, people: Sequence[_Person], leavers: Sequence[Desk], kills: int, seed: int
) -> tuple[float, ...]:
    chance, over, restarts = random.Random(seed), Event(), []
    with ThreadPoolExecutor(len(people)) as pool:
        busy = [pool.submit(one.work, over) for one in people]
        try:
            for number in range(kills):
                _claim(leavers[number % len(leavers)], 2)
                time.sleep(chance.uniform(*UP_S))
                server.kill()
                restarts.append(server.start())
        finally:
            over.set()
        for one in busy:
            one.result()
    return tuple(restarts)


def _survived(
    house: House, programme: str, people: Sequence[_Person], leavers: Sequence[Desk], restarts: tuple[float, ...]
) -> Survived:
    said = [one for person in people for one in person.said]
    keys = {one.judgement for one in said}
    lost = _lost(house, said)
    extra = _stored(house, programme) - len(keys)
    doubled = max(0, extra) + len(said) - len(keys)
    verdict = house.client.ledger.verify(programme)
    return Survived(
        kills=len(restarts),
        acknowledged=len(said),
        retried=sum(person.retried for person in people),
        lost=lost + max(0, -extra),
        doubled=doubled,
        stuck=_stuck(house, programme, leavers[0]),
        ledger=verdict.outcome,
        restart_s=restarts,
    )


def _lost(house: House, said: Sequence[Said]) -> int:
    """Acknowledged answers that the item's own record does not hold exactly once, as they were given."""
    lost = 0
    for one in said:
        found = house.client.items.get(one.work["item_id"])
        lost += sum(judgement.id == one.judgement for judgement in found.judgements) != 1
    return lost


def _stored(house: House, programme: str) -> int:
    """How many answers of people the programme's batches hold."""
    views = [house.client.batches.get(row.batch.id) for row in house.client.batches.all(programme)]
    return sum(person.judgements for view in views for person in view.people)


def _stuck(house: House, programme: str, leaver: Desk) -> int:
    """Works that are neither ready nor done after every lease ran out, but for what one person then asks for."""
    time.sleep(LEASE_S + 0.5)
    held = len(_claim(leaver))
    leased = missing = 0
    for row in house.client.batches.all(programme):
        queues = house.client.batches.get(row.batch.id).queues
        leased += sum(queue.leased for queue in queues)
        missing += row.progress.items - sum(queue.ready + queue.leased + queue.done for queue in queues)
    return abs(leased - held) + abs(missing)


def lines(found: Survived) -> list[Line]:
    """What a soak found, for the table."""
    how = f"{found.kills} kills, {found.acknowledged:,} acknowledged, {found.retried} sent again"
    slowest = max(found.restart_s)
    return [
        Line("acknowledged answers lost", found.lost, "", 0, note=how),
        Line("answers stored twice", found.doubled, "", 0),
        Line("works stuck after their lease", found.stuck, "", 0),
        Line("ledger does not verify", float(found.ledger != "pass"), "", 0, note=found.ledger),
        Line("slowest restart", slowest, "s"),
    ]


def soak(folder: Path, scale: Scale) -> list[Line]:
    """The soak as one of the benches."""
    return lines(kill9(scale.kills, folder))


def main(arguments: list[str] | None = None) -> int:
    """The command; exits 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.kill9", description="kill -9 under load")
    parser.add_argument("kills", type=int, nargs="?", default=20)
    kills: Any = parser.parse_args(arguments).kills
    with tempfile.TemporaryDirectory(prefix="goldloop-kill9-") as folder:
        found = kill9(kills, Path(folder))
    report.say("kill9", lines(found))
    if found.kills >= 200:  # a shorter run is a test, not a record
        report.keep("kill9", f"python -m bench.kill9 {kills}", lines(found), small=False)
        report.write_table()
    return 0 if found.whole else 1


if __name__ == "__main__":
    sys.exit(main())
