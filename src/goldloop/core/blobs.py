"""Blobs: large immutable bytes beside the database, in a folder or an S3-compatible store."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol


class Blob(NamedTuple):
    """One stored blob; `sha256` is 32 bytes, `size` counts bytes."""

    name: str
    size: int
    sha256: bytes


class Readable(Protocol):
    """Blobs that somebody may read."""

    def local(self, name: str) -> AbstractContextManager[Path]:
        """A local path to read from while the context is open; its last part is the blob's. Raises NotFound."""
        ...


class Blobs(Readable, Protocol):
    """Where blobs live. A name keeps its bytes for ever; a half-written blob is never visible."""

    def put(self, chunks: Iterable[bytes], *, name: str | None = None) -> Blob:
        """Keep these bytes, streaming, in flat memory; without a name under one derived from their digest.

        Putting the same bytes again is no error. Raises Conflict where the name holds other bytes, Invalid for a name
        that is not a plain relative path, Unavailable where the store or the disk fails.
        """
        ...

    def read(self, name: str) -> Iterator[bytes]:
        """The bytes in chunks of at most a few MiB. Raises NotFound, at the first chunk."""
        ...

    def size(self, name: str) -> int | None:
        """Bytes of a blob, or None where there is none of this name."""
        ...

    def names(self, prefix: str = "") -> Iterator[str]:
        """Every name that starts with a prefix, ascending."""
        ...

    def delete(self, name: str) -> None:
        """Forget a blob. Forgetting what is not there is no error."""
        ...
