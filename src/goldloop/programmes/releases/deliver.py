"""Delivering a release to a declared place: whole or not at all, read again where it arrived, with a receipt.

    folder         copied beside its target under a hidden name, verified there, renamed at the end
    object store   the certificate goes last and what arrived is read back: without it, nothing verifies

What did not arrive is a brief until the same release arrives at the same place.
"""

import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.errors import Conflict, GoldloopError, Invalid, NotFound, Unavailable
from goldloop.core.place import Place
from goldloop.core.settings import Settings
from goldloop.jobs.running import Running
from goldloop.loop.brief import Reading, heard
from goldloop.loop.forget import erased_of_release
from goldloop.programmes.sealed import layout, verify_release
from goldloop.programmes.sealed.read import parse
from goldloop.store import ledger
from goldloop.store.blobs import S3Blobs, chunks_of
from goldloop.store.delivered import add_receipt
from goldloop.store.programmes import programme_row
from goldloop.store.releases import ReleaseRow, folder_of, release_row_of, withdrawals

SOURCE = "delivery"


class Arrived(NamedTuple):
    """What stands at the place: where, how many files, how many bytes."""

    at: str
    files: int
    size: int


def place_of(settings: Settings, name: str, programme: str) -> Place:
    """A place that releases of a programme may go to. Raises Invalid naming those there are."""
    mine = {key: one for key, one in settings.places.items() if programme in one.programmes}
    if name not in mine:
        raise Invalid(
            "there is no such place for releases of this programme",
            field="to",
            expected=" or ".join(sorted(mine)) or "a place that the operator declares: GOLDLOOP_PLACES",
            found=name[:60],
        )
    return mine[name]


def check_stands(connection: Connection, row: ReleaseRow) -> None:
    """Raise Conflict for a release that was withdrawn, NotFound for one that is erased or no dataset."""
    gone = withdrawals(connection, [row.id]).get(row.id)
    if gone is not None:
        raise Conflict(f"this release was withdrawn by {gone.by}", expected="a release that stands", found=gone.because)
    erased = erased_of_release(row)
    if row.kind != "dataset" or erased is not None:
        found = str(erased["because"]) if erased is not None else row.kind
        raise NotFound("this release has no folder here", expected="a release of data that is kept", found=found)


def deliver_release(job: Running) -> dict[str, Any]:
    """The job: args {"release", "to"}. A restart begins anew; what has arrived is not sent again."""
    store, name = job.store, str(job.args["to"])
    with store.read() as connection:
        row = release_row_of(connection, int(job.args["release"]))
        check_stands(connection, row)
        programme = programme_row(connection, row.programme_id).name
    folder = folder_of(store.home, programme, row.name, row.number)
    signer = str(parse(row.body.encode(), name="release")["signer"])
    try:
        place = place_of(store.settings, name, programme)
        arrived = _carry(job, folder, place, signer, digest=row.digest.hex())
    except GoldloopError as error:
        with store.write() as connection:
            heard(connection, _reading(row, name, False, str(error)), at=now())
        raise
    with store.write() as connection:
        at, about = now(), f"{arrived.files:,} files, {arrived.size:,} bytes, read again there"
        data = {"name": row.name, "number": row.number, "place": name, "digest": row.digest.hex()}
        data |= {"files": arrived.files, "bytes": arrived.size}
        ledger.record(
            connection,
            "release.delivered",
            programme=row.programme_id,
            actor=job.asked_by,
            subject=str(row.id),
            data=data,
            at=at,
        )
        by = int(job.asked_by or 0)
        add_receipt(connection, row.id, by, place=name, files=arrived.files, size=arrived.size, at=at)
        heard(connection, _reading(row, name, True, about), at=at)
        job.save(connection, arrived.files, total=arrived.files, unit="files")
    return {"release_id": store.ids.show("release", row.id), **data, "at": arrived.at}


def _carry(job: Running, folder: Path, place: Place, signer: str, *, digest: str) -> Arrived:
    found = verify_release(folder, key=signer)
    if found.outcome != "verified":
        raise Conflict("this release is not as it was sealed", expected="a folder that verifies", found=found.because)
    listed = [one.path for one in layout.walk(folder) if one.path not in layout.UNLISTED]
    paths = [*listed, layout.MANIFEST, layout.CERTIFICATE]  # what makes it a release comes last
    try:
        if place.is_folder:
            return _to_folder(job, folder, Path(place.to) / folder.name, paths, signer, digest=digest)
        return _to_store(job, folder, place.to, paths)
    except OSError as error:
        raise Unavailable("this place cannot be written to", field="to", found=f"{place.to}: {error}"[:300]) from error


def _to_folder(job: Running, folder: Path, target: Path, paths: Sequence[str], signer: str, *, digest: str) -> Arrived:
    size = sum((folder / path).stat().st_size for path in paths)
    if target.exists() or target.is_symlink():
        found = verify_release(target, key=signer)
        same = hashlib.sha256((target / layout.MANIFEST).read_bytes()).hexdigest() == digest if found.counts else False
        if found.outcome != "verified" or not same:
            raise Conflict(
                "something else stands where this release would", field="to", expected=str(target), found=found.because
            )
        return Arrived(str(target), len(paths), size)
    building = target.with_name(f".{target.name}.delivering")
    shutil.rmtree(building, ignore_errors=True)
    try:
        for n, path in enumerate(paths):
            job.progress(n, total=len(paths), unit="files", note=path)
            (building / path).parent.mkdir(parents=True, exist_ok=True)
            with (building / path).open("xb") as out:
                out.writelines(chunks_of(folder / path))
                out.flush()
                os.fsync(out.fileno())
        found = verify_release(building, key=signer)
        if found.outcome != "verified":
            raise Conflict("what arrived is not what was sent", field="to", expected="verified", found=found.because)
        building.rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return Arrived(str(target), len(paths), size)


def _to_store(job: Running, folder: Path, to: str, paths: Sequence[str]) -> Arrived:
    url, size = urlsplit(to), 0
    blobs = S3Blobs(job.store.settings, bucket=url.netloc, prefix=f"{url.path.strip('/')}/{folder.name}".strip("/"))
    for n, path in enumerate(paths):
        job.progress(n, total=len(paths), unit="files", note=path)
        sent, back = blobs.put(chunks_of(folder / path), name=path), hashlib.sha256()
        for chunk in blobs.read(path):
            back.update(chunk)
        if back.digest() != sent.sha256:
            raise Conflict("what arrived is not what was sent", field="to", expected=sent.sha256.hex(), found=path)
        size += sent.size
    return Arrived(f"{to.rstrip('/')}/{folder.name}", len(paths), size)


def _reading(row: ReleaseRow, place: str, healthy: bool, because: str) -> Reading:
    return Reading(
        row.programme_id,
        f"delivery:{row.name}@{row.number}:{place}",
        SOURCE,
        f"{row.name} #{row.number} has not arrived at {place}",
        healthy,
        because,
        scope={"release": f"{row.name}@{row.number}", "place": place},
    )
