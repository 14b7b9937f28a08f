"""Organisations, and who may see the roster of them."""

from typing import Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict

from goldloop.core.clock import now
from goldloop.core.errors import Forbidden
from goldloop.core.nouns import Noun
from goldloop.core.roles import can
from goldloop.http.asking import Ask, reply
from goldloop.http.paging import Format, page
from goldloop.http.routes.session import Line
from goldloop.store import people as store_people
from goldloop.store.caller import Caller

routes = APIRouter()


class NewOrganisation(Noun):
    """An organisation that owns people and programmes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Acme", "kind": "enterprise"}]})

    name: Line
    kind: Literal["enterprise", "provider", "client"]


@routes.get("/organisations")
def organisations(ask: Ask, format: Format = "json") -> Response:
    """Every organisation for an owner; one's own for who staffs a programme."""
    with ask.store.read() as connection:
        caller = staff(ask.caller(connection))
        rows = [
            row for row in store_people.organisations(connection) if caller.owner or row[0] == caller.organisation_id
        ]
        shown = [{"id": ask.ids.show("organisation", key), "name": name, "kind": kind} for key, name, kind in rows]
    return page(shown, format=format, name="organisations")


@routes.post("/organisations", status_code=201)
def add_organisation(ask: Ask, body: NewOrganisation) -> JSONResponse:
    """Add an organisation."""
    with ask.store.write() as connection:
        ask.caller(connection).require_owner()
        key = store_people.organisation_key(connection, body.name, body.kind, at=now())
        return reply({"id": ask.ids.show("organisation", key), "name": body.name, "kind": body.kind}, 201)


def staff(caller: Caller) -> Caller:
    """The roster is for owners and for those who staff a programme."""
    caller.require_scope("read")
    if not caller.owner and not staffed(caller):
        raise Forbidden("your role does not allow this", expected="staff")
    return caller


def staffed(caller: Caller) -> list[int]:
    """The programmes that somebody staffs."""
    return [key for key, mine in caller.memberships.items() if can(mine.roles, "staff")]
