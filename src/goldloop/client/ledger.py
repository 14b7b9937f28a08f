"""The ledger of a programme: its head, and whether its own arithmetic holds."""

from pathlib import Path
from typing import Any

from goldloop.client.wire import Row, Wire, address
from goldloop.core.nouns import Outcome


class Head(Row):
    """How much is sealed, and the newest block."""

    sealed: int
    unsealed: int
    head: str | None = None


class LedgerReport(Row):
    """What a check found; `unknown` where nothing is sealed yet. `closed`: segments that came from elsewhere."""

    outcome: Outcome
    problems: tuple[dict[str, Any], ...] = ()
    closed: tuple[dict[str, Any], ...] = ()


class Export(Row):
    """Somebody took something out of a programme, or opened a token."""

    id: str
    kind: str
    what: str
    who: str | None = None
    at: int


class Ledger:
    """`client.ledger`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def head(self, programme: str) -> Head:
        """Where the chain stands."""
        return self._wire.one(Head, "GET", address("programmes", programme, "ledger"))

    def segment(self, programme: str, file: Path, *, since: int = 1) -> None:
        """Write the ledger from a block on, to be checked elsewhere: `goldloop ledger check FILE`."""
        self._wire.download(address("programmes", programme, "ledger", "segment"), file, params={"since": since})

    def exports(self, programme: str) -> list[Export]:
        """What was taken out of a programme and which tokens were opened, newest first."""
        return list(self._wire.rows(Export, address("programmes", programme, "exports")))

    def verify(self, programme: str) -> LedgerReport:
        """Check every event and block, and the judgements committed to in it."""
        return self._wire.one(LedgerReport, "POST", address("programmes", programme, "ledger", "verify"), again=True)
