"""What a Label Studio project holds beside plain labels: reviews, skips, forms, and what has no place here."""

import json
from pathlib import Path
from typing import Any

import pytest

from goldloop.core import families
from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Said
from goldloop.kinds import load
from goldloop.sources.label_studio import LabelStudio

load()
CHOICES = """<View><Text name="text" value="$text"/>
<Choices name="intent" toName="text"><Choice value="card"/><Choice value="rate"/></Choices>
<TextArea name="note" toName="text"/>
<RectangleLabels name="box" toName="img"><Label value="x"/></RectangleLabels></View>"""


def chosen(*words: str, control: str = "intent", **more: Any) -> dict[str, Any]:
    return {"from_name": control, "to_name": "text", "type": "choices", "value": {"choices": list(words)}, **more}


def annotation(*words: str, by: Any = 1, at: int = 10, **more: Any) -> dict[str, Any]:
    result = [chosen(*words)] if words else []
    return {"completed_by": by, "result": result, "created_at": iso(at), "updated_at": iso(at), **more}


def iso(second: int) -> str:
    return f"2024-01-01T00:00:{second:02d}Z"


def read(folder: Path, task: dict[str, Any], config: str = CHOICES, **params: Any) -> list[Record | Reject]:
    path = folder / "tasks.json"
    path.write_text(json.dumps([{"id": 1, "data": {"text": "Where is it?"}, **task}]))
    source = LabelStudio(label_config=config, **params)
    asked = source.asks(path)
    assert asked is not None
    return list(source.read(path, task=families.task.build(asked)))


def record(folder: Path, task: dict[str, Any], config: str = CHOICES, **params: Any) -> Record:
    (found,) = read(folder, task, config, **params)
    assert isinstance(found, Record), found
    return found


def stances(said: tuple[Said, ...]) -> list[tuple[str, str, Any]]:
    return [(one.actor, one.stance, one.answer["labels"][0] if one.answer else None) for one in said]


def test_a_cancelled_annotation_is_a_skip_of_its_author(tmp_path: Path) -> None:
    found = record(tmp_path, {"annotations": [annotation(by=3, was_cancelled=True, lead_time=2)]})
    (skip,) = found.said
    assert (skip.actor, skip.stance, skip.answer, skip.active_ms) == ("3", "skip", None, 2000)


def test_ground_truth_is_its_authors_answer_and_gold_as_well(tmp_path: Path) -> None:
    said = record(tmp_path, {"annotations": [annotation("card", by=3, ground_truth=True)]}).said
    assert [(one.actor, one.kind, one.gold) for one in said] == [("3", "person", False), ("ground truth", "rule", True)]


def test_an_annotation_that_began_from_a_prediction_comes_behind_it_and_knows_it(tmp_path: Path) -> None:
    predictions = [{"id": 7, "model_version": "m1", "score": 0.5, "result": [chosen("rate")]}]
    said = record(tmp_path, {"annotations": [annotation("card", parent_prediction=7)], "predictions": predictions}).said
    assert [(one.actor, one.kind, one.of) for one in said] == [("m1", "model", None), ("1", "person", 0)]


def test_a_review_that_accepts_is_a_ruling_on_what_was_said(tmp_path: Path) -> None:
    review = {"accepted": True, "created_by": {"id": 9, "email": "rita@example.org"}, "created_at": iso(20)}
    said = record(tmp_path, {"annotations": [annotation("card", at=21, created_at=iso(10), reviews=[review])]}).said
    assert stances(said) == [("1", "answer", "card"), ("rita@example.org", "adjudicate", "card")]
    assert (said[0].at, said[1].of) == (1_704_067_210_000_000, 0)


def test_a_review_that_fixes_keeps_both_answers(tmp_path: Path) -> None:
    review = {
        "accepted": True,
        "created_by": 9,
        "created_at": iso(20),
        "fixed_annotation_history": 4,
        "previous_annotation_history_result": [chosen("rate")],
        "fixed_annotation_history_result": [chosen("card")],
    }
    said = record(tmp_path, {"annotations": [annotation("card", reviews=[review])]}).said
    assert stances(said) == [("1", "answer", "rate"), ("9", "adjudicate", "card")]


def test_what_an_annotator_said_before_a_fix_is_never_guessed(tmp_path: Path) -> None:
    review = {"accepted": True, "created_by": 9, "created_at": iso(20), "fixed_annotation_history": 4}
    found = record(tmp_path, {"annotations": [annotation("card", reviews=[review])]})
    assert stances(found.said) == [("9", "adjudicate", "card")]
    assert found.lost == ("answers as they were before a reviewer fixed them",)


def test_a_rejection_sends_back_and_what_was_done_anew_comes_behind_it(tmp_path: Path) -> None:
    review = {
        "accepted": False,
        "created_by": 9,
        "created_at": iso(20),
        "comment": "look again",
        "previous_annotation_history_result": [chosen("rate")],
    }
    redone = annotation("card", at=30, created_at=iso(10), reviews=[review])
    said = record(tmp_path, {"annotations": [redone, annotation("card", by=2, at=25)]}).said
    assert stances(said) == [
        ("1", "answer", "rate"),
        ("9", "reject", None),
        ("2", "answer", "card"),
        ("1", "answer", "card"),
    ]
    assert (said[1].of, said[1].comment) == (0, "look again")


def test_what_has_no_place_here_is_counted_by_kind(tmp_path: Path) -> None:
    other = {"from_name": "note", "to_name": "text", "type": "textarea", "value": {"text": ["x"]}}
    results = [chosen("card", meta={"text": ["hm"]}), other, other]
    task = {
        "annotations": [
            {
                "completed_by": 1,
                "result": results,
                "reviews": [{"accepted": None, "created_by": 2, "created_at": iso(9)}],
            }
        ],
        "drafts": [{}, {}],
        "comment_count": 3,
    }
    found = record(tmp_path, task)
    assert sorted(found.lost) == [
        *["comments"] * 3,
        *["drafts"] * 2,
        "notes on regions",
        *["results of the control note (textarea)"] * 2,
        "reviews that say neither yes nor no",
    ]
    assert stances(found.said) == [("1", "answer", "card")]


RATINGS = """<View><Text name="text" value="$text"/><Rating name="clear" toName="text" maxRating="7"/>
<Rating name="true" toName="text" maxRating="7"/><Rating name="short" toName="text" maxRating="3"/></View>"""
PAIR = """<View><Text name="ask" value="$q"/><Text name="one" value="$a1"/><Text name="two" value="$a2"/>
<Pairwise name="better" toName="one,two" leftClass="L" rightClass="R"/></View>"""
RANK = """<View><Text name="ask" value="$q"/>
<List name="list" value="$items"/><Ranker name="rank" toName="list"/></View>"""
WRITE = """<View><Text name="text" value="$text"/><TextArea name="summary" toName="text"/></View>"""
TREE = """<View><Text name="text" value="$text"/><Taxonomy name="tree" toName="text" maxUsages="1">
<Choice value="A"><Choice value="B"/></Choice></Taxonomy></View>"""
RELATED = """<View><Relations><Relation value="kin"/></Relations>
<Labels name="ner" toName="text"><Label value="per"/></Labels><Text name="text" value="$text"/></View>"""


def said_by_form(
    config: str, data: dict[str, Any], results: list[dict[str, Any]], folder: Path
) -> tuple[Any, Any, Any]:
    """The task, the body and the stored answer that a configuration, a task's data and results become."""
    path = folder / "tasks.json"
    path.write_text(json.dumps([{"id": 1, "data": data, "annotations": [{"completed_by": 1, "result": results}]}]))
    source = LabelStudio(label_config=config)
    asked, labels = source.asks(path), source.ontology(path)
    assert asked is not None and labels is not None
    task = families.task.build(asked)
    (found,) = source.read(path, task=task)
    assert isinstance(found, Record), found
    task.check_body(found.body)
    return asked.name, found.body, task.canonical(found.said[0].answer, found.body, labels)


def result(control: str, kind: str, value: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"from_name": control, "to_name": "text", "type": kind, "value": value, **more}


def test_ratings_on_one_scale_become_a_rubric(tmp_path: Path) -> None:
    results = [result("clear", "rating", {"rating": 7}), result("true", "rating", {"rating": 2})]
    results.append(result("short", "rating", {"rating": 1}))
    name, _, answer = said_by_form(RATINGS, {"text": "t"}, results, tmp_path)
    assert name == "rating.v1"
    assert [(one["label"], one["score"]) for one in answer["ratings"]] == [("clear", 7), ("true", 2)]


@pytest.mark.parametrize(("side", "prefer"), [("left", "a"), ("R", "b")])
def test_a_comparison_becomes_a_preference_with_its_prompt(side: str, prefer: str, tmp_path: Path) -> None:
    data = {"q": "Why?", "a1": "So.", "a2": "Thus.", "lang": "en"}
    name, body, answer = said_by_form(PAIR, data, [result("better", "pairwise", {"selected": side})], tmp_path)
    assert (name, answer["preferences"][0]["prefer"]) == ("pairwise.v1", prefer)
    assert body == {"prompt": "Why?", "responses": [{"text": "So."}, {"text": "Thus."}], "meta": {"lang": "en"}}


def test_an_order_becomes_ranks_of_the_items_own_order(tmp_path: Path) -> None:
    items = [{"id": "x", "title": "X"}, {"id": "y", "body": "Y"}, {"id": "z", "title": "Z"}]
    order = result("rank", "ranker", {"ranker": {"rank": ["y", "z", "x"]}})
    name, body, answer = said_by_form(RANK, {"q": "Why?", "items": items}, [order], tmp_path)
    assert (name, answer["rankings"][0]["ranks"]) == ("ranking.v1", [3, 1, 2])
    assert [one["id"] for one in body["responses"]] == ["x", "y", "z"]


def test_a_text_area_is_writing_and_a_tree_of_one_choice_stays_one(tmp_path: Path) -> None:
    name, _, answer = said_by_form(
        WRITE, {"text": "t"}, [result("summary", "textarea", {"text": ["Short."]})], tmp_path
    )
    assert (name, answer) == ("write.v1", {"label": "summary", "text": "Short."})
    name, _, answer = said_by_form(
        TREE, {"text": "t"}, [result("tree", "taxonomy", {"taxonomy": [["A", "B"]]})], tmp_path
    )
    assert (name, answer) == ("choice.v1", {"labels": ["A/B"]})


def test_regions_may_overlap_and_their_relations_come_along(tmp_path: Path) -> None:
    def region(id_: str, start: int, end: int) -> dict[str, Any]:
        return result("ner", "labels", {"start": start, "end": end, "labels": ["per"]}, id=id_)

    joined = {"type": "relation", "from_id": "b", "to_id": "a", "direction": "right", "labels": ["kin"]}
    name, _, answer = said_by_form(
        RELATED, {"text": "Ada Bob"}, [region("a", 0, 7), region("b", 4, 7), joined], tmp_path
    )
    assert name == "relations.v1"
    assert (len(answer["spans"]), [(one["from"], one["to"]) for one in answer["relations"]]) == (2, [(1, 0)])


@pytest.mark.parametrize("control", ["box", "nothing"])
def test_a_control_that_cannot_be_carried_is_refused_by_name(control: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        read(tmp_path, {}, control=control)
    assert (caught.value.field, caught.value.found) == ("control", control)


def test_a_project_about_pictures_says_what_it_asks_for(tmp_path: Path) -> None:
    config = """<View><Image name="img" value="$i"/>
    <RectangleLabels name="box" toName="img"><Label value="x"/></RectangleLabels></View>"""
    with pytest.raises(Invalid) as caught:
        read(tmp_path, {}, config)
    assert "box (RectangleLabels)" in str(caught.value.found)


def test_without_a_configuration_the_answers_tell_what_was_asked(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    for results, name, params in (
        ([chosen("a")], "choice.v1", {}),
        ([chosen("a", "b")], "choice.v1", {"multiple": True, "allow_none": True}),
        ([result("ner", "labels", {"start": 0, "end": 1, "labels": ["x"]})], "spans.v1", {"allow_overlap": True}),
    ):
        path.write_text(json.dumps([{"data": {"text": "t"}, "annotations": [{"result": results}]}]))
        asked = LabelStudio().asks(path)
        assert asked is not None and (asked.name, asked.params) == (name, params)
