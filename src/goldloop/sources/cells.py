"""Rows of a table in text (CSV, TSV): quoted line ends kept, resumable, and one bad row spoils only itself."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from goldloop.core.errors import Invalid
from goldloop.core.families import Reject
from goldloop.sources.lines import BOM, Bytes, decode_problem, without_end

DELIMITERS = (",", "\t", ";", "|")
_SAMPLE = 20


class Cells(NamedTuple):
    """One row: its cells, the number of its first line, and the token behind it."""

    cells: list[str]
    line: int
    resume: str


@dataclass
class _Feed:
    """Hands lines to the csv reader, which asks for one more while a quoted cell is open."""

    file: Bytes
    max_line: int
    at: int = 0
    number: int = 1
    row_bytes: int = 0
    problem: tuple[str, str] | None = None
    first: tuple[int, int] = field(default=(0, 1))

    def start(self) -> None:
        """A new row begins here."""
        self.row_bytes, self.problem = 0, None
        self.first = (0, 0)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        data = self.file.readline(self.max_line + 2)
        if not data:
            raise StopIteration
        self.at += len(data)
        self.number += 1
        self.row_bytes += len(data)
        if not self.first[1]:
            self.first = (self.at, self.number)
        if self.row_bytes > self.max_line + 2:
            raise csv.Error(f"more than {self.max_line} bytes")
        if len(data) > self.max_line and len(without_end(data)) > self.max_line:
            self._skip(data)
            raise csv.Error(f"more than {self.max_line} bytes")
        if b"\0" in data:
            self.problem = self.problem or ("text without NUL", f"U+0000 at {data.index(0)}")
            data = data.replace(b"\0", b"?")
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            self.problem = self.problem or decode_problem(error)
            return data.decode(errors="replace")

    def _skip(self, data: bytes) -> None:
        """Read on to the end of an endless line, so that the next row starts behind it."""
        while data and not data.endswith(b"\n"):
            data = self.file.readline(1 << 20)
            self.at += len(data)
        self.first = (self.at, self.number)


def read_cells(
    file: Bytes, *, delimiter: str, quote: str, at: int, number: int, max_line: int
) -> Iterator[Cells | Reject]:
    """Rows from the byte `at`, whose line has this number. Blank lines are no rows.

    A row that cannot be read is a Reject, and reading goes on behind its first line: a quote that is never closed
    costs one row, not the rest of the file.
    """
    # The limit is the process's, not the reader's; raising it is what lets a cell be as long as a line may be.
    csv.field_size_limit(max(csv.field_size_limit(), max_line))
    feed = _Feed(file, max_line, at=_seek(file, at), number=number)
    rows = _reader(feed, delimiter, quote)
    while True:
        line = feed.number
        feed.start()
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            feed.at, feed.number = feed.first
            file.seek(feed.at)
            yield Reject(line, "row", f"a row of at most {max_line} bytes, quotes closed", str(error), _token(feed))
            rows = _reader(feed, delimiter, quote)
            continue
        if feed.problem:
            yield Reject(line, "row", *feed.problem, _token(feed))
        elif cells:
            yield Cells(cells, line, _token(feed))


def sniff(file: Bytes, *, quote: str, max_line: int) -> str:
    """The delimiter that parts a file's first rows into the most cells, the same number in each; else a comma."""
    best, most = ",", 1
    for delimiter in DELIMITERS:
        counts = []
        for row in read_cells(file, delimiter=delimiter, quote=quote, at=0, number=1, max_line=max_line):
            counts.append(len(row.cells) if isinstance(row, Cells) else 0)
            if len(counts) == _SAMPLE:
                break
        width = counts[0] if counts else 0
        if width > most and all(count in (width, 0) for count in counts):
            best, most = delimiter, width
    return best


def checked_header(cells: list[str], *, name: str) -> list[str]:
    """The column names of a header row. Raises Invalid where one is empty or stands twice."""
    for n, cell in enumerate(cells):
        if not cell or cell in cells[:n]:
            raise Invalid(
                "every column of the header needs a name of its own",
                field=f"{name}:1",
                expected="distinct column names",
                found=f"{cell!r} in column {n + 1}",
            )
    return cells


def _seek(file: Bytes, at: int) -> int:
    """Go to a byte; the start is behind a byte order mark."""
    file.seek(at)
    if at == 0 and file.read(len(BOM)) == BOM:
        return len(BOM)
    file.seek(at)
    return at


def _reader(feed: _Feed, delimiter: str, quote: str) -> Iterator[list[str]]:
    if not quote:
        return csv.reader(feed, delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=True)
    return csv.reader(feed, delimiter=delimiter, quotechar=quote, strict=True)


def _token(feed: _Feed) -> str:
    return f"{feed.at}:{feed.number}"
