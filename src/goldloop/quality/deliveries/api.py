"""Routes of deliveries: receive a provider's label file, see what came, and the report that goes back."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.core.nouns import Noun, Spec
from goldloop.http.asking import Ask, reply
from goldloop.http.paging import Format, page
from goldloop.http.routes.jobs import as_job
from goldloop.loop.source_rights import terms_of
from goldloop.quality.deliveries.view import delivery_line, delivery_report
from goldloop.store import batches, jobs, take_ins
from goldloop.store.access import access_batch, access_programme
from goldloop.store.accounts import actor_of_account
from goldloop.store.batches import NewBatch
from goldloop.store.deliveries import add_delivery, deliveries, delivery_of, successor
from goldloop.store.people import find_organisation
from goldloop.store.programme_files import check_upload
from goldloop.store.programmes import policy_in_force

routes = APIRouter()


class NewDelivery(Noun):
    """A provider's labels, uploaded as a file. `replaces` makes it a redelivery of a batch that did not pass."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "file": "9f86d081884c7d65",
                    "source": {"name": "csv.v1", "params": {"annotation": "label"}},
                    "provider": "Fieldwork",
                }
            ]
        }
    )

    file: str = Field(description="`file` of the upload")
    source: Spec
    provider: str = Field(min_length=1, max_length=200, description="name of the organisation that delivered")
    filename: str = Field(default="", max_length=300)
    name: str = Field(default="default", min_length=1, max_length=200, description="the source the items belong to")
    gate: str | None = Field(default=None, description="a gate of the programme file; batches.gate if left out")
    replaces: str | None = Field(default=None, description="the batch of the delivery it comes in the place of")


@routes.post("/programmes/{programme}/deliveries", status_code=202)
def receive(ask: Ask, programme: str, body: NewDelivery) -> JSONResponse:
    """Receive an uploaded label file as a delivery, as a job. Its batch is then gated like our own."""
    families.source.build(body.source)
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="deliver")
        check_upload(ask.store.blobs, row.id, body.file)
        policy = policy_in_force(connection, row.id)
        gate = body.gate or policy.policy.batches.gate
        if gate is None or gate not in policy.policy.gates:
            known = ", ".join(sorted(policy.policy.gates)) or "none"
            raise Invalid("a delivery passes a gate", field="gate", expected=f"one of {known}", found=str(gate))
        terms = terms_of(policy.policy, body.name)
        organisation = find_organisation(connection, body.provider)
        if organisation is None:
            expected = "its name: goldloop organisation add NAME --kind provider"
            raise Invalid("there is no such organisation", field="provider", expected=expected, found=body.provider)
        parent = None
        if body.replaces is not None:
            first = access_batch(connection, ask.ids, caller, body.replaces, may="gate")
            _can_replace(connection, row.id, first.id, body.provider)
            parent = first.id
        taken = take_ins.begin(
            connection,
            take_ins.NewTakeIn(
                programme_id=row.id,
                source_id=take_ins.source_key(connection, row.id, body.name),
                spec=canonical(body.source.model_dump(mode="json")),
                file=body.filename or body.name,
                blob=body.file,
                sha256=bytes.fromhex(body.file.rpartition("/")[2]),
                provenance=canonical({"origin": terms.origin, "delivered_by": body.provider}),
                taken_by=caller.actor_id,
                taken_at=at,
            ),
        )
        number = len(deliveries(connection, row.id)) + 1
        key = batches.add_batch(
            connection,
            NewBatch(
                programme_id=row.id,
                name=f"delivery-{number}",
                purpose="delivery",
                task=canonical(policy.policy.task.model_dump(mode="json")),
                ontology_id=policy.ontology_id,
                guideline_id=policy.guideline_id,
                policy_id=policy.id,
                gate=gate,
                owner_id=actor_of_account(connection, policy.policy.gates[gate].owner),
                parent_id=parent,
                due_at=None,
                item_count=0,
                created_at=at,
            ),
        )
        add_delivery(connection, key, taken, organisation)
        args = {"batch": key, "take_in": taken, "organisation": organisation, "provider": body.provider}
        job = jobs.enqueue(connection, "receive", args, programme=row.id, asked_by=caller.actor_id)
        shown = as_job(ask, jobs.find(connection, job))
    return reply({**shown, "batch_id": ask.ids.show("batch", key)}, 202)


@routes.get("/programmes/{programme}/deliveries")
def all_deliveries(ask: Ask, programme: str, format: Format = "json") -> Response:
    """The deliveries of a programme, newest first, with the state of their gate."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        rows = [delivery_line(connection, ask.ids, one) for one in deliveries(connection, row.id)]
    return page(rows, format=format, name="deliveries")


@routes.get("/batches/{batch}/delivery")
def one_delivery(ask: Ask, batch: str) -> JSONResponse:
    """The report on a delivery: verdict with its bound, items found wrong, error classes, what a redelivery changed."""
    with ask.store.read() as connection:
        row = access_batch(connection, ask.ids, ask.caller(connection), batch, may="gate")
        if delivery_of(connection, row.id) is None:
            raise NotFound("this batch was not delivered", expected="a batch of purpose delivery", found=row.purpose)
        return reply(delivery_report(connection, ask.ids, ask.contexts.batch(connection, row.id)))


def _can_replace(connection: Connection, programme_id: int, first: int, provider: str) -> None:
    """Raise Conflict where this is no delivery that the provider could deliver again."""
    found = delivery_of(connection, first)
    if found is None or batches.batch_row(connection, first).programme_id != programme_id:
        raise Conflict("only a delivery of this programme can be replaced", field="replaces", expected="a delivery")
    if found.provider != provider:
        raise Conflict("another provider delivered it", field="provider", expected=found.provider, found=provider)
    if successor(connection, first) is not None:
        raise Conflict("it was replaced already", field="replaces", expected="the newest of its redeliveries")
