"""Label Studio's JSON: tasks with annotations and predictions, and the labelling configuration."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from goldloop.core import clock
from goldloop.core.errors import Invalid
from goldloop.core.families import Exported, Exporter, Row, Task, exporter
from goldloop.core.ontology import Ontology
from goldloop.exporters.labelling_config import CONTROL, TEXT, choices_config, is_tree, relations_config, spans_config
from goldloop.exporters.losses import GAPS, HUMAN_ONLY, Tally, pieces_of

SILENT = "judgements without an answer (skips, rejects, withdrawals)"
STANCE = "stances other than a plain answer"
BATCH = "batches"
NO_TEXT = "items without a text, which Label Studio cannot show"

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=dict).encode


@exporter("label_studio.v1")
class LabelStudio(Exporter):
    """`tasks.json` and `label_config.xml`, for Label Studio's import; for choices, spans and relations.

    A person's judgement is an annotation, a model's or a rule's a prediction, the accepted answer an annotation marked
    as ground truth. Offsets are code points. What Label Studio has no place for (ids, authors, slices) travels under
    `goldloop` keys, which it ignores and the source label_studio.v1 reads back.
    """

    def write(self, rows: Iterable[Row], to: Path, *, task: Task, ontology: Ontology) -> Exported:
        """Write both files. Raises Invalid where the task's answers are neither choices, spans nor relations."""
        (to / "label_config.xml").write_text(_config(task, ontology), encoding="utf-8", newline="\n")
        tally, count = Tally(), 0
        tree = is_tree(ontology)
        with (to / "tasks.json").open("w", encoding="utf-8", newline="\n") as file:
            file.write("[")
            for row in rows:
                count += 1
                tally.add(SILENT, when=any(said.get("answer") is None for said in row.judgements))
                tally.add(STANCE, when=any(said.get("stance", "answer") != "answer" for said in row.judgements))
                tally.add(BATCH, when=bool(row.batch))
                tally.add(GAPS, when=any("fragments" in span for span in row.answer.get("spans", ())))
                tally.add(NO_TEXT, when=not isinstance(row.body.get("text"), str))
                tally.add(HUMAN_ONLY, when=not ontology.human_only.isdisjoint(task.labels(row.answer)))
                file.write((",\n" if count > 1 else "\n") + _ENCODE(_task(row, count, ontology, tree)))
            file.write("\n]\n")
        return Exported(files=("tasks.json", "label_config.xml"), rows=count, losses=tally.losses())


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
        "Label Studio carries choices, spans and relations",
        field="task",
        expected="choices, spans or relations",
        found=task.name,
    )


def _task(row: Row, number: int, ontology: Ontology, tree: bool) -> dict[str, Any]:
    """One task. Its id is its place; the item's own id travels beside."""
    said = [one for one in row.judgements if one.get("answer") is not None]
    annotations = [_annotation(one, row, ontology, tree) for one in said if one.get("kind", "person") == "person"]
    predictions = [_prediction(one, row, ontology, tree) for one in said if one.get("kind", "person") != "person"]
    accepted = {"actor": row.decided_by, "kind": "rule", "answer": row.answer}
    annotations.append(_annotation(accepted, row, ontology, tree) | {"ground_truth": True})
    own = {"external_id": row.external_id, "item_id": row.item_id, "slices": row.slices, "licence": row.licence}
    own |= {"sources": list(row.sources), "split": row.split}
    return {
        "id": number,
        "data": row.body,
        "meta": {"goldloop": {key: value for key, value in own.items() if value}},
        "annotations": annotations,
        "predictions": predictions,
    }


def _annotation(said: Mapping[str, Any], row: Row, ontology: Ontology, tree: bool) -> dict[str, Any]:
    out: dict[str, Any] = {
        "result": _results(said["answer"], row, ontology, tree),
        "was_cancelled": False,
        "goldloop": _who(said),
    }
    if said.get("said_at") is not None:
        out["updated_at"] = clock.iso(said["said_at"])
    if said.get("active_ms") is not None:
        out["lead_time"] = said["active_ms"] / 1000
    return out


def _prediction(said: Mapping[str, Any], row: Row, ontology: Ontology, tree: bool) -> dict[str, Any]:
    out: dict[str, Any] = {"result": _results(said["answer"], row, ontology, tree), "goldloop": _who(said)}
    if said.get("version"):
        out["model_version"] = said["version"]
    if said.get("confidence") is not None:
        out["score"] = said["confidence"]
    if said.get("said_at") is not None:
        out["created_at"] = clock.iso(said["said_at"])
    return out


def _who(said: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("actor", "kind", "said_at")
    return {key: said[key] for key in keys if said.get(key) is not None}


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
