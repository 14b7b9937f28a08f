"""One's own API tokens."""

from typing import Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from goldloop.core.clock import DAY, now
from goldloop.core.errors import Forbidden, NotFound
from goldloop.core.nouns import Noun
from goldloop.http.asking import Ask, reply
from goldloop.http.paging import Format, page
from goldloop.http.routes.session import Line
from goldloop.store import tokens as store_tokens

routes = APIRouter()


class NewToken(Noun):
    """An API token with a purpose and an end."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "nightly export", "scopes": ["read"], "days": 30}]}
    )

    name: Line
    scopes: tuple[Literal["read", "write", "work", "admin"], ...] = ("read",)
    days: float | None = Field(default=90, gt=0, le=3650)


@routes.get("/tokens")
def tokens(ask: Ask, format: Format = "json") -> Response:
    """One's own API tokens, without their secrets."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        rows = store_tokens.tokens(connection, caller.account_id)
    shown = [{**row._asdict(), "scopes": list(row.scopes), "id": ask.ids.show("token", row.id)} for row in rows]
    return page(shown, format=format, name="tokens")


@routes.post("/tokens", status_code=201)
def add_token(ask: Ask, body: NewToken) -> JSONResponse:
    """A new API token; its secret is shown this once. A token makes others only with `admin`, or it would never end."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        caller.require_scope("admin")
        if caller.scopes is not None and not set(body.scopes) <= caller.scopes:
            raise Forbidden("a token cannot give more than it has", field="scopes", expected=", ".join(caller.scopes))
        expires = at + round(body.days * DAY) if body.days is not None else None
        key, secret = store_tokens.add_token(
            connection, caller.account_id, body.name, body.scopes, expires_at=expires, at=at
        )
    shown = {"id": ask.ids.show("token", key), "token": secret, "scopes": sorted(body.scopes)}
    return reply({**shown, "expires_at": expires}, 201)


@routes.delete("/tokens/{token_id}", status_code=204)
def revoke_token(ask: Ask, token_id: str) -> Response:
    """End one of one's own tokens."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        caller.require_scope("admin")
        key = ask.ids.key("token", token_id)
        if not store_tokens.revoke_token(connection, caller.account_id, key, at=now()):
            raise NotFound("there is no such token", found=token_id[:60])
    return Response(status_code=204)
