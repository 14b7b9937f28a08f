"""Reading ahead: a process beside the one that writes reads and checks the rest of a large file.

Reading and checking take longer than writing, and one process does one thing at a time. The second process takes a
moment to come up; until then the first chunks are read here. It holds at most what the pipe between them does, so
neither can run away from the other, and it ends when the pipe does. What ends it earlier (a file that breaks off, a
kill, a lack of memory) is no matter: every chunk carries its resume token, so reading goes on here, and an error is met
here.
"""

import logging
import pickle
import subprocess
import sys
from collections.abc import Generator, Iterator
from select import poll
from typing import IO, Self

from goldloop.loop.checking import Chunk, Reading, read_chunks

FROM_BYTES = 1 << 20  # what is smaller is read before a second process is up
PIPE_BYTES = 1 << 20
_log = logging.getLogger(__name__)


def read_ahead(reading: Reading, resume: str) -> Generator[Chunk, None, None]:
    """The chunks of a file behind a token. Raises Invalid for a file that cannot be read at all."""
    reader = _started(reading)
    if reader is not None:
        with reader:
            for chunk in read_chunks(reading, resume):
                yield chunk
                resume = chunk.resume
                if reader.is_up():
                    break
            else:
                return
            for chunk in reader.behind(resume):
                yield chunk
                resume = chunk.resume
        if reader.at_end:
            return
    yield from read_chunks(reading, resume)


def _started(reading: Reading) -> "Reader | None":
    """The process that reads ahead; None where the file is small, or where there can be none."""
    if reading.path.stat().st_size < FROM_BYTES:
        return None
    try:
        return Reader(pickle.dumps(reading))
    except (OSError, pickle.PicklingError, AttributeError, TypeError) as error:  # no memory, or kinds of this process
        _log.info("nothing is read ahead: %s", error)
        return None


class Reader:
    """The process that reads ahead, for as long as the context lasts."""

    def __init__(self, reading: bytes) -> None:
        self.at_end = False
        self._reading = reading
        self._process = subprocess.Popen(
            [sys.executable, "-m", "goldloop.loop.reader"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pipesize=PIPE_BYTES,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._to: IO[bytes] = self._process.stdin
        self._from: IO[bytes] = self._process.stdout
        self._speaks = poll()
        self._speaks.register(self._from)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def is_up(self) -> bool:
        """True where it waits to be told where to begin, or has ended."""
        return bool(self._speaks.poll(0))

    def behind(self, resume: str) -> Iterator[Chunk]:
        """The chunks behind a token; after the last one, `at_end` says whether the file ended there."""
        try:
            self._heard()
            self._to.write(self._reading + pickle.dumps(resume))
            self._to.flush()
            while (chunk := self._heard()) is not None:
                yield chunk
            self.at_end = True
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            _log.info("reading ahead ended early, and goes on as the file is written: %r", error)

    def _heard(self) -> Chunk | None:
        heard: Chunk | None = pickle.load(self._from)  # noqa: S301 - it comes from a process of ours alone
        return heard
