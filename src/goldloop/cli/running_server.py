"""Which server has a data folder open: a small file beside its lock, readable by its owner only."""

import json
import os
from pathlib import Path
from typing import NamedTuple

FILE = "server.json"


class RunningServer(NamedTuple):
    """Where a data folder's server answers, and its process."""

    url: str
    pid: int


def announce(home: Path, url: str) -> None:
    """Write down that this process serves the folder."""
    part = home / f".{FILE}.{os.getpid()}"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump({"url": url, "pid": os.getpid()}, out)
    part.replace(home / FILE)


def withdraw(home: Path) -> None:
    """The folder is served no more."""
    (home / FILE).unlink(missing_ok=True)


def announced(home: Path) -> RunningServer | None:
    """The server that a folder's file names, whether or not it still lives; None where there is none."""
    try:
        found = json.loads((home / FILE).read_text())
        return RunningServer(str(found["url"]), int(found["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
