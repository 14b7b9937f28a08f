"""The lines of a file as bytes, with where each ends: streaming, resumable, and no line too long to hold."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any, NamedTuple

from goldloop.core.errors import Invalid
from goldloop.core.families import Reject

_HEAD = 4096
_STEP = 1 << 20
Bytes = BufferedReader | gzip.GzipFile
BOM = b"\xef\xbb\xbf"
_WRONG = (
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
    (b"PK\x03\x04", "a zip archive or a spreadsheet"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
)


class Line(NamedTuple):
    """One line with its end, its number from 1, and the offset of the byte behind it."""

    data: bytes
    number: int
    end: int


@contextmanager
def opened(path: Path) -> Iterator[Bytes]:
    """A text file's bytes, unpacked where it is gzipped. Raises Invalid where the file cannot be text in UTF-8.

    Also turns what a broken archive raises while it is read into Invalid.
    """
    if not path.is_file():
        raise Invalid("there is no such file", field=path.name, expected="a file", found=str(path))
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            refuse_wrong_type(file.read(_HEAD), path)
            file.seek(0)
            yield file
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Invalid(
            "this archive is truncated or broken", field=path.name, expected="gzip", found=str(error)
        ) from error


def refuse_wrong_type(head: bytes, path: Path) -> None:
    """Raise Invalid where a file's first bytes show that it is no text in UTF-8."""
    found = next((name for magic, name in _WRONG if head.startswith(magic)), None)
    if found is None and head.count(0) > len(head) // 8:
        found = "UTF-16 or binary data"
    if found:
        raise Invalid("this is not a text file in UTF-8", field=path.name, expected="UTF-8 text", found=found)


def read_lines(file: Bytes, *, at: int, number: int, max_line: int) -> Iterator[Line | Reject]:
    """Lines from the byte `at`, the first numbered `number`; a line beyond `max_line` bytes is a Reject, not memory.

    A byte order mark at the very start belongs to no line.
    """
    if at:
        file.seek(at)
    elif file.read(len(BOM)) == BOM:
        at = len(BOM)
    else:
        file.seek(0)
    readline = file.readline
    limit = max_line + 2
    while data := readline(limit):
        at += len(data)
        if len(data) > max_line and not _fits(data, max_line):
            at += _skip(file, data)
            yield too_long(number, max_line, f"{at}:{number + 1}")
        else:
            yield Line(data, number, at)
        number += 1


def _fits(data: bytes, max_line: int) -> bool:
    return data.endswith(b"\n") and len(without_end(data)) <= max_line


def without_end(data: bytes) -> bytes:
    """A line without its line end; a carriage return anywhere else is text and stays."""
    return data.removesuffix(b"\n").removesuffix(b"\r") if data.endswith(b"\n") else data


def _skip(file: Bytes, data: bytes) -> int:
    """Read on to the end of a line without keeping it; how many bytes that were."""
    skipped = 0
    while data and not data.endswith(b"\n"):
        data = file.readline(_STEP)
        skipped += len(data)
    return skipped


def without_bom(data: bytes) -> bytes:
    """A file's bytes without the byte order mark at its start."""
    return data.removeprefix(BOM)


def too_long(number: int, max_line: int, resume: str) -> Reject:
    """The reject for something too long to hold."""
    return Reject(number, "line", f"at most {max_line} bytes", "more", resume)


def place(resume: str, parts: int = 2) -> tuple[int, ...]:
    """A resume token's numbers: offset, number of the next line, and what a source adds. Raises Invalid."""
    if not resume:
        return (0, *(1,) * (parts - 1))
    numbers = resume.split(":")
    if len(numbers) != parts or not all(number.isascii() and number.isdigit() for number in numbers):
        raise Invalid(
            "this is not a place in this file", field="resume", expected="a token of this source", found=resume
        )
    return tuple(map(int, numbers))


def text_problem(text: str) -> tuple[str, str] | None:
    """What is wrong with a text that must be storable: (expected, found), or None."""
    if "\x00" in text:
        return "text without NUL", f"U+0000 at {text.index(chr(0))}"
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return "whole characters", f"a lone surrogate U+{ord(text[error.start]):04X} at {error.start}"
    return None


def decode_problem(error: UnicodeDecodeError) -> tuple[str, str]:
    """What is wrong with bytes that are not UTF-8: (expected, found)."""
    return "UTF-8", f"byte 0x{error.object[error.start]:02x} at {error.start}"


def flat(value: Any) -> str:
    """All text of a value, joined."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "".join(key + flat(part) for key, part in value.items())
    return "".join(map(flat, value)) if isinstance(value, list) else ""
