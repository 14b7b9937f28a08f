"""Routes of coverage: what a dataset holds beside what it should, and measuring it now."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from goldloop.core.errors import Conflict, NotFound
from goldloop.core.nouns import Evidence, Noun
from goldloop.core.policy import MOST_TARGETS
from goldloop.http.asking import Ask, reply
from goldloop.http.paging import Format, page
from goldloop.http.routes.jobs import as_job
from goldloop.programmes.coverage.measure import LABELS, newest
from goldloop.store import jobs
from goldloop.store.access import access_programme
from goldloop.store.programmes import policy_in_force
from goldloop.store.releases import newest_standing

routes = APIRouter()
Of = Annotated[str, Query(max_length=200, description="labels: what is labelled now; or the name of a dataset")]
Against = Annotated[Literal["target", "production"], Query(description="the programme file's shares, or given counts")]
Count = Annotated[int, Field(ge=0, le=10**12)]


class NewCoverage(Noun):
    """Which dataset to measure, and counts of production by slice and value; left out: the programme file's target."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"of": "labels", "counts": {"language": {"de": 6200, "en": 3800}}}]}
    )

    of: str = Field(default=LABELS, min_length=1, max_length=200)
    counts: dict[str, dict[str, Count]] | None = Field(default=None, min_length=1)


@routes.get("/programmes/{programme}/coverage")
def programme_coverage(
    ask: Ask, programme: str, of: Of = LABELS, against: Against = "target", format: Format = "json"
) -> Response:
    """What a dataset holds beside what it should, slice by slice, as it was last measured; the largest lack first."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        doc = policy_in_force(connection, row.id).policy.coverage
        found = newest(connection, ask.ids, row.id, of, against)
    rows = [_line(one) for one in found]
    if format == "csv":
        return page(rows, format="csv", name="coverage")
    at = found[0].measured_at if found else None
    target = doc.model_dump(mode="json") if doc is not None else None
    return reply({"of": of, "against": against, "target": target, "measured_at": at, "rows": rows, "next": None})


@routes.post("/programmes/{programme}/coverage", status_code=202)
def measure_coverage(ask: Ask, programme: str, body: NewCoverage) -> JSONResponse:
    """Measure a dataset against the declared target, or against counts of production, as a job; lacks open briefs."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="gate")
        if body.counts is None and policy_in_force(connection, row.id).policy.coverage is None:
            raise Conflict(
                "this programme declares no target", expected="`coverage` in its file, or counts", found="none"
            )
        if body.counts is not None and sum(len(one) for one in body.counts.values()) > MOST_TARGETS:
            raise Conflict("these are too many slices", field="counts", expected=f"at most {MOST_TARGETS} values")
        if body.of != LABELS and newest_standing(connection, row.id, body.of) is None:
            expected = "labels, or a name of a dataset"
            raise NotFound("there is no such release of data", field="of", expected=expected, found=body.of[:60])
        args = {"programme": row.id, "of": body.of, "counts": body.counts}
        job = jobs.enqueue(connection, "coverage", args, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


def _line(one: Evidence) -> dict[str, object]:
    ((name, value),) = one.slice.items()
    return {
        "slice": name,
        "value": value,
        "share": one.details.get("share"),
        "target": one.details["target"],
        "gap": one.value,
        "low": one.low,
        "high": one.high,
        "level": one.level,
        "count": int(one.details["count"]),
        "n": one.n,
        "eligible": one.eligible,
        "healthy": {-1.0: None, 0.0: False, 1.0: True}[one.details["healthy"]],
        "method": one.method,
        "because": one.because,
    }
