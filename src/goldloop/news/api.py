"""Routes of news: what one is told in the app, and the webhooks that an operator declares for a programme."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema
from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.errors import Conflict, NotFound
from goldloop.core.news import SHARED, TESTED
from goldloop.core.nouns import Noun
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import After, Format, Limit, long_list, page
from goldloop.http.routes.jobs import as_job
from goldloop.news.shown import shown
from goldloop.store import jobs, ledger
from goldloop.store import news as store_news
from goldloop.store.access import access_programme
from goldloop.store.caller import Caller
from goldloop.store.webhooks import MOST, add_webhook, find_webhook, remove_webhook, webhooks

routes = APIRouter()


def _shared(kind: str) -> str:
    if kind not in SHARED:
        raise ValueError(f"one of {', '.join(SHARED)}")
    return kind


Kind = Annotated[str, AfterValidator(_shared), WithJsonSchema({"type": "string", "enum": list(SHARED)})]
SECRET_BYTES = 32


class Seen(Noun):
    """How far one has looked."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"up_to": "evt_0000000000000"}]})

    up_to: str = Field(description="`id` of the newest that was looked at")


class NewWebhook(Noun):
    """A place to tell of a programme's news."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"url": "https://example.org/hooks/goldloop", "kinds": ["gate.decided"]}]}
    )

    url: Annotated[
        str, Field(pattern=r"^https?://[^\s@#\x00-\x1f]+$", max_length=2000, description="no user, no fragment")
    ]
    kinds: tuple[Kind, ...] = Field(min_length=1, max_length=20)


@routes.get("/news")
def news(ask: Ask, after: After = None, limit: Limit = 20, format: Format = "json") -> Response:
    """What happened that one should know of, newest first; `unseen` counts what is newer than one looked."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        caller.require_scope("read")
        mine = _seen_by(caller)
        up_to = store_news.seen_up_to(connection, caller.account_id)
        unseen = store_news.count_unseen(connection, caller.actor_id, mine, up_to)

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        before = ask.ids.key("event", cursor) if cursor else None
        with ask.store.read() as connection:
            found = store_news.news(connection, caller.actor_id, mine, before=before, limit=most)
        rows = [{**shown(ask.ids, one), "seen": one.id <= up_to} for one in found]
        return rows, rows[-1]["id"] if len(rows) == most else None

    if format == "csv":
        return long_list(fetch, after=after, limit=limit, format=format, name="news")
    rows, next_ = fetch(after, limit)
    return JSONResponse({"rows": rows, "next": next_, "unseen": unseen})


@routes.put("/news/seen", status_code=204)
def see_news(ask: Ask, body: Seen) -> Response:
    """Say how far one has looked."""
    with ask.store.write(durable=False) as connection:
        caller = ask.caller(connection)
        caller.require_scope("read")
        store_news.look(connection, caller.account_id, ask.ids.key("event", body.up_to))
    return Response(status_code=204)


@routes.get("/programmes/{programme}/webhooks")
def programme_webhooks(ask: Ask, programme: str, format: Format = "json") -> Response:
    """Where a programme's news is sent, without the secrets, and of what one can be told; for owners."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="see")
        caller.require_owner()
        found = webhooks(connection, row.id)
    rows = [
        {"id": ask.ids.show("webhook", one.id), "url": one.url, "kinds": list(one.kinds), "added_at": one.added_at}
        for one in found
    ]
    if format == "csv":
        return page(rows, format=format, name="webhooks")
    return JSONResponse({"rows": rows, "next": None, "kinds": list(SHARED)})


@routes.post("/programmes/{programme}/webhooks", status_code=201)
def declare_webhook(ask: Ask, programme: str, body: NewWebhook) -> JSONResponse:
    """Send a programme's news to a URL from now on; the secret that signs it is shown this once."""
    at, secret = now(), secrets.token_urlsafe(SECRET_BYTES)
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="see")
        caller.require_owner()
        if len(webhooks(connection, row.id)) >= MOST:
            raise Conflict("this programme tells many places; remove one first", expected=f"fewer than {MOST}")
        key = add_webhook(connection, row.id, body.url, sorted(set(body.kinds)), secret, by=caller.actor_id, at=at)
        data = {"url": body.url, "kinds": sorted(set(body.kinds))}
        ledger.record(
            connection,
            "webhook.declared",
            programme=row.id,
            actor=caller.actor_id,
            subject=str(key),
            data=data,
            at=at,
        )
    return reply({"id": ask.ids.show("webhook", key), **data, "secret": secret}, 201)


@routes.delete("/programmes/{programme}/webhooks/{webhook_id}", status_code=204)
def withdraw_webhook(ask: Ask, programme: str, webhook_id: str) -> Response:
    """Send a programme's news there no more."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="see")
        caller.require_owner()
        key = _webhook(ask, connection, row.id, webhook_id)
        remove_webhook(connection, key, at=at)
        ledger.record(
            connection,
            "webhook.withdrawn",
            programme=row.id,
            actor=caller.actor_id,
            subject=str(key),
            data={},
            at=at,
        )
    return Response(status_code=204)


@routes.post("/programmes/{programme}/webhooks/{webhook_id}/test", status_code=202)
def check_webhook(ask: Ask, programme: str, webhook_id: str) -> JSONResponse:
    """Send a webhook one delivery now, signed as every other, as a job that says what came of it; not tried again."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="see")
        caller.require_owner()
        key = _webhook(ask, connection, row.id, webhook_id)
        tested = ledger.NewEvent(TESTED, row.id, caller.actor_id, str(key), {}, at)
        args = {"event": ledger.record_one(connection, tested), "webhook": key}
        job = jobs.enqueue(connection, "deliver", args, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


def _webhook(ask: Asking, connection: Connection, programme_id: int, public: str) -> int:
    """The key of a programme's webhook. Raises NotFound."""
    key = ask.ids.key("webhook", public)
    found = find_webhook(connection, key)
    if found is None or found.programme_id != programme_id:
        raise NotFound("there is no such webhook", found=public[:60])
    return key


def _seen_by(caller: Caller) -> list[int] | None:
    """The programmes whose news somebody is told; None is all of them."""
    return None if caller.owner else [key for key in caller.memberships if caller.may(key, "see")]
