"""Routes of gates in depth: the promise and its plan, where errors come from, remediation."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.nouns import Noun
from goldloop.http.asking import Ask, reply
from goldloop.http.paging import Format, page
from goldloop.http.routes.jobs import as_job
from goldloop.quality.findings import note_sent_back
from goldloop.quality.gates.errors import isolated, items_where, wrong_items
from goldloop.quality.gates.remediate import DIMENSIONS
from goldloop.quality.gates.view import gate_view, plan_view
from goldloop.store import jobs
from goldloop.store.access import access_batch, access_programme
from goldloop.store.evidence import newest_outcome
from goldloop.store.programmes import policy_in_force

routes = APIRouter()


class NewRemediation(Noun):
    """Which labels are sent back, and why. Everything in `where` must apply; `everything` is a full review."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"because": "Ann mixed up card and fraud all week.", "where": {"annotator": "Ann", "label": "card"}}
            ]
        }
    )

    because: str = Field(min_length=10, max_length=2000)
    where: dict[str, str] = Field(
        default={},
        description="annotator, label, model, queue, rule, or `slice NAME`, with its value; audit: wrong",
    )
    everything: bool = False


@routes.get("/programmes/{programme}/gates")
def gates(ask: Ask, programme: str, format: Format = "json") -> Response:
    """The gates of a programme as declared, each plan with its operating characteristic."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        policy = policy_in_force(connection, row.id).policy
    rows: list[dict[str, Any]] = [
        {
            "name": name,
            **gate.model_dump(mode="json"),
            "plan": plan_view(gate.sample.plan) if gate.sample is not None and gate.sample.plan is not None else None,
        }
        for name, gate in policy.gates.items()
    ]
    return page(rows, format=format, name="gates")


@routes.get("/batches/{batch}/gate")
def one_gate(ask: Ask, batch: str) -> JSONResponse:
    """The gate of a batch: what was promised, every sample, every verdict, and what was sent back."""
    with ask.store.read() as connection:
        row = access_batch(connection, ask.ids, ask.caller(connection), batch, may="see")
        return reply(gate_view(connection, ask.ids, ask.contexts.batch(connection, row.id)))


@routes.get("/batches/{batch}/errors")
def batch_errors(ask: Ask, batch: str) -> JSONResponse:
    """Where the errors of an audited batch come from: whose, which label, queue, model and slice, ranked."""
    with ask.store.read() as connection:
        row = access_batch(connection, ask.ids, ask.caller(connection), batch, may="gate")
        return reply(isolated(connection, ask.contexts.batch(connection, row.id)).model_dump(mode="json"))


@routes.get("/batches/{batch}/wrong")
def wrong_labels(ask: Ask, batch: str, format: Format = "json") -> Response:
    """The judged items whose label is wrong as far as the audit can tell: both answers, and whose it was."""
    with ask.store.read() as connection:
        row = access_batch(connection, ask.ids, ask.caller(connection), batch, may="gate")
        found = wrong_items(connection, ask.contexts.batch(connection, row.id))
    rows = [{**one._asdict(), "item_id": ask.ids.show("item", one.item_id)} for one in found]
    return page(rows, format=format, name="wrong")


@routes.post("/batches/{batch}/remediation", status_code=202)
def remediate_batch(ask: Ask, batch: str, body: NewRemediation) -> JSONResponse:
    """Send labels of a gated batch back to be annotated anew, as a job: those named, or all of them."""
    if body.everything == bool(body.where):
        raise Invalid("say which labels", field="where", expected="at least one fact, or everything: true")
    unknown = sorted(name for name in body.where if name not in DIMENSIONS and not name.startswith("slice "))
    if unknown:
        expected = ", ".join(DIMENSIONS) + ", or `slice NAME`"
        raise Invalid("labels are not known by this", field="where", expected=expected, found=unknown[0])
    if len(body.because.strip()) < 10:
        raise Invalid("a remediation needs its reason", field="because", expected="at least 10 characters")
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_batch(connection, ask.ids, caller, batch, may="gate")
        if newest_outcome(connection, row.id) is None:
            raise Conflict("this batch has no verdict yet", expected="goldloop gate run BATCH first")
        if row.purpose == "delivery":
            raise Conflict("delivered labels are not ours to redo", expected="a redelivery, or the import as our batch")
        if not items_where(connection, ask.contexts.batch(connection, row.id), body.where):
            raise Invalid("this names no label of the batch", field="where", expected="facts of at least one item")
        args = {"batch": row.id, "because": body.because.strip(), "where": body.where}
        job = jobs.enqueue(connection, "remediate", args, programme=row.programme_id, asked_by=caller.actor_id)
        note_sent_back(connection, row, body.because, by=caller.actor_id, at=now())
        return reply(as_job(ask, jobs.find(connection, job)), 202)
