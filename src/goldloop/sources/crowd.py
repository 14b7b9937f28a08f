"""A crowd table: who gave which item which label, one row a judgement."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple

from pydantic import Field

from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Said, Source, Task, source
from goldloop.core.ontology import Ontology
from goldloop.sources.cells import Cells, checked_header, read_cells, sniff
from goldloop.sources.drafts import draft
from goldloop.sources.lines import opened, place

ITEM_NAMES = ("item", "item_id", "task", "question", "example", "id")
ANNOTATOR_NAMES = ("annotator", "annotator_id", "worker", "worker_id", "performer", "user", "coder")
LABEL_NAMES = ("label", "answer", "response", "value", "rating")
TRUTH_NAMES = ("truth", "gold", "label", "answer")


_SHELF = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE said (
    item TEXT, actor TEXT, label TEXT, text TEXT, line INTEGER, PRIMARY KEY (item, actor, label)
) WITHOUT ROWID;
"""
_IN_ORDER = """
SELECT item, actor, label, text, line FROM said JOIN (SELECT item, min(line) AS first FROM said GROUP BY item)
USING (item) ORDER BY first, line
"""
_LONGEST = 8 << 20
_Wanted = tuple[str, str | None, Sequence[str]]


class _Row(NamedTuple):
    """One judgement of the table."""

    item: str
    said: Said
    text: str
    line: int
    resume: str


@source("crowd.v1")
class Crowd(Source):
    """Human judgements that were made elsewhere, replayed with their authors: a CSV or TSV, gzipped or not.

    An item is one record with everything said of it, wherever its rows stand; items come in the order of their first
    rows. The table is sorted on disk first, in flat memory. A judgement that stands twice is rejected; two labels of
    one annotator for one item are both kept. Without a column of texts an item's text is its id.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".label.csv", ".label.csv.gz")

    item: str | None = Field(default=None, description="column of the item's id; found by its name where left out")
    annotator: str | None = Field(default=None, description="column of who judged; found by its name where left out")
    label: str | None = Field(default=None, description="column of the label; found by its name where left out")
    text: str | None = Field(default=None, description="column of the item's text")
    truth: str | None = Field(
        default=None,
        description="file beside the table with columns item, truth; X.truth.csv beside X.label.csv is found",
    )
    delimiter: Literal["", ",", "\t", ";", "|"] = Field(default="", description="what parts cells; found where empty")

    def read(
        self, path: Path, *, task: Task | None = None, resume: str = "", max_line: int = 8 << 20
    ) -> Iterator[Record | Reject]:
        """All rejects, then the records. The token is the number of items read; the table is sorted anew each time."""
        truth = self._truth(path, max_line)
        (done,) = place(resume or "0", 1)
        with closing(sqlite3.connect("")) as shelf:  # an empty name is a private file on disk, gone when closed
            shelf.executescript(_SHELF)
            for row in self._rows(path, max_line):
                reject = row if isinstance(row, Reject) else _put(shelf, row)
                if reject and not resume:
                    yield reject._replace(resume="")
            for number, (item, group) in enumerate(groupby(shelf.execute(_IN_ORDER), key=itemgetter(0)), 1):
                if number > done:
                    yield _record(item, list(group), truth.get(item), str(number))

    def ontology(self, path: Path) -> Ontology | None:
        """The labels given, sorted."""
        return draft(sorted({row.said.answer for row in self._rows(path, _LONGEST) if isinstance(row, _Row)}))

    @classmethod
    def sample(cls) -> tuple[str, bytes]:
        """Three items, judged out of order."""
        return "entailment.label.csv", b"item,worker,label\ni1,w1,yes\ni2,w1,no\ni1,w2,yes\ni2,w2,yes\ni3,w2,no\n"

    def _rows(self, path: Path, max_line: int) -> Iterator[_Row | Reject]:
        wanted = (
            ("item", self.item, ITEM_NAMES),
            ("annotator", self.annotator, ANNOTATOR_NAMES),
            ("label", self.label, LABEL_NAMES),
        )
        text: tuple[_Wanted, ...] = (("text", self.text, ()),) if self.text else ()
        for row in _table(path, self.delimiter, (*wanted, *text), max_line):
            if isinstance(row, Reject):
                yield row
                continue
            item, annotator, label = row.cells[:3]
            said = Said(annotator, label, "person")
            yield _Row(item, said, row.cells[3] if self.text else item, row.line, row.resume)

    def _truth(self, path: Path, max_line: int) -> dict[str, str]:
        """Item -> true label; held in memory, because gold is scarce."""
        if self.truth:
            table = path.parent / self.truth
            if table.parent != path.parent:
                raise Invalid(
                    "the truth lies beside the table", field="truth", expected="a file name", found=self.truth
                )
        else:
            table = path.with_name(path.name.removesuffix(".gz").replace(".label.csv", ".truth.csv"))
            if ".label.csv" not in path.name or not table.is_file():
                return {}
        wanted = (("item", self.item, ITEM_NAMES), ("truth", None, TRUTH_NAMES))
        truth: dict[str, str] = {}
        for row in _table(table, self.delimiter, wanted, max_line):
            if isinstance(row, Reject):
                raise Invalid(
                    "the truth cannot be read", field=f"{table.name}:{row.line}", expected=row.expected, found=row.found
                )
            item, label = row.cells
            if truth.setdefault(item, label) != label:
                raise Invalid(
                    "an item has one truth", field=f"{table.name}:{row.line}", expected=truth[item], found=label
                )
        return truth


def _put(shelf: sqlite3.Connection, row: _Row) -> Reject | None:
    """Keep a judgement; one that stands twice is a Reject."""
    values = (row.item, row.said.actor, row.said.answer, row.text, row.line)
    if shelf.execute("INSERT OR IGNORE INTO said VALUES (?, ?, ?, ?, ?)", values).rowcount:
        return None
    (first,) = shelf.execute("SELECT line FROM said WHERE item = ? AND actor = ? AND label = ?", values[:3]).fetchone()
    return Reject(row.line, "row", "each judgement once", f"the same on line {first}", row.resume)


def _record(item: str, rows: list[tuple[str, str, str, str, int]], true: str | None, resume: str) -> Record:
    said = [Said(actor, label, "person") for _, actor, label, _, _ in rows]
    if true is not None:
        said.append(Said("truth", true, "rule", gold=True))
    _, _, _, text, line = rows[0]
    return Record(item, {"text": text}, line, tuple(said), {}, resume)


def _table(path: Path, delimiter: str, wanted: Sequence[_Wanted], max_line: int) -> Iterator[Cells | Reject]:
    """The wanted columns of a table's rows, in the order wanted; a row that lacks one of them is a Reject."""
    with opened(path) as file:
        parted = delimiter or sniff(file, quote='"', max_line=max_line)
        names: list[str] = []
        at, number = 0, 1
        for row in read_cells(file, delimiter=parted, quote='"', at=0, number=1, max_line=max_line):
            if isinstance(row, Reject):
                raise Invalid(
                    "the header line cannot be read", field=f"{path.name}:1", expected=row.expected, found=row.found
                )
            names = checked_header(row.cells, name=path.name)
            at, number = place(row.resume)
            break
        columns = [_column(names, *want) for want in wanted]
        for row in read_cells(file, delimiter=parted, quote='"', at=at, number=number, max_line=max_line):
            yield row if isinstance(row, Reject) else _picked(row, columns, names)


def _picked(row: Cells, columns: Sequence[int], names: Sequence[str]) -> Cells | Reject:
    if len(row.cells) != len(names):
        return Reject(row.line, "row", f"{len(names)} cells", f"{len(row.cells)} cells", row.resume)
    cells = [row.cells[column] for column in columns]
    for column, cell in zip(columns, cells, strict=True):
        if not cell:
            return Reject(row.line, names[column], "a value", "nothing", row.resume)
    return row._replace(cells=cells)


def _column(names: Sequence[str], field: str, declared: str | None, known: Sequence[str]) -> int:
    """The place of a column, declared or known by its name. Raises Invalid where it is not there."""
    low = [name.casefold() for name in names]
    found = (
        [names.index(declared)] if declared in names else [] if declared else [low.index(w) for w in known if w in low]
    )
    if not found:
        raise Invalid(
            f"the table has no column for the {field}",
            field=field,
            expected=f"one of {', '.join(names) or 'a header line'}",
            found=declared or "none that is recognised",
        )
    return found[0]
