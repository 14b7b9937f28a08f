"""Coverage: what a dataset holds beside what it should."""

from collections.abc import Mapping

from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Wire, address


class GapRow(Row):
    """One slice of a dataset beside its target; `gap` in points of share, with its interval."""

    slice: str
    value: str
    share: float | None = None
    target: float
    gap: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    count: int
    n: int
    eligible: int
    healthy: bool | None = None
    method: str
    because: str


class CoverageView(Row):
    """What was last measured of a dataset against a target; the largest lack first."""

    of: str
    against: str
    measured_at: int | None = None
    rows: tuple[GapRow, ...] = ()


class Coverage:
    """`client.coverage`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def get(self, programme: str, *, of: str = "labels", against: str = "target") -> CoverageView:
        """What was last measured: of `labels` or of a dataset by name, against the `target` or against `production`."""
        path = address("programmes", programme, "coverage")
        return self._wire.one(CoverageView, "GET", path, params={"of": of, "against": against})

    def measure(
        self, programme: str, *, of: str = "labels", counts: Mapping[str, Mapping[str, int]] | None = None
    ) -> Job:
        """Measure it now, against the declared target or against counts of production by slice and value."""
        asked = {"of": of, "counts": counts}
        return self._wire.one(Job, "POST", address("programmes", programme, "coverage"), json=asked)
