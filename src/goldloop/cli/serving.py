"""The server process: its socket, its one-time set-up link, its end."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import uvicorn
from uvicorn.supervisors import Multiprocess

from goldloop import kinds
from goldloop.app import create_app
from goldloop.cli import running_server
from goldloop.cli.folder import alone, set_up_token
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.settings import Settings, read_settings
from goldloop.handlers import COMPOSED, HANDLERS, REACTIONS
from goldloop.jobs import background
from goldloop.store.open import Store, open_store

BACKLOG = 2048
START_S = 60  # what server processes get to come up
GRACE_S = 5  # what open requests get when the server is told to stop


class Serving(NamedTuple):
    """Where a server answers; `set_up` is the one-time link of the first start, None once there is an owner."""

    url: str
    set_up: str | None


def serve(settings: Settings, *, workers: int, ready: Callable[[Serving], None]) -> None:
    """Serve a data folder until SIGTERM or SIGINT; `ready` is called once requests are taken.

    Raises Conflict where another server has the folder or the port, Invalid for several workers on SQLite.
    """
    if workers > 1 and settings.database_url.startswith("sqlite"):
        raise Invalid(
            "SQLite takes one server process", field="workers", expected="1, or PostgreSQL", found=str(workers)
        )
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with alone(settings):
        store = open_store(settings)
        try:
            serve_store(store, workers=workers, ready=ready)
        finally:
            store.close()


def serve_store(store: Store, *, workers: int, ready: Callable[[Serving], None]) -> None:
    """Serve a store that this process holds."""
    settings = store.settings
    listening = _listen(settings)
    url = _address(settings, listening)
    kinds.load_all(settings.allow_kinds)  # first: a job that waits here is begun at once
    behind = background(store, HANDLERS, composed=COMPOSED, following=REACTIONS)
    with listening, behind, _announced(store, url):
        about = Serving(url, _set_up_link(store, settings.public_url.rstrip("/") or url))
        with _calm_signals():
            if workers == 1:
                _Server(_config(create_app(store)), lambda: ready(about)).run([listening])
            else:
                os.environ["GOLDLOOP_HOME"] = str(settings.home)  # where the workers read their settings
                config = _config("goldloop.cli.serving:worker", factory=True, workers=workers)
                _Workers(config, [listening], lambda: ready(about)).run()


def worker() -> Any:
    """The application of one server process among several; its settings come from the environment."""
    return create_app(open_store(read_settings()))


class _Server(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()


class _Workers(Multiprocess):
    """Several server processes on one socket, which say when all are ready."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], ready: Callable[[], None]) -> None:
        super().__init__(config, sockets)
        self._ready = ready

    def init_processes(self) -> None:
        super().init_processes()
        if all(process.wait_until_ready(START_S, self.should_exit) for process in self.processes):
            self._ready()


def _config(app: Any, *, factory: bool = False, workers: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=factory,
        workers=workers,
        access_log=False,
        log_level="warning",
        lifespan="off",
        server_header=False,
        proxy_headers=False,  # who a proxy speaks for is ours to say: http/address.py believes declared ones alone
        ws="none",
        timeout_graceful_shutdown=GRACE_S,
    )


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise Conflict(
            "cannot listen there",
            field="port",
            expected="a free port of this machine (GOLDLOOP_PORT, GOLDLOOP_HOST)",
            found=f"{settings.host}:{settings.port}, {os.strerror(error.errno or 0)}",
        ) from error
    listening.listen(BACKLOG)
    listening.set_inheritable(True)
    return listening


def _address(settings: Settings, listening: socket.socket) -> str:
    """Where this machine reaches the server."""
    port = listening.getsockname()[1]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    host = f"[{host}]" if ":" in host else host
    return f"http://{host}:{port}"


def _set_up_link(store: Store, base: str) -> str | None:
    token = set_up_token(store)
    return f"{base}/setup?token={token}" if token else None


@contextmanager
def _announced(store: Store, url: str) -> Iterator[None]:
    running_server.announce(store.home, url)
    try:
        yield
    finally:
        running_server.withdraw(store.home)


@contextmanager
def _calm_signals() -> Iterator[None]:
    """uvicorn raises the signal that ended it once more when it is done; here that is a clean end, not a death."""
    kept = {one: signal.signal(one, lambda *_: None) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for one, before in kept.items():
            signal.signal(one, before)
