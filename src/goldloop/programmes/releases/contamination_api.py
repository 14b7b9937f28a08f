"""The route that holds a release, or what would be in one, against evaluation sets."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Noun, Spec
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.routes.jobs import as_job
from goldloop.programmes.contamination.sets import Against
from goldloop.programmes.releases.cut import check_cut
from goldloop.store import jobs
from goldloop.store.access import access_programme, access_release
from goldloop.store.caller import Caller
from goldloop.store.programme_files import check_upload

routes = APIRouter()


class NewCheck(Noun):
    """What is held against what. Evaluation sets are sealed releases, gold releases, or an uploaded file."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"release_id": "rel_4h8c2m7k9tq3x", "against": ["rel_7k9tq3x4h8c2m"]}]}
    )

    release_id: str | None = Field(default=None, description="a sealed release; what may be cut now where left out")
    batch_ids: tuple[str, ...] = Field(default=(), description="of what may be cut now only these batches")
    splits: tuple[str, ...] = Field(default=(), description="of a sealed release only the rows of these splits")
    against: tuple[str, ...] = Field(default=(), max_length=50, description="ids of datasets or gold releases")
    eval_only: bool = Field(default=False, description="of gold only what is never handed out as training")
    file: str | None = Field(default=None, description="`file` of an upload")
    source: Spec | None = Field(default=None, description="how the uploaded file is read")
    filename: str = Field(default="", max_length=300)
    words: int = Field(default=8, ge=3, le=50, description="words in a row that make an overlap")


@routes.post("/programmes/{programme}/contamination", status_code=202)
def check(ask: Ask, programme: str, body: NewCheck) -> JSONResponse:
    """Count and name the rows that stand in evaluation sets, as a job: exactly, normalised, or in a phrase."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="release")
        access_programme(connection, ask.ids, caller, programme, may="read_items")
        args: dict[str, Any] = {"programme": row.id, "splits": list(body.splits)}
        if body.release_id is not None:
            args["release"] = _dataset(ask, connection, caller, row.id, body.release_id)
        else:
            keys = [ask.ids.key("batch", public) for public in body.batch_ids]
            args["batches"] = [one.id for one in check_cut(connection, row.id, "draft", keys)]
        args["against"] = _against(ask, connection, caller, row.id, body).model_dump(mode="json")
        job = jobs.enqueue(connection, "contamination", args, programme=row.id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


def _dataset(ask: Asking, connection: Connection, caller: Caller, programme_id: int, public: str) -> int:
    row = access_release(connection, ask.ids, caller, public, may="release")
    if row.kind != "dataset" or row.programme_id != programme_id:
        raise Invalid("this is no dataset of the programme", field="release_id", expected="a dataset", found=row.kind)
    return row.id


def _against(ask: Asking, connection: Connection, caller: Caller, programme_id: int, body: NewCheck) -> Against:
    """The sets by key; of other programmes too, where the caller may read their items."""
    found: dict[str, list[int]] = {"dataset": [], "gold": []}
    for public in body.against:
        row = access_release(connection, ask.ids, caller, public, may="read_items")
        if row.kind not in found:
            raise Invalid("this holds no items", field="against", expected="a dataset or gold", found=row.kind)
        found[row.kind].append(row.id)
    if (body.file is None) != (body.source is None):
        raise Invalid("a file is read by a source", field="source", expected="file and source", found="one of them")
    if body.file is not None:
        assert body.source is not None
        families.source.build(body.source)
        check_upload(ask.store.blobs, programme_id, body.file)
    if not (body.against or body.file):
        raise Invalid("against what?", field="against", expected="a release, gold, or a file", found="nothing")
    return Against(
        releases=tuple(found["dataset"]),
        gold=tuple(found["gold"]),
        eval_only=body.eval_only,
        file=body.file,
        source=body.source,
        filename=body.filename,
        words=body.words,
    )
