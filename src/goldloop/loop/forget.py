"""Forgetting for good: the files that items came in, and the releases they stand in, each with an entry in the ledger.

The entry is the certificate of the deletion: it names what went, when, why and by whom, and a commitment to it that
nobody can open any more. Blocks, certificates and labels stay, and prove what they proved.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from goldloop.core import merkle
from goldloop.core.clock import now
from goldloop.store import ledger, segments, take_ins
from goldloop.store.open import Store
from goldloop.store.programmes import programme_row
from goldloop.store.releases import ReleaseRow, folder_of, mark_erased, release_row_of

CERTIFICATE = "certificate.dsse.json"
ARCHIVES = "archives"  # among the blobs: archives of programmes that somebody wrote and has not fetched yet


def forget_upload(store: Store, take_in_id: int, *, because: str, by: int | None) -> bool:
    """Forget the file that items came in; False where it is gone, or another import still reads it.

    Its name and digest go too: the ledger's row roots are salted with them.
    """
    with store.write() as connection:
        row = take_ins.take_in_row(connection, take_in_id)
        if row.blob == "" or not take_ins.finished_with(connection, row.programme_id, row.blob):
            return False
        store.blobs.delete(row.blob)  # first: a name that was forgotten before its file would leave it there for ever
        take_ins.forget_file(connection, row.programme_id, row.blob)
        ledger.record(
            connection,
            "upload.erased",
            programme=row.programme_id,
            actor=by,
            subject=str(take_in_id),
            data={"because": because},
            at=now(),
        )
    return True


def forget_release(store: Store, release_id: int, *, because: str, by: int | None) -> bool:
    """Forget a release's folder but for its certificate, which then opens for nobody; False where it is gone."""
    with store.write() as connection:
        row = release_row_of(connection, release_id)
        if erased_of_release(row) is not None:
            return False
        at = now()
        _empty(folder_of(store.home, programme_row(connection, row.programme_id).name, row.name, row.number))
        mark_erased(connection, row, because=because, at=at)
        ledger.record(
            connection,
            "release.erased",
            programme=row.programme_id,
            actor=by,
            subject=str(release_id),
            data={"because": because, "digest": row.digest.hex()},
            at=at,
        )
    return True


def forget_archives(store: Store, programme_id: int) -> int:
    """Forget the archives of a programme that lie here still: they hold what is erased from now on; how many."""
    names = list(store.blobs.names(f"{ARCHIVES}/{programme_id}/"))
    for name in names:
        store.blobs.delete(name)
    return len(names)


def erased_of_release(row: ReleaseRow) -> Mapping[str, Any] | None:
    """When and why a release's folder was erased; None where it is there."""
    found: Mapping[str, Any] | None = json.loads(row.body).get("erased") if row.kind == "dataset" else None
    return found


def proof_of(connection: Connection, store: Store, event_id: int, segment_id: int | None) -> dict[str, Any]:
    """A deletion in the ledger: the event, and the path from it to the root of its block, if that is sealed."""
    if segment_id is None:
        found = ledger.event_in_block(connection, event_id)
    else:
        found = segments.placed(connection, store.blobs, segment_id, event_id)
    shown: dict[str, Any] = {"leaf": found.leaf.hex(), "data": json.loads(found.data), "block": None}
    if found.block is not None:
        index = found.leaves.index(found.leaf)
        shown["block"] = {
            "number": found.block.number,
            "hash": found.block.hash.hex(),
            "root": merkle.root(found.leaves).hex(),
            "index": index,
            "size": len(found.leaves),
            "path": [step.hex() for step in merkle.path(found.leaves, index)],
        }
    return shown


def _empty(folder: Path) -> None:
    """Leave nothing in a release's folder but its certificate."""
    if folder.is_dir():
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != CERTIFICATE:
                path.unlink()
