"""Training runs: which releases a model learnt from, what evaluations found of it, and what a regression comes from."""

from collections.abc import Mapping, Sequence
from typing import Any

from goldloop.client.findings import SliceFound
from goldloop.client.wire import Row, Wire, address, read


class RunRelease(Row):
    """A release that a run learnt from."""

    id: str
    name: str
    number: int


class RunResult(Row):
    """A share of `n` that an evaluation found, everywhere or in a slice, with its interval."""

    evaluation: str
    measure: str
    slice: dict[str, str] = {}
    value: float
    n: int
    low: float | None = None
    high: float | None = None
    level: float
    interval_method: str
    evaluated_at: int


class Run(Row):
    """A training run."""

    id: str
    name: str
    source: str
    code: str | None = None
    model: str | None = None
    params: dict[str, Any] = {}
    releases: tuple[RunRelease, ...]
    trained_at: int
    results: tuple[RunResult, ...] = ()


class RunFinding(SliceFound):
    """A slice of an evaluation of a run's model against its floor, and the brief that this opened or closed."""

    measure: str


class RegressionPart(Row):
    """The new labels that have one thing in common, beside the other new labels."""

    facet: str
    name: str
    id: str | None = None
    rows: int
    share: float
    audited: int
    wrong: int
    error: float | None = None
    low: float | None = None
    high: float | None = None
    got_worse: int | None = None
    got_worse_of: int | None = None
    adjusted_wrong: float
    adjusted_got_worse: float
    found: bool


class ResultChange(Row):
    """A number that two runs have in common; `worse` where its intervals lie apart."""

    evaluation: str
    measure: str
    slice: dict[str, str] = {}
    before: float
    after: float
    change: float
    worse: bool


class Regression(Row):
    """What lies between two training runs; `parts` begins with what stands out."""

    before: str
    after: str
    releases: tuple[dict[str, Any], ...]
    other_changes: tuple[dict[str, Any], ...] = ()
    results: tuple[ResultChange, ...] = ()
    new_labels: int
    audited: int
    wrong: int
    parts: tuple[RegressionPart, ...] = ()
    method: str
    because: str | None = None


class Runs:
    """`client.runs`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(self, programme: str, *, release: str | None = None) -> list[Run]:
        """The training runs of a programme, newest first; or those that learnt from one release."""
        return list(self._wire.rows(Run, address("programmes", programme, "runs"), params={"release": release}))

    def get(self, run: str) -> Run:
        """One training run."""
        return self._wire.one(Run, "GET", address("runs", run))

    def record(
        self,
        programme: str,
        name: str,
        releases: Sequence[str],
        *,
        code: str | None = None,
        model: str | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Run:
        """Record that a model was trained on releases (ids, NAME@NUMBER or digests). Told twice, it is the same run.

        Raises Conflict where the name stands for another run.
        """
        asked = {"name": name, "releases": list(releases), "code": code, "model": model, "params": dict(params or {})}
        return self._wire.one(Run, "POST", address("programmes", programme, "runs"), json=asked)

    def record_mlflow(self, programme: str, run: Mapping[str, Any]) -> Run:
        """Record a finished run as MLflow's `runs/get` answers, or as its client's `run.to_dictionary()` gives."""
        return self._wire.one(Run, "POST", address("programmes", programme, "runs", "mlflow"), json=dict(run))

    def record_openlineage(self, programme: str, event: Mapping[str, Any]) -> Run:
        """Record the COMPLETE event of an OpenLineage run."""
        return self._wire.one(Run, "POST", address("programmes", programme, "runs", "openlineage"), json=dict(event))

    def evaluated(
        self,
        run: str,
        evaluation: str,
        results: Sequence[Mapping[str, Any]],
        *,
        floor: float | None = None,
        least: int = 30,
    ) -> list[RunFinding]:
        """Record what an evaluation found: `right` of `n`, everywhere or in a `slice` such as {"label": "refund"}.

        With a `floor`, a slice that lies below it opens a brief, and a later evaluation closes it: by the same rule as
        `client.findings.report`. The answer is every slice against its floor.
        """
        asked: dict[str, Any] = {"evaluation": evaluation, "results": [dict(one) for one in results], "least": least}
        asked |= {"floor": floor} if floor is not None else {}
        told = self._wire.ask("POST", address("runs", run, "results"), json=asked)
        return [read(RunFinding, one) for one in told["findings"]]

    def regression(self, run: str, *, since: str | None = None) -> Regression:
        """What lies between a run and an earlier one: its new labels by whose they are, code and parameters."""
        path = address("runs", run, "regression")
        return self._wire.one(Regression, "GET", path, params={"since": since})
