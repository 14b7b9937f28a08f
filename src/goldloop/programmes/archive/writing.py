"""Writing an archive's members one after the other, counted and digested as they go, in flat memory."""

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from goldloop.programmes.archive.format import Member
from goldloop.store.blobs import chunks_of

BUFFER = 1 << 18
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def octets(value: bytes | None) -> str | None:
    """Bytes as an archive writes them."""
    return None if value is None else base64.b64encode(value).decode()


class Writer:
    """A zip file that grows by members; `members` is what a manifest says of them."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self.members: list[Member] = []

    def rows(self, name: str, rows: Iterable[Sequence[Any]], columns: Sequence[str], *, key: bool = False) -> Member:
        """A member of one row a line. With `key` the first column is a key, and the rows are in its order."""
        count, first, last = 0, None, None

        def lines() -> Iterator[bytes]:
            nonlocal count, first, last
            for row in rows:
                count += 1
                if key:
                    first, last = row[0] if first is None else first, row[0]
                yield _ENCODE(row).encode() + b"\n"

        size, digest = self._write(name, lines())
        member = Member(name=name, size=size, sha256=digest, rows=count, columns=tuple(columns), first=first, last=last)
        self.members.append(member)
        return member

    def file(self, name: str, chunks: Iterable[bytes]) -> None:
        """A member of these bytes."""
        size, digest = self._write(name, chunks)
        self.members.append(Member(name=name, size=size, sha256=digest))

    def folder(self, name: str, folder: Path) -> None:
        """The files of a folder as members below a name."""
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                self.file(f"{name}/{path.relative_to(folder).as_posix()}", chunks_of(path))

    def end(self, named: Sequence[tuple[str, bytes]]) -> None:
        """Write what stands in no manifest, and close the file."""
        for name, content in named:
            self._write(name, [content])
        self._zip.close()

    def abandon(self) -> None:
        """Close a file that nobody will read."""
        self._zip.close()

    def _write(self, name: str, chunks: Iterable[bytes]) -> tuple[int, str]:
        digest, size, held = hashlib.sha256(), 0, bytearray()
        with self._zip.open(name, "w", force_zip64=True) as out:
            for chunk in chunks:
                held += chunk
                if len(held) >= BUFFER:
                    digest.update(held)
                    size += len(held)
                    out.write(held)
                    held.clear()
            digest.update(held)
            size += len(held)
            out.write(held)
        return size, digest.hexdigest()
