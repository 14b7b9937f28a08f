"""A data folder in this process: held alone, with its application and its jobs."""

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from fastapi import FastAPI

from goldloop import kinds
from goldloop.app import create_app
from goldloop.cli import running_server
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.settings import Settings
from goldloop.handlers import COMPOSED, HANDLERS, REACTIONS
from goldloop.jobs import background, run_worker
from goldloop.store.accounts import any_account, setup_secret
from goldloop.store.open import Store, only_server, open_store


class Here(NamedTuple):
    """A data folder at work in this process; the token is None once there is an owner."""

    store: Store
    app: FastAPI
    set_up_token: str | None


@contextmanager
def in_process(settings: Settings, *, keys: Mapping[str, bytes] | None = None) -> Iterator[Here]:
    """The data folder with its background work, for as long as the context lasts. Raises Conflict where it is held.

    `keys` are for an installation that is made now (`open_store`).
    """
    here = settings.model_copy(update={"jobs": "thread"})
    here.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with alone(here):
        store = open_store(here, keys=keys)
        try:
            app = create_app(store)  # first: a job that waits already needs the kinds that it loads
            with background(store, HANDLERS, composed=COMPOSED, following=REACTIONS):
                yield Here(store, app, set_up_token(store))
        finally:
            store.close()


def set_up_token(store: Store) -> str | None:
    """The one-time token of the first start."""
    with store.read() as connection:
        if any_account(connection):
            return None
    with store.write() as connection:
        return setup_secret(connection)


def run_jobs(settings: Settings, *, idle_s: float | None) -> int:
    """Run jobs beside servers that do not, until told to stop; how many were run."""
    if settings.database_url.startswith("sqlite") and settings.jobs != "external":
        raise Invalid("this server runs its own jobs", field="GOLDLOOP_JOBS", expected="external", found=settings.jobs)
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    kinds.load_all(settings.allow_kinds)
    store = open_store(settings)
    try:
        return run_worker(store, HANDLERS, stop, idle_s=idle_s)
    finally:
        store.close()


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Hold a SQLite data folder; PostgreSQL takes any number of processes. Raises Conflict naming the server."""
    if not settings.database_url.startswith("sqlite"):
        yield
        return
    with ExitStack() as held:
        try:
            held.enter_context(only_server(settings.home))
        except Conflict as error:
            server = running_server.announced(settings.home)
            if server is not None:
                error.found = f"{settings.home}, served at {server.url} by process {server.pid}"
            raise
        running_server.withdraw(settings.home)  # a server that was killed could not
        yield
