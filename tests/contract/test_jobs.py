"""Jobs: what is queued is done once, says how far it is, can be stopped, and survives its runner."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update
from tests.contract.job_handlers import HANDLERS, STEPS

from goldloop.core import clock
from goldloop.core.errors import Conflict, NotFound
from goldloop.jobs import Job, Pace, Running, cancel, enqueue, find, newest, retry, run_worker
from goldloop.store.open import Store
from goldloop.store.schema import job as job_table

QUICK = Pace(poll_s=0.02, lease_s=1.0, listen_s=0.05, backoff_s=(0.0, 0.0))
ROOT = Path(__file__).parents[2]
WORKER = """
import sys, threading
from pathlib import Path
from goldloop.core.settings import Settings
from goldloop.jobs import Pace, run_worker
from goldloop.store.open import open_store
from tests.contract.job_handlers import HANDLERS

store = open_store(Settings(home=Path(sys.argv[1]), database=sys.argv[2]))
pace = Pace(poll_s=0.02, lease_s=float(sys.argv[4]), listen_s=0.05, backoff_s=(0.0, 0.0))
print("ready", flush=True)
run_worker(store, HANDLERS, threading.Event(), pace=pace, idle_s=float(sys.argv[3]))
"""


@pytest.fixture
def steps(store: Store) -> Store:
    """A store with the table that `count` writes to."""
    with store.write() as connection:
        connection.execute(text(STEPS))
    return store


def queue(store: Store, kind: str, **args: Any) -> int:
    with store.write() as connection:
        return enqueue(connection, kind, args, programme=None, asked_by=None)


def look(store: Store, key: int) -> Job:
    with store.read() as connection:
        return find(connection, key)


def numbers(store: Store, key: int) -> list[int]:
    with store.read() as connection:
        rows = connection.execute(text("SELECT n FROM step WHERE job = :job ORDER BY n"), {"job": key})
        return [n for (n,) in rows]


def run(store: Store, **options: Any) -> int:
    """Everything that waits, in this thread."""
    return run_worker(store, HANDLERS, threading.Event(), pace=QUICK, idle_s=0, **options)


def until(holds: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "this never happened"
        time.sleep(0.01)


@contextmanager
def working(store: Store) -> Iterator[threading.Event]:
    """A worker in a thread; setting the event stops it."""
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(store, HANDLERS, stop), kwargs={"pace": QUICK})
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join()


def worker(store: Store, *, lease_s: float = 60) -> "subprocess.Popen[str]":
    """A worker in a process of its own, ready to claim."""
    command = [sys.executable, "-c", WORKER, str(store.home), store.settings.database_url, "60", str(lease_s)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_job_is_done_and_says_so(steps: Store) -> None:
    key = queue(steps, "count", steps=3)
    assert look(steps, key).state == "queued"
    assert run(steps) == 1
    done = look(steps, key)
    assert (done.state, done.result, done.error) == ("done", {"steps": 3}, None)
    assert (done.done, done.total, done.unit, done.note) == (3, 3, "numbers", "number 2")
    assert done.finished_at is not None
    assert done.started_at is not None
    assert done.created_at <= done.started_at <= done.finished_at
    assert numbers(steps, key) == [0, 1, 2]


def test_a_job_of_a_rolled_back_transaction_was_never_asked_for(store: Store) -> None:
    with pytest.raises(RuntimeError), store.write() as connection:
        enqueue(connection, "wait", {}, programme=None, asked_by=None)
        raise RuntimeError
    with store.read() as connection:
        assert newest(connection) == []


def test_the_same_once_is_the_same_job(steps: Store) -> None:
    with steps.write() as connection:
        keys = [enqueue(connection, "count", {"steps": 1}, programme=None, asked_by=None, once="a") for _ in range(2)]
        other = enqueue(connection, "count", {"steps": 1}, programme=None, asked_by=None, once="b")
    assert keys[0] == keys[1] != other
    assert run(steps) == 2
    with steps.write() as connection:
        assert enqueue(connection, "count", {}, programme=None, asked_by=None, once="a") == keys[0]
    assert run(steps) == 0


def test_a_job_waits_for_its_time(store: Store) -> None:
    with store.write() as connection:
        key = enqueue(connection, "refuse", {}, programme=None, asked_by=None, run_at=clock.now() + clock.HOUR)
    assert run(store) == 0
    assert look(store, key).state == "queued"


def test_a_kind_nobody_here_handles_waits_for_somebody_who_does(store: Store) -> None:
    key = queue(store, "unheard of")
    assert run(store) == 0
    assert look(store, key).state == "queued"


def test_a_failure_of_ours_is_kept_in_the_one_error_shape_and_not_tried_again(store: Store) -> None:
    key = queue(store, "refuse")
    run(store)
    failed = look(store, key)
    assert (failed.state, failed.attempts) == ("failed", 1)
    assert failed.error == {
        "code": "invalid",
        "message": "this cannot be",
        "field": "file",
        "expected": "a CSV file",
        "found": "a picture",
    }


def test_a_defect_is_a_failure_that_names_itself(store: Store) -> None:
    key = queue(store, "blunder")
    run(store)
    failed = look(store, key)
    assert failed.state == "failed"
    assert failed.error is not None
    assert "ZeroDivisionError" in failed.error["message"]


def test_what_is_unavailable_for_a_moment_is_tried_again(store: Store, tmp_path: Path) -> None:
    key = queue(store, "stumble", seen=str(tmp_path / "seen"), times=2)
    run(store)
    assert (look(store, key).state, look(store, key).result) == ("done", "done at last")


def test_trying_again_has_an_end(store: Store, tmp_path: Path) -> None:
    key = queue(store, "stumble", seen=str(tmp_path / "seen"), times=100)
    run(store)
    assert look(store, key).state == "failed"
    assert (tmp_path / "seen").read_text() == "xxx"


def test_what_is_unavailable_for_good_is_not_tried_again(store: Store, tmp_path: Path) -> None:
    key = queue(store, "stumble", seen=str(tmp_path / "seen"), times=100, permanent=True)
    run(store)
    assert look(store, key).state == "failed"
    assert (tmp_path / "seen").read_text() == "x"


def test_trying_again_waits_longer_each_time(store: Store, tmp_path: Path) -> None:
    key = queue(store, "stumble", seen=str(tmp_path / "seen"), times=100)
    before = clock.now()
    run_worker(store, HANDLERS, threading.Event(), pace=Pace(backoff_s=(60, 600)), idle_s=0)
    waiting = look(store, key)
    assert waiting.state == "queued"
    assert waiting.error is not None
    assert waiting.run_at >= before + 60 * clock.SECOND


def test_a_failed_job_can_be_asked_to_go_on(steps: Store) -> None:
    key = queue(steps, "refuse")
    run(steps)
    with steps.write() as connection:
        connection.execute(update(job_table).values(kind="count", args='{"steps":3}', resume="2"))
        retry(connection, key)
    run(steps)
    assert look(steps, key).state == "done"
    assert numbers(steps, key) == [2]
    with pytest.raises(Conflict), steps.write() as connection:
        retry(connection, key)


def test_a_queued_job_that_is_cancelled_never_starts(steps: Store) -> None:
    key = queue(steps, "count", steps=1)
    with steps.write() as connection:
        assert cancel(connection, key) == "cancelled"
    assert run(steps) == 0
    assert look(steps, key).state == "cancelled"
    assert numbers(steps, key) == []


def test_cancelling_is_prompt_and_leaves_whole_steps(steps: Store) -> None:
    key = queue(steps, "count", steps=100_000, pause=0.002)
    with working(steps):
        until(lambda: look(steps, key).done > 3)
        with steps.write() as connection:
            assert cancel(connection, key) == "running"
        until(lambda: look(steps, key).state == "cancelled")  # left alone, it would take minutes
    stopped = look(steps, key)
    assert numbers(steps, key) == list(range(stopped.done)) == list(range(stopped.resume))


def test_a_job_that_only_waits_hears_the_cancel_too(store: Store) -> None:
    key = queue(store, "wait")
    with working(store):
        until(lambda: look(store, key).state == "running")
        with store.write() as connection:
            cancel(connection, key)
        until(lambda: look(store, key).state == "cancelled")


def test_what_is_over_cannot_be_cancelled(store: Store) -> None:
    key = queue(store, "refuse")
    run(store)
    with pytest.raises(Conflict), store.write() as connection:
        cancel(connection, key)
    with pytest.raises(NotFound), store.write() as connection:
        cancel(connection, key + 1)


def test_a_runner_that_is_stopped_gives_its_job_back(steps: Store) -> None:
    key = queue(steps, "count", steps=10, stay=5)
    with working(steps) as stop:
        until(lambda: look(steps, key).done == 6)
        stop.set()
    waiting = look(steps, key)
    assert (waiting.state, waiting.attempts) == ("queued", 0)
    assert run(steps) == 1
    assert numbers(steps, key) == list(range(10))


def test_a_killed_runner_is_followed_by_another_that_goes_on_where_it_was(steps: Store) -> None:
    key = queue(steps, "count", steps=10, stay=5)
    process = worker(steps)
    until(lambda: look(steps, key).done == 6)
    process.kill()
    process.wait()
    assert look(steps, key).state == "running"
    assert run(steps) == 0  # its lease has not run out
    with steps.write() as connection:
        connection.execute(update(job_table).values(lease_until=1))
    assert run(steps) == 1
    assert look(steps, key).state == "done"
    assert numbers(steps, key) == list(range(10))
    with steps.read() as connection:
        rows = connection.execute(text("SELECT min(n) FROM step GROUP BY runner ORDER BY 1"))
        assert [first for (first,) in rows] == [0, 6]


def test_a_long_step_keeps_its_lease(store: Store) -> None:
    def held_until() -> int:
        with store.read() as connection:
            return int(connection.execute(select(job_table.c.lease_until)).scalar_one())

    def long(job: Running) -> str:
        first = held_until()
        until(lambda: held_until() >= first + lease_s * clock.SECOND)
        return "done"

    key, lease_s = queue(store, "long"), 2
    stop = threading.Event()
    pace = {"pace": replace(QUICK, lease_s=lease_s)}
    threads = [threading.Thread(target=run_worker, args=(store, {"long": long}, stop), kwargs=pace) for _ in range(2)]
    for thread in threads:
        thread.start()
    until(lambda: look(store, key).state == "done")
    stop.set()
    for thread in threads:
        thread.join()
    assert look(store, key).attempts == 1


def test_a_runner_that_lost_its_lease_changes_nothing_any_more(steps: Store) -> None:
    def robbed(job: Running) -> None:
        with job.store.write() as connection:
            connection.execute(update(job_table).values(runner="somebody else"))
        with job.store.write() as connection:
            connection.execute(text("INSERT INTO step (job, n, runner) VALUES (:job, 0, '')"), {"job": job.id})
            job.save(connection, 1, resume=1)

    key = queue(steps, "robbed")
    run_worker(steps, {"robbed": robbed}, threading.Event(), pace=QUICK, idle_s=0)
    assert numbers(steps, key) == []
    assert (look(steps, key).state, look(steps, key).done) == ("running", 0)


def test_a_job_that_kills_its_runners_is_given_up(steps: Store) -> None:
    key = queue(steps, "crash")
    for _ in range(len(QUICK.backoff_s) + 1):
        process = worker(steps)
        process.wait(60)
        with steps.write() as connection:
            connection.execute(update(job_table).values(lease_until=1))
    assert run(steps) == 1
    given_up = look(steps, key)
    assert given_up.state == "failed"
    assert given_up.error is not None
    assert given_up.error["message"].startswith("3 runners in a row died")


def test_several_worker_processes_do_every_step_exactly_once(steps: Store) -> None:
    keys = [queue(steps, "count", steps=15, pause=0.005) for _ in range(24)]
    processes = [worker(steps, lease_s=2.0) for _ in range(3)]
    until(lambda: sum(look(steps, key).state == "done" for key in keys) >= 4)
    processes[0].kill()
    until(lambda: all(look(steps, key).state == "done" for key in keys))
    for process in processes:
        process.kill()
        process.wait()
    for key in keys:
        assert numbers(steps, key) == list(range(15))


def test_progress_has_a_pace(store: Store) -> None:
    key = queue(store, "wait")
    with store.write() as connection:
        values = {"state": "running", "started_at": 10 * clock.SECOND, "done": 20, "total": 100}
        connection.execute(update(job_table).values(**values))
    assert look(store, key).eta_s(at=15 * clock.SECOND) == 20
    with store.write() as connection:
        connection.execute(update(job_table).values(total=None))
    assert look(store, key).eta_s(at=15 * clock.SECOND) is None


def test_progress_between_steps_is_seen_and_promises_nothing(steps: Store) -> None:
    said = threading.Event()

    def tell(job: Running) -> None:
        job.progress(5, total=10, note="half")
        said.set()
        job.stop.wait(10)
        job.check_cancel()

    key = queue(steps, "tell")
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(steps, {"tell": tell}, stop), kwargs={"pace": QUICK})
    thread.start()
    said.wait(10)
    told = look(steps, key)
    assert (told.done, told.total, told.note, told.resume) == (5, 10, "half", None)
    stop.set()
    thread.join()


def test_a_full_disk_fails_the_job_with_a_clear_error(store: Store) -> None:
    if store.dialect == "postgresql":
        pytest.skip("the limit is on this process's files, which PostgreSQL's are not")
    key = queue(store, "fill")
    limit = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))\n"
    )
    command = [sys.executable, "-c", limit + WORKER, str(store.home), store.settings.database_url, "0", "60"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    failed = look(store, key)
    assert failed.state == "failed"
    assert failed.error is not None
    assert (failed.error["code"], failed.error["message"]) == ("unavailable", "the disk is full")
