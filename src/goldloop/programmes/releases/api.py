"""Routes of releases: cut, list, download."""

import json
from collections.abc import Sequence
from typing import Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.core.nouns import Noun
from goldloop.http import show
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.ordering import Way, next_of, order_of
from goldloop.http.paging import After, Format, Limit, long_list, page
from goldloop.http.routes.jobs import as_job
from goldloop.loop.forget import erased_of_release
from goldloop.programmes.file.withdrawn import check_sources
from goldloop.programmes.releases.cut import check_cut, draft
from goldloop.programmes.releases.packing import zipping
from goldloop.programmes.sealed.layout import VERIFIER
from goldloop.store import jobs, ledger, news
from goldloop.store.access import access_programme, access_release
from goldloop.store.delivered import add_receipt, delivered, receivers
from goldloop.store.headings import release_places
from goldloop.store.programmes import programme_row
from goldloop.store.releases import ReleaseRow, Withdrawal, folder_of, release_row_of, withdraw_release, withdrawals

routes = APIRouter()
Sort = Literal["sealed", "name", "number"]


class NewRelease(Noun):
    """A release to cut: of some batches, or of all whose gate is open."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "gold", "exports": ["jsonl.v1", "csv.v1"]}]})

    name: str
    batch_ids: tuple[str, ...] = ()
    exports: tuple[str, ...] = Field(default=("jsonl.v1",), description="exporter kinds")
    waive: str | None = Field(
        default=None,
        min_length=10,
        max_length=2000,
        description="why rows that stand in an evaluation set are sealed all the same; needs the door `waive`",
    )


class Withdrawing(Noun):
    """Why nobody should use a release any longer."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"because": "Labels of one shift were wrong; version 3 replaces them."}]}
    )

    because: str = Field(min_length=10, max_length=2000)


@routes.get("/programmes/{programme}/releases")
def programme_releases(
    ask: Ask,
    programme: str,
    sort: Sort | None = None,
    order: Way = None,
    after: After = None,
    limit: Limit = 100,
    format: Format = "json",
) -> Response:
    """The dataset releases of a programme, newest first, or in the order that was asked for."""

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
            chosen = order_of(ask.ids, "release", sort, order, cursor, usual=("sealed", "desc"))
            found = release_places(connection, row.id, chosen, limit=most)
            rows = _all_shown(ask, connection, [release_row_of(connection, one.key) for one in found])
        return rows, next_of(ask.ids, "release", found, most)

    return long_list(fetch, after=after, limit=limit, format=format, name="releases")


@routes.post("/programmes/{programme}/releases", status_code=202)
def cut_release(ask: Ask, programme: str, body: NewRelease) -> JSONResponse:
    """Seal the accepted labels of gated batches, as a job. A gate that is not open stops it here."""
    for kind in body.exports:
        families.exporter.kind(kind)
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="release")
        if body.waive is not None:
            access_programme(connection, ask.ids, caller, programme, may="waive")
        keys = [ask.ids.key("batch", public) for public in body.batch_ids]
        chosen = check_cut(connection, row.id, body.name, keys)
        args = {
            "programme": row.id,
            "name": body.name,
            "batches": [one.id for one in chosen],
            "exports": list(body.exports),
            "waive": body.waive,
        }
        job = jobs.enqueue(connection, "cut_release", args, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


@routes.get("/programmes/{programme}/releases/draft")
def draft_release(ask: Ask, programme: str, format: Format = "json") -> Response:
    """What the next release would hold: each batch with the reason why it is in it or not. Nothing is sealed."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        found = draft(connection, row.id)
    rows = [
        {
            "batch_id": ask.ids.show("batch", one.row.id),
            "batch": one.row.name,
            "items": one.row.item_count,
            "leaves": one.leaves,
            "because": one.because,
        }
        for one in found
    ]
    return page(rows, format=format, name="draft")


@routes.get("/releases/{release}")
def one_release(ask: Ask, release: str) -> JSONResponse:
    """One release, with the fingerprint its certificate is checked against."""
    with ask.store.read() as connection:
        row = access_release(connection, ask.ids, ask.caller(connection), release, may="see")
        shown = _all_shown(ask, connection, [row])[0]
    return reply(shown)


@routes.post("/releases/{release}/verify", status_code=202)
def verify_one_release(ask: Ask, release: str) -> JSONResponse:
    """Check a release's folder on this server against its certificate and this installation's key, as a job."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_release(connection, ask.ids, caller, release, may="verify")
        if row.kind != "dataset":
            raise NotFound("this release has no folder here", found=release[:60])
        args = {"release": row.id}
        job = jobs.enqueue(connection, "verify_release", args, programme=row.programme_id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


@routes.post("/releases/{release}/withdraw")
def withdraw_one_release(ask: Ask, release: str, body: Withdrawing) -> JSONResponse:
    """Withdraw a release, by name and with a reason: it is no longer given out.

    Who sees the programme and whoever received the release is told.

    Its folder, its certificate and its place in the line stay: what was sealed can still be checked.
    """
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_release(connection, ask.ids, caller, release, may="release")
        if row.kind != "dataset":
            raise Invalid("only a dataset is withdrawn", field="release", expected="a dataset", found=row.kind)
        at = now()
        if not withdraw_release(connection, row.id, by=caller.actor_id, because=body.because, at=at):
            raise Conflict("this release was withdrawn before", expected="one that stands", found=release[:60])
        data = {"name": row.name, "number": row.number, "because": body.because}
        gone = ledger.NewEvent("release.withdrawn", row.programme_id, caller.actor_id, str(row.id), data, at)
        news.tell(connection, ledger.record_one(connection, gone), receivers(connection, row.id))
        check_sources(connection, row.programme_id, at=at)
        return reply(_all_shown(ask, connection, [row])[0])


@routes.get("/releases/{release}/download")
def download_release(ask: Ask, release: str) -> StreamingResponse:
    """The release's folder as a zip file."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = access_release(connection, ask.ids, caller, release, may="export")
        name = programme_row(connection, row.programme_id).name
        withdrawn = withdrawals(connection, [row.id]).get(row.id)
    if withdrawn is not None:
        raise Conflict(
            f"this release was withdrawn by {withdrawn.by}", expected="a release that stands", found=withdrawn.because
        )
    folder = folder_of(ask.store.home, name, row.name, row.number)
    gone = erased_of_release(row)
    if gone is not None:
        raise NotFound("this release was erased here", expected="a release that is kept", found=str(gone["because"]))
    if row.kind != "dataset" or not folder.is_dir():
        raise NotFound("this release has no folder here", found=release[:60])
    at = now()
    with ask.store.write() as connection:
        add_receipt(connection, row.id, caller.actor_id, at=at)
        ledger.record(
            connection,
            "release.downloaded",
            programme=row.programme_id,
            actor=caller.actor_id,
            subject=str(row.id),
            data={"name": row.name, "number": row.number},
            at=at,
        )
    headers = {"content-disposition": f'attachment; filename="{folder.name}.zip"'}
    return StreamingResponse(zipping(folder), media_type="application/zip", headers=headers)


@routes.get("/verifier")
def verifier(ask: Ask) -> FileResponse:
    """One HTML file that verifies a release folder in a browser, with no server and no network."""
    with ask.store.read() as connection:
        ask.caller(connection)
    return FileResponse(VERIFIER, media_type="text/html", filename="goldloop-verifier.html")


def _all_shown(ask: Asking, connection: Connection, rows: Sequence[ReleaseRow]) -> list[dict[str, Any]]:
    keys = [row.id for row in rows]
    withdrawn, received = withdrawals(connection, keys), delivered(connection, keys)
    return [_shown(ask, row, withdrawn.get(row.id), received=row.id in received) for row in rows]


def _shown(ask: Asking, row: ReleaseRow, withdrawn: Withdrawal | None, *, received: bool) -> dict[str, Any]:
    about = json.loads(row.body) if row.kind == "dataset" else {}
    return {
        **show.release(ask.ids, row),
        "state": "withdrawn" if withdrawn is not None else "delivered" if received else "sealed",
        "rows": about.get("rows"),
        "splits": about.get("splits", {}),
        "licences": about.get("licences", {}),
        "sources": about.get("sources", {}),
        "withheld": about.get("withheld", {}),
        "key": about.get("signer"),
        "erased": about.get("erased"),
        "withdrawn": withdrawn._asdict() if withdrawn is not None else None,
    }
