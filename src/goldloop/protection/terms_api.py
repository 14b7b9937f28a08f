"""Routes of data-handling terms: what they say, who accepted them, and accepting them."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from goldloop.core.canonical import digest
from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Forbidden, NotFound
from goldloop.core.nouns import Noun
from goldloop.core.protection import Terms
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import Format, page
from goldloop.store import ledger
from goldloop.store.access import access_programme
from goldloop.store.caller import Caller
from goldloop.store.programmes import ProgrammeRow, policy_in_force, programmes
from goldloop.store.terms import accept, acceptances, accepted_at

routes = APIRouter()


class Accepting(Noun):
    """The version that was read."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": 1}]})

    version: int = Field(ge=1)


@routes.get("/work/terms")
def work_terms(ask: Ask) -> JSONResponse:
    """The terms of every programme that one works in, and which of them one has accepted."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        keys = [key for key in caller.memberships if caller.may(key, "work")]
        if not keys:
            raise Forbidden("you are not on any programme's roster", expected="a role that works")
        rows = []
        for row in programmes(connection, sorted(keys)):
            terms = policy_in_force(connection, row.id).policy.protection.terms
            if terms is not None:
                rows.append(_shown(ask, connection, caller, row, terms))
    return reply({"rows": rows, "next": None})


@routes.get("/programmes/{programme}/terms")
def programme_terms(ask: Ask, programme: str) -> JSONResponse:
    """The terms in force in a programme, and when one accepted them; their version is null where it has none."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="see", or_may="work")
        terms = policy_in_force(connection, row.id).policy.protection.terms
        if terms is not None:
            return reply(_shown(ask, connection, caller, row, terms))
    none = {"version": None, "text": "", "accepted_at": None}
    return reply({"programme_id": ask.ids.show("programme", row.id), "programme": row.name, **none})


@routes.post("/programmes/{programme}/terms")
def accept_terms(ask: Ask, programme: str, body: Accepting) -> JSONResponse:
    """Accept the terms in force, by their version; it stands in the ledger with the digest of their text."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="see", or_may="work")
        caller.require_scope("work")
        terms = _terms(connection, row)
        if body.version != terms.version:
            raise Conflict(
                "these are not the terms in force",
                field="version",
                expected=str(terms.version),
                found=str(body.version),
            )
        seen = digest(terms.text)
        if accept(connection, row.id, caller.actor_id, terms.version, seen, at=at):
            ledger.record(
                connection,
                "terms.accepted",
                programme=row.id,
                actor=caller.actor_id,
                subject=str(caller.actor_id),
                data={"version": terms.version, "text": seen.hex()},
                at=at,
            )
        return reply(_shown(ask, connection, caller, row, terms))


@routes.get("/programmes/{programme}/acceptances")
def programme_acceptances(ask: Ask, programme: str, format: Format = "json") -> Response:
    """The newest version of the terms that each person accepted, and when."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="staff", or_may="verify")
        found = acceptances(connection, row.id)
    rows = [
        {
            "actor_id": ask.ids.show("actor", one.actor_id),
            "who": one.who,
            "version": one.version,
            "accepted_at": one.accepted_at,
        }
        for one in found
    ]
    return page(rows, format=format, name="acceptances")


def _terms(connection: Connection, row: ProgrammeRow) -> Terms:
    terms = policy_in_force(connection, row.id).policy.protection.terms
    if terms is None:
        raise NotFound("this programme has no terms", expected="protection.terms in its file")
    return terms


def _shown(ask: Asking, connection: Connection, caller: Caller, row: ProgrammeRow, terms: Terms) -> dict[str, Any]:
    return {
        "programme_id": ask.ids.show("programme", row.id),
        "programme": row.name,
        "version": terms.version,
        "text": terms.text,
        "accepted_at": accepted_at(connection, row.id, caller.actor_id, terms.version),
    }
