"""Plain text: one item a line, a paragraph, or a file."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from goldloop.core.families import Record, Reject, Source, Task, source
from goldloop.sources.lines import Line, decode_problem, opened, place, read_lines, too_long, without_end


@source("text.v1")
class Text(Source):
    """Text in UTF-8, gzipped or not: an item for every line, every paragraph, or the whole file.

    The text is taken as it stands; only the line end behind it is no part of it. Blank lines part paragraphs and are
    no items. A file's external id is its name; lines and paragraphs have none.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".txt", ".text", ".txt.gz")

    per: Literal["line", "paragraph", "file"] = Field(default="line", description="how much text is one item")

    def read(
        self, path: Path, *, task: Task | None = None, resume: str = "", max_line: int = 8 << 20
    ) -> Iterator[Record | Reject]:
        """Stream records and rejects. The token is `offset:line`, of the byte and line behind the item."""
        at, number = place(resume)
        external = path.name if self.per == "file" else None
        with opened(path) as file:
            lines = read_lines(file, at=at, number=number, max_line=max_line)
            for part in _parts(lines, self.per, max_line):
                yield part if isinstance(part, Reject) else _record(part, external)


def _parts(lines: Iterable[Line | Reject], per: str, max_line: int) -> Iterator[Line | Reject]:
    """Lines joined into what one item is. A part beyond `max_line` bytes, or with a line beyond, is one Reject."""
    start, size = 0, 0
    kept: list[bytes] = []
    last: Line | Reject | None = None
    for line in lines:
        blank = isinstance(line, Line) and line.data.isspace()
        if start and (per == "line" or (per == "paragraph" and blank)) and last:
            yield _joined(kept, start, size, max_line, last)
            start, size, kept = 0, 0, []
        last = line
        if blank and (per != "file"):
            continue
        number = line.number if isinstance(line, Line) else line.line
        start = start or number
        size += len(line.data) if isinstance(line, Line) else max_line + 1
        if size <= max_line + 2 and isinstance(line, Line):
            kept.append(line.data)
    if start and last:
        yield _joined(kept, start, size, max_line, last)
