"""Routes of what leaves: releases delivered to declared places, who received them, and all that was taken out."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from goldloop.core.nouns import Noun
from goldloop.http.asking import Ask, reply
from goldloop.http.paging import After, Format, Limit, long_list, page
from goldloop.http.routes.jobs import as_job
from goldloop.programmes.releases.deliver import check_stands, place_of
from goldloop.store import jobs
from goldloop.store.access import access_programme, access_release
from goldloop.store.delivered import all_receipts
from goldloop.store.left import Left, left
from goldloop.store.programmes import programme_row

routes = APIRouter()


class Delivering(Noun):
    """Where a release goes: a place that the operator declared."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"to": "northwind"}]})

    to: str = Field(min_length=1, max_length=100, description="the name of a place")


@routes.get("/programmes/{programme}/places")
def places(ask: Ask, programme: str, format: Format = "json") -> Response:
    """The places that releases of a programme may be delivered to, as the operator declared them (GOLDLOOP_PLACES)."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="release")
    mine = {key: one for key, one in sorted(ask.store.settings.places.items()) if row.name in one.programmes}
    rows = [{"name": key, "kind": "folder" if one.is_folder else "object store"} for key, one in mine.items()]
    return page(rows, format=format, name="places")


@routes.post("/releases/{release}/deliver", status_code=202)
def deliver_release(ask: Ask, release: str, body: Delivering) -> JSONResponse:
    """Deliver a release to a place, as a job: whole or not at all, and read again where it arrived."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_release(connection, ask.ids, caller, release, may="release")
        access_release(connection, ask.ids, caller, release, may="export")
        place_of(ask.store.settings, body.to, programme_row(connection, row.programme_id).name)
        check_stands(connection, row)
        args, of = {"release": row.id, "to": body.to}, row.programme_id
        job = jobs.enqueue(connection, "deliver_release", args, programme=of, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


@routes.get("/releases/{release}/receipts")
def release_receipts(ask: Ask, release: str, format: Format = "json") -> Response:
    """Who received a release, newest first: as a download, or at a place, with what arrived there."""
    with ask.store.read() as connection:
        row = access_release(connection, ask.ids, ask.caller(connection), release, may="see")
        found = all_receipts(connection, row.id)
    return page([one._asdict() for one in found], format=format, name="receipts")


@routes.get("/programmes/{programme}/exports")
def programme_exports(
    ask: Ask, programme: str, after: After = None, limit: Limit = 200, format: Format = "json"
) -> Response:
    """What was taken out of a programme and which tokens were opened, by whom and when, newest first."""

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            caller = ask.caller(connection)
            row = access_programme(connection, ask.ids, caller, programme, may="see")
            access_programme(connection, ask.ids, caller, programme, may="verify")
            before = ask.ids.key("event", cursor) if cursor else None
            found = left(connection, row.id, before=before, limit=most)
        rows = [
            {"id": ask.ids.show("event", one.id), "kind": one.kind, "what": _what(one), "who": one.who, "at": one.at}
            for one in found
        ]
        return rows, str(rows[-1]["id"]) if len(rows) == most else None

    return long_list(fetch, after=after, limit=limit, format=format, name="exports")


def _what(one: Left) -> str:
    """What left, in words."""
    data = one.data
    match one.kind:
        case "labels.exported":
            return f"{data['rows']:,} labels as {data['kind']}"
        case "release.downloaded":
            return f"{data['name']} #{data['number']}"
        case "release.delivered":
            return (
                f"{data['name']} #{data['number']} to {data['place']}: {data['files']:,} files, {data['bytes']:,} bytes"
            )
        case "ledger.exported":
            return f"the ledger from block {data['from']:,} to {data['until']:,}"
        case _:
            return f"{data['token']}: {data['because']}"
