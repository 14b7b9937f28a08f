"""Routes of reports on people, for managers and for the people themselves; contests; label health."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from goldloop.core.clock import now
from goldloop.core.errors import NotFound
from goldloop.core.nouns import Noun
from goldloop.http.asking import Ask, reply
from goldloop.http.paging import Format, page
from goldloop.http.routes.jobs import as_job
from goldloop.quality.people import reports as people
from goldloop.quality.people.contest import contest
from goldloop.quality.suspects.measured import suspects
from goldloop.store import jobs
from goldloop.store.access import access_item, access_programme
from goldloop.store.items import external_id_of
from goldloop.store.programmes import policy_in_force, programmes

routes = APIRouter()


class NewContest(Noun):
    """Which answer of one's own, and why what stands against it is wrong."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"judgement_id": "jdg_4h8c2m7k9tq3x", "because": "Clause 4.2 names this very case."}]
        }
    )

    judgement_id: str
    because: str = Field(min_length=1, max_length=10_000)


@routes.get("/programmes/{programme}/people")
def programme_people(ask: Ask, programme: str) -> JSONResponse:
    """Everybody who works in a programme, by name: how much, how right beside gold and audits, how fast."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="staff")
        return reply(people.team(connection, ask.ids, row.id))


@routes.get("/programmes/{programme}/people/{actor_id}/report")
def person_report(ask: Ask, programme: str, actor_id: str) -> JSONResponse:
    """One person's work in a programme: accuracy, confusion, speed, drift, competence, history. They see the same."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="staff")
        found = people.person_report(connection, ask.ids, row.id, ask.ids.key("actor", actor_id))
    if found is None:
        raise NotFound("this person has said nothing in this programme", field="actor_id", found=actor_id[:60])
    return reply({**found, "programme": row.name})


@routes.get("/me/report")
def my_report(ask: Ask) -> JSONResponse:
    """One's own report in every programme one works in: exactly what its managers see."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        out: list[dict[str, Any]] = []
        for row in programmes(connection, sorted(caller.memberships)):
            found = people.person_report(connection, ask.ids, row.id, caller.actor_id)
            if found is not None:
                out.append({**found, "programme": row.name})
    return reply({"reports": out})


@routes.post("/me/contests", status_code=201)
def contest_answer(ask: Ask, body: NewContest) -> JSONResponse:
    """Contest a ruling, an audit or a gold answer against one's own answer: somebody else rules."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        caller.require_scope("work")
        key = ask.ids.key("judgement", body.judgement_id)
        made = contest(connection, ask.contexts, caller.actor_id, key, body.because, at=now())
        return reply({"id": ask.ids.show("contest", made)}, 201)


@routes.get("/programmes/{programme}/contests")
def programme_contests(ask: Ask, programme: str) -> JSONResponse:
    """What people contested, what was ruled, and how often gold and seniors were overturned."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="staff")
        return reply(people.contest_page(connection, ask.ids, row.id))


@routes.post("/programmes/{programme}/competence", status_code=202)
def measure_competence(ask: Ask, programme: str) -> JSONResponse:
    """Infer competence and suspected label errors from everybody's answers, as a job; stored as evidence."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="gate")
        args = {"programme": row.id}
        job = jobs.enqueue(connection, "competence", args, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


@routes.get("/programmes/{programme}/suspects")
def suspected_labels(ask: Ask, programme: str, format: Format = "json") -> Response:
    """Accepted labels that the answers behind them do not support, or that a model doubts, as last measured.

    The least probable come first. `by` is `people`, whose answers are weighed against each other, or the model's name.
    """
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="read_items")
        labels = policy_in_force(connection, row.id).policy.labels
        rows = []
        for one in suspects(connection, ask.ids, row.id):
            public, found = one.evidence.slice["item"], one.evidence
            try:
                key = access_item(connection, ask.ids, caller, public)
            except NotFound:  # outside the caller's residency or clearance
                continue
            rows.append(
                {
                    "item_id": public,
                    "external_id": external_id_of(connection, key),
                    "by": one.by,
                    "instead": labels.name_of(one.instead) if one.instead is not None else None,
                    "probability": found.value,
                    "answers": found.n,
                    "method": found.method,
                    "measured_at": found.measured_at,
                }
            )
    return page(rows, format=format, name="suspects")


@routes.get("/programmes/{programme}/label-health")
def label_health(ask: Ask, programme: str, format: Format = "json") -> Response:
    """How labels fare over time: the share of answers that say them, and how often their items are hard."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="gate")
        rows = people.ontology_decay(connection, row.id)
    return page(rows, format=format, name="label-health")
