"""CoNLL-2003: a token and its tag a line, a blank line behind every item."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import Field

from goldloop.core.errors import Invalid
from goldloop.core.families import Exported, Exporter, Row, Task, exporter
from goldloop.core.ontology import Ontology
from goldloop.exporters.losses import (
    BODY,
    GAPS,
    JUDGEMENTS,
    LICENCE,
    RELATIONS,
    SLICES,
    SPLIT,
    Tally,
    pieces_of,
    rest_of,
)

OVERLAP = "spans that overlap an earlier or longer one, left out"
CUT = "spans that cut tokens, left out"
BLANKS = "white space other than one blank between tokens (texts are read back with one)"
BREAKS = "tokens with a tab or a line end, written with blanks"
IDS = "ids of items"
EMPTY = "items without a token, left out"
CARRIED = {"tokens", "meta"}

Extent = tuple[int, int]


class Tagged(NamedTuple):
    """The tags of one item's tokens, and the spans that found no place among them."""

    tags: list[str]
    overlapping: int
    cutting: int


@exporter("conll2003.v1")
class Conll2003(Exporter):
    """Tokens and tags parted by a tab, in `data.conll`, for spans only.

    The tokens are those that agreement on the task is counted on: the item's own where it brings them. Further columns
    and document marks of an imported file are written again.
    """

    scheme: Literal["BIO", "IOBES"] = Field(default="BIO", description="how tags mark where a span begins and ends")

    def write(self, rows: Iterable[Row], to: Path, *, task: Task, ontology: Ontology) -> Exported:
        """Write `data.conll`. Raises Invalid where an answer has no spans."""
        tally, count, document = Tally(), 0, 0
        with (to / "data.conll").open("w", encoding="utf-8", newline="\n") as file:
            for row in rows:
                count += 1
                spans, text, extents = _spans(row, task), str(row.body["text"]), _extents(task, row)
                tagged = tag(spans, extents, self.scheme, ontology)
                words = [text[start:end] for start, end in extents]
                _account(tally, row, tagged, extents, words)
                meta = row.body.get("meta")
                own = meta if isinstance(meta, Mapping) else {}
                if own.get("document", document) != document:
                    document = own["document"]
                    file.write("-DOCSTART-\tO\n\n")
                lines = zip(words, *_columns(own, len(words)), tagged.tags, strict=True)
                file.writelines("\t".join(map(_cell, line)) + "\n" for line in lines)
                file.write("\n" if words else "")
        return Exported(files=("data.conll",), rows=count, losses=tally.losses())


def tag(spans: Sequence[Mapping[str, Any]], extents: Sequence[Extent], scheme: str, ontology: Ontology) -> Tagged:
    """Tags for tokens. A span is left out where it cuts a token, or meets one that starts earlier or is longer."""
    opens = {start: n for n, (start, _) in enumerate(extents)}
    closes = {end: n for n, (_, end) in enumerate(extents)}
    tags = ["O"] * len(extents)
    overlapping = cutting = 0
    for span in sorted(spans, key=lambda one: (one["start"], -one["end"])):
        first, last = opens.get(span["start"]), closes.get(span["end"])
        if first is None or last is None:
            cutting += 1
        elif any(tag != "O" for tag in tags[first : last + 1]):
            overlapping += 1
        else:
            word = ontology.word_of(span["label"])
            tags[first : last + 1] = [f"{prefix}-{word}" for prefix in _prefixes(last - first + 1, scheme)]
    return Tagged(tags, overlapping, cutting)


def _prefixes(length: int, scheme: str) -> str:
    if scheme == "BIO":
        return "B" + "I" * (length - 1)
    return "S" if length == 1 else "B" + "I" * (length - 2) + "E"


def _spans(row: Row, task: Task) -> Sequence[Mapping[str, Any]]:
    spans = row.answer.get("spans") if isinstance(row.answer, Mapping) else None
    if not isinstance(spans, list) or not isinstance(row.body.get("text"), str):
        raise Invalid(
            "CoNLL-2003 carries spans on text", field="task", expected="an answer with spans", found=task.name
        )
    return [piece for span in spans for piece in pieces_of(span)]


def _extents(task: Task, row: Row) -> list[Extent]:
    """The item's tokens: where the task's units lie."""
    ends = (unit.where.partition(":") for unit in task.units(row.answer, row.body))
    return [(int(start), int(end)) for start, _, end in ends]


def _columns(meta: Mapping[str, Any], length: int) -> list[Sequence[Any]]:
    """Further columns that came with the item, where they still fit its tokens."""
    columns = meta.get("columns")
    if not isinstance(columns, list):
        return []
    return [column for column in columns if isinstance(column, list) and len(column) == length]


def _cell(value: Any) -> str:
    return " ".join(str(value).split()) if any(mark in str(value) for mark in "\t\r\n") else str(value)


def _account(tally: Tally, row: Row, tagged: Tagged, extents: Sequence[Extent], words: Sequence[str]) -> None:
    """Count what this row loses."""
    joined = len(" ".join(words)) == len(row.body["text"]) and all(a[1] + 1 == b[0] for a, b in pairwise(extents))
    tally.add(GAPS, when=any("fragments" in span for span in row.answer["spans"]))
    tally.add(RELATIONS, when=bool(row.answer.get("relations")))
    tally.add(OVERLAP, when=tagged.overlapping > 0)
    tally.add(CUT, when=tagged.cutting > 0)
    tally.add(EMPTY, when=not words)
    tally.add(BLANKS, when=bool(words) and not joined)
    tally.add(BREAKS, when=any(_cell(word) != word for word in words))
    tally.add(IDS, when=not row.external_id.isdecimal())
    tally.add(BODY, when=bool(rest_of(row.body).keys() - CARRIED))
    tally.add(SLICES, when=bool(row.slices))
    tally.add(JUDGEMENTS, when=bool(row.judgements))
    tally.add(LICENCE, when=bool(row.licence))
    tally.add(SPLIT, when=row.split is not None)
