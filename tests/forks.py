"""`goldloop` as a process of its own, without its second of imports: one process has made them and forks for each.

A command has its own arguments, environment, folder, standard files and exit code, as if it had been started; what it
does not show is the start, which other stories do.
"""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import pytest

FILES = (0, 1, 2)
LONGEST = 1 << 20
PATIENCE_S = 300
SCRIPT = """#!{python} -IS
import array, json, os, socket, sys
asked = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
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
                asked = json.dumps([list(words), dict(environment), str(folder)]).encode()
                socket.send_fds(way, [asked], [one.fileno() for one in (given, said, complained)])
                code = int(way.recv(8))
            said.seek(0)
            complained.seek(0)
            return subprocess.CompletedProcess(list(words), code, said.read(), complained.read())

    def install(self, folder: Path) -> None:
        """Put a program named `goldloop` into a folder of programs."""
        folder.mkdir()
        program = folder / "goldloop"
        program.write_text(SCRIPT.format(python=sys.executable, address=self._address))
        program.chmod(0o755)


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    """A process that forks, for the tests of a file."""
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
    from goldloop import kinds
    from goldloop.cli.root import NOUNS

    import_module("goldloop.cli.folder")
    for noun in NOUNS:
        import_module(f"goldloop.cli.{noun.replace('-', '_')}_commands")
    kinds.load()
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
                    command = os.fork() or _command(asked, files)
                    _, how = os.waitpid(command, 0)
                    way.send(str(os.waitstatus_to_exitcode(how)).encode())
                    os._exit(0)
                for one in files:
                    os.close(one)


def _command(asked: bytes, files: Sequence[int]) -> NoReturn:
    words, environment, folder = json.loads(asked)
    for mine, given in zip(FILES, files, strict=True):
        os.dup2(given, mine)
        os.close(given)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(one, mode) for one, mode in zip(FILES, "rww", strict=True))
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
