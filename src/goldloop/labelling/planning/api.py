"""Routes of plans: a programme simulated before it starts, or held against its own history."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from goldloop.core.assumptions import Assumptions
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Noun
from goldloop.core.programme_file import read_document, read_noun, read_policy
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import Format, page
from goldloop.http.routes.jobs import as_job
from goldloop.store import jobs
from goldloop.store.access import access_plan, access_programme
from goldloop.store.actors import actors
from goldloop.store.caller import Caller
from goldloop.store.plans import PlanHead, newest_plans
from goldloop.store.programmes import find_programme, policy_in_force, policy_text

routes = APIRouter()
PARTS = ("policies", "inputs", "warnings", "sensitivity", "sla", "capacity", "replay")
MOST_POLICIES = 8
IN_FORCE = "in force"


class Other(Noun):
    """A policy that stands beside the one that is planned."""

    name: str = Field(min_length=1, max_length=200, description="what the file is called")
    yaml: str


class NewPlan(Noun):
    """What to simulate: a programme file, policies beside it, and what is assumed or measured."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"programme": "prg_4h8c2m7k9tq3x", "pilot": True}]})

    programme: str | None = Field(default=None, description="a running programme; its file in force, if `yaml` is out")
    yaml: str | None = Field(default=None, description="a programme file, of a programme that need not be there yet")
    name: str = Field(default="programme.yaml", min_length=1, max_length=200, description="what the file is called")
    others: tuple[Other, ...] = Field(default=(), max_length=MOST_POLICIES - 1)
    assumptions: str | None = Field(default=None, description="an assumption file; with `pilot`, only what it changes")
    file: str = Field(default="assumptions.yaml", max_length=200, description="what the assumption file is called")
    pilot: bool = Field(default=False, description="measure the inputs on the programme's own batches")
    runs: int = Field(default=200, ge=20, le=2000)
    seed: int = Field(default=1, ge=0, le=2**31 - 1)


class Replay(Noun):
    """How history is replayed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})

    runs: int = Field(default=200, ge=20, le=2000)
    seed: int = Field(default=1, ge=0, le=2**31 - 1)


@routes.post("/plans", status_code=202)
def make_plan(ask: Ask, body: NewPlan) -> JSONResponse:
    """Simulate a programme, as a job; its result names the plan. A programme that is not there yet is an owner's."""
    given = tuple(one.name for one in body.others)
    if len({body.name, *given}) != len(given) + 1:
        raise Invalid("every policy needs a name of its own", field="others", found=", ".join((body.name, *given)))
    for one in body.others:
        read_policy(one.yaml, name=one.name)
    if body.assumptions is None and not body.pilot:
        raise Invalid(
            "a plan needs inputs", field="assumptions", expected="an assumption file, or `pilot`", found="none"
        )
    if body.assumptions is not None and not body.pilot:
        read_noun(body.assumptions, Assumptions, name=body.file)
    if body.assumptions is not None and body.pilot:
        read_document(body.assumptions, name=body.file)
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        programme_id, name, yaml = _planned(ask, connection, caller, body)
        if body.pilot and programme_id is None:
            raise Invalid("nothing was measured of it yet", field="pilot", expected="a programme that runs", found=name)
        called = body.name if body.yaml is not None else IN_FORCE
        args = {
            "programme": programme_id,
            "name": name,
            "policies": [{"name": called, "yaml": yaml}, *(one.model_dump() for one in body.others)],
            "assumptions": body.assumptions,
            "file": body.file,
            "pilot": body.pilot,
            "replay": False,
            "runs": body.runs,
            "seed": body.seed,
        }
        job = jobs.enqueue(connection, "plan", args, programme=programme_id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


@routes.post("/programmes/{programme}/replay", status_code=202)
def replay_programme(ask: Ask, programme: str, body: Replay) -> JSONResponse:
    """Predict every finished batch of a programme from the one before it, as a job; its result names the plan."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="gate")
        args = {"programme": row.id, "name": row.name, "replay": True, **body.model_dump()}
        job = jobs.enqueue(connection, "plan", args, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


@routes.get("/programmes/{programme}/plans")
def programme_plans(ask: Ask, programme: str, format: Format = "json") -> Response:
    """The plans of a programme, newest first."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        found = newest_plans(connection, row.id)
        who = actors(connection, [one.made_by for one in found if one.made_by is not None])
        rows = [_head(ask, one, who[one.made_by].name if one.made_by is not None else None) for one in found]
    return page(rows, format=format, name="plans")


@routes.get("/plans/{plan}")
def show_plan(
    ask: Ask,
    plan: str,
    part: Annotated[str, Query(description=f"of a CSV: one of {', '.join(PARTS)}")] = "policies",
    format: Format = "json",
) -> Response:
    """A plan: its inputs with where each comes from, warnings, every policy, sensitivity; or a replay."""
    with ask.store.read() as connection:
        row = access_plan(connection, ask.ids, ask.caller(connection), plan)
        by = actors(connection, [row.made_by])[row.made_by].name if row.made_by is not None else None
    head = _head(ask, PlanHead(row.id, row.name, row.kind, row.made_by, row.made_at), by)
    doc = json.loads(row.doc)
    if format == "csv":
        return page(part_of(doc, part), format="csv", name=f"plan-{part}")
    return reply({**head, **doc})


def part_of(doc: dict[str, Any], part: str) -> list[dict[str, Any]]:
    """One part of a plan as flat rows. Raises Invalid for a part that there is not."""
    if part not in PARTS:
        raise Invalid("a plan has no such part", field="part", expected=f"one of {', '.join(PARTS)}", found=part[:40])
    policies: list[dict[str, Any]] = doc.get("policies", [])
    if part == "policies":
        lists = ("rules", "works", "sla", "capacity")
        return [{key: value for key, value in one.items() if key not in lists} for one in policies]
    if part == "sensitivity":
        found = doc.get("sensitivity", {"inputs": []})
        return [{"policy": found["policy"], **one} for one in found["inputs"]]
    if part == "sla":
        return [{"policy": one["policy"], **risk} for one in policies for risk in one["sla"]]
    if part == "capacity":
        return [
            {"policy": one["policy"], "factor": surge["factor"], **tier}
            for one in policies
            for surge in one["capacity"]["surges"]
            for tier in surge["tiers"]
        ]
    if part == "replay":
        return [
            {"from": one["from"], "batch": one["batch"], **line}
            for one in doc.get("pairs", [])
            for line in one["lines"]
        ]
    rows: list[dict[str, Any]] = doc.get(part, [])
    return rows


def _planned(ask: Asking, connection: Connection, caller: Caller, body: NewPlan) -> tuple[int | None, str, str]:
    """The programme that is planned, its name and its file."""
    if body.programme is not None:
        row = access_programme(connection, ask.ids, caller, body.programme, may="gate")
        if body.yaml is None:
            number = policy_in_force(connection, row.id).number
            return row.id, row.name, policy_text(connection, row.id, number)
        said = read_policy(body.yaml, name=body.name).programme
        if said != row.name:
            raise Invalid("this is the file of another programme", field="yaml", expected=row.name, found=said)
        return row.id, row.name, body.yaml
    if body.yaml is None:
        raise Invalid(
            "there is nothing to plan", field="yaml", expected="a programme file, or `programme`", found="none"
        )
    name = read_policy(body.yaml, name=body.name).programme
    if find_programme(connection, name) is None:
        caller.require_owner()
        return None, name, body.yaml
    return access_programme(connection, ask.ids, caller, name, may="gate").id, name, body.yaml


def _head(ask: Asking, one: PlanHead, by: str | None) -> dict[str, Any]:
    return {"id": ask.ids.show("plan", one.id), "name": one.name, "kind": one.kind, "by": by, "made_at": one.made_at}
