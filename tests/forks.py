"""`goldloop` as a process of its own, without its second of imports: one process has made them and forks for each.

A command has its own arguments, environment, folder, standard files and exit code, as if it had been started; what it
does not show is the start, what a password costs, and how long a job waits to be seen, which other stories do. A server
may be one of them, and be killed like any other process.
"""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NoReturn

import pytest

FILES = (0, 1, 2)
LONGEST = 1 << 20
PATIENCE_S = 300
HEAVY = (
    "cryptography.hazmat.primitives.ciphers",
    "sklearn.feature_extraction.text",
    "sklearn.linear_model",
)
"""What is loaded where it is first used: here that would be in every command."""

SCRIPT = """#!{python} -IS
import array, json, os, socket, sys
asked = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd(), False]).encode()
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as way:
    way.connect({address!r})
    way.sendmsg([asked], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", (0, 1, 2)))])
    sys.exit(int(way.recv(8)))
"""
"""A `goldloop` for a shell: it hands over its own standard files, and ends as the command ended."""


class Forks:
    """The way to a process that has everything imported."""

    def __init__(self, address: Path) -> None:
        self._address = str(address)

    def run(
        self, words: Sequence[str], *, environment: Mapping[str, str], folder: Path, text: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        """What `subprocess.run` would have given for `goldloop` with these words."""
        with ExitStack() as open_:
            given, said, complained = (open_.enter_context(tempfile.TemporaryFile("w+")) for _ in FILES)
            given.write(text)
            given.seek(0)
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as way:
                way.settimeout(PATIENCE_S)
                way.connect(self._address)
                asked = json.dumps([list(words), dict(environment), str(folder), False]).encode()
                socket.send_fds(way, [asked], [one.fileno() for one in (given, said, complained)])
                code = int(way.recv(8))
            said.seek(0)
            complained.seek(0)
            return subprocess.CompletedProcess(list(words), code, said.read(), complained.read())

    def start(
        self, words: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: IO[Any] | None = None
    ) -> "Started":
        """What `subprocess.Popen` would have given, in a session of its own; it complains into a log or a pipe."""
        way = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        way.settimeout(PATIENCE_S)
        way.connect(self._address)
        said, says = os.pipe()
        complained, complains = os.pipe()
        with open(os.devnull) as nothing:
            asked = json.dumps([list(words), dict(environment), str(folder), True]).encode()
            socket.send_fds(way, [asked], [nothing.fileno(), says, log.fileno() if log is not None else complains])
        os.close(says)
        os.close(complains)
        return Started(way, int(way.recv(8)), os.fdopen(said), os.fdopen(complained))

    def install(self, folder: Path) -> None:
        """Put a program named `goldloop` into a folder of programs."""
        folder.mkdir()
        program = folder / "goldloop"
        program.write_text(SCRIPT.format(python=sys.executable, address=self._address))
        program.chmod(0o755)


class Started:
    """A command that runs."""

    def __init__(self, way: socket.socket, pid: int, stdout: IO[str], stderr: IO[str]) -> None:
        self.pid, self.stdout, self.stderr = pid, stdout, stderr
        self.returncode: int | None = None
        self._way = way

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, when it has ended."""
        if self.returncode is None:
            self._way.settimeout(timeout)
            try:
                self.returncode = int(self._way.recv(8))
            except TimeoutError as error:
                raise subprocess.TimeoutExpired(["goldloop"], timeout or 0) from error
            self._way.close()
        return self.returncode

    def send_signal(self, how: int) -> None:
        """Tell it something, if it is still there."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, how)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """A process that forks, for all tests of a process."""
    with tempfile.TemporaryDirectory(prefix="goldloop-forks-") as folder:
        address = Path(folder) / "way"
        command = [sys.executable, "-m", "tests.forks", str(address)]
        root = Path(__file__).resolve().parents[1]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (*_path(), str(root))))}
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=folder, text=True) as process:
            try:
                assert process.stdout is not None
                assert process.stdout.readline() == "ready\n"
                yield Forks(address)
            finally:
                process.terminate()


def _path() -> list[str]:
    return os.environ.get("PYTHONPATH", "").split(os.pathsep)


def serve(address: str) -> NoReturn:
    """Fork for everybody who comes; the one between waits for the command's end and says how it ended."""
    import httpx2
    from tests.passwords import CHEAP
    from tests.story.house import EAGER

    from goldloop import kinds
    from goldloop.cli.folder import in_process
    from goldloop.cli.root import NOUNS, command_of
    from goldloop.client.bridge import Bridge
    from goldloop.core.settings import Settings
    from goldloop.handlers import HANDLERS
    from goldloop.jobs import service
    from goldloop.store import credentials

    for module in HEAVY:
        import_module(module)
    for noun in NOUNS:
        command_of(noun)
    kinds.load()
    assert all(HANDLERS[kind] for kind in HANDLERS)
    with (
        tempfile.TemporaryDirectory() as home,  # what a first use makes is kept, too: routes, statements, the schema
        in_process(Settings(home=Path(home))) as here,
        httpx2.Client(transport=Bridge(here.app), base_url="http://127.0.0.1") as client,
    ):
        assert client.get("/api/state").is_success
        assert client.get("/api/nothing").is_client_error  # whatever route there is, it is made to see that none fits
    assert threading.active_count() == 1, "a fork takes no thread along"
    credentials._hasher = lambda: CHEAP  # type: ignore[assignment]  # it is kept by its real one
    service.run_worker = EAGER
    gc.freeze()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
        door.bind(address)
        door.listen()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those between
        print("ready", flush=True)
        while True:
            way, _ = door.accept()
            with way:
                asked, files, _, _ = socket.recv_fds(way, LONGEST, len(FILES))
                if os.fork() == 0:
                    door.close()
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    words, environment, folder, watched = json.loads(asked)
                    command = os.fork() or _command(words, environment, folder, files, alone=watched)
                    for one in files:
                        os.close(one)
                    if watched:
                        way.send(str(command).encode())
                    _, how = os.waitpid(command, 0)
                    way.send(str(os.waitstatus_to_exitcode(how)).encode())
                    os._exit(0)
                for one in files:
                    os.close(one)


def _command(
    words: Sequence[str], environment: Mapping[str, str], folder: str, files: Sequence[int], *, alone: bool
) -> NoReturn:
    if alone:
        os.setsid()
    for mine, given in zip(FILES, files, strict=True):
        os.dup2(given, mine)
        os.close(given)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(one, mode, buffering=1) for one, mode in zip(FILES, "rww", strict=True)
    )
    from goldloop.cli import main

    code: int | str | None = 0
    try:
        main(words)
    except SystemExit as ending:
        code = ending.code
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else bool(code))


if __name__ == "__main__":
    serve(sys.argv[1])
