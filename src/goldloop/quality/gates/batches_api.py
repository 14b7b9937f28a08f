"""Routes of quality: batches, their evidence and verdicts, gates and waivers."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.nouns import Noun
from goldloop.http import show
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.ordering import Way, next_of, order_of
from goldloop.http.paging import After, Format, Limit, long_list
from goldloop.http.routes.jobs import as_job
from goldloop.quality.gates.rules import batch_state
from goldloop.quality.gates.run import gate_of, waive
from goldloop.quality.sign_offs.view import sign_off_of
from goldloop.store import batches, jobs
from goldloop.store.access import access_batch, access_programme, visible_items
from goldloop.store.actors import actors
from goldloop.store.batch_items import Filters, ItemLine, item_lines, line_places, lines_found
from goldloop.store.batch_people import worked
from goldloop.store.batches import BatchRow
from goldloop.store.evidence import newest_evidence, newest_outcome, verdicts
from goldloop.store.headings import batch_places
from goldloop.store.ordered import ORDERED
from goldloop.store.programmes import policy_in_force, policy_row

routes = APIRouter()
Sort = Literal["created", "name", "purpose", "items", "progress", "due", "owner", "gate"]
ItemSort = Literal["id", "queue", "confidence", "state", "answer", "judgements"]


class NewWaiver(Noun):
    """Why a batch may go on although its gate did not open."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"because": "The client takes it as it is, agreed on 12 May."}]}
    )

    because: str = Field(min_length=10, max_length=2000)


@routes.get("/programmes/{programme}/batches")
def programme_batches(
    ask: Ask,
    programme: str,
    sort: Sort | None = None,
    order: Way = None,
    after: After = None,
    limit: Limit = 100,
    format: Format = "json",
) -> Response:
    """The batches of a programme, newest first, or in the order that was asked for."""

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
            chosen = order_of(ask.ids, "batch", sort, order, cursor, usual=("created", "desc"))
            found = batch_places(connection, row.id, chosen, limit=most)
            rows = [_line(ask, connection, batches.batch_row(connection, one.key)) for one in found]
        return rows, next_of(ask.ids, "batch", found, most)

    return long_list(fetch, after=after, limit=limit, format=format, name="batches")


@routes.get("/batches/{batch}")
def one_batch(ask: Ask, batch: str) -> JSONResponse:
    """Everything about a batch: progress, queues, routing, evidence, verdicts, people."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = access_batch(connection, ask.ids, caller, batch, may="see")
        context = ask.contexts.batch(connection, row.id)
        gate = context.policy.gates.get(row.gate or "")
        shown = {
            **_line(ask, connection, row),
            "programme": context.policy.programme,
            "mark": ask.mark(caller, row.programme_id),
            "policy_number": _number(connection, row),
            "queues": [show.queue_state(one) for one in batches.queue_states(connection, row.id)],
            "routing": [
                {"rule": rule, "queue": show.queue_name(queue), "tier": tier, "items": count}
                for rule, queue, tier, count in batches.routing(connection, row.id)
            ],
            "evidence": [one.model_dump(mode="json") for one in newest_evidence(connection, ask.ids, row.id)],
            "verdicts": [one.model_dump(mode="json") for one in verdicts(connection, ask.ids, row.id)],
            "gate": gate.model_dump(mode="json") if gate else None,
            "sign_off": sign_off_of(connection, ask.ids, row, policy_in_force(connection, row.programme_id).policy.sla),
            "audits": [_line(ask, connection, one) for one in batches.children(connection, row.id)],
            "people": [
                {
                    "actor": {"id": ask.ids.show("actor", one.actor_id), "name": one.name, "simulated": one.simulated},
                    "judgements": one.judgements,
                    "items": one.items,
                    "timed": one.timed,
                    "active_ms_mean": one.active_ms,
                }
                for one in worked(connection, row.id)
            ],
        }
    return reply(shown)


@routes.get("/batches/{batch}/items")
def batch_items(
    ask: Ask,
    batch: str,
    state: str | None = None,
    queue: str | None = None,
    rule: str | None = None,
    label: str | None = None,
    q: str | None = None,
    by: Annotated[str | None, Query(description="actor who said something of it in this batch")] = None,
    disagree: Annotated[bool, Query(description="two people said something different")] = False,
    sort: Annotated[ItemSort | None, Query(description="put in this order; left out, as they came")] = None,
    order: Way = None,
    after: After = None,
    limit: Limit = 50,
    format: Format = "json",
) -> Response:
    """The items of a batch, filtered: by page, or all of them as CSV.

    In a chosen order are the first 100,000 at most, and `because` says so where more are left out.
    """
    said_by = ask.ids.key("actor", by) if by else None
    filters = Filters(state=state, queue=queue, rule=rule, label=label, text=q, by=said_by, disagree=disagree)

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            caller = ask.caller(connection)
            row = access_batch(connection, ask.ids, caller, batch, may="read_items")
            if sort is None:
                start = ask.ids.key("item", cursor) if cursor else 0
                found = item_lines(connection, row.id, filters, visible_items(caller), after=start, limit=most)
                next_ = ask.ids.show("item", found[-1].item_id) if len(found) == most else None
            else:
                chosen = order_of(ask.ids, "item", sort, order, cursor, usual=("id", "asc"))
                there = line_places(connection, row.id, filters, visible_items(caller), chosen, limit=most)
                found, next_ = lines_found(connection, row.id, there), next_of(ask.ids, "item", there, most)
        ask.seen(caller, row.programme_id, [one.item_id for one in found], "list")
        return [_item_line(ask, one) for one in found], next_

    because = _left_out(ask, batch, format) if sort else None
    return long_list(fetch, after=after, limit=limit, format=format, name="items", because=because)


@routes.post("/batches/{batch}/gate", status_code=202)
def run_batch_gate(ask: Ask, batch: str) -> JSONResponse:
    """Run the gate of a batch, as a job: audit, measure, check, verdict."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_batch(connection, ask.ids, caller, batch, may="gate")
        gate_of(ask.contexts.batch(connection, row.id))
        return _queue(ask, connection, "gate", row, caller.actor_id)


@routes.post("/batches/{batch}/measure", status_code=202)
def measure_one_batch(ask: Ask, batch: str) -> JSONResponse:
    """Measure a batch without a verdict, as a job."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_batch(connection, ask.ids, caller, batch, may="gate")
        return _queue(ask, connection, "measure", row, caller.actor_id)


@routes.post("/batches/{batch}/waiver", status_code=201)
def waive_batch(ask: Ask, batch: str, body: NewWaiver) -> JSONResponse:
    """Let a batch go on by name and with a reason."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_batch(connection, ask.ids, caller, batch, may="waive")
        context = ask.contexts.batch(connection, row.id)
        if len(body.because.strip()) < 10:
            raise Invalid("a waiver needs its reason", field="because", expected="at least 10 characters")
        waive(connection, context, by=caller.actor_id, because=body.because, at=now())
        return reply(verdicts(connection, ask.ids, row.id)[0].model_dump(mode="json"), 201)


def _item_line(ask: Asking, one: ItemLine) -> dict[str, Any]:
    return {**one._asdict(), "item_id": ask.ids.show("item", one.item_id), "queue": show.queue_name(one.queue)}


def _left_out(ask: Asking, batch: str, format: str) -> str | None:
    """What an order leaves out of a batch. Raises Conflict where a file would be without it."""
    with ask.store.read() as connection:
        row = access_batch(connection, ask.ids, ask.caller(connection), batch, may="read_items")
    if row.item_count <= ORDERED:
        return None
    if format == "csv":
        raise Conflict(
            "these are more items than are put in order", field="sort", expected=f"at most {ORDERED:,}, or no order"
        )
    return f"in this order are the first {ORDERED:,} items of the batch; the others are left out"


def _queue(ask: Asking, connection: Connection, kind: str, row: BatchRow, by: int) -> JSONResponse:
    job = jobs.enqueue(connection, kind, {"batch": row.id}, programme=row.programme_id, asked_by=by)
    return reply(as_job(ask, jobs.find(connection, job)), 202)


def _line(ask: Asking, connection: Connection, row: BatchRow) -> dict[str, Any]:
    outcome = newest_outcome(connection, row.id)
    owner = actors(connection, [row.owner_id])[row.owner_id].name
    return {
        "batch": {
            **show.batch(ask.ids, row, owner, batch_state(outcome)),
            "policy_number": _number(connection, row),
        },
        "progress": show.progress(batches.progress(connection, row.id)),
        "outcome": outcome,
    }


def _number(connection: Connection, row: BatchRow) -> int:
    return policy_row(connection, row.policy_id).number
