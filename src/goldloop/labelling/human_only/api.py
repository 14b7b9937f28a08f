"""Routes of human-only items: how many go unsuspected, and the proof that people alone labelled the others."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from goldloop.http.asking import Ask, reply
from goldloop.http.paging import Format, page
from goldloop.http.routes.jobs import as_job
from goldloop.labelling.human_only.found import human_only_of
from goldloop.store import jobs
from goldloop.store.access import access_programme

routes = APIRouter()


@routes.get("/programmes/{programme}/human-only")
def programme_human_only(ask: Ask, programme: str, format: Format = "json") -> Response:
    """The human-only items of a programme, what triggered them, and the share that no trigger suspected.

    It is measured on labels that people gave without the suggestion: by trigger, label and model version, exact.
    """
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        found = human_only_of(connection, row.id)
    if format == "csv":
        return page(found["misses"], format="csv", name="human-only")
    return reply(found)


@routes.post("/programmes/{programme}/human-only/proof", status_code=202)
def prove_human_only(ask: Ask, programme: str) -> JSONResponse:
    """Walk the record for anything that says a human-only item was not labelled by people alone, as a job."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="verify")
        job = jobs.enqueue(connection, "prove_human_only", {}, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)
