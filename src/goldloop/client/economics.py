"""What labels take and cost, what suggestions save, and the budget. Money is in minor units."""

from pathlib import Path
from typing import Any

from goldloop.client.estimates import EstimateRow
from goldloop.client.wire import Row, Wire, address


class CostRow(Row):
    """Seconds and money of an item or a judgement, in all or in one part."""

    by: str
    name: str
    unit: str
    n: int
    eligible: int
    seconds: float | None = None
    seconds_low: float | None = None
    seconds_high: float | None = None
    money: float | None = None
    money_low: float | None = None
    money_high: float | None = None
    total: float | None = None
    counted: int
    level: float
    because: str | None = None


class SavingRow(EstimateRow):
    """What suggestions save: an amount for a verified item, a share for the programme."""

    of: str
    about: str
    actual: float | None = None
    manual: float | None = None


class BudgetRow(Row):
    """The budget, what is spent, and what everything that is in costs when it is labelled."""

    amount: int | None = None
    currency: str
    until: str | None = None
    spent: float | None = None
    uncounted: int
    left: float | None = None
    waiting: int
    expected: float | None = None
    expected_low: float | None = None
    expected_high: float | None = None
    level: float
    lasts_until: str | None = None
    state: str
    because: str
    days: tuple[dict[str, Any], ...] = ()


class EconomicsView(Row):
    """The page on cost."""

    scope: dict[str, int]
    currency: str
    costs: tuple[CostRow, ...]
    savings: tuple[SavingRow, ...]
    streams: tuple[dict[str, Any], ...]
    budget: BudgetRow

    def cost(self, by: str, name: str, unit: str) -> CostRow:
        """The cost of one part. Raises StopIteration where there is no such part."""
        return next(one for one in self.costs if (one.by, one.name, one.unit) == (by, name, unit))

    def saving(self, of: str, about: str) -> SavingRow:
        """What is saved of seconds or money, about a verified item or the programme."""
        return next(one for one in self.savings if (one.of, one.about) == (of, about))


class Economics:
    """`client.economics`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def get(self, programme: str) -> EconomicsView:
        """What labels take and cost, what suggestions save, and the budget."""
        return self._wire.one(EconomicsView, "GET", address("programmes", programme, "economics"))

    def save(self, programme: str, file: Path | str, *, part: str = "costs") -> Path:
        """Write one part as CSV: costs, savings, streams or days."""
        return self._wire.save(address("programmes", programme, "economics"), file, format="csv", part=part)
