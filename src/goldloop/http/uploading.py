"""Keeping what somebody sends: streamed to disk, named by its content, and no larger than allowed."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from goldloop.core.errors import Invalid
from goldloop.store.blobs import chunks_of, writing
from goldloop.store.open import Store


class Kept(NamedTuple):
    """A file that was kept: its name among the blobs."""

    file: str
    size: int
    sha256: str


async def body_of(request: Request, *, most: int) -> bytes:
    """A request's body as a whole, up to a limit. Raises Invalid where it is larger."""
    parts, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise Invalid("this is too large", field="body", expected=f"at most {most >> 20} MiB", found="more")
        parts.append(chunk)
    return b"".join(parts)


async def received(store: Store, request: Request, *, folder: str) -> Kept:
    """Keep a request's body under `folder`. Raises Invalid where it is too large."""
    store.job_near.set()  # the runner comes up while the bytes do
    limit = store.settings.upload_mb << 20
    with TemporaryDirectory(dir=store.home) as place:
        path, size, digest = Path(place) / "upload", 0, hashlib.sha256()
        with writing(), path.open("wb") as out:
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise Invalid("the upload is too large", field="body", expected=f"at most {limit >> 20} MiB")
                digest.update(chunk)
                await run_in_threadpool(out.write, chunk)
        name = f"{folder}/{digest.hexdigest()}"
        await run_in_threadpool(store.blobs.put, chunks_of(path), name=name)
    return Kept(name, size, digest.hexdigest())
