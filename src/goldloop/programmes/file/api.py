"""Routes of programmes: the file and its versions, members, the ontology in force."""

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from fastapi import Path as PathParam
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Noun, Role
from goldloop.core.programme_file import read_policy
from goldloop.core.roles import ACTIONS
from goldloop.http import show
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import Format, page
from goldloop.http.routes.jobs import as_job
from goldloop.loop.answers import check_answers
from goldloop.programmes.file.apply import Applied, apply
from goldloop.programmes.overview.line import line_of, progress_of
from goldloop.store import accounts, jobs, ledger
from goldloop.store import programmes as store_programmes
from goldloop.store.access import access_programme, access_release
from goldloop.store.actors import actors
from goldloop.store.caller import Caller
from goldloop.store.people import grant, members, person_row, withdraw_grants
from goldloop.store.programmes import policy_in_force
from goldloop.store.releases import newest_release
from goldloop.store.work import ready_by_queue

routes = APIRouter()
LAST_VERSION = (1 << 31) - 1  # the largest number that both databases hold
EXAMPLE = """programme: support-intents
title: What customers ask
organisation: Acme
raci: {accountable: mona}
task: choice.v1
ontology: {labels: [card_lost, exchange_rate, fraud_report]}
routing: {rules: [{rule: everything, to: annotate, tier: 1}]}
"""


class File(Noun):
    """A programme file; mistakes are told as `name:line`."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"yaml": EXAMPLE}]})

    yaml: str
    name: str = Field(default="programme.yaml", max_length=200)


class Grant(Noun):
    """A role for a person, with the tiers they work at in this programme."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"actor_id": "act_4h8c2m7k9tq3x", "role": "annotator", "tiers": [1, 2]}]}
    )

    actor_id: str
    role: Role
    tiers: tuple[Literal[1, 2, 3], ...] = ()


@routes.get("/programmes")
def programmes(ask: Ask, format: Format = "json") -> Response:
    """The programmes one has a part in, with their numbers."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        found = store_programmes.programmes(connection, caller.programmes())
        rows = [
            line_of(ask.ids, connection, row, at=now()) for row in found if caller.owner or caller.may(row.id, "see")
        ]
    return page(rows, format=format, name="programmes")


@routes.put("/programmes")
def apply_programme(ask: Ask, body: File) -> JSONResponse:
    """Put a programme file in force; the same file again changes nothing."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        return reply(_applied(ask, connection, apply(connection, caller, body.yaml, name=body.name, at=now())))


@routes.post("/programmes/diff")
def diff_programme(ask: Ask, body: File) -> JSONResponse:
    """What applying a file would change, and what the file declares with every default."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        done = apply(connection, caller, body.yaml, name=body.name, at=now(), dry_run=True)
        policy = read_policy(body.yaml, name=body.name).model_dump(mode="json", by_alias=True)
        return reply({**_applied(ask, connection, done), "policy": policy})


@routes.get("/programmes/{programme}")
def one_programme(ask: Ask, programme: str) -> JSONResponse:
    """A programme: its file, its progress, where its work stands."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="see")
        policy = policy_in_force(connection, row.id)
        queues = ready_by_queue(connection, row.id)
        shown = {
            "programme": line_of(ask.ids, connection, row, at=now()),
            "yaml": store_programmes.policy_text(connection, row.id, policy.number),
            "policy": policy.policy.model_dump(mode="json", by_alias=True),
            "progress": show.progress(progress_of(connection, row.id)),
            "queues": [
                {"queue": show.queue_name(queue), "tier": tier, "ready": count}
                for (queue, tier), count in sorted(queues.items())
            ],
            "people": _members(ask, connection, row.id),
            "invited": _invited(ask, connection, row.id) if caller.may(row.id, "staff") else [],
            "ontology_id": ask.ids.show("release", policy.ontology_id),
            "guideline_id": ask.ids.show("release", policy.guideline_id) if policy.guideline_id else None,
            "mark": ask.mark(caller, row.id),
            "may": [action for action in ACTIONS if caller.may(row.id, action)],
        }
    return reply(shown)


@routes.post("/programmes/{programme}/rebuild", status_code=202)
def rebuild_programme(ask: Ask, programme: str) -> JSONResponse:
    """Make every decision anew from the judgements, as a job; what is right stays as it is."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="apply")
        job = jobs.enqueue(connection, "rebuild", {}, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


@routes.get("/programmes/{programme}/versions")
def versions(ask: Ask, programme: str, format: Format = "json") -> Response:
    """The versions of a programme's file, newest first."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        found = store_programmes.versions(connection, row.id)
        names = actors(connection, [one.applied_by for one in found])
        rows = [
            {"number": one.number, "applied_by": names[one.applied_by].name, "applied_at": one.applied_at}
            for one in found
        ]
    return page(rows, format=format, name="versions")


@routes.get("/programmes/{programme}/versions/{number}")
def version(ask: Ask, programme: str, number: Annotated[int, PathParam(ge=1, le=LAST_VERSION)]) -> JSONResponse:
    """One version of a programme's file, as it was applied."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        return reply({"number": number, "yaml": store_programmes.policy_text(connection, row.id, number)})


@routes.get("/programmes/{programme}/members")
def programme_members(ask: Ask, programme: str, format: Format = "json") -> Response:
    """Who has which role in a programme."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        rows = _members(ask, connection, row.id)
    return page(rows, format=format, name="members")


@routes.put("/programmes/{programme}/members")
def grant_role(ask: Ask, programme: str, body: Grant) -> JSONResponse:
    """Give a person a role and the tiers they work at."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="staff")
        key = ask.ids.key("actor", body.actor_id)
        person = person_row(connection, key)
        if beyond := sorted(set(body.tiers) - set(person.person.tiers)):
            raise Invalid(
                "this person does not work at that tier",
                field="tiers",
                expected=f"among {list(person.person.tiers)}",
                found=str(beyond),
            )
        at = now()
        grant(connection, row.id, key, body.role, body.tiers, by=caller.actor_id, at=at)
        data = {"role": body.role, "tiers": list(body.tiers)}
        _record(connection, row.id, caller, "member.granted", key, data, at=at)
        check_answers(connection, row.id, at=at, opens=False)
        return reply({"rows": _members(ask, connection, row.id), "next": None})


@routes.delete("/programmes/{programme}/members/{actor_id}", status_code=204)
def withdraw_member(ask: Ask, programme: str, actor_id: str) -> Response:
    """Take every role of a person in a programme; what they said stays."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="staff")
        key = ask.ids.key("actor", actor_id)
        if withdraw_grants(connection, row.id, key):
            at = now()
            _record(connection, row.id, caller, "member.withdrawn", key, {}, at=at)
            check_answers(connection, row.id, at=at)
    return Response(status_code=204)


@routes.get("/ontologies/{release}")
def ontology(ask: Ask, release: str) -> JSONResponse:
    """An ontology release, with the guidelines in force beside it."""
    with ask.store.read() as connection:
        row = access_release(connection, ask.ids, ask.caller(connection), release, may="see")
        if row.kind != "ontology":
            raise Invalid("this release is no ontology", field="release", expected="an ontology", found=row.kind)
        guideline = newest_release(connection, row.programme_id, "guideline", "guideline")
        clauses = json.loads(guideline.body)["clauses"] if guideline else []
        stamped = [
            {**one, "version": guideline.number if guideline else None, "changed_at": guideline.sealed_at}
            for one in clauses
            if guideline
        ]
        shown = {
            "id": release,
            "number": row.number,
            "labels": json.loads(row.body)["labels"],
            "guidelines": stamped,
        }
    return reply(shown)


def _applied(ask: Asking, connection: Connection, done: Applied) -> dict[str, Any]:
    shown = None
    if done.programme_id is not None:
        shown = line_of(ask.ids, connection, store_programmes.programme_row(connection, done.programme_id), at=now())
    return {
        "programme": shown,
        "number": done.number,
        "changed": done.changed,
        "diff": [one.model_dump(mode="json") for one in done.changes],
    }


def _members(ask: Asking, connection: Connection, programme_id: int) -> list[dict[str, Any]]:
    return [
        {
            "actor_id": ask.ids.show("actor", one.actor_id),
            "name": one.name,
            "role": one.role,
            "tiers": json.loads(one.tiers),
            "simulated": one.simulated,
        }
        for one in members(connection, programme_id)
    ]


def _invited(ask: Asking, connection: Connection, programme_id: int) -> list[dict[str, Any]]:
    """Who gets a role here once they take up their invitation."""
    return [
        {
            "actor_id": ask.ids.show("actor", row.actor_id),
            "name": row.display_name,
            "role": seat.role,
            "tiers": list(seat.tiers),
            "ends_at": one.expires_at,
        }
        for key, one in accounts.pending(connection, at=now()).items()
        for seat in one.seats
        if seat.programme_id == programme_id
        for row in (accounts.account_row(connection, key),)
    ]


def _record(
    connection: Connection, programme_id: int, caller: Caller, kind: str, subject: int, data: dict[str, Any], *, at: int
) -> None:
    ledger.record(
        connection,
        kind,
        programme=programme_id,
        actor=caller.actor_id,
        subject=str(subject),
        data=data,
        at=at,
    )
