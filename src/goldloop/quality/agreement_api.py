"""Routes of agreement: of a batch, person by person; of a programme, by task type, label and slice."""

from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.ids import Ids
from goldloop.core.nouns import Evidence, Spec
from goldloop.core.policy import Policy
from goldloop.http.asking import Ask
from goldloop.http.paging import Format, page
from goldloop.quality.agreement_rules import pooled
from goldloop.quality.pairs import LEVEL, METHOD, pairs
from goldloop.store.access import access_batch, access_programme
from goldloop.store.actors import actors
from goldloop.store.agreement import answered_both
from goldloop.store.batches import batches
from goldloop.store.evidence import newest_of_batches
from goldloop.store.programmes import policy_in_force

routes = APIRouter()
AGREEMENT = Spec(name="agreement.v1")


@routes.get("/programmes/{programme}/agreement")
def programme_agreement(ask: Ask, programme: str, format: Format = "json") -> Response:
    """Agreement over the batches of a programme by task type, label and slice, beside the floor of the task type."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        rows = agreement_over(connection, ask.ids, row.id)
    return page(rows, format=format, name="agreement")


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


@routes.get("/batches/{batch}/agreement")
def batch_agreement(ask: Ask, batch: str, format: Format = "json") -> Response:
    """How often every two people gave equal answers to items that both answered independently."""
    with ask.store.read() as connection:
        row = access_batch(connection, ask.ids, ask.caller(connection), batch, may="see")
        found = pairs(answered_both(connection, row.id))
        names = actors(connection, sorted({key for one in found for key in (one.first, one.second)}))

    def who(key: int) -> dict[str, Any]:
        return {"id": ask.ids.show("actor", key), "name": names[key].name, "simulated": names[key].simulated}

    rows = [
        {
            "first": who(one.first),
            "second": who(one.second),
            "n": one.n,
            "same": one.same,
            "share": one.same / one.n,
            "low": one.low,
            "high": one.high,
            "level": LEVEL,
            "kappa": one.kappa,
            "because": one.because,
            "method": METHOD,
        }
        for one in found
    ]
    return page(rows, format=format, name="agreement")
