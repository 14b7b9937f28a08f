"""A real `goldloop serve` on loopback with a data folder of its own: started, measured, killed, stopped."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import psutil  # type: ignore[import-untyped]  # it ships none

START_S = 120
STOP_S = 30
COMPILED = "PYTHONDONTWRITEBYTECODE"
"""Not inherited: an installed package has its bytecode, and a start would compile everything, again and again."""
COMMAND = (sys.executable, "-c", "from goldloop.cli import main; main()")


class Process(Protocol):
    """A process that was started, as `subprocess.Popen` is one."""

    pid: int
    stdout: IO[str] | None

    def wait(self, timeout: float | None = None) -> int: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...


def begun(words: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: IO[Any]) -> Process:
    """A `goldloop` from its very start, in a session of its own."""
    return subprocess.Popen(
        [*COMMAND, *words],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        start_new_session=True,
    )


class Begin(Protocol):
    """How a server process comes to be."""

    def __call__(
        self, words: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: IO[Any]
    ) -> Process: ...


class Cost(NamedTuple):
    """Processor seconds of the server and everything it started, the children that ended included."""

    cpu_s: float
    wall_s: float


class Server:
    """One server process with its children; only ever touches processes that it started."""

    def __init__(
        self,
        home: Path,
        *,
        port: int = 0,
        workers: int = 1,
        environment: Mapping[str, str] | None = None,
        begin: Begin | None = None,
    ) -> None:
        self.home, self.port, self.workers = home, port, workers
        self.url = f"http://127.0.0.1:{port}"
        self.set_up_token: str | None = None
        inherited = {name: value for name, value in os.environ.items() if name != COMPILED}
        self._environment = {**inherited, "GOLDLOOP_HOME": str(home), "PYTHONUNBUFFERED": "1", **(environment or {})}
        self._begin = begin or begun
        self._process: Process | None = None

    def start(self) -> float:
        """Start, at a free port and from then on at the same; seconds until it says that it takes requests."""
        self.home.parent.mkdir(parents=True, exist_ok=True)
        words = ["serve", "--json", "--port", str(self.port)]
        words += ["--workers", str(self.workers)] if self.workers > 1 else []
        began = time.perf_counter()
        with self.log.open("ab") as log:
            self._process = self._begin(words, environment=self._environment, folder=Path.cwd(), log=log)
        assert self._process.stdout is not None
        watch = threading.Timer(START_S, self._process.kill)
        watch.start()
        try:
            said = "".join(_one_document(self._process.stdout))
        finally:
            watch.cancel()
        took = time.perf_counter() - began
        if not said:
            raise RuntimeError(f"the server did not come up: {self.log.read_text()[-2000:]}")
        about = json.loads(said)
        self.url, self.port = about["url"], urlsplit(about["url"]).port or 0
        self.set_up_token = (about["set_up"] or "").partition("token=")[2] or None
        return took

    @property
    def log(self) -> Path:
        """What the server wrote on its standard error."""
        return self.home.with_name(self.home.name + ".log")

    def cpu_s(self) -> float:
        """Processor seconds so far; the difference of two calls is what happened between them cost."""
        total = 0.0
        for process in self._tree():
            try:
                used = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += used.user + used.system + used.children_user + used.children_system
        return total

    def rss_mb(self) -> float:
        """Resident memory of all its processes, MiB; pages they share count in each."""
        total = 0
        for process in self._tree():
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        return total / 2**20

    def own_mb(self) -> float:
        """What its processes hold for themselves, MiB: without mapped files, the database's pages among them."""
        total = 0
        for process in self._tree():
            try:
                held = process.memory_info()
            except psutil.NoSuchProcess:
                continue
            total += held.rss - held.shared
        return total / 2**20

    @property
    def pid(self) -> int:
        """The server's own process."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL to every one of its processes at once."""
        for process in self._tree():
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        self._reap()

    def stop(self) -> None:
        """End it as an operator would; SIGKILL where that takes too long."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
        else:
            self._reap()

    def _reap(self) -> None:
        if self._process is None:
            return
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None

    def _tree(self) -> list[psutil.Process]:
        if self._process is None:
            return []
        try:
            root = psutil.Process(self._process.pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def _one_document(lines: Iterable[str]) -> Iterator[str]:
    """The lines of the indented JSON document that comes first."""
    for line in lines:
        yield line
        if line.startswith("}"):
            return


@contextmanager
def serving(home: Path, *, workers: int = 1, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server for as long as the context lasts."""
    server = Server(home, workers=workers, environment=environment)
    try:
        server.start()
        yield server
    finally:
        server.stop()


class Meter:
    """Measures the cost of a `with` block on a server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def __enter__(self) -> "Meter":
        self._cpu, self._wall = self._server.cpu_s(), time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.cost = Cost(self._server.cpu_s() - self._cpu, time.perf_counter() - self._wall)
