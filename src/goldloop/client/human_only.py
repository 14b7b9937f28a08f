"""Human-only items: what goes unsuspected, and the proof that people alone labelled the others."""

from pathlib import Path

from goldloop.client.estimates import EstimateRow
from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Wire, address


class MissedRow(EstimateRow):
    """Of the human-only items of one part, the share that no trigger suspected, with exact limits."""

    by: str
    name: str
    missed: int
    caught: int
    omitted: float | None = None
    omitted_low: float | None = None
    omitted_high: float | None = None


class ThresholdRow(Row):
    """The share above which suspicion would have caught what was missed of a label, and what it costs."""

    label: str
    above: float | None = None
    now: float
    missed: int
    caught: int
    more: float | None = None
    because: str


class TriggerRow(Row):
    """How many items a trigger made human-only."""

    rule: str
    items: int


class HumanOnlyView(Row):
    """The page on human-only items."""

    scope: dict[str, int]
    latched: int
    triggers: tuple[TriggerRow, ...] = ()
    line: float | None = None
    misses: tuple[MissedRow, ...]
    thresholds: tuple[ThresholdRow, ...] = ()

    def missed(self, by: str = "all", name: str = "") -> MissedRow:
        """The miss rate of one part. Raises StopIteration where there is no such part."""
        return next(one for one in self.misses if (one.by, one.name) == (by, name))


class HumanOnly:
    """`client.human_only`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def get(self, programme: str) -> HumanOnlyView:
        """What is human-only, and how much of it no trigger suspects."""
        return self._wire.one(HumanOnlyView, "GET", address("programmes", programme, "human-only"))

    def save(self, programme: str, file: Path | str) -> Path:
        """Write the miss rates as CSV."""
        return self._wire.save(address("programmes", programme, "human-only"), file, format="csv")

    def prove(self, programme: str) -> Job:
        """Walk the record for any violation, as a job; its result names each."""
        return self._wire.one(Job, "POST", address("programmes", programme, "human-only", "proof"))
