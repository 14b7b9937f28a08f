"""A goldloop of its own for every story: a data folder, its server's half in this process, and its owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import MADE_WITH, make

from goldloop.cli.folder import in_process
from goldloop.client import Client
from goldloop.core.settings import Settings

ENTERPRISE, PROVIDER = "Harbour Bank", "Fieldwork"


@contextmanager
def house(
    home: Path, *, secret: bytes = MADE_WITH["secret"], ids: bytes = MADE_WITH["ids"], **settings: object
) -> Iterator[Client]:
    """A client signed in as mona, who owns everything; an enterprise and a provider are there.

    Everything that is drawn is keyed by `secret`.
    """
    given = Settings.model_validate({"home": home, **settings})
    make(given, secret=secret, ids=ids)
    with in_process(given) as here, Client(app=here.app) as client:
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
