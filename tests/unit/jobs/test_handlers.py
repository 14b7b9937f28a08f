"""Every kind of job leads to what does it, though nothing of that is loaded before."""

import inspect
import subprocess
import sys

from goldloop.handlers import HANDLERS, REACTIONS


def test_every_job_has_a_handler_that_takes_what_is_running() -> None:
    for kind in HANDLERS:
        (running,) = inspect.signature(HANDLERS[kind]).parameters.values()
        assert running.annotation.__name__ == "Running", kind


def test_every_reaction_asks_for_a_job_that_there_is() -> None:
    assert {one.job for one in REACTIONS} <= set(HANDLERS)


def test_a_runner_loads_no_handler_before_its_first_job() -> None:
    said = "import goldloop.jobs.child, goldloop.handlers, sys; print('goldloop.loop.take_in' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
