"""Forms in the formats that carry them: whatever the parameters, names and remarks come back."""

import json
from pathlib import Path
from typing import Any

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Row, Task
from goldloop.core.ontology import Label, Ontology
from goldloop.exporters.huggingface import HuggingFace
from goldloop.exporters.jsonl import Jsonl
from goldloop.exporters.label_studio import LabelStudio
from goldloop.exporters.parquet import Parquet
from goldloop.sources.jsonl import Jsonl as JsonlSource
from goldloop.sources.label_studio import LabelStudio as LabelStudioSource
from goldloop.tasks.pairwise import Pairwise
from goldloop.tasks.ranking import Ranking
from goldloop.tasks.rating import Rating
from goldloop.tasks.scale import Scale
from goldloop.tasks.turns import Turns
from goldloop.tasks.write import Write

ONTOLOGY = Ontology(labels=(Label(id="g", name="Good, or not"),))
CASES: list[tuple[Task, dict[str, Any], Any]] = [
    (
        Rating(scale=Scale(low=0, high=2)),
        {"text": "t"},
        {"ratings": [{"label": "g", "score": 0, "comment": "bad 🙂"}]},
    ),
    (Turns(scale=Scale(high=3), whole=True), {"turns": [{"role": "a", "text": "x"}]}, {"turns": [3], "whole": 1}),
    (Write(least=5000), {"prompt": "p"}, "word " * 1001),
]


def row(task: Task, body: dict[str, Any], answer: Any) -> Row:
    return Row("itm_1", "x1", body, task.canonical(answer, body, ONTOLOGY), {}, "first", "decided")


@pytest.mark.parametrize(("task", "body", "answer"), CASES)
def test_json_lines_are_read_back_as_the_same_answers(
    task: Task, body: dict[str, Any], answer: Any, tmp_path: Path
) -> None:
    one = row(task, body, answer)
    Jsonl().write([one], tmp_path, task=task, ontology=ONTOLOGY)
    source = JsonlSource(
        gold="answer",
        judgements="judgements",
        slices=("slices",),
        licence="licence",
        ignore=("item_id", "batch", "decided_by"),
    )
    (read,) = source.read(tmp_path / "data.jsonl", task=task)
    assert read.body == body  # type: ignore[union-attr]  # a record
    assert task.canonical(read.said[0].answer, body, ONTOLOGY) == one.answer  # type: ignore[union-attr]  # a record


@pytest.mark.parametrize(("task", "body", "answer"), CASES)
def test_parquet_has_a_column_of_the_answers_own_shape(
    task: Task, body: dict[str, Any], answer: Any, tmp_path: Path
) -> None:
    import duckdb

    one = row(task, body, answer)
    Parquet().write([one], tmp_path, task=task, ontology=ONTOLOGY)
    HuggingFace().write([one], tmp_path, task=task, ontology=ONTOLOGY)
    ((found,),) = duckdb.sql(f"SELECT answer FROM read_parquet('{tmp_path}/data.parquet')").fetchall()
    assert json.loads(json.dumps(found)) == task.named(one.answer, ONTOLOGY)


@pytest.mark.parametrize(("task", "body", "answer"), CASES[:2])
def test_label_studio_refuses_what_it_has_no_control_for_by_the_tasks_name(
    task: Task, body: dict[str, Any], answer: Any, tmp_path: Path
) -> None:
    with pytest.raises(Invalid) as caught:
        LabelStudio().write([row(task, body, answer)], tmp_path, task=task, ontology=ONTOLOGY)
    assert caught.value.field == "task" and task.name in str(caught.value.found)


@pytest.mark.parametrize(
    ("task", "body", "answer"),
    [
        (Rating(scale=Scale(high=7), comments=False), {"prompt": "p", "response": "r"}, {"g": 6}),
        (Pairwise(), {"prompt": "p", "responses": [{"text": "x", "model": "m"}, {"text": "y"}]}, "b"),
        (Ranking(), {"responses": ["x", {"text": "y"}, "z"]}, [2, 3, 1]),
        (Ranking(), {"prompt": "p", "responses": [{"id": 7, "text": "y"}, {"id": 3, "text": "z"}]}, [2, 1]),
        (Write(), {"text": "t", "meta": {"n": 1}}, "A text."),
    ],
)
def test_label_studio_brings_forms_back_as_they_went(
    task: Task, body: dict[str, Any], answer: Any, tmp_path: Path
) -> None:
    one = row(task, body, answer)
    assert LabelStudio().write([one], tmp_path, task=task, ontology=ONTOLOGY).losses[1:] == ()
    path, source = tmp_path / "tasks.json", LabelStudioSource()
    asked, labels = source.asks(path), source.ontology(path)
    assert asked is not None and (asked.name, labels) == (task.name, ONTOLOGY)
    (read,) = source.read(path, task=task)
    assert isinstance(read, Record) and read.body == body
    assert task.canonical(read.said[0].answer, body, ONTOLOGY) == one.answer
