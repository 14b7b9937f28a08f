"""Routes of digests: what each week changed, and the nightly look that makes them, asked for now."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from goldloop.core.errors import Invalid
from goldloop.http.asking import Ask, reply
from goldloop.http.paging import After, Format, Limit, long_list
from goldloop.http.routes.jobs import as_job
from goldloop.rhythm.digest import counts_of
from goldloop.store import jobs
from goldloop.store.access import access_programme
from goldloop.store.digests import digests

routes = APIRouter()


@routes.get("/programmes/{programme}/digests")
def programme_digests(
    ask: Ask, programme: str, after: After = None, limit: Limit = 10, format: Format = "json"
) -> Response:
    """What each week changed, newest first: verdicts, releases, briefs, promises, budget, lapses, what is unhealthy.

    As CSV the counts of each week.
    """

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        before = _moment(cursor) if cursor is not None else None
        with ask.store.read() as connection:
            row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
            found = digests(connection, row.id, before=before, limit=most)
        rows = [
            {
                "id": ask.ids.show("digest", one.id),
                "first_day": one.first_day,
                "last_day": one.last_day,
                "informed": list(one.informed),
                "made_at": one.made_at,
                "counts": counts_of(one.doc),
                **({"doc": one.doc} if format == "json" else {}),
            }
            for one in found
        ]
        return rows, str(found[-1].until_at) if len(found) == most else None

    return long_list(fetch, after=after, limit=limit, format=format, name="digests")


@routes.post("/programmes/{programme}/digests", status_code=202)
def look_now(ask: Ask, programme: str) -> JSONResponse:
    """Look now for what has lapsed, and make the digest of the last week unless it is made, as a job."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="gate")
        args = {"programme": row.id}
        job = jobs.enqueue(connection, "rhythm", args, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


def _moment(cursor: str) -> int:
    if not cursor.isdecimal() or len(cursor) > 17:
        raise Invalid(
            "this is no place in the list", field="after", expected="`next` of the page before", found=cursor[:40]
        )
    return int(cursor)
