"""Potato's annotated instances: one line what one user said of one instance, as JSONL, or as a table of all users."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Said, Source, Task, source
from goldloop.core.nouns import Spec
from goldloop.core.ontology import Label, Ontology
from goldloop.sources.cells import checked_header, read_cells, sniff
from goldloop.sources.drafts import draft_of, free_id, task_of
from goldloop.sources.lines import opened, place
from goldloop.sources.objects import Object, body_of, id_in, read_objects, text_in
from goldloop.sources.results import form_of
from goldloop.sources.rows import wrong

LOOKED_AT = 1000
BEHAVIOUR = ("time_string", "time_spent")
_OURS = frozenset({"id", "instance_id", "displayed_text", "text", "user", "user_id", "label_annotations"})
_OURS |= {"span_annotations", "behavioral_data", "annotation", "spans of a table"}
_TIME = re.compile(r"(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s)")
_TABLE = b"user"
_PART = ":::"
_SPANS = "span_annotation"
_UNREAD = "spans of a table"
_EMPTY = frozenset({"", "false", "False", "0", "None", "nan"})


@source("potato.v1")
class Potato(Source):
    """Potato's output: `annotated_instances.jsonl` of one user or of all, or `annotated_instances.csv` and `.tsv`.

    Potato keeps a folder a user; in a zip of them the folder's name is the user (`user` in the lines). The answers to
    one schema are carried: chosen labels, a rating on a scale, a text, or marked spans. Other schemas and what was
    recorded of how people worked are counted; the time that an instance took is kept.
    """

    suffixes: ClassVar[tuple[str, ...]] = ("annotated_instances.jsonl", "annotated_instances.csv")
    suffixes += ("annotated_instances.tsv",)

    annotator: str = Field(
        default="annotator", min_length=1, description="who annotated, where the lines do not say it"
    )
    scheme: str | None = Field(default=None, description="name of the schema that is carried; else the first")
    written: bool = Field(default=False, description="whether the values of that schema are texts that people wrote")

    def read(
        self, path: Path, *, task: Task | None = None, resume: str = "", max_line: int = 8 << 20
    ) -> Iterator[Record | Reject]:
        """Stream records and rejects. The token is `offset:line`, of the byte and line behind the record."""
        form = form_of(None, task)
        for one in _rows(path, resume, max_line):
            yield one if isinstance(one, Reject) else self._taken(one, form)

    def ontology(self, path: Path) -> Ontology | None:
        """The labels that the answers use; for texts the schema itself."""
        if self.written:
            name = self.scheme or "text"
            return Ontology(labels=(Label(id=free_id(name, ()), name=name[:200]),))
        records = (one for one in self.read(path) if isinstance(one, Record))
        return draft_of(said.answer for one in records for said in one.said)

    def asks(self, path: Path) -> Spec | None:
        """The task that the first answers are of."""
        if self.written:
            return Spec(name="write.v1")
        first = islice((one for one in self.read(path) if isinstance(one, Record)), LOOKED_AT)
        return task_of(said.answer for one in first for said in one.said)

    @classmethod
    def sample(cls) -> tuple[str, bytes]:
        """Three instances of one user."""
        rows = [
            {"id": "1", "displayed_text": "Lovely", "label_annotations": {"mood": {"good": "true"}}},
            {"id": "2", "displayed_text": "Awful", "label_annotations": {"mood": {"bad": "true"}}, "user": "ann"},
            {
                "id": "3",
                "displayed_text": "So so",
                "label_annotations": {"mood": {"bad": "true"}},
                "behavioral_data": {"time_string": "Time spent: 0d 0h 0m 12s "},
            },
        ]
        return "annotated_instances.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode()

    def _taken(self, one: Object, form: tuple[str, ...]) -> Record | Reject:
        try:
            return self._record(one, form)
        except Invalid as error:
            expected = error.expected or error.message
            return Reject(one.line, error.field or "row", expected, error.found or "", one.resume)

    def _record(self, one: Object, form: tuple[str, ...]) -> Record:
        row = one.row
        body = body_of(text_in(row, "displayed_text", "text"), {key: row[key] for key in row if key not in _OURS})
        who = id_in(row, "user", "user_id") or self.annotator
        labels = row.get("label_annotations", row.get("annotation"))
        labels = labels if isinstance(labels, dict) else {}
        spans = row.get("span_annotations") or []
        lost: list[str] = ["marked spans"] * row.get(_UNREAD, 0)
        said: list[Said] = []
        active = _active(row.get("behavioral_data"), lost)
        marks = "spans" in form or (not form and spans and self.scheme is None)
        name = self.scheme or next(iter(labels), None)
        lost += [f"answers to the schema {other}" for other in labels if marks or other != name]
        if marks:
            answer: Any = {"spans": [_span(span, f"span_annotations.{n}") for n, span in enumerate(spans)]}
            said.append(Said(who, answer, "person", active_ms=active))
        else:
            lost += ["marked spans"] * (len(spans) if isinstance(spans, list) else 1)
            if name is not None and name in labels:
                said.append(Said(who, self._answer(labels[name], name), "person", active_ms=active))
        id_ = id_in(row, "id", "instance_id")
        return Record(id_, body, one.line, tuple(said), {}, one.resume, lost=tuple(lost), apart=True)

    def _answer(self, values: Any, name: str) -> Any:
        """A schema's values: the labels that were ticked, or the one text."""
        if not isinstance(values, dict) or not values:
            raise wrong(f"label_annotations.{name}", "labels with values", values)
        if not self.written:
            return {"labels": [str(label) for label, value in values.items() if str(value) not in _EMPTY]}
        texts = [value for value in values.values() if isinstance(value, str) and value]
        if len(texts) != 1:
            raise wrong(f"label_annotations.{name}", "one text", values)
        return texts[0]


def _rows(path: Path, resume: str, max_line: int) -> Iterator[Object | Reject]:
    """The lines of a JSONL file, or of the table that Potato writes of all users, in the same form."""
    with opened(path) as file:
        table = file.read(len(_TABLE)) == _TABLE
    if not table:
        yield from read_objects(path, resume=resume, max_line=max_line)
        return
    with opened(path) as file:
        parted = sniff(file, quote='"', max_line=max_line)
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
        if resume:
            at, number = place(resume)
        for row in read_cells(file, delimiter=parted, quote='"', at=at, number=number, max_line=max_line):
            if isinstance(row, Reject):
                yield row
            elif len(row.cells) != len(names):
                yield Reject(row.line, "row", f"{len(names)} cells", f"{len(row.cells)} cells", row.resume)
            else:
                yield Object(_named(dict(zip(names, row.cells, strict=True))), row.line, row.resume)


def _named(cells: Mapping[str, str]) -> dict[str, Any]:
    """A row of the table in the form of a line: `schema:::label` columns as labels; spans, as Python, counted."""
    row: dict[str, Any] = {"label_annotations": {}, _UNREAD: 0}
    for name, cell in cells.items():
        scheme, part, label = name.partition(_PART)
        if not part:
            row[name] = cell
        elif scheme == _SPANS:
            row[_UNREAD] += cell not in ("", "[]")
        elif cell:
            row["label_annotations"].setdefault(scheme, {})[label] = cell
    return row


def _span(span: Any, where: str) -> dict[str, Any]:
    if not isinstance(span, dict):
        raise wrong(where, "a span", span)
    label = span.get("annotation", span.get("label", span.get("name")))
    if not isinstance(label, str):
        raise wrong(f"{where}.annotation", "a label", label)
    return {"start": span.get("start"), "end": span.get("end"), "label": label}


def _active(behaviour: Any, lost: list[str]) -> int | None:
    """The time an instance took, in milliseconds; what else was recorded is counted as lost."""
    if not isinstance(behaviour, dict) or not behaviour:
        return None
    told = next((behaviour[name] for name in BEHAVIOUR if isinstance(behaviour.get(name), str)), "")
    found = _TIME.search(told)
    if set(behaviour) - set(BEHAVIOUR):
        lost.append("how people worked, beside the time it took")
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
