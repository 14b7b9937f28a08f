"""Numbers with what they stand for."""

from goldloop.client.wire import Row


class EstimateRow(Row):
    """A number with its interval, its denominator and its method; `because` says why where there is none."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    n: int
    eligible: int
    method: str
    because: str | None = None
