"""Statements: what a client owes for a month, and what people are paid. Money is in minor units."""

from pathlib import Path
from typing import Any

from goldloop.client.wire import Row, Wire, address
from goldloop.core.errors import Invalid

FORMATS = {".pdf": "pdf", ".csv": "csv", ".json": "json"}


class StatementLine(Row):
    """One line: what is counted, at which price; `adjusts` where it corrects a month that was closed.

    No `amount`: no price is known, and the line is in no total.
    """

    key: str
    kind: str
    about: str
    of: str
    n: int
    active_ms: int | None = None
    price: int | None = None
    amount: int | None = None
    because: str
    batch_id: str | None = None
    adjusts: bool = False


class Statement(Row):
    """A month's statement; `closed_at` is None while it may still change."""

    programme: str
    whose: str
    person_id: str | None = None
    simulated: bool = False
    pays_by: str
    month: str
    zone: str
    first_day: str
    last_day: str
    currency: str
    over: bool
    closed_at: int | None = None
    closed_by: str | None = None
    next_open: bool = False
    total: int
    unpriced: int = 0
    lines: tuple[StatementLine, ...] = ()

    @property
    def adjustments(self) -> tuple[StatementLine, ...]:
        """The lines that correct months that were closed before."""
        return tuple(one for one in self.lines if one.adjusts)


class Statements:
    """`client.statements`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def get(self, programme: str, *, month: str | None = None, person: str | None = None) -> Statement:
        """The client's statement of a month (2026-05, the running one if left out), or with `person` what they get."""
        return self._wire.one(Statement, "GET", _at(programme, person), params={"month": month})

    def close(self, programme: str, month: str) -> Statement:
        """Close the client's statement of a month that is over; it never changes from then on."""
        return self._wire.one(
            Statement, "POST", address("programmes", programme, "statement", "close"), json={"month": month}
        )

    def pay(self, programme: str, *, month: str | None = None) -> list[Row]:
        """What everybody who worked in a month is paid for it."""
        return list(self._wire.rows(Row, address("programmes", programme, "pay"), params={"month": month}))

    def close_pay(self, programme: str, month: str) -> dict[str, Any]:
        """Close everybody's statement of a month that is over; how many were closed."""
        found = self._wire.one(Row, "POST", address("programmes", programme, "pay", "close"), json={"month": month})
        return found.model_dump()

    def mine(self, *, month: str | None = None) -> list[Statement]:
        """One's own statements of a month, one a programme."""
        found = self._wire.one(Row, "GET", address("me", "statements"), params={"month": month})
        return [Statement.model_validate(one) for one in found.model_dump()["statements"]]

    def my_judgements(self, programme: str, *, month: str | None = None) -> list[Row]:
        """Every judgement of one's own that a month's statement counts, and what became of it."""
        path = address("me", "statements", programme, "judgements")
        return list(self._wire.rows(Row, path, params={"month": month}))

    def judgements(self, programme: str, person: str, *, month: str | None = None) -> list[Row]:
        """The same of somebody else, for who staffs the programme."""
        path = address("programmes", programme, "pay", person, "judgements")
        return list(self._wire.rows(Row, path, params={"month": month}))

    def save(self, programme: str, file: Path | str, *, month: str | None = None, person: str | None = None) -> Path:
        """Write a statement to a file, as its ending says: .pdf, .csv or .json. Raises Invalid."""
        path = Path(file)
        if path.suffix not in FORMATS:
            raise Invalid(
                "a statement has no such format", field="file", expected=".pdf, .csv or .json", found=path.name
            )
        return self._wire.save(_at(programme, person), path, format=FORMATS[path.suffix], month=month)


def _at(programme: str, person: str | None) -> str:
    if person is None:
        return address("programmes", programme, "statement")
    if person == "me":
        return address("me", "statements", programme)
    return address("programmes", programme, "pay", person)
