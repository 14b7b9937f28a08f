"""Predictions that somebody made elsewhere: a file of replies by external id, read where they stand.

JSONL: one object a line, `{"id": ..., "answer": ..., "confidence": ...}` or any other reply of `goldloop.judges.reply`.
CSV: a heading with `id`, `answer` (or `label`), and `confidence`.
"""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, Literal

from pydantic import Field

from goldloop.core.blobs import Readable
from goldloop.core.errors import Invalid
from goldloop.core.families import Body
from goldloop.core.nouns import Noun

MAX_LINE = 8 << 20


class FileParams(Noun):
    """Which file, in which format."""

    file: str = Field(description="name of the blob with the predictions")
    format: Literal["jsonl", "csv"] = "jsonl"


class FileModel:
    """An index from external id to where in the file its reply stands; the fingerprint is the file's digest.

    Raises Invalid for a line that is no reply, an id that stands twice, a line over 8 MiB.
    """

    def __init__(self, params: FileParams, *, blobs: Readable) -> None:
        with blobs.local(params.file) as path:
            # kept open: the local copy of a remote blob is gone when the context ends
            self._file: IO[bytes] = path.open("rb")
        lines = _Lines(self._file)
        self._heading: list[str] = _heading(lines) if params.format == "csv" else []
        self._at: dict[str, int] = {}
        for number, start, reply in self._replies(lines):
            if reply["id"] in self._at:
                raise Invalid(
                    "this id stands twice", field=f"line {number}.id", expected="each id once", found=reply["id"]
                )
            self._at[reply["id"]] = start
        self._fingerprint = lines.digest.hexdigest()

    @property
    def fingerprint(self) -> str:
        """See `Model.fingerprint`."""
        return self._fingerprint

    def say(self, items: Sequence[tuple[str, Body]]) -> Sequence[Mapping[str, Any]]:
        """See `Model.say`. An item that the file does not name is refused."""
        return [self._reply(external_id) for external_id, _ in items]

    def _reply(self, external_id: str) -> Mapping[str, Any]:
        if external_id not in self._at:
            return {"refused": "the prediction file does not name this item"}
        self._file.seek(self._at[external_id])
        return next(self._replies(_Lines(self._file)))[2]

    def _replies(self, lines: "_Lines") -> Iterator[tuple[int, int, dict[str, Any]]]:
        """(line number, offset, reply) of every reply from where the lines stand."""
        if self._heading:
            yield from _rows(lines, self._heading)
            return
        for text in lines:
            if text.strip():
                yield lines.number, lines.start, _object(text, lines.number)


class _Lines:
    """The lines of a file as text, knowing the number, the offset and the digest of what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.number, self.start, self.end = 0, 0, file.tell()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(MAX_LINE + 1)
        if not line:
            raise StopIteration
        self.number += 1
        where = f"line {self.number}"
        if len(line) > MAX_LINE:
            raise Invalid("a line is too long", field=where, expected=f"at most {MAX_LINE >> 20} MiB", found="more")
        self.digest.update(line)
        self.start, self.end = self.end, self.end + len(line)
        try:
            return line.decode("utf-8-sig" if self.start == 0 else "utf-8")
        except UnicodeDecodeError as error:
            raise Invalid("this is not UTF-8", field=where, expected="UTF-8", found=str(error)) from error


def _heading(lines: _Lines) -> list[str]:
    names = [name.strip().lower() for name in next(csv.reader(lines), [])]
    names = ["answer" if name == "label" else name for name in names]
    missing = [name for name in ("id", "answer", "confidence") if name not in names]
    if missing or len(set(names)) != len(names):
        raise Invalid(
            "the heading does not say what stands where",
            field="line 1",
            expected="id, answer (or label) and confidence, each once",
            found=", ".join(names)[:120],
        )
    return names


def _rows(lines: _Lines, heading: list[str]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    reader = csv.reader(lines, strict=True)
    while True:
        number, start = lines.number + 1, lines.end
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Invalid("this is not CSV", field=f"line {number}", expected="CSV", found=str(error)) from error
        if not cells:
            continue
        if len(cells) != len(heading):
            raise Invalid(
                "a row has another number of cells",
                field=f"line {number}",
                expected=str(len(heading)),
                found=str(len(cells)),
            )
        row: dict[str, Any] = dict(zip(heading, cells, strict=True))
        try:
            row["confidence"] = float(row["confidence"])
        except ValueError as error:
            found = repr(row["confidence"])[:40]
            raise Invalid(
                "this is no number", field=f"line {number}.confidence", expected="a number", found=found
            ) from error
        # any other column is somebody's note; `refused` and the like would change what the row says
        yield number, start, {name: row[name] for name in ("id", "answer", "confidence")}


def _object(text: str, number: int) -> dict[str, Any]:
    try:
        reply = json.loads(text)
    except ValueError as error:
        raise Invalid("this is not JSON", field=f"line {number}", expected="a JSON object", found=text[:60]) from error
    if not isinstance(reply, dict) or not isinstance(reply.get("id"), str):
        raise Invalid(
            "a prediction is an object with an id", field=f"line {number}.id", expected="text", found=text[:60]
        )
    return reply
