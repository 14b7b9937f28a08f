"""Label Studio's JSON: tasks with annotations and predictions, and the labelling configuration."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from goldloop.core import clock
from goldloop.core.errors import Invalid
from goldloop.core.families import Exported, Exporter, Row, Task, exporter
from goldloop.core.ontology import Ontology
from goldloop.exporters.form_controls import Form, form_for
from goldloop.exporters.labelling_config import CONTROL, TEXT, choices_config, is_tree, relations_config, spans_config
from goldloop.exporters.losses import GAPS, HUMAN_ONLY, Tally, pieces_of

SILENT = "judgements without an answer (rejections, questions, withdrawals)"
ACCEPTED = "that a suggestion was accepted, not given anew"
BATCH = "batches"
NO_TEXT = "items without a text, which Label Studio cannot show"

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=dict).encode


@exporter("label_studio.v1")
class LabelStudio(Exporter):
    """`tasks.json` and `label_config.xml`, for Label Studio's import: choices, spans, relations, ratings from 1,
    and comparisons, rankings and texts by one label.

    A person's judgement is an annotation of its author, a skip a cancelled one, a model's or a rule's a prediction, the
    accepted answer an annotation marked as ground truth. People are numbered through the file (`completed_by`). Offsets
    are code points. What Label Studio has no place for (ids, authors, slices, rulings) travels under `goldloop` keys,
    which it ignores and the source label_studio.v1 reads back.
    """

    def write(self, rows: Iterable[Row], to: Path, *, task: Task, ontology: Ontology) -> Exported:
        """Write both files. Raises Invalid where no control of Label Studio can ask for the task's answers."""
        form = form_for(task, ontology)
        config = form.config if form is not None else _config(task, ontology)
        (to / "label_config.xml").write_text(config, encoding="utf-8", newline="\n")
        tally, count = Tally(), 0
        shape = _Shape(ontology, is_tree(ontology), form, _People())
        with (to / "tasks.json").open("w", encoding="utf-8", newline="\n") as file:
            file.write("[")
            for row in rows:
                count += 1
                said = [_Said.of(one) for one in row.judgements]
                tally.add(SILENT, when=any(one.answer is None and one.stance != "skip" for one in said))
                tally.add(ACCEPTED, when=any(one.stance == "accept" for one in said))
                tally.add(BATCH, when=bool(row.batch))
                tally.add(GAPS, when=any("fragments" in span for span in row.answer.get("spans", ())))
                tally.add(NO_TEXT, when=form is None and not isinstance(row.body.get("text"), str))
                for what in sorted(shape.lost(row, said)):
                    tally.add(what)
                tally.add(HUMAN_ONLY, when=not ontology.human_only.isdisjoint(task.labels(row.answer)))
                file.write((",\n" if count > 1 else "\n") + _ENCODE(_task(row, said, count, shape)))
            file.write("\n]\n")
        return Exported(files=("tasks.json", "label_config.xml"), rows=count, losses=tally.losses())


class _Said(NamedTuple):
    """One judgement as a release or a working copy tells it."""

    id: str
    actor: str
    kind: str
    version: str
    stance: str
    answer: Any
    confidence: float | None
    said_at: int | None
    active_ms: int | None
    suggestion: str | None
    others: tuple[str, ...]

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "_Said":
        """A release names its authors by one word: a person's pseudonym, or `model:NAME@VERSION`."""
        actor, kind, version = str(said.get("actor", "")), str(said.get("kind", "person")), said.get("version") or ""
        author = said.get("author")
        if isinstance(author, str):
            head, colon, name = author.partition(":")
            kind, actor = (head, name) if colon else ("person", author)
            actor, _, version = actor.partition("@") if colon else (actor, "", "")
        saw = said.get("saw") or {}
        saw = saw if isinstance(saw, Mapping) else saw.model_dump()
        return cls(
            id=str(said.get("id", "")),
            actor=actor,
            kind=kind,
            version=str(version),
            stance=str(said.get("stance", "answer")),
            answer=said.get("answer"),
            confidence=said.get("confidence"),
            said_at=said.get("said_at"),
            active_ms=said.get("active_ms"),
            suggestion=saw.get("suggestion_id"),
            others=tuple(saw.get("others") or ()),
        )

    @property
    def own(self) -> dict[str, Any]:
        """What travels beside, for goldloop alone."""
        own = {"actor": self.actor or None, "kind": self.kind, "said_at": self.said_at}
        return {key: value for key, value in own.items() if value is not None}


class _Shape(NamedTuple):
    """How answers become results, all through one file."""

    ontology: Ontology
    tree: bool
    form: Form | None
    people: "_People"

    def results(self, answer: Mapping[str, Any], row: Row) -> list[dict[str, Any]]:
        """An answer as results."""
        if self.form is not None:
            return self.form.results(answer, row)
        return _results(answer, row, self.ontology, self.tree)

    def data(self, row: Row) -> dict[str, Any]:
        """What a task's data holds beside the item's body."""
        return self.form.data(row) if self.form is not None else {}

    def lost(self, row: Row, said: Sequence[_Said]) -> set[str]:
        """What of a row's answers no result can hold."""
        if self.form is None:
            return set()
        answers = [row.answer, *(one.answer for one in said if one.answer is not None)]
        return {what for answer in answers for what in self.form.lost(answer)}


class _People:
    """The number of each person in one file, in order of appearance: Label Studio knows people by numbers."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, actor: str) -> int:
        """A person's number, from 1."""
        return self._numbers.setdefault(actor, len(self._numbers) + 1)


def _config(task: Task, ontology: Ontology) -> str:
    body, labels, answer = task.sample()
    canonical = type(task).example().canonical(answer, body, labels)
    form = set(canonical) if isinstance(canonical, dict) else set()
    if form == {"spans"}:
        return spans_config(ontology)
    if form == {"spans", "relations"}:
        return relations_config(ontology, heading=str(getattr(task, "relations", "")))
    if form == {"labels"}:
        return choices_config(ontology, multiple=isinstance(task.pattern(), list))
    raise Invalid(
        "Label Studio has no control for this",
        field="task",
        expected="choices, spans, relations, ratings, comparisons, rankings or texts",
        found=task.name,
    )


def _task(row: Row, said: Sequence[_Said], number: int, shape: _Shape) -> dict[str, Any]:
    """One task. Its id is its place; the item's own id travels beside."""
    models = [one for one in said if one.kind != "person" and one.answer is not None]
    judged = [one for one in said if one.kind == "person" and (one.answer is not None or one.stance == "skip")]
    suggested = {one.id: n for n, one in enumerate(models, 1)}
    places = {one.id: n for n, one in enumerate(judged)}
    annotations = []
    for one in judged:
        out = _annotation(one, row, shape) | {"completed_by": shape.people.number(one.actor)}
        if one.suggestion in suggested:
            out["parent_prediction"] = suggested[one.suggestion]
        if one.stance == "adjudicate":
            about = [places[other] for other in one.others if other in places]
            out["goldloop"] |= {"stance": one.stance} | ({"of": about[0]} if about else {})
        annotations.append(out)
    accepted = _Said.of({"actor": row.decided_by, "kind": "rule", "answer": row.answer})
    annotations.append(_annotation(accepted, row, shape) | {"ground_truth": True})
    predictions = [{"id": suggested[one.id], **_prediction(one, row, shape)} for one in models]
    added = shape.data(row)
    own: dict[str, Any] = {"external_id": row.external_id, "item_id": row.item_id, "slices": row.slices}
    own |= {"licence": row.licence, "sources": list(row.sources), "split": row.split, "added": sorted(added)}
    return {
        "id": number,
        "data": {**row.body, **added},
        "meta": {"goldloop": {key: value for key, value in own.items() if value}},
        "annotations": annotations,
        "predictions": predictions,
    }


def _annotation(said: _Said, row: Row, shape: _Shape) -> dict[str, Any]:
    out: dict[str, Any] = {
        "result": shape.results(said.answer, row) if said.answer is not None else [],
        "was_cancelled": said.stance == "skip",
        "goldloop": said.own,
    }
    if said.said_at is not None:
        out["updated_at"] = clock.iso(said.said_at)
    if said.active_ms is not None:
        out["lead_time"] = said.active_ms / 1000
    return out


def _prediction(said: _Said, row: Row, shape: _Shape) -> dict[str, Any]:
    out: dict[str, Any] = {"result": shape.results(said.answer, row), "goldloop": said.own}
    if said.version:
        out["model_version"] = said.version
    if said.confidence is not None:
        out["score"] = said.confidence
    if said.said_at is not None:
        out["created_at"] = clock.iso(said.said_at)
    return out


def _results(answer: Mapping[str, Any], row: Row, ontology: Ontology, tree: bool) -> list[dict[str, Any]]:
    """An answer as results of the one control: a tree of labels is a taxonomy."""
    if "spans" in answer:
        return _on_text(answer, str(row.body.get("text", "")), ontology)
    if not answer["labels"]:
        return []
    if tree:
        return [_result("taxonomy", {"taxonomy": [_path(label, ontology) for label in answer["labels"]]}, 0)]
    return [_result("choices", {"choices": [ontology.word_of(label) for label in answer["labels"]]}, 0)]


def _on_text(answer: Mapping[str, Any], text: str, ontology: Ontology) -> list[dict[str, Any]]:
    """Spans, one result a fragment, and the relations between them; a relation names the first fragment."""
    results: list[dict[str, Any]] = []
    first: list[str] = []
    for span in answer["spans"]:
        first.append(str(len(results)))
        for piece in pieces_of(span):
            results.append(_span(piece, len(results), text, ontology))
    for one in answer.get("relations", ()):
        ends = {"from_id": first[one["from"]], "to_id": first[one["to"]]}
        word = ontology.word_of(one["label"])
        results.append({"type": "relation", **ends, "direction": "right", "labels": [word]})
    return results


def _span(span: Mapping[str, Any], number: int, text: str, ontology: Ontology) -> dict[str, Any]:
    start, end = span["start"], span["end"]
    value = {"start": start, "end": end, "text": text[start:end], "labels": [ontology.word_of(span["label"])]}
    return _result("labels", value, number)


def _result(kind: str, value: dict[str, Any], number: int) -> dict[str, Any]:
    return {"id": str(number), "from_name": CONTROL, "to_name": TEXT, "type": kind, "value": value}


def _path(label: str, ontology: Ontology) -> Sequence[str]:
    """A label's name behind the names of everything above it."""
    return [ontology.name_of(one) for one in ontology.ancestors(label)][::-1]
