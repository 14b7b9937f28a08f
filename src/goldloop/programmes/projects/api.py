"""Routes of whole projects of other tools: send one, look it through, bring it in, or forget it again."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from goldloop.core import families
from goldloop.core.clock import now
from goldloop.core.errors import Conflict, GoldloopError, Invalid, NotFound
from goldloop.core.nouns import Noun, Spec
from goldloop.core.policy import Name
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.routes.jobs import as_job
from goldloop.http.uploading import received
from goldloop.loop.whose import People
from goldloop.programmes.projects.open import open_project
from goldloop.programmes.projects.survey import FOLDER
from goldloop.store import jobs
from goldloop.store.access import access_job
from goldloop.store.people import find_organisation
from goldloop.store.programmes import find_programme

routes = APIRouter()
KIND = "survey_project"
MOST_AUTHORS = 5_000
Author = Annotated[str, Field(min_length=1, max_length=400)]
NewName = Annotated[str, Field(min_length=1, max_length=200)]


class NewSurvey(Noun):
    """An uploaded project to look through: its export, or a zip of it with its labelling configuration."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "file": "projects/9f86d081884c7d65",
                    "filename": "export.zip",
                    "source": {"name": "label_studio.v1", "params": {}},
                    "programme": "support-intents",
                    "organisation": "Acme",
                }
            ]
        }
    )

    file: str = Field(description="`file` of the upload")
    filename: str = Field(default="project", max_length=300, description="what it is called where it came from")
    source: Spec = Spec(name="label_studio.v1")
    programme: Name = Field(description="the programme it becomes, or one that takes it in")
    title: str = Field(default="", max_length=200)
    organisation: str = Field(max_length=200, description="whose programme it becomes")


class NewProject(Noun):
    """A project that was looked through, to bring in. Whoever is in neither list keeps the name they have there."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"survey": "job_4h8c2m7k9tq3x", "accounts": {"7": "ann"}, "names": {"8": "team-eight"}}]
        }
    )

    survey: str = Field(description="the job that looked it through")
    yaml: str | None = Field(default=None, description="the programme file, where it was changed")
    accounts: dict[Author, Author] = Field(
        default={}, max_length=MOST_AUTHORS, description="author -> sign-in name of the person here who they are"
    )
    names: dict[Author, NewName] = Field(
        default={}, max_length=MOST_AUTHORS, description="author -> name that they are kept under, without a sign-in"
    )


@routes.post("/projects/uploads", status_code=201)
async def upload_project(ask: Ask, request: Request, name: str = "project") -> JSONResponse:
    """Keep a project's bytes, streamed; the answer names it for a survey."""
    await run_in_threadpool(_owner, ask)
    kept = await received(ask.store, request, folder=FOLDER)
    return reply({"file": kept.file, "name": name, "size": kept.size, "sha256": kept.sha256}, 201)


@routes.post("/projects/surveys", status_code=202)
def survey_project(ask: Ask, body: NewSurvey) -> JSONResponse:
    """Look a project through, as a job: what it would become and what would be lost. Nothing of it comes in."""
    families.source.build(body.source)
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        caller.require_owner()
        if not body.file.startswith(f"{FOLDER}/") or ask.store.blobs.size(body.file) is None:
            raise NotFound("there is no such upload", field="file", found=body.file[:80])
        if find_organisation(connection, body.organisation) is None:
            raise Invalid(
                "there is no such organisation",
                field="organisation",
                expected="its name: goldloop organisation add",
                found=body.organisation,
            )
        args = body.model_dump(mode="json")
        job = jobs.enqueue(connection, KIND, args, programme=None, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


@routes.post("/projects", status_code=202)
def bring_project_in(ask: Ask, body: NewProject) -> JSONResponse:
    """Put the drafted programme file in force and take the project in, as a job that can be watched and cancelled."""
    people = People(accounts=dict(body.accounts), names=dict(body.names))
    store = ask.store
    with store.read() as connection:
        ask.caller(connection).require_owner()
        found = _surveyed(ask, connection, body.survey)
    blob = f"{FOLDER}/of-{found['programme']}/{found['file'].rpartition('/')[2]}"
    there = store.blobs.size(blob) is not None
    if not there:
        store.blobs.put(store.blobs.read(found["file"]), name=blob)
    try:
        with store.write() as connection:
            caller = ask.caller(connection)
            done = open_project(connection, caller, found, blob, people, yaml=body.yaml, at=now())
            name = find_programme(connection, found["programme"])
            shown = as_job(ask, jobs.find(connection, done.job_id))
    except GoldloopError:
        if not there:
            store.blobs.delete(blob)
        raise
    assert name is not None
    return reply(
        {
            **shown,
            "import_id": ask.ids.show("take_in", done.take_in_id),
            "programme_id": ask.ids.show("programme", done.programme_id),
            "programme": name.name,
        },
        202,
    )


@routes.delete("/projects/surveys/{job_id}", status_code=204)
def forget_project(ask: Ask, job_id: str) -> Response:
    """Forget the files of a project that was looked through; what came in stays."""
    with ask.store.read() as connection:
        ask.caller(connection).require_owner()
        row = _survey(ask, connection, job_id)
    for name in {row.args["file"], (row.result or {}).get("file", row.args["file"])}:
        ask.store.blobs.delete(name)
    return Response(status_code=204)


def _owner(ask: Asking) -> None:
    with ask.store.read() as connection:
        ask.caller(connection).require_owner()


def _survey(ask: Asking, connection: Connection, job_id: str) -> jobs.Job:
    key = access_job(connection, ask.ids, ask.caller(connection), job_id)
    row = jobs.find(connection, key)
    if row.kind != KIND:
        raise NotFound("there is no such survey", field="survey", expected="the job that looked a project through")
    return row


def _surveyed(ask: Asking, connection: Connection, job_id: str) -> dict[str, Any]:
    row = _survey(ask, connection, job_id)
    if row.state != "done":
        raise Conflict("the project was not looked through yet", field="survey", expected="done", found=row.state)
    found: dict[str, Any] = row.result
    if ask.store.blobs.size(found["file"]) is None:
        raise NotFound("the project's file was forgotten", field="survey", expected="to send it again")
    return found
