"""Routes of sign-offs: the client's word on what passed its gate."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Forbidden
from goldloop.core.nouns import Noun
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import After, Format, Limit, long_list
from goldloop.loop.brief import MOST_ITEMS
from goldloop.loop.sign_off import dispute, sign
from goldloop.quality.sign_offs.view import sign_off_lines, sign_off_of
from goldloop.store.access import access_batch, access_programme
from goldloop.store.batches import BatchRow
from goldloop.store.programmes import policy_in_force
from goldloop.store.sign_offs import passed

routes = APIRouter()


class NewSignOff(Noun):
    """What the client remarks while signing a batch off; nothing is all right."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "Sampled by our own team on 12 May."}]})

    note: str = Field(default="", max_length=2000)


class NewDispute(Noun):
    """Why the client disputes a batch, and which of its items."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"because": "These are refunds, not complaints.", "items": ["q17", "q21"]}]}
    )

    because: str = Field(min_length=10, max_length=2000)
    items: tuple[Annotated[str, Field(min_length=1, max_length=1000)], ...] = Field(
        min_length=1, max_length=MOST_ITEMS, description="the ids that the source gave them"
    )


@routes.get("/programmes/{programme}/sign-offs")
def programme_sign_offs(
    ask: Ask, programme: str, after: After = None, limit: Limit = 200, format: Format = "json"
) -> Response:
    """The batches that passed their gate, newest first, and what the client said of each: no item, no annotator."""

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="report", or_may="see")
            sla = policy_in_force(connection, row.id).policy.sla
            if sla is None:
                return [], None
            before = ask.ids.key("batch", cursor) if cursor else None
            found = passed(connection, row.id, before=before, limit=most)
            rows = sign_off_lines(connection, ask.ids, row.id, found, hold=sla.hold)
        return rows, rows[-1]["batch_id"] if len(rows) == most else None

    return long_list(fetch, after=after, limit=limit, format=format, name="sign-offs")


@routes.get("/batches/{batch}/sign-off")
def one_sign_off(ask: Ask, batch: str) -> JSONResponse:
    """How one batch that passed stands with the client, and every word on it."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = access_batch(connection, ask.ids, caller, batch, may="report")
        return _shown(ask, connection, row)


@routes.post("/batches/{batch}/sign-off", status_code=201)
def sign_batch_off(ask: Ask, batch: str, body: NewSignOff) -> JSONResponse:
    """Sign a batch off in one's own name, for the client."""
    with ask.store.write() as connection:
        row, by = _client(ask, connection, batch)
        sign(connection, row, body.note.strip(), by=by, at=now())
        return _shown(ask, connection, row, status=201)


@routes.post("/batches/{batch}/dispute", status_code=201)
def dispute_batch(ask: Ask, batch: str, body: NewDispute) -> JSONResponse:
    """Dispute items of a batch in one's own name, for the client; somebody answers for it at once."""
    with ask.store.write() as connection:
        row, by = _client(ask, connection, batch)
        dispute(connection, row, body.because.strip(), body.items, by=by, at=now())
        return _shown(ask, connection, row, status=201)


def _client(ask: Asking, connection: Connection, public: str) -> tuple[BatchRow, int]:
    caller = ask.caller(connection)
    row = access_batch(connection, ask.ids, caller, public, may="sign")
    if caller.may(row.programme_id, "staff"):
        raise Forbidden("who runs a programme does not speak for its client", expected="somebody else of the client")
    return row, caller.actor_id


def _shown(ask: Asking, connection: Connection, row: BatchRow, *, status: int = 200) -> JSONResponse:
    line = sign_off_of(connection, ask.ids, row, policy_in_force(connection, row.programme_id).policy.sla)
    if line is None:
        raise Conflict(
            "only what passed for a client is signed off",
            field="batch",
            expected="a batch whose gate is open, of a programme with an `sla` block",
        )
    return reply(line, status)
