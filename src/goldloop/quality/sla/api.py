"""Routes of service level agreements: what became of every term, and the report that the client reads."""

import re
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from goldloop.core.clock import now
from goldloop.core.errors import Invalid
from goldloop.http.asking import Ask, reply
from goldloop.http.paging import page
from goldloop.http.routes.jobs import as_job
from goldloop.quality.sla.evaluate import evaluated, kept_state, sla_of
from goldloop.quality.sla.pdf import as_pdf
from goldloop.quality.sla.report import PARTS, client_report, part_of
from goldloop.quality.sla.words import definitions
from goldloop.store import jobs
from goldloop.store.access import access_programme
from goldloop.store.programmes import policy_in_force

routes = APIRouter()
On = Annotated[
    str | None, Query(description="a day of the period, such as 2026-05-12, or a month; the running one if left out")
]
ReportFormat = Annotated[str, Query(pattern="^(json|csv|pdf)$", description="json, csv (one part), or pdf")]


@routes.get("/programmes/{programme}/sla")
def programme_sla(ask: Ask, programme: str) -> JSONResponse:
    """What a programme promises, and where every term stands now; `terms` is empty where it promises nothing."""
    at = now()
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        policy = policy_in_force(connection, row.id).policy
        if policy.sla is None:
            return reply({"programme": policy.programme, "sla": None, "terms": [], "credits": []})
        found = evaluated(connection, ask.ids, row.id, at=at)
        kept = {name: kept_state(connection, ask.ids, row.id, name) for name in policy.sla.terms}
        return reply(
            {
                "programme": policy.programme,
                "sla": policy.sla.model_dump(mode="json"),
                "first_day": policy.sla.calendar.local_day(found.record.start).isoformat(),
                "last_day": policy.sla.calendar.local_day(found.record.end - 1).isoformat(),
                "as_of": at,
                "currency": policy.currency,
                "price": found.outcome.price if policy.sla.price is not None else None,
                "credited": found.outcome.credited,
                "capped": found.outcome.capped,
                "terms": [
                    {
                        **one.model_dump(mode="json"),
                        "kept_at": evidence.measured_at if (evidence := kept.get(one.term)) is not None else None,
                        "evidence_id": evidence.id if evidence is not None else None,
                    }
                    for one in found.outcome.terms
                ],
                "credits": [one.model_dump(mode="json") for one in found.outcome.credits],
                "definitions": definitions(policy.sla, policy.currency),
            }
        )


@routes.post("/programmes/{programme}/sla", status_code=202)
def keep_programme_sla(ask: Ask, programme: str) -> JSONResponse:
    """Evaluate the agreement now and keep the result as evidence, as a job; it runs each night by itself."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="gate")
        sla_of(connection, row.id, at=now())
        args = {"programme": row.id}
        job = jobs.enqueue(connection, "sla", args, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


@routes.get("/programmes/{programme}/report")
def programme_report(
    ask: Ask,
    programme: str,
    on: On = None,
    part: Annotated[str, Query(description=f"of a CSV: one of {', '.join(PARTS)}")] = "terms",
    format: ReportFormat = "json",
) -> Response:
    """The client's report on a period: terms, batches, annotators by pseudonym, questions, remediations, credits."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="report")
        sla = sla_of(connection, row.id, at=now()).policy.sla
        assert sla is not None
        moment = sla.calendar.begins(_day(on)) if on is not None else None
        found = client_report(connection, ask.store, row.id, on=moment)
    name = f"{found['programme']}-{found['first_day']}"
    if format == "pdf":
        headers = {"content-disposition": f'attachment; filename="{name}.pdf"'}
        return Response(as_pdf(found), media_type="application/pdf", headers=headers)
    if format == "csv":
        return page(part_of(found, part), format="csv", name=f"{name}-{part}")
    return reply(found)


def _day(said: str) -> date:
    """The day that somebody names; a month is its first day."""
    try:
        return date.fromisoformat(f"{said}-01" if re.fullmatch(r"\d{4}-\d{2}", said) else said)
    except ValueError as error:
        raise Invalid("this is no day", field="on", expected="2026-05-12, or 2026-05", found=said[:40]) from error
