"""Weekly digests of a programme."""

from collections.abc import Iterator
from typing import Any

from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Wire, address


class DigestRow(Row):
    """What a week changed: for whom it was told, how much of each, and all of it in `doc`."""

    id: str
    first_day: str
    last_day: str
    informed: tuple[str, ...] = ()
    made_at: int
    counts: dict[str, int]
    doc: dict[str, Any]


class Digests:
    """`client.digests`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(self, programme: str) -> Iterator[DigestRow]:
        """The digests of a programme, the newest week first, page by page."""
        return self._wire.rows(DigestRow, address("programmes", programme, "digests"))

    def look(self, programme: str) -> Job:
        """Look now for what has lapsed, and make the digest of the last week unless it is made."""
        return self._wire.one(Job, "POST", address("programmes", programme, "digests"))
