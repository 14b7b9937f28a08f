"""Label Studio's JSON, as people really have it."""

import json
from pathlib import Path
from typing import Any

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject
from goldloop.sources.label_studio import LabelStudio
from goldloop.sources.labelling_config import as_ontology, read_config
from goldloop.tasks.choice import Choice
from goldloop.tasks.relations import Relations
from goldloop.tasks.spans import Spans


def choices(*labels: str, control: str = "intent") -> dict[str, Any]:
    return {"from_name": control, "to_name": "text", "type": "choices", "value": {"choices": list(labels)}}


def span(start: int, end: int, text: str, *labels: str, control: str = "ner") -> dict[str, Any]:
    value = {"start": start, "end": end, "text": text, "labels": list(labels)}
    return {"from_name": control, "to_name": "text", "type": "labels", "value": value}


def read(tasks: Any, folder: Path, source: LabelStudio | None = None, task: Any = None) -> list[Record | Reject]:
    path = folder / "tasks.json"
    path.write_bytes(tasks if isinstance(tasks, bytes) else json.dumps(tasks).encode())
    return list((source or LabelStudio()).read(path, task=task))


def test_annotations_are_people_and_predictions_models(tmp_path: Path) -> None:
    task = {
        "id": 12,
        "data": {"text": "Hi", "channel": "chat"},
        "annotations": [
            {
                "completed_by": {"id": 3, "email": "ann@example.org"},
                "result": [choices("a")],
                "updated_at": "2024-01-01T00:00:01Z",
                "lead_time": 2.5,
                "ground_truth": True,
            },
            {"completed_by": 4, "was_cancelled": True, "result": []},
        ],
        "predictions": [{"model_version": "v3", "score": 0.25, "result": [choices("b")]}],
    }
    (found,) = read([task], tmp_path)
    assert isinstance(found, Record)
    assert (found.external_id, found.body) == ("12", {"text": "Hi", "meta": {"channel": "chat"}})
    person, gold, skip, model = found.said
    assert (person.actor, person.kind, person.gold, person.active_ms) == ("ann@example.org", "person", False, 2500)
    assert (gold.kind, gold.gold, gold.answer) == ("rule", True, {"labels": ["a"]})
    assert (skip.actor, skip.stance, skip.answer) == ("4", "skip", None)
    assert person.at == 1_704_067_201_000_000
    assert (model.actor, model.kind, model.confidence, model.answer) == ("v3", "model", 0.25, {"labels": ["b"]})


def test_spans_choices_and_trees_become_the_tasks_form(tmp_path: Path) -> None:
    tree = {"from_name": "t", "type": "taxonomy", "value": {"taxonomy": [["A", "B"], ["C"]]}}
    tasks = [
        {
            "data": {"text": "Bob ran"},
            "annotations": [{"result": [span(0, 3, "Bob", "per"), span(4, 7, "ran", "x", "y")]}],
        },
        {"data": {"text": "t"}, "annotations": [{"result": [choices("a", "b")]}]},
        {"data": {"text": "t"}, "annotations": [{"result": [tree]}]},
    ]
    answers = [one.said[0].answer for one in read(tasks, tmp_path) if isinstance(one, Record)]
    assert [(one["start"], one["label"]) for one in answers[0]["spans"]] == [(0, "per"), (4, "x"), (4, "y")]
    assert answers[1:] == [{"labels": ["a", "b"]}, {"labels": ["B", "C"]}]


def test_an_empty_result_is_an_answer_in_the_tasks_form(tmp_path: Path) -> None:
    tasks = [{"data": {"text": "t"}, "annotations": [{"result": []}]}]
    for task, form in ((Spans(), {"spans": []}), (Choice(), {"labels": []})):
        (found,) = read(tasks, tmp_path, task=task)
        assert isinstance(found, Record)
        assert found.said[0].answer == form


def test_a_line_end_that_label_studio_escaped_is_still_the_spans_text(tmp_path: Path) -> None:
    (found,) = read([{"data": {"text": "a\nb c"}, "annotations": [{"result": [span(0, 3, "a\\nb", "x")]}]}], tmp_path)
    assert isinstance(found, Record)
    assert found.said[0].answer == {"spans": [{"start": 0, "end": 3, "label": "x"}]}


@pytest.mark.parametrize(
    ("annotation", "field"),
    [
        ({"result": [{"from_name": "x", "type": "rectanglelabels", "value": {}}]}, "annotations.0.result.0.type"),
        ({"result": [choices("a"), choices("b", control="other")]}, "annotations.0.result"),
        ({"result": [choices("a"), span(0, 1, "t", "x", control="intent")]}, "annotations.0.result"),
        ({"result": [choices()]}, "annotations.0.result.0.value.choices"),
        ({"result": "a"}, "annotations.0.result"),
        ({"result": []}, "annotations.0.result"),
        ({"result": [choices("a")], "updated_at": "yesterday"}, "annotations.0.updated_at"),
        ("nonsense", "annotations.0.result"),
    ],
)
def test_one_bad_annotation_is_rejected_and_its_task_stays(annotation: Any, field: str, tmp_path: Path) -> None:
    task = {"data": {"text": "t"}, "annotations": [annotation, {"result": [choices("a")]}]}
    bad, found = read([task], tmp_path)
    assert isinstance(bad, Reject) and isinstance(found, Record)
    assert (bad.field, bad.resume) == (field, "")
    assert [one.answer for one in found.said] == [{"labels": ["a"]}]


def test_a_declared_control_passes_over_the_others(tmp_path: Path) -> None:
    task = {"data": {"text": "t"}, "annotations": [{"result": [choices("a"), choices("b", control="other")]}]}
    (found,) = read([task], tmp_path, LabelStudio(control="other"))
    assert isinstance(found, Record)
    assert found.said[0].answer == {"labels": ["b"]}


def test_a_list_that_is_cut_off_gives_its_whole_tasks_and_says_so(tmp_path: Path) -> None:
    for cut in (
        b'[{"data": {"text": "a"}}, {"data": {"te',
        b'[{"data": {"text": "a"}}',
        b'[{"data": {"text": "a"}}, "te',
    ):
        first, last = read(cut, tmp_path)
        assert isinstance(first, Record) and isinstance(last, Reject)
        assert "end of the file" in last.found


def test_tasks_that_are_none_are_rejected_one_by_one(tmp_path: Path) -> None:
    bad = b'"x", {"data": 3}, {"data": {"text": "\\ud800"}}, {"data": {"text": "a\xff"}}, {"a" 1}'
    found = read(b"[" + bad + b', {"data": {"text": "ok"}}]', tmp_path)
    assert [type(one) for one in found] == [Reject] * 5 + [Record]
    assert [one.line for one in found] == [1, 2, 3, 4, 5, 6]


def test_a_bare_object_of_data_and_objects_without_a_list_are_tasks(tmp_path: Path) -> None:
    found = read(b'{"text": "a"}\n{"text": "b"}', tmp_path)
    assert [one.body for one in found if isinstance(one, Record)] == [{"text": "a"}, {"text": "b"}]


def test_a_task_beyond_the_limit_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    for filler in ("x" * 3_000_000, '\\"' * 900_000, "{[" * 900_000):
        long = '{"data": {"text": "' + filler + '"}}'
        path.write_text(f'[{{"data": {{"text": "a"}}}}, {long}, {{"data": {{"text": "b"}}}}]')
        first, bad, last = LabelStudio().read(path, max_line=1000)
        assert isinstance(first, Record) and isinstance(bad, Reject) and isinstance(last, Record)
        assert "1000 bytes" in bad.expected
        assert list(LabelStudio().read(path, resume=bad.resume)) == [last]


CONFIG = b"""<View><Header value="Hello"/><Text name="text" value="$utterance"/>
<Taxonomy name="tree" toName="text"><Choice value="Card"><Choice value="Lost" hint="gone"/></Choice></Taxonomy>
<Labels name="ner" toName="text"><Label value="Person"/><Label alias="place" value="Ort"/></Labels></View>"""


def test_the_configuration_names_the_text_and_the_labels(tmp_path: Path) -> None:
    (tmp_path / "config.xml").write_bytes(CONFIG)
    path = tmp_path / "tasks.json"
    path.write_text('[{"data": {"id": "u1", "utterance": "Hi", "text": "not this"}}]')
    (found,) = LabelStudio().read(path)
    assert isinstance(found, Record)
    assert found.body == {"text": "Hi", "meta": {"text": "not this"}}
    tree, flat = LabelStudio().ontology(path), LabelStudio(control="ner").ontology(path)
    assert tree is not None and flat is not None
    assert [(one.id, one.parent, one.definition) for one in tree.labels] == [
        ("Card", None, ""),
        ("Card/Lost", "Card", "gone"),
    ]
    assert [one.name for one in flat.labels] == ["Person", "place"]


@pytest.mark.parametrize(
    "config",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><View>&a;</View>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><View/>',
        b"<View>",
        b"no xml",
        b"<View/>" + b" " * (2 << 20),
    ],
)
def test_a_configuration_that_could_harm_or_is_broken_is_refused(config: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        read_config(config, name="config.xml")
    assert "config.xml" in str(caught.value.field)


def test_a_configuration_without_labels_has_no_ontology() -> None:
    control = read_config(b'<View><Choices name="c" toName="t"/></View>', name="c").control(None)
    assert control is not None
    assert as_ontology(control) is None


def related(results: list[dict[str, Any]], folder: Path, task: Any) -> Any:
    spans = [{**span(0, 3, "Ada", "per"), "id": "a"}, {**span(4, 7, "Bob", "per"), "id": "b"}]
    found = read([{"data": {"text": "Ada Bob"}, "annotations": [{"result": [*spans, *results]}]}], folder, task=task)
    return found[0].said[0].answer if isinstance(found[0], Record) else found[0]


def relation(**more: Any) -> dict[str, Any]:
    return {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right", "labels": ["kin"], **more}


@pytest.mark.parametrize(("way", "ends"), [("right", [(0, 1)]), ("left", [(1, 0)]), ("bi", [(0, 1), (1, 0)])])
def test_relations_point_the_way_they_are_said_to(way: str, ends: list[tuple[int, int]], tmp_path: Path) -> None:
    answer = related([relation(direction=way)], tmp_path, Relations())
    assert [(one["from"], one["to"], one["label"]) for one in answer["relations"]] == [(*pair, "kin") for pair in ends]


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (relation(to_id="c"), "annotations.0.result.2.to_id"),
        (relation(labels=[]), "annotations.0.result.2.labels"),
        (relation(direction="up"), "annotations.0.result.2.direction"),
    ],
)
def test_a_relation_that_cannot_be_read_rejects_its_annotation(bad: Any, field: str, tmp_path: Path) -> None:
    assert related([bad], tmp_path, Relations()).field == field


def test_relations_are_refused_by_a_task_without_them_and_empty_where_there_are_none(tmp_path: Path) -> None:
    assert related([relation()], tmp_path, Spans()).field == "annotations.0.result.2.type"
    assert related([], tmp_path, Relations())["relations"] == []
    assert "relations" not in related([], tmp_path, Spans())
