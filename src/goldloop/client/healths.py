"""A programme's health: every number of it, and whether it is healthy."""

from pathlib import Path

from goldloop.client.estimates import EstimateRow
from goldloop.client.wire import Row, Wire, address


class Vital(EstimateRow):
    """One number: `n` of `eligible` were counted; `bar` is what it is held against; `href` is the page behind it."""

    key: str
    about: str
    unit: str
    bar: float | None = None
    state: str
    href: str


class Health(Row):
    """How a programme stands, and how many of its numbers are unhealthy, in doubt, unknown and healthy."""

    programme: str
    as_of: int
    currency: str
    counts: dict[str, int]
    rows: tuple[Vital, ...]


class Healths:
    """`client.health`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def get(self, programme: str) -> Health:
        """Every number of a programme's health."""
        return self._wire.one(Health, "GET", address("programmes", programme, "health"))

    def save(self, programme: str, file: Path | str) -> Path:
        """The same as CSV."""
        return self._wire.save(address("programmes", programme, "health"), file, format="csv")
