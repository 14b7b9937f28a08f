"""CSV and TSV: a table in text, one row an item."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Task, source
from goldloop.sources.cells import Cells, checked_header, read_cells, sniff
from goldloop.sources.columns import Columns
from goldloop.sources.lines import Bytes, opened, place
from goldloop.sources.rows import reader


@source("csv.v1")
class Csv(Columns):
    """A table in UTF-8 text, gzipped or not, with a header line: one row an item.

    Cells are taken as they stand, line ends inside quotes included. A cell that holds a JSON list or mapping answers
    with that; a row with too few or too many cells is rejected. Where an answer has several labels, set `separator`.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".csv.gz", ".tsv.gz")

    delimiter: Literal["", ",", "\t", ";", "|"] = Field(default="", description="what parts cells; found where empty")
    quote: Literal['"', "'", ""] = Field(default='"', description="what encloses a cell; empty: quotes are plain text")
    header: tuple[str, ...] = Field(default=(), description="names of the columns, where the file has no header line")

    def read(
        self, path: Path, *, task: Task | None = None, resume: str = "", max_line: int = 8 << 20
    ) -> Iterator[Record | Reject]:
        """Stream records and rejects. The token is `offset:line`, of the byte and line behind the row."""
        at, number = place(resume)
        with opened(path) as file:
            delimiter = self.delimiter or sniff(file, quote=self.quote, max_line=max_line)
            names, behind = self._names(file, delimiter, path, max_line)
            self.require(names)
            if not at:
                at, number = behind
            read = reader(self)
            for row in read_cells(file, delimiter=delimiter, quote=self.quote, at=at, number=number, max_line=max_line):
                if isinstance(row, Reject):
                    yield row
                elif len(row.cells) != len(names):
                    yield Reject(row.line, "row", f"{len(names)} cells", f"{len(row.cells)} cells", row.resume)
                else:
                    yield read(dict(zip(names, row.cells, strict=True)), row.line, row.resume)

    @classmethod
    def sample(cls) -> tuple[str, bytes]:
        """Questions to a bank, one over two lines."""
        return "questions.csv", (
            b"id,text,prediction,confidence\r\n"
            b'q1,"I am waiting,\nstill?",card,0.9\r\n'
            b'q2,Do you take euros?,,\r\nq3,"""No""",rate,1\r\n'
        )

    def _names(self, file: Bytes, delimiter: str, path: Path, max_line: int) -> tuple[list[str], tuple[int, ...]]:
        """The column names, and the place behind them."""
        if self.header:
            return checked_header(list(self.header), name=path.name), (0, 1)
        for row in read_cells(file, delimiter=delimiter, quote=self.quote, at=0, number=1, max_line=max_line):
            if isinstance(row, Cells):
                return checked_header(row.cells, name=path.name), place(row.resume)
            raise Invalid(
                "the header line cannot be read", field=f"{path.name}:1", expected=row.expected, found=row.found
            )
        raise Invalid("the table is empty", field=path.name, expected="a header line", found="nothing")
