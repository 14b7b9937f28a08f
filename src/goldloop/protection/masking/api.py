"""Routes of audits of masking: what each found, kind by kind, and running one now."""

import json
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from sqlalchemy import Connection

from goldloop.core.families import Measured
from goldloop.core.figures import figure, no_figure
from goldloop.core.nouns import Evidence
from goldloop.core.protection import MaskingAudit
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import Format, page
from goldloop.http.routes.jobs import as_job
from goldloop.protection.masking.audit import Audit, audited, audits
from goldloop.protection.masking.rules import standing
from goldloop.store import jobs
from goldloop.store.access import access_programme
from goldloop.store.batches import progress
from goldloop.store.programmes import policy_in_force

routes = APIRouter()


@routes.get("/programmes/{programme}/masking")
def masking_audits(ask: Ask, programme: str, format: Format = "json") -> Response:
    """The audits of a programme's masking, newest first: what was drawn and read, and what detectors left, by kind."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        pii = policy_in_force(connection, row.id).policy.protection.pii
        doc = pii.audit if pii is not None else None
        rows = [_line(ask, connection, one, doc) for one in audits(connection, ask.store, row.id)]
    return page(rows, format=format, name="masking")


@routes.post("/programmes/{programme}/masking/run", status_code=202)
def run_masking_audit(ask: Ask, programme: str) -> JSONResponse:
    """Conclude the audit that was read, or draw one now, as a job."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="gate")
        audited(policy_in_force(connection, row.id))
        args = {"programme": row.id, "now": True}
        job = jobs.enqueue(connection, "audit_masking", args, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


def _line(ask: Asking, connection: Connection, one: Audit, doc: MaskingAudit | None) -> dict[str, Any]:
    """An audit; it stands as its numbers stand to the line in force."""
    design, done = json.loads(one.drawn.design), progress(connection, one.row.id)
    whole, parts = (one.found[0], one.found[1:]) if one.found else (None, [])
    stands = standing(doc, _measured(whole)) if whole is not None and doc is not None else None
    return {
        "batch_id": ask.ids.show("batch", one.row.id),
        "batch": one.row.name,
        "drawn_at": one.drawn.drawn_at,
        "seed": one.drawn.seed,
        "drawn": done.items,
        "of": one.drawn.frame_size,
        "left_out": design["left_out"],
        "read": whole.n if whole is not None else done.decided,
        "measured_at": whole.measured_at if whole is not None else None,
        "at_most": doc.at_most if doc is not None else None,
        "healthy": stands.healthy if stands is not None else None,
        "because": stands.because if stands is not None else f"{done.decided} of {done.items} items are read",
        "left": _share(whole),
        "kinds": [{"kind": part.slice["kind"], **_share(part)} for part in parts],
    }


def _share(one: Evidence | None) -> dict[str, Any]:
    """A share with its denominator, interval and method."""
    if one is None:
        return no_figure("its items are not all read yet", method=None, items=None)
    return figure(one, items=int(one.details["left"]))


def _measured(one: Evidence) -> Measured:
    return Measured(**figure(one, slice=one.slice, details=one.details))
