"""A runner in a process of its own: `python -m goldloop.jobs.child MODULE:HANDLERS`, started by `spawn`.

The settings come as one JSON line on standard input, which then stays open as the sign that the server lives: when
it ends, so does the child, and a job at work goes back to the queue or, if it will not listen, resumes elsewhere
when its lease lapses. A child with nothing to do ends too, so that an idle server is one process.
"""

import gc
import importlib
import json
import logging
import os
import signal
import sys
import threading
import time

from goldloop import kinds
from goldloop.core.settings import Settings
from goldloop.jobs.running import Handlers
from goldloop.jobs.worker import run_worker
from goldloop.store.open import open_store

IDLE_S = 20
COLLECT_AT = (50_000, 20, 100)  # a job makes and drops rows by the thousand; looking for circles cost it a tenth
GRACE_S = 3  # between the server's death and the hard end


def main(composed: str) -> None:
    """Run jobs until idle, told to stop, or orphaned."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s jobs %(message)s")
    settings = Settings.model_validate(json.loads(_line()))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the server, and the server tells its child
    threading.Thread(target=_end_with_server, args=(stop,), name="server watch", daemon=True).start()
    kinds.load_all(settings.allow_kinds)
    handlers = _handlers(composed)
    gc.freeze()  # what is loaded now stays, and need not be looked through at every collection
    gc.set_threshold(*COLLECT_AT)
    store = open_store(settings)
    try:
        run_worker(store, handlers, stop, idle_s=IDLE_S)
    finally:
        store.close()


def _handlers(composed: str) -> Handlers:
    """The mapping that `MODULE:NAME` names."""
    module, _, name = composed.partition(":")
    handlers: Handlers = getattr(importlib.import_module(module), name)
    return handlers


def _line() -> bytes:
    """The first line of standard input, unbuffered: the rest is for the watch."""
    parts = bytearray()
    while (byte := os.read(0, 1)) not in (b"", b"\n"):
        parts += byte
    return bytes(parts)


def _end_with_server(stop: threading.Event) -> None:
    while os.read(0, 1):
        pass
    stop.set()
    time.sleep(GRACE_S)
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
