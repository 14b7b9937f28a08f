"""The accuracy of a programme, with what each number stands for."""

from pathlib import Path
from typing import Any

from goldloop.client.estimates import EstimateRow
from goldloop.client.wire import Row, Wire, address


class AccuracyRow(EstimateRow):
    """The share of right labels in all or in one part: `first` before review, `now` as they stand."""

    stage: str
    by: str
    name: str


class AccuracyView(Row):
    """The page on accuracy: what is covered, every part, and what passing verification means."""

    covered: dict[str, int]
    left_out: tuple[dict[str, Any], ...] = ()
    accuracy: tuple[AccuracyRow, ...]
    gap: dict[str, Any]

    def of(self, by: str = "all", name: str = "", stage: str = "now") -> AccuracyRow:
        """One part. Raises StopIteration where there is no such part."""
        return next(one for one in self.accuracy if (one.by, one.name, one.stage) == (by, name, stage))


class Accuracies:
    """`client.accuracy`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def get(self, programme: str) -> AccuracyView:
        """How many labels are right, over all audited batches."""
        return self._wire.one(AccuracyView, "GET", address("programmes", programme, "accuracy"))

    def save(self, programme: str, file: Path | str) -> Path:
        """Write every part as CSV."""
        return self._wire.save(address("programmes", programme, "accuracy"), file, format="csv")
