"""Routes of ontology governance: proposals, what is said of them, what they would touch, and putting them in force."""

from typing import Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.errors import Conflict
from goldloop.core.nouns import Noun
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import Format, page
from goldloop.http.routes.jobs import as_job
from goldloop.programmes.governance import propose as governance
from goldloop.programmes.governance.propose import Impact
from goldloop.programmes.governance.rules import sayable
from goldloop.store import jobs
from goldloop.store import proposals as store_proposals
from goldloop.store.access import access_programme, access_proposal
from goldloop.store.actors import actors
from goldloop.store.caller import Caller
from goldloop.store.impact import Touched
from goldloop.store.programmes import in_force, policy_in_force
from goldloop.store.proposals import ProposalRow, proposal_row

routes = APIRouter()
EXAMPLE = """ontology:
  labels: [card_missing, exchange_rate, fraud_report]
migration:
  - {from: card_lost, to: card_missing}
"""
MOST_SHOWN = 500  # lines of an impact; the totals count everything


class NewProposal(Noun):
    """A programme file, or just its ontology and guidelines, with a `migration`; mistakes are told as `name:line`."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"yaml": EXAMPLE, "note": "lost and stolen are one"}]})

    yaml: str
    name: str = Field(default="ontology.yaml", max_length=200)
    note: str = Field(default="", max_length=10_000)


class NewWord(Noun):
    """What one says of a proposal."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"stance": "approve", "text": "Agreed."}]})

    stance: Literal["comment", "approve", "refuse", "withdraw"]
    text: str = Field(default="", max_length=10_000)


@routes.get("/programmes/{programme}/proposals")
def proposals(ask: Ask, programme: str, format: Format = "json") -> Response:
    """The proposals to change a programme's ontology or guidelines, newest first."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        rows = [_line(ask, connection, one) for one in store_proposals.proposals(connection, row.id)]
    return page(rows, format=format, name="proposals")


@routes.post("/programmes/{programme}/proposals", status_code=201)
def propose(ask: Ask, programme: str, body: NewProposal) -> JSONResponse:
    """Propose a changed ontology or changed guidelines, with what becomes of the labels given so far."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="apply")
        policy = policy_in_force(connection, row.id)
        key = governance.propose(connection, caller, policy, body.yaml, name=body.name, note=body.note, at=now())
        return reply(_view(ask, connection, caller, proposal_row(connection, key)), 201)


@routes.post("/programmes/{programme}/proposals/preview")
def preview(ask: Ask, programme: str, body: NewProposal) -> JSONResponse:
    """What a proposal would change and touch, without making it."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="apply")
        found = governance.draft(connection, policy_in_force(connection, row.id), body.yaml, name=body.name)
        shown = {
            "changes": [one.model_dump(mode="json") for one in found.changes],
            "labels": [one.model_dump(mode="json") for one in found.labels],
            "impact": _impact(ask, governance.impact_of(connection, row.id, found.steps)),
        }
    return reply(shown)


@routes.get("/proposals/{proposal}")
def one_proposal(ask: Ask, proposal: str) -> JSONResponse:
    """A proposal: what it changes, what was said of it, and where it stands."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        key = access_proposal(connection, ask.ids, caller, proposal)
        return reply(_view(ask, connection, caller, proposal_row(connection, key)))


@routes.get("/proposals/{proposal}/impact")
def impact(ask: Ask, proposal: str) -> JSONResponse:
    """How many labels a proposal touches, whose, and in which batches: mapped by rule, or looked at again."""
    with ask.store.read() as connection:
        key = access_proposal(connection, ask.ids, ask.caller(connection), proposal)
        row = proposal_row(connection, key)
        found = governance.impact_of(connection, row.programme_id, governance.plan_of(row))
    return reply(_impact(ask, found))


@routes.post("/proposals/{proposal}/words", status_code=201)
def say_of_proposal(ask: Ask, proposal: str, body: NewWord) -> JSONResponse:
    """Comment on a proposal; approve or refuse it, for the experts who are consulted; or withdraw one's own."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        caller.require_scope("write")
        row = proposal_row(connection, access_proposal(connection, ask.ids, caller, proposal))
        governance.say(connection, caller, row, body.stance, body.text, at=now())
        return reply(_view(ask, connection, caller, row), 201)


@routes.post("/proposals/{proposal}/publish")
def publish(ask: Ask, proposal: str) -> JSONResponse:
    """Put an approved proposal in force; what no rule reads is opened as work by a job."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = proposal_row(connection, access_proposal(connection, ask.ids, caller, proposal, may="apply"))
        governance.publish(connection, caller, row, at=now())
        return reply(_view(ask, connection, caller, row))


@routes.post("/programmes/{programme}/rereview", status_code=202)
def look_again(ask: Ask, programme: str) -> JSONResponse:
    """Open the work of looking again at what no rule reads under the ontology in force, as a job; never twice."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="apply")
        ontology = in_force(connection, row.id).ontology_id
        if not store_proposals.mappings(connection, row.id).rows:
            raise Conflict("no change of this ontology had a plan", expected="a published proposal with a migration")
        job = governance.queue_review(connection, row.id, ontology, by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


def _line(ask: Asking, connection: Connection, row: ProposalRow) -> dict[str, Any]:
    stands = governance.stands(connection, row)
    return {
        "id": ask.ids.show("proposal", row.id),
        "programme_id": ask.ids.show("programme", row.programme_id),
        "number": row.number,
        "state": stands.state,
        "because": stands.because,
        "note": row.note,
        "proposed_by": actors(connection, [row.proposed_by])[row.proposed_by].name,
        "proposed_at": row.proposed_at,
    }


def _view(ask: Asking, connection: Connection, caller: Caller, row: ProposalRow) -> dict[str, Any]:
    differs, labels = governance.differences(connection, row)
    consulted, names = governance.consulted_by(connection, row.programme_id)
    stands = governance.stands(connection, row)
    may: list[str] = [*sayable(stands, actor=caller.actor_id, consulted=consulted, author=row.proposed_by)]
    if may and caller.may(row.programme_id, "apply"):
        may.append("publish")
    return {
        "proposal": _line(ask, connection, row),
        "yaml": row.yaml,
        "consulted": list(names),
        "may": may,
        "changes": [one.model_dump(mode="json") for one in differs],
        "labels": [one.model_dump(mode="json") for one in labels],
        "words": [
            {"by": one.name, "stance": one.stance, "text": one.text, "said_at": one.said_at}
            for one in governance.said_of(connection, row)
        ],
    }


def _impact(ask: Asking, found: Impact) -> dict[str, Any]:
    return {
        "mapped": found.mapped,
        "reviewed": found.reviewed,
        "said": sum(one.labels for one in found.said),
        "people": len({one.actor_id for one in found.said}),
        "batches": len({one.batch_id for one in (*found.accepted, *found.said_in)}),
        "accepted": [_touched(ask, one) for one in found.accepted[:MOST_SHOWN]],
        "by_batch": [_touched(ask, one) for one in found.said_in[:MOST_SHOWN]],
        "by_person": [_touched(ask, one) for one in found.said[:MOST_SHOWN]],
    }


def _touched(ask: Asking, one: Touched) -> dict[str, Any]:
    return {
        "label": one.label,
        "batch_id": ask.ids.show("batch", one.batch_id) if one.batch_id is not None else None,
        "batch": one.batch,
        "who": one.who,
        "labels": one.labels,
    }
