"""Trained weights as a file: a zip of `facts.json` and plain arrays (`NAME.npy`). Reading runs no code: no pickles."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldloop.core.canonical import canonical
from goldloop.core.errors import Invalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FACTS = "facts.json"
LIMIT = 2 << 30  # bytes of all entries unpacked
ENTRIES = 64
CHUNK = 1 << 20
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # zip files carry times; equal weights must be equal bytes


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What a judge learnt: the judge's name, facts as JSON, and named arrays of numbers."""

    judge: str
    facts: Mapping[str, Any]
    arrays: "Mapping[str, NDArray[Any]]"

    @cached_property
    def packed(self) -> bytes:
        """The file, the same bytes for the same weights."""
        from numpy.lib.format import write_array

        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            _add(archive, FACTS, canonical({"judge": self.judge, "facts": dict(self.facts)}).encode())
            for name in sorted(self.arrays):
                entry = io.BytesIO()
                write_array(entry, self.arrays[name], version=(1, 0), allow_pickle=False)
                _add(archive, f"{name}.npy", entry.getvalue())
        return out.getvalue()

    def chunks(self) -> Iterator[bytes]:
        """The file in pieces of a MiB, as blobs take it."""
        for start in range(0, len(self.packed), CHUNK):
            yield self.packed[start : start + CHUNK]


def read_weights(path: Path) -> Weights:
    """The weights in a file. Raises Invalid for anything that is not such a file, or that is larger than it says."""
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise _broken("a zip of arrays", str(error)) from error
    with archive:
        entries = archive.infolist()
        size = sum(entry.file_size for entry in entries)
        if len(entries) > ENTRIES or size > LIMIT:
            raise _broken(f"at most {ENTRIES} entries and {LIMIT >> 20} MiB", f"{len(entries)} entries, {size} bytes")
        try:
            contents = {entry.filename: archive.read(entry) for entry in entries}
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise _broken("whole entries", str(error)) from error
    head = _facts(contents.pop(FACTS, b""))
    arrays = {name.removesuffix(".npy"): _array(name, content) for name, content in contents.items()}
    return Weights(judge=head["judge"], facts=head["facts"], arrays=arrays)


def _facts(content: bytes) -> dict[str, Any]:
    try:
        head = json.loads(content)
    except ValueError as error:
        raise _broken(f"JSON in {FACTS}", str(error)) from error
    if not isinstance(head, dict) or not isinstance(head.get("judge"), str) or not isinstance(head.get("facts"), dict):
        raise _broken(f"judge and facts in {FACTS}", repr(head)[:80])
    return head


def _array(name: str, content: bytes) -> "NDArray[np.generic]":
    """An array whose bytes are exactly as many as its header claims, of plain numbers."""
    import numpy as np
    from numpy.lib.format import read_array_header_1_0, read_magic

    file = io.BytesIO(content)
    try:
        version = read_magic(file)
        shape, fortran, dtype = read_array_header_1_0(file)
    except ValueError as error:
        raise _broken(f"a plain array in {name}", str(error)) from error
    if version != (1, 0) or dtype.kind not in "biuf":
        raise _broken(f"numbers in {name}", f"version {version}, {dtype}")
    data = content[file.tell() :]
    count = 1
    for length in shape:
        count *= int(length)
    if count * dtype.itemsize != len(data):
        raise _broken(f"{count * dtype.itemsize} bytes in {name}", f"{len(data)} bytes")
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _LONG_AGO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content, compresslevel=1)


def _broken(expected: str, found: str) -> Invalid:
    return Invalid("this is not a file of trained weights", field="weights", expected=expected, found=found[:120])
