"""CoNLL-2003: a token and its tag a line, a blank line behind every sentence or post."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

from pydantic import Field

from goldloop.core.families import Record, Reject, Said, Source, Task, source
from goldloop.core.ontology import Ontology
from goldloop.sources.drafts import draft
from goldloop.sources.lines import Line, decode_problem, opened, place, read_lines, too_long
from goldloop.sources.tags import bad_tag, runs

DOCUMENT = b"-DOCSTART-"


class _Post(NamedTuple):
    """The rows of one post, its first line, its number in the file, its document's (0: none), and the token behind."""

    rows: list[list[str]]
    line: int
    number: int
    document: int
    resume: str


@source("conll2003.v1")
class Conll2003(Source):
    """Tokens with tags in UTF-8 text, gzipped or not: columns parted by a tab or blanks, an item a post.

    The text is the tokens joined by single blanks; the body keeps their extents under `tokens`, further columns under
    `meta.columns` and the document's number, where the file marks documents, under `meta.document`. Tags may be BIO,
    IOB1, IOBES or BILOU; an inside tag behind O or another label opens a new entity, as conlleval reads it. The
    external id is the post's number in the file, from 1.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".conll", ".bio", ".iob", ".conll.gz")

    token: int = Field(default=0, description="column of the token, from 0; -1 is the last")
    tag: int | None = Field(default=-1, description="column of the tag, from 0; -1 is the last; null: no tags")
    said: Literal["person", "model", "gold"] = Field(default="person", description="who the tags are by")
    actor: str = Field(default="", description="name of who the tags are by; the file's name where empty")

    def read(
        self, path: Path, *, task: Task | None = None, resume: str = "", max_line: int = 8 << 20
    ) -> Iterator[Record | Reject]:
        """Stream records and rejects, one a post. The token is `offset:line:post:document`, of what comes next."""
        at, number, post, document = place(resume, 4)
        with opened(path) as file:
            lines = read_lines(file, at=at, number=number, max_line=max_line)
            for part in _posts(lines, post, document - 1, max_line):
                yield part if isinstance(part, Reject) else self._record(part, path)

    def _record(self, post: _Post, path: Path) -> Record | Reject:
        width = len(post.rows[0])
        least = 1 if self.tag is None else 2
        for n, row in enumerate(post.rows):
            if len(row) == width and width >= least and -width <= self.token < width and not row[self.token]:
                return Reject(post.line + n, "token", "a token", "nothing", post.resume)
            if len(row) != width or width < least or not -width <= self.token < width:
                expected = f"{max(width, least)} columns"
                return Reject(post.line + n, "columns", expected, f"{len(row)}: {row!r}"[:80], post.resume)
        body = _body(post, self.token, self.tag)
        if self.tag is None:
            return Record(str(post.number), body, post.line, (), {}, post.resume)
        tags = [row[self.tag] for row in post.rows]
        for n, tag in enumerate(tags):
            if bad_tag(tag):
                return Reject(post.line + n, "tag", "O, or B- or I- and a label", repr(tag)[:80], post.resume)
        tokens = body["tokens"]
        spans = [
            {"start": tokens[run.first][0], "end": tokens[run.behind - 1][1], "label": run.label} for run in runs(tags)
        ]
        kind: Literal["person", "model", "rule"] = "rule" if self.said == "gold" else self.said
        said = Said(self.actor or path.name, {"spans": spans}, kind, gold=self.said == "gold")
        return Record(str(post.number), body, post.line, (said,), {}, post.resume)

    def ontology(self, path: Path) -> Ontology | None:
        """The labels of the tags, in order of appearance."""
        records = (record for record in self.read(path) if isinstance(record, Record))
        return draft(span["label"] for record in records for said in record.said for span in said.answer["spans"])

    @classmethod
    def sample(cls) -> tuple[str, bytes]:
        """Two sentences and a post."""
        return "sentences.conll", (
            b"Ada\tB-person\nLovelace\tI-person\nwrote\tO\n\nIn\tO\nLondon\tI-place\n\n-DOCSTART-\tO\n\nThanks\tO\n"
        )


def _posts(lines: Iterable[Line | Reject], number: int, document: int, max_line: int) -> Iterator[_Post | Reject]:
    """Runs of lines that are not blank; a run that has a line it cannot read, or is too long to hold, is a Reject."""
    run: list[Line] = []
    spoilt: Reject | None = None
    behind = ""
    for line in lines:
        behind = line.resume if isinstance(line, Reject) else f"{line.end}:{line.number + 1}"
        if isinstance(line, Reject):
            spoilt = spoilt or line
            continue
        marks = line.data.startswith(DOCUMENT)
        if line.data.strip(b" \t\r\n") and not marks:
            run.append(line)
            if line.end - run[0].end > max_line:
                spoilt, run = spoilt or too_long(run[0].number, max_line, ""), run[-1:]
            continue
        if run or spoilt:
            yield _post(run, spoilt, number, document, f"{behind}:{number + 1}:{document + marks + 1}")
            run, spoilt, number = [], None, number + 1
        document += marks
    if run or spoilt:
        yield _post(run, spoilt, number, document, f"{behind}:{number + 1}:{document + 1}")


def _post(run: list[Line], spoilt: Reject | None, number: int, document: int, resume: str) -> _Post | Reject:
    if spoilt:
        return spoilt._replace(resume=resume)
    rows: list[list[str]] = []
    for line in run:
        if b"\0" in line.data:
            return Reject(line.number, "token", "text without NUL", f"U+0000 at byte {line.data.index(0)}", resume)
        try:
            text = line.data.decode()
        except UnicodeDecodeError as error:
            return Reject(line.number, "token", *decode_problem(error), resume)
        rows.append(_cells(text.rstrip("\r\n")))
    return _Post(rows, run[0].number, number, document, resume)


def _cells(text: str) -> list[str]:
    """A line's columns. Only tabs and blanks part them: a no-break space is part of a token."""
    return text.split("\t") if "\t" in text else [cell for cell in text.split(" ") if cell]


def _body(post: _Post, token: int, tag: int | None) -> dict[str, Any]:
    words = [row[token] for row in post.rows]
    extents: list[list[int]] = []
    at = 0
    for word in words:
        extents.append([at, at + len(word)])
        at += len(word) + 1
    body: dict[str, Any] = {"text": " ".join(words), "tokens": extents}
    width = len(post.rows[0])
    named = {token % width} | (set() if tag is None else {tag % width})
    meta: dict[str, Any] = {}
    if further := [n for n in range(width) if n not in named]:
        meta["columns"] = [[row[n] for row in post.rows] for n in further]
    if post.document:
        meta["document"] = post.document
    return body | ({"meta": meta} if meta else {})
