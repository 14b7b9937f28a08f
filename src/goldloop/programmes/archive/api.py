"""Routes of archives: a programme leaves as one file, and a file is looked at, opened, or forgotten. Owners only."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from goldloop.core.errors import Conflict, NotFound
from goldloop.core.nouns import Noun
from goldloop.core.policy import Name
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.routes.jobs import as_job
from goldloop.http.uploading import received
from goldloop.programmes.archive.arrive import KIND as OPEN
from goldloop.programmes.archive.arrive import UPLOADS
from goldloop.programmes.archive.leave import KIND, file_of
from goldloop.programmes.archive.look import KIND as CHECK
from goldloop.store import jobs
from goldloop.store.access import access_job, access_programme
from goldloop.store.programmes import find_programme

routes = APIRouter()
Told = Annotated[str, Field(min_length=1, max_length=200)]


class NewArchive(Noun):
    """How people leave: under pseudonyms, but for those whom the programme file names, or all by name."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"names": False}]})

    names: bool = False


class ArchivePeople(Noun):
    """Who the people of an archive are here. Whoever is in neither list comes without a sign-in."""

    accounts: dict[Told, Told] = Field(
        default={}, max_length=5_000, description="name there -> sign-in name of the person here who they are"
    )
    names: dict[Told, Told] = Field(
        default={}, max_length=5_000, description="name there -> name that they are kept under, without a sign-in"
    )


class SentArchive(Noun):
    """An uploaded archive to look through; `key` is the fingerprint of who should have signed it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"file": "archives/uploads/9f86d081884c7d65"}]})

    file: str = Field(description="`file` of the upload")
    key: str | None = Field(default=None, max_length=200, description="a fingerprint, ed25519:...")


class ArchiveToOpen(Noun):
    """An uploaded archive to open: under which name, of which organisation, and who its people are here."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"file": "archives/uploads/9f86d081884c7d65", "people": {"accounts": {"mona": "mona"}}}]
        }
    )

    file: str = Field(description="`file` of the upload")
    filename: str = Field(default="archive", max_length=300)
    name: Name | None = Field(default=None, description="the programme's name here; the one it had, if left out")
    organisation: str | None = Field(default=None, min_length=1, max_length=200, description="whose it is here")
    people: ArchivePeople = ArchivePeople()


@routes.post("/programmes/{programme}/archives", status_code=202)
def archive_programme(ask: Ask, programme: str, body: NewArchive) -> JSONResponse:
    """Write the whole programme into one file, as a job."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        caller.require_owner()
        row = access_programme(connection, ask.ids, caller, programme, may="see")
        args = body.model_dump(mode="json")
        job = jobs.enqueue(connection, KIND, args, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


@routes.get("/archives/{job_id}")
def download_archive(ask: Ask, job_id: str) -> StreamingResponse:
    """The file that a job wrote."""
    with ask.store.read() as connection:
        name, row = _written(ask, connection, job_id)
    if ask.store.blobs.size(name) is None:
        raise NotFound("this archive was forgotten here", field="job", expected="to write it again", found=job_id[:60])
    headers = {
        "content-disposition": f'attachment; filename="{row.result["programme"]}.goldloop.zip"',
        "content-length": str(ask.store.blobs.size(name)),
    }
    return StreamingResponse(ask.store.blobs.read(name), media_type="application/zip", headers=headers)


@routes.delete("/archives/{job_id}", status_code=204)
def forget_archive(ask: Ask, job_id: str) -> Response:
    """Forget the file that a job wrote; what it says of it stays."""
    with ask.store.read() as connection:
        name, _ = _written(ask, connection, job_id)
    ask.store.blobs.delete(name)
    return Response(status_code=204)


@routes.post("/archives/uploads", status_code=201)
async def upload_archive(ask: Ask, request: Request, name: str = "archive") -> JSONResponse:
    """Keep an archive's bytes, streamed; the answer names it."""
    await run_in_threadpool(_owner, ask)
    kept = await received(ask.store, request, folder=UPLOADS)
    return reply({"file": kept.file, "name": name, "size": kept.size, "sha256": kept.sha256}, 201)


@routes.post("/archives/checks", status_code=202)
def check_archive(ask: Ask, body: SentArchive) -> JSONResponse:
    """Look an uploaded archive through, as a job: what it holds, and whether it is what it says. Nothing is opened."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        caller.require_owner()
        _uploaded(ask, body.file)
        args = body.model_dump(mode="json")
        job = jobs.enqueue(connection, CHECK, args, programme=None, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


@routes.delete("/archives/uploads/{name}", status_code=204)
def forget_sent_archive(ask: Ask, name: str) -> Response:
    """Forget an uploaded archive; what was opened of it stays."""
    with ask.store.read() as connection:
        ask.caller(connection).require_owner()
    _uploaded(ask, f"{UPLOADS}/{name}")
    ask.store.blobs.delete(f"{UPLOADS}/{name}")
    return Response(status_code=204)


@routes.post("/archives", status_code=202)
def open_programme(ask: Ask, body: ArchiveToOpen) -> JSONResponse:
    """Open an archive as a programme here, as a job that can be watched and cancelled."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        caller.require_owner()
        _uploaded(ask, body.file)
        if body.name is not None and find_programme(connection, body.name) is not None:
            raise Conflict("there is a programme of this name", field="name", expected="another", found=body.name)
        job = jobs.enqueue(connection, OPEN, body.model_dump(mode="json"), programme=None, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


def _owner(ask: Asking) -> None:
    with ask.store.read() as connection:
        ask.caller(connection).require_owner()


def _uploaded(ask: Asking, file: str) -> None:
    if not file.startswith(f"{UPLOADS}/") or ask.store.blobs.size(file) is None:
        raise NotFound("there is no such upload", field="file", found=file[:80])


def _written(ask: Asking, connection: Connection, job_id: str) -> tuple[str, Any]:
    caller = ask.caller(connection)
    caller.require_owner()
    row = jobs.find(connection, access_job(connection, ask.ids, caller, job_id))
    if row.kind != KIND:
        raise NotFound("there is no such archive", field="job", expected="a job that wrote one", found=job_id[:60])
    if row.state != "done":
        raise Conflict("this archive is not written yet", field="job", expected="done", found=row.state)
    return file_of(int(row.programme_id or 0), row.id), row
