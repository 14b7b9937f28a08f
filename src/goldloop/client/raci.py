"""RACI: who answers for what in a programme, and who of them is not there."""

from goldloop.client.wire import Row, Wire, address


class Missing(Row):
    """Somebody who has a part in an obligation and is not there for it."""

    name: str
    part: str
    because: str


class ObligationRow(Row):
    """One obligation, by sign-in names."""

    obligation: str
    accountable: str
    responsible: tuple[str, ...] = ()
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()


class RaciTable:
    """`client.raci`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(self, programme: str) -> list[ObligationRow]:
        """Every obligation of a programme with its people."""
        return list(self._wire.rows(ObligationRow, address("programmes", programme, "raci")))
