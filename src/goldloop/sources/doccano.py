"""doccano's JSONL: one line a document, with its labels, or its entities and relations."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from goldloop.core.families import Record, Reject, Said, Source, Task, source
from goldloop.core.nouns import Spec
from goldloop.core.ontology import Label, Ontology
from goldloop.sources.drafts import draft_of, task_of
from goldloop.sources.objects import body_of, id_in, read_records, text_in
from goldloop.sources.rows import wrong

LOOKED_AT = 1000
WRITTEN = "text"  # the one label of texts that people wrote
_OURS = frozenset(
    (
        "id",
        "text",
        "data",
        "label",
        "labels",
        "entities",
        "relations",
        "annotations",
        "annotation_approver",
        "Comments",
        "comments",
        "user",
    )
)


@source("doccano.v1")
class Doccano(Source):
    """doccano's export, JSON Lines: categories, marked spans, entities with relations, or texts that people wrote.

    doccano writes a file a person (`user` stands in its lines where a zip of them was brought in); a file alone says
    nobody, and `annotator` names who that is. In its older form annotations carry the number of their author. An
    approval is a ruling of who approved. Comments have no place here and are counted.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".doccano.jsonl", ".doccano.jsonl.gz")

    annotator: str = Field(default="annotator", min_length=1, description="who labelled, where the lines do not say it")
    form: Literal["labels", "texts"] = Field(
        default="labels", description="whether a list of words under `label` holds categories, or texts people wrote"
    )

    def read(
        self, path: Path, *, task: Task | None = None, resume: str = "", max_line: int = 8 << 20
    ) -> Iterator[Record | Reject]:
        """Stream records and rejects. The token is `offset:line`, of the byte and line behind the record."""
        yield from read_records(path, self._record, task=task, resume=resume, max_line=max_line)

    def ontology(self, path: Path) -> Ontology | None:
        """The labels that the answers use."""
        if self.form == "texts":
            return Ontology(labels=(Label(id=WRITTEN, name="Text"),))
        records = (one for one in self.read(path) if isinstance(one, Record))
        return draft_of(said.answer for one in records for said in one.said)

    def asks(self, path: Path) -> Spec | None:
        """The task that the first answers are of."""
        if self.form == "texts":
            return Spec(name="write.v1")
        first = islice((one for one in self.read(path) if isinstance(one, Record)), LOOKED_AT)
        return task_of(said.answer for one in first for said in one.said)

    @classmethod
    def sample(cls) -> tuple[str, bytes]:
        """Three documents in one file of one person."""
        rows = [
            {"id": 1, "text": "Ada ran", "label": [[0, 3, "PER"]], "Comments": []},
            {"id": 2, "text": "Nobody ran", "label": []},
            {"id": 3, "text": "Bob sat", "label": [[0, 3, "PER"]], "source": "mail"},
        ]
        return "names.doccano.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode()

    def _record(self, row: dict[str, Any], line: int, resume: str) -> Record:
        body = body_of(text_in(row, "text", "data"), {key: row[key] for key in row if key not in _OURS})
        comments = row.get("Comments") or row.get("comments") or []
        lost = ("comments",) * (len(comments) if isinstance(comments, list) else 1)
        said = list(self._said(row))
        approver = id_in(row, "annotation_approver")
        if approver is not None and said:
            said.append(Said(approver, said[-1].answer, "person", stance="adjudicate", of=len(said) - 1))
        return Record(id_in(row, "id"), body, line, tuple(said), {}, resume, lost=lost, apart=True)

    def _said(self, row: dict[str, Any]) -> Iterator[Said]:
        who = id_in(row, "user") or self.annotator
        if isinstance(row.get("annotations"), list):
            yield from _by_author(row["annotations"], who)
        elif "entities" in row:
            yield Said(who, _entities(row), "person")
        else:
            listed = row.get("label", row.get("labels"))
            if listed is None:
                return
            if isinstance(listed, str):
                listed = [listed]
            if not isinstance(listed, list):
                raise wrong("label", "a list of labels", listed)
            if self.form == "texts":
                yield from (Said(who, text, "person") for text in listed)
            elif all(isinstance(one, str) for one in listed) and listed:
                yield Said(who, {"labels": listed}, "person")
            elif listed or row.get("label") is not None:
                yield Said(who, {"spans": [_span(one, f"label.{n}") for n, one in enumerate(listed)]}, "person")


def _by_author(listed: list[Any], who: str) -> Iterator[Said]:
    """The older form: single annotations with the number of their author."""
    each: dict[str, list[Mapping[str, Any]]] = {}
    for n, one in enumerate(listed):
        if not isinstance(one, dict) or one.get("label") is None:
            raise wrong(f"annotations.{n}.label", "an annotation with a label", one)
        each.setdefault(id_in(one, "user") or who, []).append(one)
    for author, said in each.items():
        if any("start_offset" in one for one in said):
            yield Said(author, {"spans": [_offsets(one) for one in said]}, "person")
        else:
            yield Said(author, {"labels": [str(one["label"]) for one in said]}, "person")


def _entities(row: Mapping[str, Any]) -> dict[str, Any]:
    entities, relations = row["entities"], row.get("relations") or []
    if not isinstance(entities, list) or not isinstance(relations, list):
        raise wrong("entities", "a list of entities", entities)
    place: dict[Any, int] = {}
    spans = []
    for n, one in enumerate(entities):
        if not isinstance(one, dict) or one.get("label") is None or not isinstance(one.get("id", n), int | str):
            raise wrong(f"entities.{n}.label", "an entity with a label", one)
        place[one.get("id", n)] = n
        spans.append(_offsets(one))
    if not relations:
        return {"spans": spans, "relations": []} if "relations" in row else {"spans": spans}
    return {"spans": spans, "relations": [_relation(one, place, n) for n, one in enumerate(relations)]}


def _relation(one: Any, place: Mapping[Any, int], number: int) -> dict[str, Any]:
    if not isinstance(one, dict) or not isinstance(one.get("type"), str):
        raise wrong(f"relations.{number}.type", "a relation with a type", one)
    ends = []
    for name in ("from_id", "to_id"):
        found = place.get(one[name]) if isinstance(one.get(name), int | str) else None
        if found is None:
            raise wrong(f"relations.{number}.{name}", "the id of an entity", one.get(name))
        ends.append(found)
    return {"from": ends[0], "to": ends[1], "label": one["type"]}


def _offsets(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"start": one.get("start_offset"), "end": one.get("end_offset"), "label": str(one["label"])}


def _span(one: Any, where: str) -> dict[str, Any]:
    if not isinstance(one, list) or len(one) != 3 or not isinstance(one[2], str):
        raise wrong(where, "[start, end, label]", one)
    return {"start": one[0], "end": one[1], "label": one[2]}
