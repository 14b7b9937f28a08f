"""What showing suggestions does to answers, and the errors that people and models make together."""

from pathlib import Path
from typing import Any

from goldloop.client.estimates import EstimateRow
from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Wire, address


class EffectRow(EstimateRow):
    """One number of one part of the work: with the suggestion shown, hidden, and the difference with its interval."""

    form: str
    by: str
    name: str
    shown: float | None = None
    shown_n: int
    hidden: float | None = None
    hidden_n: int
    between_people: float | None = None


class CaughtRow(EstimateRow):
    """How many planted errors were caught in one part of the work; of a person also how they stand to the others."""

    by: str
    name: str
    adjusted: float | None = None
    unseen: float | None = None
    unseen_low: float | None = None
    unseen_high: float | None = None


class ProfileRow(Row):
    """How long one kind of answer took, in milliseconds."""

    by: str
    name: str
    how: str
    n: int
    timed: int
    p10: float | None = None
    p25: float | None = None
    p50: float | None = None
    p75: float | None = None
    p90: float | None = None
    bars: tuple[int, ...]


class ForecastRow(Row):
    """Which blind share shows an effect of so much; `share` is None where none does at so many items."""

    effect: float
    share: float | None = None
    blind: int | None = None
    power: float
    items: int
    needed: int | None = None
    level: float
    assumed: str
    because: str | None = None


class AnchoringView(Row):
    """The page on anchoring: arms, effects, planted errors, how long answers took, and the forecast."""

    scope: dict[str, int]
    blind_share: float
    probe_share: float = 0.0
    arms: dict[str, Any]
    seen: dict[str, int]
    effects: tuple[EffectRow, ...]
    probes: tuple[CaughtRow, ...] = ()
    profiles: tuple[ProfileRow, ...]
    forecasts: tuple[ForecastRow, ...]

    def effect(self, form: str, by: str = "all", name: str = "") -> EffectRow:
        """The effect of one form on one part. Raises StopIteration where there is no such part."""
        return next(one for one in self.effects if (one.form, one.by, one.name) == (form, by, name))

    def caught(self, by: str = "all", name: str = "") -> CaughtRow:
        """The catch rate of one part. Raises StopIteration where there is no such part."""
        return next(one for one in self.probes if (one.by, one.name) == (by, name))


class ClusterRow(Row):
    """One systematic error: so many of the judged labels of a kind, in a part of the work, are another label."""

    key: str
    dimension: str
    name: str
    said: str
    true: str
    title: str
    wrong: int
    suggested_so: int
    judged: int
    expected: float
    value: float
    low: float
    high: float
    level: float
    adjusted: float
    found: bool
    accepted: int | None = None
    accepted_of: int
    because: str = ""


class Clusters(Row):
    """The systematic errors of a programme's newest batches, the most certain first."""

    scope: dict[str, int]
    judged: int
    because: str | None = None
    method: str
    clusters: tuple[ClusterRow, ...] = ()


class Anchoring:
    """`client.anchoring`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def get(self, programme: str) -> AnchoringView:
        """What showing suggestions does to answers, from the randomised blind share."""
        return self._wire.one(AnchoringView, "GET", address("programmes", programme, "anchoring"))

    def save(self, programme: str, file: Path | str, *, part: str = "effects") -> Path:
        """Write one part as CSV: effects, probes, profiles or forecasts."""
        return self._wire.save(address("programmes", programme, "anchoring"), file, format="csv", part=part)

    def clusters(self, programme: str) -> Clusters:
        """What is labelled wrong systematically, as audits show."""
        return self._wire.one(Clusters, "GET", address("programmes", programme, "clusters"))

    def find_clusters(self, programme: str) -> Job:
        """Look for clusters now and open a brief for each, as a job; it runs after every gate by itself."""
        return self._wire.one(Job, "POST", address("programmes", programme, "clusters"))

    def requeue(self, programme: str, cluster: str) -> Job:
        """Have the accepted labels that share a cluster's signature judged again, unseen, as a job."""
        path = address("programmes", programme, "clusters", "requeue")
        return self._wire.one(Job, "POST", path, json={"cluster": cluster})
