"""What runs beside a server: a runner when there is a job, the sealer, reactions, schedules. Nothing outlives it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select, text
from tests.contract.job_handlers import HANDLERS, STEPS

from goldloop.core import clock
from goldloop.core.errors import Invalid
from goldloop.core.settings import Settings
from goldloop.jobs import Reaction, background, enqueue, find, newest
from goldloop.jobs.spawn import spawn
from goldloop.jobs.ticker import tick
from goldloop.store import ledger, schedules
from goldloop.store.open import Store, open_store
from goldloop.store.schema import event, job, schedule

ROOT = Path(__file__).parents[2]
COMPOSED = "tests.contract.job_handlers:HANDLERS"
SERVER = """
import sys, time
from pathlib import Path
from goldloop.core.settings import Settings
from goldloop.jobs import background
from goldloop.store.open import open_store
from tests.contract.job_handlers import HANDLERS

store = open_store(Settings(home=Path(sys.argv[1]), database=sys.argv[2], jobs="child"))
with background(store, HANDLERS, composed="tests.contract.job_handlers:HANDLERS"):
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # where a child finds the handlers


@pytest.fixture
def steps(store: Store) -> Store:
    with store.write() as connection:
        connection.execute(text(STEPS))
    return store


def until(holds: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "this never happened"
        time.sleep(0.05)


def counting(store: Store, steps: int, **more: float) -> int:
    with store.write() as connection:
        return enqueue(connection, "count", {"steps": steps, **more}, programme=None, asked_by=None)


def state(store: Store, key: int) -> str:
    with store.read() as connection:
        return find(connection, key).state


def done(store: Store, key: int) -> int:
    with store.read() as connection:
        return find(connection, key).done


def server(store: Store) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SERVER, str(store.home), store.settings.database_url]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def children(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    return list(psutil.Process(process.pid).children())


def test_a_thread_runs_the_jobs_where_the_settings_say_so(steps: Store) -> None:
    settings = Settings(home=steps.home, database=steps.settings.database_url, jobs="thread")
    store = open_store(settings)
    with background(store, HANDLERS, composed=COMPOSED):
        key = counting(store, 3)
        until(lambda: state(store, key) == "done")
    store.close()


def test_nothing_runs_here_where_the_runners_are_elsewhere(steps: Store) -> None:
    settings = Settings(home=steps.home, database=steps.settings.database_url, jobs="external")
    store = open_store(settings)
    with background(store, HANDLERS, composed=COMPOSED):
        key = counting(store, 3)
        time.sleep(0.7)  # a runner would have looked three times
        assert state(store, key) == "queued"
    store.close()


def test_a_child_comes_when_there_is_a_job_and_only_then(steps: Store) -> None:
    process = server(steps)
    time.sleep(0.7)
    assert children(process) == []
    key = counting(steps, 3)
    until(lambda: state(steps, key) == "done")
    assert len(children(process)) == 1
    process.communicate()
    assert process.returncode == 0


def test_a_child_comes_up_where_a_job_is_near(steps: Store) -> None:
    settings = Settings(home=steps.home, database=steps.settings.database_url, jobs="child")
    store = open_store(settings)
    mine = psutil.Process()
    before = set(mine.children())
    with background(store, HANDLERS, composed=COMPOSED):
        store.job_near.set()
        until(lambda: len(set(mine.children()) - before) == 1)
        (child,) = set(mine.children()) - before
    assert not child.is_running()
    store.close()


def test_a_child_hands_its_job_back_when_the_server_stops(steps: Store) -> None:
    process = server(steps)
    key = counting(steps, 100_000, pause=0.01)
    until(lambda: done(steps, key) > 3)
    (child,) = children(process)
    process.communicate()
    assert not child.is_running()
    assert state(steps, key) == "queued"


def test_a_child_dies_with_its_server_and_the_next_one_goes_on(steps: Store) -> None:
    process = server(steps)
    key = counting(steps, 10, stay=5)
    until(lambda: done(steps, key) == 6)
    (child,) = children(process)
    process.kill()
    process.wait()
    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
    assert state(steps, key) == "queued"  # it heard the end in time to hand the job back
    assert done(steps, key) == 6
    following = server(steps)
    until(lambda: state(steps, key) == "done")
    following.communicate()
    with steps.read() as connection:
        rows = connection.execute(text("SELECT n FROM step ORDER BY n")).scalars()
        assert list(rows) == list(range(10))


def test_secrets_do_not_show_among_the_arguments_of_a_child(steps: Store) -> None:
    settings = Settings.model_validate(
        {"home": steps.home, "database": steps.settings.database_url, "blob_secret_key": "hush-hush"}
    )
    key = counting(steps, 2)
    child = spawn(settings, COMPOSED)
    until(lambda: state(steps, key) == "done")
    assert "hush-hush" not in " ".join(psutil.Process(child.pid).cmdline())
    assert "hush-hush" not in " ".join(psutil.Process(child.pid).environ().values())
    os.kill(child.pid, signal.SIGTERM)
    assert child.wait(60) == 0
    assert child.stdin is not None
    child.stdin.close()


def happen(store: Store, kind: str, subject: str) -> None:
    with store.write() as connection:
        ledger.record(connection, kind, programme=None, actor=None, subject=subject, data={"n": 1}, at=clock.now())


REACTIONS = (
    Reaction("measure after import", event="import.finished", job="measure"),
    Reaction("tell after import", event="import.finished", job="tell"),
)


def test_an_event_is_reacted_to_once_by_everybody_who_wants_to(store: Store) -> None:
    happen(store, "import.finished", "file 1")
    happen(store, "something.else", "file 1")
    for _ in range(3):
        tick(store, REACTIONS)
    with store.read() as connection:
        queued = newest(connection)
        key = connection.execute(select(event.c.id).where(event.c.kind == "import.finished")).scalar_one()
    assert sorted(one.kind for one in queued) == ["measure", "tell"]
    assert {one.args["event"] for one in queued} == {key}
    assert queued[0].args["subject"] == "file 1"
    happen(store, "import.finished", "file 2")
    tick(store, REACTIONS)
    with store.read() as connection:
        assert len(newest(connection)) == 4


def test_what_happened_before_there_was_a_reaction_stays_without_one(store: Store) -> None:
    happen(store, "import.finished", "long ago")
    tick(store)
    tick(store, REACTIONS)
    with store.read() as connection:
        assert newest(connection) == []


def test_the_ticker_seals_what_happens(store: Store) -> None:
    happen(store, "x", "s")
    with background(store, HANDLERS, composed=COMPOSED):

        def sealed() -> bool:
            with store.read() as connection:
                return ledger.is_sealed(connection)

        until(sealed)


def test_a_schedule_queues_its_job_each_time_once(store: Store) -> None:
    start = clock.now() - 10
    with store.write() as connection:
        schedules.set_schedule(connection, "nightly", "count", {"steps": 1}, every=clock.DAY, first_at=start)
    for _ in range(3):
        tick(store)
    with store.read() as connection:
        (queued,) = newest(connection)
        assert (queued.kind, queued.args) == ("count", {"steps": 1})
        assert connection.execute(select(job.c.once)).scalar_one() == f"schedule:nightly:{start}"
        assert connection.execute(select(schedule.c.next_at)).scalar_one() == start + clock.DAY


def test_missed_times_of_a_schedule_are_caught_up_once(store: Store) -> None:
    start = clock.now() - 5 * clock.HOUR - clock.MINUTE
    with store.write() as connection:
        schedules.set_schedule(connection, "hourly", "count", {"steps": 1}, every=clock.HOUR, first_at=start)
    tick(store)
    with store.read() as connection:
        assert len(newest(connection)) == 1
        assert connection.execute(select(schedule.c.next_at)).scalar_one() == start + 6 * clock.HOUR


def test_a_schedule_can_be_changed_and_forgotten(store: Store) -> None:
    with store.write() as connection:
        schedules.set_schedule(connection, "a", "count", {}, every=clock.DAY, first_at=1)
        schedules.set_schedule(connection, "a", "wait", {}, every=clock.HOUR, first_at=2)
        row = connection.execute(select(schedule.c.kind, schedule.c.every, schedule.c.next_at)).one()
        assert tuple(row) == ("wait", clock.HOUR, 2)
        assert schedules.unset_schedule(connection, "a")
        assert not schedules.unset_schedule(connection, "a")
    with pytest.raises(Invalid, match="period"), store.write() as connection:
        schedules.set_schedule(connection, "a", "wait", {}, every=0, first_at=2)
