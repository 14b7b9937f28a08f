"""Confidence: reliability, recalibration, calibration samples, thresholds that keep a bound; and policies tried."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from goldloop.client.jobs import Job
from goldloop.client.programmes import Change
from goldloop.client.wire import Row, Wire, address


class Reliable(Row):
    """How far a confidence can be believed: calibration error with its interval, and the curve; None with because."""

    n: int
    eligible: int
    ece: float | None = None
    ece_low: float | None = None
    ece_high: float | None = None
    accuracy: float | None = None
    accuracy_low: float | None = None
    accuracy_high: float | None = None
    confidence: float | None = None
    level: float
    method: str | None = None
    because: str | None = None
    curve: tuple[dict[str, Any], ...] = ()


class Part(Reliable):
    """The same for one label, or one value of a slice."""

    by: str
    name: str


class Reliability(Row):
    """As stated and after recalibration, with the answers it rests on by source, and what was left out."""

    method: str
    sources: dict[str, int]
    left_out: dict[str, int]
    simulated: int
    before: Reliable
    after: Reliable | None = None


class RecalibrationRow(Row):
    """A fitted map of a model version."""

    number: int
    kind: str
    map: dict[str, Any]
    n: int
    sources: dict[str, int]
    losses: dict[str, float]
    because: str
    fitted_by: str
    fitted_at: int
    in_force: bool


class SampleRow(Row):
    """A calibration sample that was drawn: `known` of its items had a label from people already."""

    model: str
    version: str
    batch_id: str
    drawn: int
    known: int
    frame: int


class BoundRow(Row):
    """A designed bound: thresholds by group with their evidence, cost, likeness to what waits, and the promise."""

    number: int
    asked: dict[str, Any]
    model: dict[str, str]
    recalibration: int | None = None
    sample: dict[str, Any]
    groups: tuple[dict[str, Any], ...]
    prices: dict[str, Any]
    open: dict[str, Any]
    shift: dict[str, Any]
    caution: str | None = None
    replaced: tuple[str, ...] = ()
    routing: dict[str, Any]
    promise: str
    replaces: int | None = None
    designed_by: str
    designed_at: int
    adopted_by: str | None = None
    adopted_at: int | None = None
    tighten: bool = False
    checks: tuple[dict[str, Any], ...] = ()


class BoundFile(Row):
    """The programme file as adopting a bound would make it, and what that changes."""

    yaml: str
    changes: tuple[Change, ...] = ()


class Adopted(Row):
    """A bound that was put in force as a version of the programme file."""

    number: int
    version: int
    changes: tuple[Change, ...] = ()


class ConfidenceView(Row):
    """Everything about the confidence of one model version; `model` is None where none has spoken."""

    models: tuple[dict[str, Any], ...] = ()
    model: dict[str, str] | None = None
    because: str | None = None
    reliability: Reliability | None = None
    after_by: int | None = None
    slices: tuple[str, ...] = ()
    recalibrations: tuple[RecalibrationRow, ...] = ()
    in_force: int | None = None
    sample: dict[str, Any] | None = None
    sample_size: int | None = None
    bound: BoundRow | None = None


class Trial(Row):
    """What a policy would have done with a batch, beside what was done."""

    items: int
    changed: int
    flows: tuple[dict[str, Any], ...]
    load: tuple[dict[str, Any], ...]
    cost_was: float | None = None
    cost_now: float | None = None
    prices: dict[str, Any]
    currency: str
    confidence: str
    unasked: int
    unasked_because: str | None = None


class ChangedRow(Row):
    """An item that would go elsewhere: rule, queue and tier then and now."""

    item_id: str
    external_id: str
    was: dict[str, Any]
    now: dict[str, Any]
    confidence: float | None = None
    calibrated: float | None = None


class Explained(Row):
    """Why an item goes where it goes: the rules in the order in which they were looked at."""

    item_id: str
    rule: str
    to: str
    tier: int
    confidence: float | None = None
    calibrated: float | None = None
    recalibration: int | None = None
    suggested: tuple[str, ...] | None = None
    looked_at: tuple[dict[str, Any], ...]
    unasked: bool


class Confidence:
    """`client.confidence`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def get(self, programme: str, *, model: str | None = None, version: str | None = None) -> ConfidenceView:
        """How far a model version's confidence can be believed; of the newest one that routes, if none is named."""
        params = {"model": model, "version": version}
        return self._wire.one(
            ConfidenceView, "GET", address("programmes", programme, "confidence"), params=_said(params)
        )

    def parts(
        self, programme: str, *, by: str = "label", model: str | None = None, version: str | None = None
    ) -> Iterator[Part]:
        """The same for every label, or every value of a slice."""
        params = _said({"by": by, "model": model, "version": version})
        return self._wire.rows(Part, address("programmes", programme, "confidence", "parts"), params=params)

    def fit(self, programme: str, *, model: str | None = None, version: str | None = None) -> RecalibrationRow:
        """Fit the next recalibration of a version. Raises Conflict, with the reason, for what cannot be calibrated."""
        body = _said({"model": model, "version": version})
        path = address("programmes", programme, "confidence", "recalibrations")
        return self._wire.one(RecalibrationRow, "POST", path, json=body)

    def use(
        self,
        programme: str,
        number: int | None,
        *,
        because: str,
        model: str | None = None,
        version: str | None = None,
    ) -> None:
        """Have a version routed by one of its maps from now on; None: by what it states."""
        body = {**_said({"model": model, "version": version}), "number": number, "because": because}
        self._wire.one(Row, "PUT", address("programmes", programme, "confidence", "recalibration"), json=body)

    def sample(
        self,
        programme: str,
        *,
        size: int | None = None,
        alpha: float = 0.05,
        tier: int = 3,
        model: str | None = None,
        version: str | None = None,
    ) -> SampleRow:
        """Draw a calibration sample and open blind work on it; as large as `alpha` needs, if no size is said."""
        body = _said({"model": model, "version": version, "size": size}) | {"alpha": alpha, "tier": tier}
        return self._wire.one(SampleRow, "POST", address("programmes", programme, "confidence", "sample"), json=body)

    def design(
        self,
        programme: str,
        *,
        alpha: float,
        confidence: float = 0.95,
        groups: Mapping[str, Sequence[str]] | None = None,
        to: Literal["verify", "accept"] = "verify",
        tier: int = 1,
        prices: Mapping[str, float] | None = None,
        model: str | None = None,
        version: str | None = None,
    ) -> BoundRow:
        """Design the cheapest thresholds that keep a bound; nothing is changed yet."""
        body: dict[str, Any] = {"alpha": alpha, "confidence": confidence, "to": to, "tier": tier}
        body |= {"groups": {name: list(labels) for name, labels in (groups or {}).items()}}
        body |= _said({"prices": dict(prices) if prices else None, "model": model, "version": version})
        return self._wire.one(BoundRow, "POST", address("programmes", programme, "confidence", "bounds"), json=body)

    def bound(self, programme: str, number: int) -> BoundRow:
        """A designed bound, with its last checks."""
        return self._wire.one(BoundRow, "GET", address("programmes", programme, "confidence", "bounds", str(number)))

    def bounds(self, programme: str) -> list[Row]:
        """The bounds that were designed, newest first."""
        return list(self._wire.rows(Row, address("programmes", programme, "confidence", "bounds")))

    def file(self, programme: str, number: int) -> BoundFile:
        """The programme file as adopting a bound would make it: to look at, or to commit."""
        path = address("programmes", programme, "confidence", "bounds", str(number), "file")
        return self._wire.one(BoundFile, "GET", path)

    def adopt(self, programme: str, number: int, *, tighten: bool = False, because: str = "") -> Adopted:
        """Put a bound's thresholds in force as the next version of the programme file."""
        path = address("programmes", programme, "confidence", "bounds", str(number), "adopt")
        return self._wire.one(Adopted, "POST", path, json={"tighten": tighten, "because": because})

    def check(self, programme: str) -> Job:
        """Check the bound in force against the answers since it was adopted, as a job."""
        return self._wire.one(Job, "POST", address("programmes", programme, "confidence", "check"))


class Policies:
    """`client.policies`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def dry_run(self, programme: str, batch: str, yaml: str | None = None, *, name: str = "programme.yaml") -> Trial:
        """What a policy would have done with a batch; the one in force, if no file is given."""
        path = address("programmes", programme, "policies", "dry-run")
        return self._wire.one(Trial, "POST", path, json=_said({"batch": batch, "yaml": yaml, "name": name}))

    def changed(
        self, programme: str, batch: str, yaml: str | None = None, *, name: str = "programme.yaml"
    ) -> Iterator[ChangedRow]:
        """The items that would go elsewhere."""
        path, after = address("programmes", programme, "policies", "dry-run", "items"), None
        while True:
            params = _said({"after": after, "limit": 1000})
            body = _said({"batch": batch, "yaml": yaml, "name": name})
            found = self._wire.one(_Page, "POST", path, json=body, params=params)
            yield from found.rows
            after = found.next
            if after is None:
                return

    def explain(self, item: str, yaml: str | None = None, *, name: str = "programme.yaml") -> Explained:
        """Why an item goes where it goes: the rules in order, and why each does or does not match."""
        body = _said({"yaml": yaml, "name": name})
        return self._wire.one(Explained, "POST", address("items", item, "routing"), json=body)


class _Page(Row):
    rows: tuple[ChangedRow, ...]
    next: str | None = None


def _said(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}
