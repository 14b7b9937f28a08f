"""Looking at a server's memory while something runs."""

import threading
from typing import Self

from bench.server import Server

EVERY_S = 0.25


class Peak:
    """The most memory that a server's processes held during a `with` block, MiB."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="memory watch")
        self.rss_mb = self.own_mb = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        """Looks before it waits: what is over sooner than that was looked at too."""
        over = False
        while not over:
            self.rss_mb = max(self.rss_mb, self._server.rss_mb())
            self.own_mb = max(self.own_mb, self._server.own_mb())
            over = self._over.wait(EVERY_S)
