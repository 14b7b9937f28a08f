"""Routes of audits of releases: what is declared, every run, and running one now."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from goldloop.http.asking import Ask, reply
from goldloop.http.paging import Format, page
from goldloop.http.routes.jobs import as_job
from goldloop.quality.audits.release import audit_of
from goldloop.quality.audits.view import audit_line
from goldloop.store import jobs
from goldloop.store.access import access_programme
from goldloop.store.programmes import policy_in_force

routes = APIRouter()


@routes.get("/programmes/{programme}/audits")
def release_audits(ask: Ask, programme: str, format: Format = "json") -> Response:
    """The audits of releases that a programme declares, each with its runs and what they affect."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        declared = policy_in_force(connection, row.id).policy.audits
        rows = [audit_line(connection, ask.ids, row.id, name, doc) for name, doc in declared.items()]
    return page(rows, format=format, name="audits")


@routes.post("/programmes/{programme}/audits/{audit}/run", status_code=202)
def run_audit(ask: Ask, programme: str, audit: str) -> JSONResponse:
    """Go on with the audit that is open, or begin one now, as a job."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="gate")
        audit_of(connection, row.id, audit)
        args = {"programme": row.id, "audit": audit, "now": True}
        job = jobs.enqueue(connection, "audit", args, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)
