"""Routes of the learning loop: rounds so far, and the next one."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from goldloop.core.errors import NotFound
from goldloop.core.nouns import Noun
from goldloop.core.spec_field import SpecField
from goldloop.http.asking import Ask, reply
from goldloop.http.routes.jobs import as_job
from goldloop.labelling.learning.rounds import learning_page
from goldloop.labelling.learning.selection import SELECTIONS, selection_of
from goldloop.store import jobs
from goldloop.store.access import access_programme
from goldloop.store.programmes import policy_in_force

routes = APIRouter()


class NextRound(Noun):
    """Which items to label next."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"strategy": "margin.v1", "size": 500, "random": 0.2}]})

    strategy: SpecField = Field(description="a selection, with its parameters")
    size: int = Field(ge=2, le=100_000)
    random: float = Field(
        default=0.2, ge=0, le=1, description="share drawn at random: what the rest is measured against"
    )
    model: str | None = Field(default=None, description="whose suggestions; the routing model if left out")
    second: str | None = Field(default=None, description="for a committee; the second model if left out")


@routes.get("/programmes/{programme}/learning")
def learning(ask: Ask, programme: str) -> JSONResponse:
    """Rounds of learning: what chose them, and automation and error on the random arm of each; and the selections."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        found = learning_page(connection, ask.ids, row.id)
    kinds = [
        {"name": name, "doc": (kind.__doc__ or "").strip(), "params": kind.model_json_schema().get("properties", {})}
        for name, kind in SELECTIONS.items()
    ]
    return reply({**found, "selections": kinds})


@routes.post("/programmes/{programme}/learning", status_code=202)
def begin_round(ask: Ask, programme: str, body: NextRound) -> JSONResponse:
    """Choose what people label next, and open it as a batch with a random arm, as a job."""
    strategy = selection_of(body.strategy)
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="import")
        policy = policy_in_force(connection, row.id)
        for field, name in (("model", body.model), ("second", body.second)):
            if name is not None and name not in policy.policy.models:
                known = ", ".join(sorted(policy.policy.models)) or "none"
                raise NotFound("this programme has no such model", field=field, expected=f"one of {known}", found=name)
        args: dict[str, Any] = {
            "programme": row.id,
            "strategy": strategy.spec.model_dump(mode="json"),
            "size": body.size,
            "random": body.random,
            "model": body.model,
            "second": body.second,
        }
        job = jobs.enqueue(connection, "learn_next", args, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)
