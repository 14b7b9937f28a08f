"""Plans: a programme simulated before it starts, from inputs that say where they come from."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Wire, address


class PlanHead(Row):
    """A plan in a list: `kind` is plan or replay."""

    id: str
    name: str
    kind: str
    by: str | None = None
    made_at: int


class Plan(PlanHead):
    """A plan: inputs, warnings and policies; or, of a replay, pairs of batches with what was predicted and measured."""

    digest: str
    runs: int
    seed: int
    level: float
    method: str
    because: str | None = None
    assumptions: str | None = None
    inputs: tuple[dict[str, Any], ...] = ()
    warnings: tuple[dict[str, Any], ...] = ()
    policies: tuple[dict[str, Any], ...] = ()
    sensitivity: dict[str, Any] = {}
    pairs: tuple[dict[str, Any], ...] = ()
    covered: int | None = None
    of: int | None = None

    def policy(self, name: str) -> dict[str, Any]:
        """What a policy came to. Raises StopIteration where it is not in the plan."""
        return next(one for one in self.policies if one["policy"] == name)


class Plans:
    """`client.plans`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def make(
        self,
        yaml: str | None = None,
        *,
        programme: str | None = None,
        name: str = "programme.yaml",
        others: Mapping[str, str] | None = None,
        assumptions: str | None = None,
        file: str = "assumptions.yaml",
        pilot: bool = False,
        runs: int = 200,
        seed: int = 1,
    ) -> Job:
        """Simulate a programme file, or a running programme's file in force, as a job; its result names the plan.

        `others` are files by name that stand beside it. Inputs come from an assumption file, or with `pilot` from the
        programme's own batches; a file beside `pilot` changes what it names.
        """
        body = {
            "yaml": yaml,
            "programme": programme,
            "name": name,
            "others": [{"name": one, "yaml": text} for one, text in (others or {}).items()],
            "assumptions": assumptions,
            "file": file,
            "pilot": pilot,
            "runs": runs,
            "seed": seed,
        }
        return self._wire.one(Job, "POST", address("plans"), json=body)

    def replay(self, programme: str, *, runs: int = 200, seed: int = 1) -> Job:
        """Predict every finished batch from the one before it, as a job; its result names the plan."""
        return self._wire.one(
            Job, "POST", address("programmes", programme, "replay"), json={"runs": runs, "seed": seed}
        )

    def list(self, programme: str) -> "list[PlanHead]":
        """The plans of a programme, newest first."""
        return list(self._wire.rows(PlanHead, address("programmes", programme, "plans")))

    def get(self, plan: str) -> Plan:
        """A plan by its id."""
        return self._wire.one(Plan, "GET", address("plans", plan))

    def save(self, plan: str, file: Path | str, *, part: str = "policies") -> Path:
        """Write one part as CSV: policies, inputs, warnings, sensitivity, sla, capacity or replay."""
        return self._wire.save(address("plans", plan), file, format="csv", part=part)
