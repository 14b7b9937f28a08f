"""Agreement over the batches of a programme: their evidence pooled by task type, label and slice."""

from typing import Any

from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.ids import Ids
from goldloop.core.nouns import Evidence, Spec
from goldloop.core.policy import Policy
from goldloop.quality.agreement.rules import pooled
from goldloop.store.batches import batches
from goldloop.store.evidence import newest_of_batches
from goldloop.store.programmes import policy_in_force

AGREEMENT = Spec(name="agreement.v1")


def agreement_over(connection: Connection, ids: Ids, programme_id: int) -> list[dict[str, Any]]:
    """Agreement over the batches of a programme: a row for each task type, then for its labels and slices."""
    policy = policy_in_force(connection, programme_id).policy
    spec = families.measure.build(AGREEMENT).spec
    found = newest_of_batches(connection, ids, programme_id, spec)
    tasks = {one.id: one.task for one in batches(connection, programme_id)}
    parts: dict[tuple[str, str, str], list[Evidence]] = {}
    for key, measured in found.items():
        for one in measured:
            ((by, name),) = one.slice.items() or (("task", ""),)
            parts.setdefault((tasks[key], by, name), []).append(one)
    return [
        {
            "task": Spec.model_validate_json(task).name,
            "by": by,
            "name": name or Spec.model_validate_json(task).name,
            **pooled(measured).model_dump(mode="json"),
            "floor": _floor(policy, task) if by == "task" else None,
        }
        for (task, by, name), measured in sorted(
            parts.items(), key=lambda one: (one[0][0], one[0][1] != "task", one[0])
        )
    ]


def _floor(policy: Policy, task: str) -> float:
    """The floor that a gate of the programme draws for agreement, else what the task type should reach."""
    for gate in policy.gates_of_batches:
        for spec in gate.checks:
            if spec.name == "floor.v1" and families.check.build(spec).needs() == (
                families.measure.build(AGREEMENT).spec,
            ):
                return float(spec.params["at"])
    return families.task.build(Spec.model_validate_json(task)).agreement_floor
