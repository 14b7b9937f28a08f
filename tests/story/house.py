"""A goldloop of its own for every story: a data folder, its server's half in this process, and its owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from unittest.mock import patch

from tests.databases import MADE_WITH, make

from goldloop.cli.folder import in_process
from goldloop.client import Client
from goldloop.core.settings import Settings
from goldloop.jobs import service
from goldloop.jobs.worker import Pace, run_worker

ENTERPRISE, PROVIDER = "Harbour Bank", "Fieldwork"
EAGER = partial(run_worker, pace=Pace(poll_s=0.03))
"""Looks for the next job more often than a server does: a story does little but wait for one after the other."""


@contextmanager
def house(
    home: Path, *, secret: bytes = MADE_WITH["secret"], ids: bytes = MADE_WITH["ids"], **settings: object
) -> Iterator[Client]:
    """A client signed in as mona, who owns everything; an enterprise and a provider are there.

    Everything that is drawn is keyed by `secret`.
    """
    given = Settings.model_validate({"home": home, **settings})
    make(given, secret=secret, ids=ids)
    with patch.object(service, "run_worker", EAGER), in_process(given) as here, Client(app=here.app) as client:
        client.set_up(
            str(here.set_up_token),
            name="mona",
            password="a password of mona's",
            organisation=ENTERPRISE,
            display_name="Mona",
        )
        client.organisations.add(PROVIDER, "provider")
        yield client


def done(client: Client, job: object, *, timeout: float = 600) -> dict:
    """The result of a job at its end."""
    return client.jobs.wait(job, timeout=timeout).result
