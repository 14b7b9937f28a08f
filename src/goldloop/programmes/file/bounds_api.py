"""Routes that put a designed bound into the programme file: the file and its diff first, then the adoption."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from goldloop.core.clock import now
from goldloop.core.nouns import Noun
from goldloop.http.asking import Ask, reply
from goldloop.programmes.file.adopt import adopt, file_with
from goldloop.programmes.file.apply import apply
from goldloop.store.access import access_programme
from goldloop.store.bounds import find_bound

routes = APIRouter()
LAST = (1 << 31) - 1


class Adoption(Noun):
    """How a bound is adopted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"tighten": True}]})

    tighten: bool = Field(default=False, description="tighten it by itself when answers show that it no longer holds")
    because: str = Field(default="", max_length=2000, description="why, where the items no longer look like the sample")


@routes.get("/programmes/{programme}/confidence/bounds/{number}/file")
def bound_file(ask: Ask, programme: str, number: int) -> JSONResponse:
    """The programme file as adopting a bound would make it, and what that changes: to look at, or to commit."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        key = access_programme(connection, ask.ids, caller, programme, may="apply").id
        text = file_with(connection, find_bound(connection, key, min(number, LAST)))
        done = apply(connection, caller, text, at=now(), name=f"bound {number}", dry_run=True)
        return reply({"yaml": text, "changes": [change.model_dump(mode="json") for change in done.changes]})


@routes.post("/programmes/{programme}/confidence/bounds/{number}/adopt")
def adopt_programme_bound(ask: Ask, programme: str, number: int, body: Adoption) -> JSONResponse:
    """Put a bound's thresholds in force: the next version of the programme file."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        key = access_programme(connection, ask.ids, caller, programme, may="apply").id
        row = find_bound(connection, key, min(number, LAST))
        done = adopt(connection, caller, row, tighten=body.tighten, because=body.because, at=now())
        changes = [change.model_dump(mode="json") for change in done.changes]
        return reply({"number": row.number, "version": done.number, "changes": changes})
