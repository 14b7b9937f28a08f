"""Sources: under which terms items came in."""

from goldloop.client.wire import Row, Wire, address


class SourceRow(Row):
    """One source: what the programme file states of it, what came from it, and the releases that rest on it."""

    name: str
    stated: bool
    title: str
    origin: str
    licence: str | None = None
    consent: str | None = None
    residency: str | None = None
    retention: float | None = None
    contact: str | None = None
    withdrawn: str | None = None
    imports: int
    items: int
    last_at: int | None = None
    releases: tuple[str, ...] = ()


class Sources:
    """`client.sources`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(self, programme: str) -> list[SourceRow]:
        """The sources that a programme states, and those that its items came from without being stated."""
        return list(self._wire.rows(SourceRow, address("programmes", programme, "sources")))
