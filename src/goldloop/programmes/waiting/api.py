"""The route of what waits for one's word."""

from fastapi import APIRouter, Response

from goldloop.http.asking import Ask
from goldloop.http.paging import Format, page
from goldloop.programmes.waiting.waiting import waiting

routes = APIRouter()


@routes.get("/me/waiting")
def what_waits(ask: Ask, format: Format = "json") -> Response:
    """What waits for one's word in all programmes: proposals on which one is consulted, batches to sign off."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        caller.require_scope("read")
        found = waiting(connection, caller)
    rows = [
        {
            "kind": one.kind,
            "programme": one.programme.name,
            "id": ask.ids.show("proposal" if one.kind == "proposal" else "batch", one.key),
            "name": one.name,
            "because": one.because,
            "since": one.since,
        }
        for one in found
    ]
    return page(rows, format=format, name="waiting")
