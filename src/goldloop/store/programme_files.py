"""The one door from a blob's name to its bytes, for a programme: what is another's does not exist.

Names of blobs are digests, and a specification may name any. A programme has what was uploaded to it, what came into
it, and the weights that it trained.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, select

from goldloop.core.blobs import Blobs
from goldloop.core.errors import NotFound
from goldloop.store.open import Store
from goldloop.store.schema import model, take_in


def uploads_of(programme_id: int) -> str:
    """The folder of what is uploaded to a programme."""
    return f"uploads/{programme_id}"


def check_upload(blobs: Blobs, programme_id: int, name: str) -> None:
    """Raise NotFound for anything but an upload of this programme that is still there."""
    if not name.startswith(f"{uploads_of(programme_id)}/") or blobs.size(name) is None:
        raise NotFound("there is no such upload", field="file", found=name[:80])


class ProgrammeFiles:
    """The blobs of one programme, to read from."""

    def __init__(self, store: Store, programme_id: int) -> None:
        self._store, self._programme_id = store, programme_id

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """See `Readable.local`."""
        with self._store.read() as connection:
            mine = belongs(connection, self._programme_id, name)
        if not mine or self._store.blobs.size(name) is None:
            raise NotFound(
                "this programme has no such file", field="name", expected="`file` of an upload to it", found=name[:100]
            )
        with self._store.blobs.local(name) as path:
            yield path


def belongs(connection: Connection, programme_id: int, name: str) -> bool:
    """True where a blob is one that this programme may read."""
    if name.startswith(f"{uploads_of(programme_id)}/"):
        return True
    came = select(take_in.c.id).where(take_in.c.programme_id == programme_id, take_in.c.blob == name).limit(1)
    return connection.execute(came).first() is not None or name in trained_weights(connection, programme_id)


def trained_weights(connection: Connection, programme_id: int) -> set[str]:
    """The blobs of the weights that a programme trained."""
    trained = select(model.c.judge).where(model.c.programme_id == programme_id, model.c.trained_on.is_not(None))
    told = (json.loads(judge).get("params", {}).get("weights") for judge in connection.execute(trained).scalars())
    return {one for one in told if isinstance(one, str)}
