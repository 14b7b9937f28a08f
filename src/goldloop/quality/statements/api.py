"""Routes of statements: what a client owes for a month, what people are paid, and closing both."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.errors import NotFound
from goldloop.core.nouns import QUEUES, Noun
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import Format, page
from goldloop.quality.statements.draw_up import client_statement, close, month_of, person_statement, statement_view
from goldloop.quality.statements.pdf import as_pdf
from goldloop.store import statements
from goldloop.store.access import access_programme
from goldloop.store.programmes import policy_in_force, programmes

routes = APIRouter()
MOST = 10_000  # judgements that one list of a person's month shows
WhichMonth = Annotated[str | None, Query(description="such as 2026-05, in the contract's zone; the running one if out")]
StatementFormat = Annotated[str, Query(pattern="^(json|csv|pdf)$", description="json, csv, or pdf")]


class Closing(Noun):
    """The month to close."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"month": "2026-05"}]})

    month: str = Field(max_length=20)


@routes.get("/programmes/{programme}/statement")
def programme_statement(
    ask: Ask, programme: str, month: WhichMonth = None, format: StatementFormat = "json"
) -> Response:
    """What the client owes for a month by contract: accepted units, hours, milestones, credits, and corrections."""
    at = now()
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="report")
        drawn = client_statement(connection, ask.store, row.id, month, at=at)
        found = statement_view(connection, ask.store, row.id, drawn, person_id=None)
    return _answer(found, format)


@routes.post("/programmes/{programme}/statement/close", status_code=201)
def close_programme_statement(ask: Ask, programme: str, body: Closing) -> JSONResponse:
    """Close the client's statement of a month that is over: it never changes, and corrections go into the next."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="staff")
        drawn = close(connection, ask.store, row.id, None, body.month, by=caller.actor_id, at=now())
        return reply(statement_view(connection, ask.store, row.id, drawn, person_id=None), 201)


@routes.get("/programmes/{programme}/pay")
def programme_pay(ask: Ask, programme: str, month: WhichMonth = None, format: Format = "json") -> Response:
    """What everybody who worked in a month is paid for it, one row each."""
    at = now()
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="staff")
        rows = [
            {key: value for key, value in one.items() if key != "lines"}
            for one in _everybody(ask, connection, row.id, month, at=at)
        ]
    return page(rows, format=format, name="pay")


@routes.post("/programmes/{programme}/pay/close", status_code=201)
def close_programme_pay(ask: Ask, programme: str, body: Closing) -> JSONResponse:
    """Close the statements of everybody for a month that is over."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="staff")
        pay = policy_in_force(connection, row.id).policy.pay
        moments = month_of(pay.calendar, body.month, at=at)
        closed = 0
        for key in statements.people_of(connection, row.id, start=0, end=moments.end):
            if person_statement(connection, row.id, key, body.month, at=at).closed_at is None:
                close(connection, ask.store, row.id, key, body.month, by=caller.actor_id, at=at)
                closed += 1
        return reply({"month": moments.name, "closed": closed}, 201)


@routes.get("/programmes/{programme}/pay/{actor_id}")
def person_pay(
    ask: Ask, programme: str, actor_id: str, month: WhichMonth = None, format: StatementFormat = "json"
) -> Response:
    """What one person is paid for a month."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="staff")
        found = _of_person(ask, connection, row.id, ask.ids.key("actor", actor_id), month)
    return _answer(found, format)


@routes.get("/programmes/{programme}/pay/{actor_id}/judgements")
def person_pay_judgements(
    ask: Ask, programme: str, actor_id: str, month: WhichMonth = None, format: Format = "json"
) -> Response:
    """Every judgement that a person's statement of a month counts, and what became of it."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="staff")
        rows = _judgements(ask, connection, row.id, ask.ids.key("actor", actor_id), month)
    return page(rows, format=format, name="judgements")


@routes.get("/me/statements")
def my_statements(ask: Ask, month: WhichMonth = None) -> JSONResponse:
    """One's own statement of a month in every programme that one worked in."""
    out = []
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        for row in programmes(connection, sorted(caller.memberships)):
            found = _of_person(ask, connection, row.id, caller.actor_id, month)
            if found["lines"] or found["closed_at"]:
                out.append(found)
    return reply({"statements": out})


@routes.get("/me/statements/{programme}")
def my_statement(ask: Ask, programme: str, month: WhichMonth = None, format: StatementFormat = "json") -> Response:
    """One's own statement of a month in a programme."""
    with ask.store.read() as connection:
        key, me = _mine(ask, connection, programme)
        found = _of_person(ask, connection, key, me, month)
    return _answer(found, format)


@routes.get("/me/statements/{programme}/judgements")
def my_statement_judgements(ask: Ask, programme: str, month: WhichMonth = None, format: Format = "json") -> Response:
    """Every judgement of one's own that a month's statement counts, and what became of it."""
    with ask.store.read() as connection:
        key, me = _mine(ask, connection, programme)
        rows = _judgements(ask, connection, key, me, month)
    return page(rows, format=format, name="judgements")


def _mine(ask: Asking, connection: Connection, programme: str) -> tuple[int, int]:
    """A programme that one is a member of, and oneself. Raises NotFound for any other."""
    caller = ask.caller(connection)
    for row in programmes(connection, sorted(caller.memberships)):
        if programme in (row.name, ask.ids.show("programme", row.id)):
            return row.id, caller.actor_id
    raise NotFound("there is no programme of this name", field="programme", found=programme[:80])


def _of_person(
    ask: Asking, connection: Connection, programme_id: int, actor_id: int, month: str | None
) -> dict[str, Any]:
    drawn = person_statement(connection, programme_id, actor_id, month, at=now())
    return statement_view(connection, ask.store, programme_id, drawn, person_id=actor_id)


def _everybody(
    ask: Asking, connection: Connection, programme_id: int, month: str | None, *, at: int
) -> list[dict[str, Any]]:
    pay = policy_in_force(connection, programme_id).policy.pay
    moments = month_of(pay.calendar, month, at=at)
    keys = statements.people_of(connection, programme_id, start=moments.start, end=moments.end)
    return [_of_person(ask, connection, programme_id, key, moments.name) for key in keys]


def _judgements(
    ask: Asking, connection: Connection, programme_id: int, actor_id: int, month: str | None
) -> list[dict[str, Any]]:
    pay = policy_in_force(connection, programme_id).policy.pay
    moments = month_of(pay.calendar, month, at=now())
    found = statements.said_by(connection, programme_id, actor_id, start=moments.start, end=moments.end, limit=MOST)
    return [
        {
            "judgement_id": ask.ids.show("judgement", one.id),
            "queue": QUEUES[one.queue],
            "tier": one.tier,
            "said_at": one.said_at,
            "active_ms": one.active_ms,
            "state": "undone"
            if one.undone
            else "sent back"
            if one.sent_back
            else "surplus"
            if one.surplus
            else "counts",
        }
        for one in found
    ]


def _answer(found: dict[str, Any], format: str) -> Response:
    name = f"{found['programme']}-{found['month']}"
    if format == "pdf":
        headers = {"content-disposition": f'attachment; filename="{name}.pdf"'}
        return Response(as_pdf(found), media_type="application/pdf", headers=headers)
    if format == "csv":
        return page(found["lines"], format="csv", name=name)
    return reply(found)
