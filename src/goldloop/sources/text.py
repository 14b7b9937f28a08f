"""Plain text: one item a line, a paragraph, or a file."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from goldloop.core.families import Record, Reject, Source, Task, source
from goldloop.sources.lines import (
    Bytes,
    Line,
    decode_problem,
    opened,
    place,
    read_lines,
    too_long,
    without_bom,
    without_end,
)


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
        with opened(path) as file:
            if self.per == "file":
                if not at:
                    yield _whole(file, path.name, max_line)
                return
            lines = read_lines(file, at=at, number=number, max_line=max_line)
            for part in lines if self.per == "line" else _paragraphs(lines, max_line):
                if isinstance(part, Reject):
                    yield part
                elif not part.data.isspace():
                    yield _record(part.data, part.number, _behind(part))

    @classmethod
    def sample(cls) -> tuple[str, bytes]:
        """Three lines, one behind a blank one."""
        return "lines.txt", "The first line.\r\n\nThe second, with \N{GRINNING FACE}.\nThe third".encode()


def _behind(part: Line) -> str:
    ends = part.data.count(b"\n") or 1
    return f"{part.end}:{part.number + ends}"


def _record(data: bytes, number: int, resume: str, external: str | None = None) -> Record | Reject:
    data = without_end(data)
    if b"\0" in data:
        return Reject(number, "text", "text without NUL", f"U+0000 at byte {data.index(0)}", resume)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return Reject(number, "text", *decode_problem(error), resume)
    return Record(external, {"text": text}, number, (), {}, resume)


def _paragraphs(lines: Iterable[Line | Reject], max_line: int) -> Iterator[Line | Reject]:
    """Runs of lines that are not blank, each as one; a run beyond `max_line` bytes, or with a line beyond, a Reject."""
    run: list[Line] = []
    spoilt: Reject | None = None
    for line in lines:
        if isinstance(line, Line) and line.data.isspace():
            if run or spoilt:
                yield _run(run, spoilt)
            run, spoilt = [], None
        elif isinstance(line, Reject):
            first = spoilt.line if spoilt else run[0].number if run else line.line
            run, spoilt = [], line._replace(line=first)
        elif spoilt:
            spoilt = spoilt._replace(resume=f"{line.end}:{line.number + 1}")
        else:
            run.append(line)
            if line.end - run[0].end + len(run[0].data) > max_line:
                spoilt, run = too_long(run[0].number, max_line, f"{line.end}:{line.number + 1}"), []
    if run or spoilt:
        yield _run(run, spoilt)


def _run(run: list[Line], spoilt: Reject | None) -> Line | Reject:
    return spoilt or Line(b"".join(line.data for line in run), run[0].number, run[-1].end)


def _whole(file: Bytes, name: str, max_line: int) -> Record | Reject:
    data = file.read(max_line + 1)
    resume = f"{len(data)}:1"
    if len(data) > max_line:
        return too_long(1, max_line, resume)
    data = without_bom(data)
    if not data or data.isspace():
        return Reject(1, "text", "text", "nothing", resume)
    return _record(data, 1, resume, name)
