"""The route of labels as they stand."""

import json
from collections.abc import Sequence
from mimetypes import guess_type
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.clock import now
from goldloop.core.errors import Conflict, NotFound
from goldloop.core.nouns import Spec
from goldloop.http.asking import Ask
from goldloop.programmes.releases.labels import write_labels
from goldloop.programmes.releases.packing import pieces, zipped
from goldloop.store import ledger
from goldloop.store.access import access_programme, visible_items
from goldloop.store.batches import LABELLED, BatchRow, batches

routes = APIRouter()


@routes.get("/programmes/{programme}/labels")
def labels(
    ask: Ask,
    programme: str,
    kind: Annotated[str, Query(alias="as", description="an exporter kind")] = "jsonl.v1",
    batch_id: Annotated[list[str] | None, Query(description="batches; all where left out")] = None,
) -> StreamingResponse:
    """The accepted labels as they stand, in a file: a working copy with no gate, no seal and no proof.

    The answer is the exporter's file, or a zip where it writes several. The header `x-goldloop-rows` counts the
    labels, `x-goldloop-losses` says in JSON what the format could not carry.
    """
    exporter = families.exporter.build(Spec(name=kind))
    with TemporaryDirectory(prefix="goldloop-labels-") as name:
        folder = Path(name)
        with ask.store.read() as connection:
            caller = ask.caller(connection)
            row = access_programme(connection, ask.ids, caller, programme, may="export")
            access_programme(connection, ask.ids, caller, programme, may="read_items")
            chosen = _chosen(connection, row.id, [ask.ids.key("batch", public) for public in batch_id or ()])
            done = write_labels(connection, ask.ids, chosen, folder, exporter=exporter, visible=visible_items(caller))
        with ask.store.write() as connection:
            data = {"kind": kind, "rows": done.rows, "batches": len(chosen)}
            ledger.record(
                connection,
                "labels.exported",
                programme=row.id,
                actor=caller.actor_id,
                subject=str(row.id),
                data=data,
                at=now(),
            )
        alone = len(done.files) == 1
        file = (folder / done.files[0]).open("rb") if alone else zipped(folder)
    file_name = f"{row.name}-labels{Path(done.files[0]).suffix if alone else '.zip'}"
    headers = {
        "content-disposition": f'attachment; filename="{file_name}"',
        "content-length": str(file.seek(0, 2)),
        "x-goldloop-rows": str(done.rows),
        "x-goldloop-losses": json.dumps([loss._asdict() for loss in done.losses]),
    }
    media = guess_type(file_name)[0] or "application/octet-stream"
    return StreamingResponse(pieces(file), media_type=media, headers=headers)


def _chosen(connection: Connection, programme_id: int, keys: Sequence[int]) -> list[BatchRow]:
    """Batches of production work by age: those asked for, or all. Raises NotFound, Conflict."""
    mine = {one.id: one for one in batches(connection, programme_id) if one.purpose in LABELLED}
    if strangers := set(keys) - mine.keys():
        raise NotFound("this programme has no such batch", field="batch_id", found=f"{len(strangers)} of {len(keys)}")
    if not mine:
        raise Conflict("this programme has no batch yet", expected="goldloop batch route PROGRAMME", found="none")
    return [mine[key] for key in sorted(keys or mine)]
