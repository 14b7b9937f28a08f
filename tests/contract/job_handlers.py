"""Handlers of the job tests. They live in a module of their own so that a child process can import them."""

import time
from pathlib import Path

from sqlalchemy import text

from goldloop.core.errors import Invalid, Unavailable
from goldloop.jobs import Running

STEPS = "CREATE TABLE step (job BIGINT, n BIGINT, runner TEXT)"


def count(job: Running) -> dict[str, int]:
    """Write the numbers from `resume` to `steps`, one transaction each; `pause` seconds between.

    Whoever has just written the number `stay` goes no further: only another runner does.
    """
    steps = job.args["steps"]
    for n in range(job.resume or 0, steps):
        with job.store.write(durable=False) as connection:
            connection.execute(
                text("INSERT INTO step (job, n, runner) VALUES (:job, :n, :runner)"),
                {"job": job.id, "n": n, "runner": job.runner},
            )
            job.save(connection, n + 1, total=steps, unit="numbers", note=f"number {n}", resume=n + 1)
        if n == job.args.get("stay"):
            wait(job)
        time.sleep(job.args.get("pause", 0))
    return {"steps": steps}


def wait(job: Running) -> None:
    """Do nothing until told to stop."""
    while True:
        job.check_cancel()
        time.sleep(0.02)


def crash(job: Running) -> None:
    """Take the process down, as a killed or crashing one goes."""
    import os
    import signal

    os.kill(os.getpid(), signal.SIGKILL)


def refuse(job: Running) -> None:
    """Fail with an error of ours."""
    raise Invalid("this cannot be", field="file", expected="a CSV file", found="a picture")


def stumble(job: Running) -> str:
    """Fail as a model endpoint fails, as often as `times` says."""
    seen = Path(job.args["seen"])
    with seen.open("a") as file:
        file.write("x")
    if len(seen.read_text()) <= job.args["times"]:
        raise Unavailable("the model does not answer", permanent=job.args.get("permanent", False))
    return "done at last"


def blunder(job: Running) -> None:
    """Fail with a defect."""
    raise ZeroDivisionError


def fill(job: Running) -> None:
    """Write a file until the disk (here: a limit) is full."""
    with (job.store.home / "big").open("wb") as file:
        while True:
            file.write(bytes(1 << 16))


HANDLERS = {
    "count": count,
    "wait": wait,
    "crash": crash,
    "refuse": refuse,
    "stumble": stumble,
    "blunder": blunder,
    "fill": fill,
}
