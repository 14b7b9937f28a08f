"""Routes of error clusters: what is labelled wrong systematically, and the one action that has it judged again."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from goldloop.core.errors import Conflict, NotFound
from goldloop.core.nouns import Noun
from goldloop.http.asking import Ask, reply
from goldloop.http.paging import Format, page
from goldloop.http.routes.jobs import as_job
from goldloop.quality.clusters.find import as_page, clusters_of
from goldloop.store import jobs
from goldloop.store.access import access_programme

routes = APIRouter()


class NewRequeue(Noun):
    """Which cluster is judged again, by its key."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cluster": "card>fraud@slice channel=phone"}]})

    cluster: str = Field(min_length=1, max_length=1000)


@routes.get("/programmes/{programme}/clusters")
def programme_clusters(ask: Ask, programme: str, format: Format = "json") -> Response:
    """Systematic errors over the newest batches' audits: which label stands where another is true, and where.

    All tests are one family under control of the false discovery rate; each names how many accepted labels share how
    it came about.
    """
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="gate", or_may="read_items")
        found = clusters_of(connection, ask.contexts, row.id)
    if format == "csv":
        return page([one.model_dump(mode="json") for one in found.clusters], format="csv", name="clusters")
    return reply(as_page(found))


@routes.post("/programmes/{programme}/clusters", status_code=202)
def find_clusters(ask: Ask, programme: str) -> JSONResponse:
    """Look for clusters now, as a job, and open a brief for each that is found; it runs after every gate by itself."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="gate")
        job = jobs.enqueue(connection, "clusters", {}, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


@routes.post("/programmes/{programme}/clusters/requeue", status_code=202)
def requeue_cluster(ask: Ask, programme: str, body: NewRequeue) -> JSONResponse:
    """Have the accepted labels that share a cluster's signature judged again, unseen, as a job."""
    with ask.store.read() as connection:  # looks through many labels: no submit waits behind it
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="gate")
        found = {one.key: one for one in clusters_of(connection, ask.contexts, row.id).clusters}
    if body.cluster not in found:
        known = "; ".join(list(found)[:5]) or "none: nothing is wrong systematically"
        raise NotFound("there is no such cluster", field="cluster", expected=known, found=body.cluster[:80])
    one = found[body.cluster]
    if not one.accepted:
        because = one.because or "all of them are being judged again, or were"
        raise Conflict("no accepted label shares this signature", expected=because, found=body.cluster[:80])
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="gate")
        args = {"programme": row.id, "cluster": one.model_dump(mode="json")}
        job = jobs.enqueue(connection, "requeue", args, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)
