"""Routes of labelling: uploads, imports, opening work."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Noun, Spec
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import After, Format, Limit, long_list, page
from goldloop.http.routes.jobs import as_job
from goldloop.http.uploading import received
from goldloop.labelling.imports.preview import preview
from goldloop.loop.records import by_name
from goldloop.loop.source_rights import terms_of
from goldloop.loop.whose import People, check_people
from goldloop.store import jobs, take_ins
from goldloop.store.access import access_programme, access_take_in
from goldloop.store.programme_files import check_upload, uploads_of
from goldloop.store.programmes import policy_in_force

routes = APIRouter()
Author = Annotated[str, Field(min_length=1, max_length=400)]
MOST_AUTHORS = 5_000  # more are no people
LONGEST_NUMBER = 18  # digits that fit a database's integer, whatever they are


class NewImport(Noun):
    """An uploaded file to take in."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"file": "9f86d081884c7d65", "source": {"name": "jsonl.v1", "params": {}}}]}
    )

    file: str = Field(description="`file` of the upload")
    source: Spec
    name: str = Field(default="default", min_length=1, max_length=200, description="the source items belong to")
    filename: str = Field(default="", max_length=300, description="what the file is called where it came from")
    accounts: dict[Author, Author] = Field(
        default={}, max_length=MOST_AUTHORS, description="author -> sign-in name of the person here who they are"
    )
    names: dict[Author, Author] = Field(
        default={}, max_length=MOST_AUTHORS, description="author -> name that they are kept under, without a sign-in"
    )


class Preview(Noun):
    """An uploaded file to look at before it is taken in."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"file": "9f86d081884c7d65", "source": {"name": "jsonl.v1", "params": {}}}]}
    )

    file: str = Field(description="`file` of the upload")
    source: Spec


@routes.post("/programmes/{programme}/uploads", status_code=201)
async def upload(ask: Ask, request: Request, programme: str, name: str = "upload") -> JSONResponse:
    """Keep a file's bytes, streamed; the answer names it for an import."""
    row = await run_in_threadpool(_programme, ask, programme)
    kept = await received(ask.store, request, folder=uploads_of(row))
    return reply({"file": kept.file, "name": name, "size": kept.size, "sha256": kept.sha256}, 201)


@routes.post("/programmes/{programme}/imports", status_code=202)
def begin_import(ask: Ask, programme: str, body: NewImport) -> JSONResponse:
    """Take an uploaded file in, as a job. The same file into the same source a second time adds nothing.

    An author who has the name of somebody who signs in here is rejected, until `accounts` (for owners) or `names` says
    who that is.
    """
    families.source.build(body.source)
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="import")
        sha256 = body.file.rpartition("/")[2]
        check_upload(ask.store.blobs, row.id, body.file)
        people = People(accounts=dict(body.accounts), names=dict(body.names))
        if people.accounts:
            caller.require_owner()  # it says that somebody here spoke
        check_people(connection, people, row.organisation_id)
        terms = terms_of(policy_in_force(connection, row.id).policy, body.name)
        key = take_ins.begin(
            connection,
            take_ins.NewTakeIn(
                programme_id=row.id,
                source_id=take_ins.source_key(connection, row.id, body.name),
                spec=canonical(body.source.model_dump(mode="json")),
                file=body.filename or body.name,
                blob=body.file,
                sha256=bytes.fromhex(sha256),
                provenance=canonical({"origin": terms.origin}),
                taken_by=caller.actor_id,
                taken_at=at,
                people=people.model_dump_json() if people != People() else None,
            ),
        )
        job = jobs.enqueue(connection, "take_in", {"take_in": key}, programme=row.id, asked_by=caller.actor_id)
        shown = as_job(ask, jobs.find(connection, job))
    return reply({**shown, "import_id": ask.ids.show("take_in", key)}, 202)


@routes.post("/programmes/{programme}/imports/preview")
def preview_import(ask: Ask, programme: str, body: Preview) -> JSONResponse:
    """What the first rows of an uploaded file would become; nothing is taken in."""
    source = families.source.build(body.source)
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="import", or_may="deliver")
        check_upload(ask.store.blobs, row.id, body.file)
        policy = policy_in_force(connection, row.id).policy
    task = families.task.build(policy.task)
    with ask.store.blobs.local(body.file) as path:
        limit = ask.store.settings.line_mb << 20
        try:
            found = preview(source, path, task, policy.labels, max_line=limit, pii=policy.protection.pii)
        except Invalid as error:
            raise by_name(error, body.file, "file") from error
    return reply(found)


@routes.get("/programmes/{programme}/imports")
def imports(ask: Ask, programme: str, format: Format = "json") -> Response:
    """What came in, and what was rejected."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        found = take_ins.take_ins(connection, row.id)
        names = take_ins.source_names(connection, [one.source_id for one in found])
        waiting = jobs.bringing_in(connection, row.id) if any(one.finished_at is None for one in found) else {}
    return page([_take_in(ask, one, names, waiting.get(one.id)) for one in found], format=format, name="imports")


@routes.get("/imports/{take_in}/rejects")
def rejects(ask: Ask, take_in: str, after: After = None, limit: Limit = 200, format: Format = "json") -> Response:
    """The records that could not be taken in: line, field, what was expected, what was found."""

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            key = access_take_in(connection, ask.ids, ask.caller(connection), take_in, may="read_items")
            found = take_ins.rejects(connection, key, after=_number(cursor), limit=most)
        rows = [
            {"n": n, "line": one.line, "field": one.field, "expected": one.expected, "found": one.found}
            for n, one in found
        ]
        return rows, str(found[-1][0]) if len(found) == most else None

    return long_list(fetch, after=after, limit=limit, format=format, name="rejects")


@routes.get("/imports/{take_in}/lost")
def not_carried(ask: Ask, take_in: str, format: Format = "json") -> Response:
    """What of an imported file could not be carried: what it was, and how often."""
    with ask.store.read() as connection:
        key = access_take_in(connection, ask.ids, ask.caller(connection), take_in, may="read_items")
        lost = json.loads(take_ins.take_in_row(connection, key).lost or "{}")
    rows = [{"what": what, "times": lost[what]} for what in sorted(lost, key=lambda one: (-lost[one], one))]
    return page(rows, format=format, name="lost")


@routes.post("/programmes/{programme}/route", status_code=202)
def route_items(ask: Ask, programme: str) -> JSONResponse:
    """Form batches of what has come in, route every item with its reason, and open the work, as a job."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="import")
        policy_in_force(connection, row.id)
        args = {"programme": row.id}
        job = jobs.enqueue(connection, "open_work", args, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


def _programme(ask: Asking, programme: str) -> int:
    with ask.store.read() as connection:
        return access_programme(
            connection, ask.ids, ask.caller(connection), programme, may="import", or_may="deliver"
        ).id


def _number(after: str | None) -> int:
    if after is None:
        return -1
    if not after.isascii() or not after.isdigit() or len(after) > LONGEST_NUMBER:
        raise Invalid("this is not a page's `next`", field="after", expected="a number", found=after[:40])
    return int(after)


def _take_in(ask: Asking, row: take_ins.TakeInRow, names: dict[int, str], job: jobs.Job | None) -> dict[str, Any]:
    unfinished = job.state if job is not None else "running"
    return {
        "id": ask.ids.show("take_in", row.id),
        "name": names[row.source_id],
        "file": row.file,
        "source": Spec.model_validate_json(row.spec).name,
        "items": row.item_count,
        "duplicates": row.duplicates,
        "rejects": row.rejects,
        "judgements": row.judgements,
        "lost": sum(json.loads(row.lost or "{}").values()),
        "state": "done" if row.finished_at is not None else unfinished,
        "error": job.error if job is not None and row.finished_at is None else None,
        "at": row.taken_at,
    }
