"""Background work: how far it is, when it will be done, and how to stop it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from goldloop.core.clock import now
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.ordering import Way, next_of, order_of
from goldloop.http.paging import After, Format, Limit, long_list
from goldloop.store import jobs as store_jobs
from goldloop.store.access import access_job, access_programme
from goldloop.store.headings import job_places
from goldloop.store.schema import job as job_table

routes = APIRouter()
Sort = Literal["created", "finished", "kind", "state"]


@routes.get("/jobs")
def jobs(
    ask: Ask,
    programme_id: str,
    kind: Annotated[str | None, Query(max_length=60, description="only jobs of this kind")] = None,
    state: store_jobs.State | None = None,
    asked: Annotated[bool, Query(description="only what somebody asked for, not what follows by itself")] = False,
    sort: Sort | None = None,
    order: Way = None,
    after: After = None,
    limit: Limit = 50,
    format: Format = "json",
) -> Response:
    """The jobs of a programme, newest first, or in the order that was asked for."""
    where = [job_table.c.kind == kind] if kind else []
    where += [job_table.c.state == state] if state else []
    where += [job_table.c.asked_by.is_not(None)] if asked else []

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            row = access_programme(connection, ask.ids, ask.caller(connection), programme_id, may="see")
            chosen = order_of(ask.ids, "job", sort, order, cursor, usual=("created", "desc"))
            found = job_places(connection, row.id, where, chosen, limit=most)
            rows = [as_job(ask, store_jobs.find(connection, one.key)) for one in found]
        return rows, next_of(ask.ids, "job", found, most)

    return long_list(fetch, after=after, limit=limit, format=format, name="jobs")


@routes.get("/jobs/{job_id}")
def job(ask: Ask, job_id: str) -> JSONResponse:
    """One job."""
    with ask.store.read() as connection:
        key = access_job(connection, ask.ids, ask.caller(connection), job_id)
        return reply(as_job(ask, store_jobs.find(connection, key)))


@routes.post("/jobs/{job_id}/cancel")
def cancel_job(ask: Ask, job_id: str) -> JSONResponse:
    """Stop a job at its next step; what it has committed stays."""
    with ask.store.write() as connection:
        key = access_job(connection, ask.ids, ask.caller(connection), job_id, may="import")
        store_jobs.cancel(connection, key)
        return reply(as_job(ask, store_jobs.find(connection, key)))


@routes.post("/jobs/{job_id}/retry")
def retry_job(ask: Ask, job_id: str) -> JSONResponse:
    """Queue a failed or cancelled job again; it goes on where it stopped."""
    with ask.store.write() as connection:
        key = access_job(connection, ask.ids, ask.caller(connection), job_id, may="import")
        store_jobs.retry(connection, key)
        return reply(as_job(ask, store_jobs.find(connection, key)))


def as_job(ask: Asking, row: store_jobs.Job) -> dict[str, Any]:
    """A job as clients read it."""
    return {
        "id": ask.ids.show("job", row.id),
        "kind": row.kind,
        "state": row.state,
        "done": row.done,
        "total": row.total,
        "unit": row.unit,
        "note": row.note,
        "eta_s": row.eta_s(at=now()),
        "error": row.error,
        "result": row.result,
        "created_at": row.created_at,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
    }
