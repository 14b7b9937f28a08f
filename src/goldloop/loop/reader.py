"""The process that reads ahead: `python -m goldloop.loop.reader`, started by `ahead`.

It says on its standard output that it is up, is told on its standard input what to read and from where, and then says
chunk after chunk, and at the end of the file that there is nothing more. It is nice: people's requests, and the process
that writes, come first.
"""

import gc
import os
import pickle
import signal
import sys
from typing import Any

from goldloop.core.errors import GoldloopError
from goldloop.loop.checking import Chunk, Reading, read_chunks

NICE = 10
COLLECT_AT = (50_000, 20, 100)  # as in `jobs.child`


def main() -> None:
    """Read until the end, or until nobody listens."""
    os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches who started this, and its pipe then ends
    gc.set_threshold(*COLLECT_AT)
    try:
        _say(None)
        reading: Reading = _heard()
        resume: str = _heard()
        gc.freeze()
        for chunk in read_chunks(reading, resume):
            _say(chunk)
        _say(None)
    except (BrokenPipeError, EOFError):  # nobody listens any longer
        os._exit(0)
    except GoldloopError:  # whoever listens meets it too, where the last chunk ended
        sys.exit(1)


def _say(chunk: Chunk | None) -> None:
    pickle.dump(chunk, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.flush()


def _heard() -> Any:
    return pickle.load(sys.stdin.buffer)  # noqa: S301 - it comes from the process that started this one


if __name__ == "__main__":
    main()
