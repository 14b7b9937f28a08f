"""An installation of its own in this process, everything drawn in it keyed by a seed, and its owner's client."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from goldloop.cli.folder import in_process
from goldloop.client import Client
from goldloop.client.jobs import Job
from goldloop.core.settings import Settings

ORGANISATION, PASSWORD = "Harbour Bank", "a long sentence for a bench"


@contextmanager
def inside(folder: Path, seed: int) -> Iterator[Client]:
    """The client of the owner of an empty installation."""
    keys = {name: hashlib.sha256(f"{name} {seed}".encode()).digest() for name in ("ids", "secret")}
    with in_process(Settings(home=folder), keys=keys) as here, Client(app=here.app) as client:
        client.set_up(
            str(here.set_up_token), name="mona", password=PASSWORD, organisation=ORGANISATION, display_name="Mona"
        )
        yield client


def done(client: Client, job: Job) -> dict[str, Any]:
    """The result of a job at its end."""
    found: dict[str, Any] = client.jobs.wait(job, timeout=600).result
    return found
