"""Prodigy's JSONL: one line an answer of one annotator."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Said, Source, Task, source
from goldloop.core.nouns import Spec
from goldloop.core.ontology import Ontology
from goldloop.sources.drafts import draft_of, task_of
from goldloop.sources.objects import Object, body_of, id_in, object_in, read_objects, read_records, text_in
from goldloop.sources.rows import wrong

LONGEST = 8 << 20
LOOKED_AT = 1000  # lines whose answers tell what was asked
ANSWERS = ("accept", "reject", "ignore")
BINARY = "classification"
SINGLE_SPAN = frozenset({"ner", "spans"})  # views that ask about one span at a time, not about the whole text
_OURS = frozenset({"text", "spans", "relations", "tokens", "options", "accept", "label", "answer", "meta", "config"})
_GUESSES = frozenset({"score", "pattern", "probability"})  # what a model said while it asked; differs line by line


@source("prodigy.v1")
class Prodigy(Source):
    """Prodigy's export, JSON Lines: the answers of every annotator, with their times.

    Lines of one input are one item (`_input_hash`). Carried: marked spans (`ner_manual`, `spans_manual`) and relations
    between them, chosen options (`choice`), and yes or no to one label (`classification`), where a no is a rejection of
    that label. `ignore` is a skip, and so is a `reject` of something made by hand. What is asked of single spans, and
    what a model said while it asked, has no place here and is counted.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".prodigy.jsonl", ".prodigy.jsonl.gz")

    model: str = Field(
        default="prodigy", min_length=1, description="name of what proposed the labels that were rejected"
    )

    def read(
        self, path: Path, *, task: Task | None = None, resume: str = "", max_line: int = 8 << 20
    ) -> Iterator[Record | Reject]:
        """Stream records and rejects. The token is `offset:line`, of the byte and line behind the record."""
        yield from read_records(path, self._record, task=task, resume=resume, max_line=max_line)

    def ontology(self, path: Path) -> Ontology | None:
        """The labels that the answers use, and the options that were offered."""
        return draft_of(self._offered(path))

    def asks(self, path: Path) -> Spec | None:
        """The task that the first answers are of."""
        first = islice((one for one in self.read(path) if isinstance(one, Record)), LOOKED_AT)
        return task_of(said.answer for one in first for said in one.said)

    @classmethod
    def sample(cls) -> tuple[str, bytes]:
        """Three inputs: one marked, one chosen, one passed over."""
        marked = {"start": 0, "end": 3, "label": "PER"}
        rows = [
            {"text": "Ada ran", "_input_hash": 1, "spans": [marked], "answer": "accept", "_annotator_id": "ner-ada"},
            {"text": "Nobody ran", "_input_hash": 2, "spans": [], "answer": "accept", "_annotator_id": "ner-ada"},
            {"text": "???", "_input_hash": 3, "answer": "ignore", "_timestamp": 1704067200},
        ]
        return "ner.prodigy.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode()

    def _offered(self, path: Path) -> Iterator[Any]:
        """Every answer, and before it the options that its line offers."""
        for one in read_objects(path, resume="", max_line=LONGEST):
            if isinstance(one, Object):
                options = one.row.get("options")
                if isinstance(options, list):
                    yield {"labels": [str(option.get("id", "")) for option in options if isinstance(option, dict)]}
                try:
                    said = self._said(one.row, [])
                except Invalid:
                    continue
                yield from (statement.answer for statement in said)

    def _record(self, row: dict[str, Any], line: int, resume: str) -> Record:
        text = text_in(row, "text")
        meta = object_in(row, "meta")
        rest = {key: value for key, value in row.items() if key not in _OURS and not key.startswith("_")}
        body = body_of(text, {**rest, **{key: value for key, value in meta.items() if key not in _GUESSES}})
        if (tokens := _tokens(row.get("tokens"))) is not None:
            body["tokens"] = tokens
        lost = ["what a model said while it asked"] if _GUESSES & {*meta, *rest} else []
        said = self._said(row, lost)
        return Record(id_in(row, "_input_hash"), body, line, said, {}, resume, lost=tuple(lost), apart=True)

    def _said(self, row: Mapping[str, Any], lost: list[str]) -> tuple[Said, ...]:
        how = row.get("answer")
        if how is None:
            return ()
        if how not in ANSWERS:
            raise wrong("answer", " or ".join(ANSWERS), how)
        who = id_in(dict(row), "_annotator_id", "_session_id") or "annotator"
        at = _moment(row.get("_timestamp"))
        view = row.get("_view_id")
        skip = Said(who, None, "person", at=at, stance="skip")
        if how == "ignore":
            return (skip,)
        if view in SINGLE_SPAN:
            lost.append("yes or no to single spans")
            return ()
        answer = _answer(row, lost)
        if answer is None:
            lost.append("answers of views that are not carried")
            return (skip,) if how == "reject" else ()
        if how == "accept":
            return (Said(who, answer, "person", at=at),)
        if "label" in row and "options" not in row:
            proposed = Said(self.model, answer, "model", at=at)
            return (proposed, Said(who, None, "person", at=at, stance="reject", of=0))
        lost.append("rejections of what was made by hand, kept as skips")
        return (skip,)


def _answer(row: Mapping[str, Any], lost: list[str]) -> Any:
    """What a line says of its text; None where it is of a view that is not carried."""
    if "options" in row:
        accepted = row.get("accept", [])
        if not isinstance(accepted, list):
            raise wrong("accept", "a list of options", accepted)
        return {"labels": [str(one) for one in accepted]}
    if isinstance(row.get("label"), str) and (row.get("_view_id") == BINARY or not row.get("spans")):
        return {"labels": [row["label"]]}
    if "spans" not in row and "relations" not in row:
        return None
    spans = [_span(one, f"spans.{n}") for n, one in enumerate(_list(row, "spans"))]
    if "relations" not in row:
        return {"spans": spans}
    return {"spans": spans, "relations": _relations(_list(row, "relations"), spans, lost)}


def _relations(listed: list[Any], spans: list[dict[str, Any]], lost: list[str]) -> list[dict[str, Any]]:
    """Relations between spans; those between bare tokens are counted as lost."""
    place = {(one["start"], one["end"]): n for n, one in enumerate(spans)}
    found = []
    for n, one in enumerate(listed):
        if not isinstance(one, dict) or not isinstance(one.get("label"), str):
            raise wrong(f"relations.{n}.label", "a label", one)
        ends = [_end(one.get(name), place) for name in ("head_span", "child_span")]
        if None in ends:
            lost.append("relations between tokens that no span covers")
        else:
            found.append({"from": ends[0], "to": ends[1], "label": one["label"]})
    return found


def _end(span: Any, place: Mapping[tuple[Any, Any], int]) -> int | None:
    """The place of a relation's end among the spans; None where it is none of them."""
    if not isinstance(span, dict) or type(span.get("start")) is not int or type(span.get("end")) is not int:
        return None
    return place.get((span["start"], span["end"]))


def _span(one: Any, where: str) -> dict[str, Any]:
    if not isinstance(one, dict) or not isinstance(one.get("label"), str):
        raise wrong(f"{where}.label", "a span with a label", one)
    for edge in ("start", "end"):
        if type(one.get(edge)) is not int:
            raise wrong(f"{where}.{edge}", "a place in the text", one.get(edge))
    return {"start": one.get("start"), "end": one.get("end"), "label": one["label"]}


def _list(row: Mapping[str, Any], name: str) -> list[Any]:
    listed = row.get(name) or []
    if not isinstance(listed, list):
        raise wrong(name, "a list", listed)
    return listed


def _tokens(listed: Any) -> list[list[int]] | None:
    """Extents of tokens, where every one has its own."""
    if not isinstance(listed, list) or not listed:
        return None
    extents: list[list[Any]] = [[one.get("start"), one.get("end")] for one in listed if isinstance(one, dict)]
    whole = len(extents) == len(listed) and all(type(edge) is int for extent in extents for edge in extent)
    return extents if whole else None


def _moment(seconds: Any) -> int | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < 1e11:
        return None
    return round(seconds * 1_000_000)
