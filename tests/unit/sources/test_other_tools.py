"""Prodigy, doccano, Argilla and Potato, as they write their exports: authors and times stay, losses are told."""

import json
from pathlib import Path
from typing import Any

import pytest

from goldloop.core import families
from goldloop.core.families import Record, Reject, Source
from goldloop.kinds import load
from goldloop.sources.argilla import Argilla
from goldloop.sources.doccano import Doccano
from goldloop.sources.potato import Potato
from goldloop.sources.prodigy import Prodigy

load()
ADA = {"start": 0, "end": 3, "label": "PER", "token_start": 0, "token_end": 0}
BOB = {"start": 8, "end": 11, "label": "PER", "token_start": 2, "token_end": 2}


def write(folder: Path, *rows: Any) -> Path:
    path = folder / "export.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def answers(source: Source, path: Path) -> tuple[str, list[Any]]:
    """The task that is drafted, and what it makes of every statement; None for one without an answer."""
    asked, labels = source.asks(path), source.ontology(path)
    assert asked is not None and labels is not None
    task = families.task.build(asked)
    found = []
    for one in source.read(path, task=task):
        assert isinstance(one, Record), one
        found += [
            (
                said.actor,
                said.stance,
                task.canonical(said.answer, one.body, labels) if said.answer is not None else None,
            )
            for said in one.said
        ]
    return asked.name, found


def only(source: Source, path: Path) -> Record:
    (found,) = source.read(path)
    assert isinstance(found, Record), found
    return found


def test_prodigys_spans_are_their_annotators_with_the_time_and_one_item_an_input(tmp_path: Path) -> None:
    line = {"text": "Ada ran", "_input_hash": 5, "spans": [ADA], "answer": "accept", "_timestamp": 1_704_067_200}
    other = {**line, "spans": [], "_annotator_id": "ner-bob", "_session_id": "s", "_view_id": "ner_manual"}
    path = write(tmp_path, {**line, "_session_id": "ner-ada", "meta": {"source": "mail", "score": 0.2}}, other)
    first, second = Prodigy().read(path)
    assert isinstance(first, Record) and isinstance(second, Record)
    assert first.external_id == second.external_id == "5"
    assert first.body == {"text": "Ada ran", "meta": {"source": "mail"}}
    assert first.lost == ("what a model said while it asked",)
    assert first.said[0].at == 1_704_067_200_000_000
    name, said = answers(Prodigy(), path)
    assert name == "spans.v1"
    assert [(who, len(answer["spans"])) for who, _, answer in said] == [("ner-ada", 1), ("ner-bob", 0)]


def test_prodigys_relations_join_spans_and_those_of_bare_tokens_are_counted(tmp_path: Path) -> None:
    joined = {"head": 0, "child": 2, "label": "KNOWS", "head_span": ADA, "child_span": BOB}
    bare = {**joined, "child_span": {"start": 4, "end": 7, "label": None}}
    path = write(
        tmp_path,
        {"text": "Ada met Bob", "spans": [ADA, BOB], "relations": [joined, bare], "answer": "accept"},
        {"text": "Ada met Bob", "spans": [ADA], "relations": [], "answer": "accept"},
    )
    name, said = answers(Prodigy(), path)
    assert name == "relations.v1"
    assert [[(one["from"], one["to"]) for one in answer["relations"]] for _, _, answer in said] == [[(0, 1)], []]
    first = next(iter(Prodigy().read(path)))
    assert isinstance(first, Record) and first.lost == ("relations between tokens that no span covers",)


def test_prodigys_choices_and_its_yes_and_no_to_one_label(tmp_path: Path) -> None:
    options = [{"id": "card", "text": "Card"}, {"id": "rate", "text": "Rate"}]
    path = write(tmp_path, {"text": "a", "options": options, "accept": ["card"], "answer": "accept"})
    assert answers(Prodigy(), path) == ("choice.v1", [("annotator", "answer", {"labels": ["card"]})])
    labels = Prodigy().ontology(path)
    assert labels is not None and [one.id for one in labels.labels] == ["card", "rate"]
    asked = {"text": "a", "label": "card", "_view_id": "classification"}
    path = write(tmp_path, {**asked, "answer": "accept"}, {**asked, "answer": "reject"}, {**asked, "answer": "ignore"})
    assert answers(Prodigy(), path)[1] == [
        ("annotator", "answer", {"labels": ["card"]}),
        ("prodigy", "answer", {"labels": ["card"]}),
        ("annotator", "reject", None),
        ("annotator", "skip", None),
    ]


def test_prodigys_questions_about_single_spans_are_no_answers_to_the_whole(tmp_path: Path) -> None:
    binary = only(Prodigy(), write(tmp_path, {"text": "Ada", "spans": [ADA], "answer": "accept", "_view_id": "ner"}))
    assert (binary.said, binary.lost) == ((), ("yes or no to single spans",))
    by_hand = only(Prodigy(), write(tmp_path, {"text": "Ada", "spans": [ADA], "answer": "reject"}))
    assert [one.stance for one in by_hand.said] == ["skip"]
    assert by_hand.lost == ("rejections of what was made by hand, kept as skips",)


def test_doccanos_entities_relations_categories_and_comments(tmp_path: Path) -> None:
    entities = [
        {"id": 4, "label": "PER", "start_offset": 0, "end_offset": 3},
        {"id": 9, "label": "PER", "start_offset": 8, "end_offset": 11},
    ]
    related = {"id": 1, "from_id": 9, "to_id": 4, "type": "knows"}
    row = {"id": 1, "text": "Ada met Bob", "entities": entities, "relations": [related], "Comments": ["hm", "ok"]}
    path = write(
        tmp_path, {**row, "user": "ann"}, {"id": 2, "text": "x", "entities": [], "relations": [], "lang": "en"}
    )
    name, said = answers(Doccano(annotator="bob"), path)
    assert name == "relations.v1"
    assert [(who, [(one["from"], one["to"]) for one in answer["relations"]]) for who, _, answer in said] == [
        ("ann", [(1, 0)]),
        ("bob", []),
    ]
    first, second = Doccano().read(path)
    assert isinstance(first, Record) and isinstance(second, Record)
    assert (first.lost, second.body) == (("comments",) * 2, {"text": "x", "meta": {"lang": "en"}})
    path = write(tmp_path, {"text": "a", "label": ["x", "y"]}, {"text": "b", "label": []})
    assert [answer for _, _, answer in answers(Doccano(), path)[1]] == [{"labels": ["x", "y"]}, {"labels": []}]


def test_doccanos_older_form_knows_its_authors_and_an_approval_is_a_ruling(tmp_path: Path) -> None:
    annotations = [{"label": 3, "user": 1}, {"label": 4, "user": 2}]
    path = write(tmp_path, {"id": 1, "text": "a", "annotations": annotations, "annotation_approver": "rita"})
    assert answers(Doccano(), path)[1] == [
        ("1", "answer", {"labels": ["3"]}),
        ("2", "answer", {"labels": ["4"]}),
        ("rita", "adjudicate", {"labels": ["4"]}),
    ]


def test_doccanos_texts_are_writing_where_that_is_declared(tmp_path: Path) -> None:
    path = write(tmp_path, {"text": "Bonjour", "label": ["Good day"]})
    assert answers(Doccano(form="texts"), path) == (
        "write.v1",
        [("annotator", "answer", {"label": "text", "text": "Good day"})],
    )


FLAT = {
    "id": "1",
    "text": "Where is it?",
    "intent.responses": ["card", "rate"],
    "intent.responses.users": ["u1", "u2"],
    "intent.responses.status": ["submitted", "draft"],
    "intent.suggestion": "card",
    "intent.suggestion.score": 0.7,
    "intent.suggestion.agent": "m1",
}
SDK = {
    "id": "1",
    "fields": {"text": "Where is it?"},
    "responses": {
        "intent": [
            {"value": "card", "user_id": "u1", "status": "submitted"},
            {"value": "rate", "user_id": "u2", "status": "draft"},
        ]
    },
    "suggestions": {"intent": {"value": "card", "score": 0.7, "agent": "m1"}},
}
API = {
    "id": "1",
    "fields": {"text": "Where is it?"},
    "responses": [
        {"user_id": "u1", "status": "submitted", "values": {"intent": {"value": "card"}}, "updated_at": "2024-01-01"},
        {"user_id": "u2", "status": "draft", "values": {"intent": {"value": "rate"}}},
    ],
    "suggestions": [{"question_name": "intent", "value": "card", "score": 0.7, "agent": "m1"}],
}


@pytest.mark.parametrize("row", [FLAT, SDK, API], ids=["flat", "sdk", "api"])
def test_argillas_three_forms_say_the_same(row: dict[str, Any], tmp_path: Path) -> None:
    path = write(tmp_path, row)
    found = only(Argilla(), path)
    assert (found.external_id, found.body, found.lost) == ("1", {"text": "Where is it?"}, ("drafts",))
    assert [(one.actor, one.kind, one.confidence) for one in found.said] == [
        ("m1", "model", 0.7),
        ("u1", "person", None),
    ]
    assert answers(Argilla(), path)[0] == "choice.v1"


def test_argillas_discarded_responses_are_skips_and_other_questions_are_counted(tmp_path: Path) -> None:
    values = {"intent": {"value": ["card", "rate"]}, "tone": {"value": 3}}
    responses = [
        {"user_id": "u1", "status": "submitted", "values": values},
        {"user_id": "u2", "status": "discarded", "values": {}},
    ]
    found = only(Argilla(), write(tmp_path, {"fields": {"prompt": "p", "lang": "en"}, "responses": responses}))
    assert [(one.actor, one.stance) for one in found.said] == [("u1", "answer"), ("u2", "skip")]
    assert (found.body, found.lost) == ({"text": "p", "meta": {"lang": "en"}}, ("answers to the question tone",))


def test_argillas_ratings_spans_and_texts(tmp_path: Path) -> None:
    def one(value: Any) -> Path:
        return write(tmp_path, {"fields": {"text": "Ada ran"}, "responses": {"q": [{"value": value, "user_id": "u"}]}})

    name, said = answers(Argilla(), one(4))
    assert (name, said[0][2]["ratings"][0]["score"]) == ("rating.v1", 4)
    assert answers(Argilla(), one([{"start": 0, "end": 3, "label": "per"}]))[0] == "spans.v1"
    assert answers(Argilla(written=True), one("She ran."))[0] == "write.v1"


def test_argillas_parquet_is_read_like_its_lines(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "records.parquet"
    columns = """'1' AS id, 'Hi' AS text, ['card'] AS "intent.responses", ['u1'] AS "intent.responses.users",
        ['submitted'] AS "intent.responses.status" """
    with duckdb.connect() as database:
        database.execute(f"COPY (SELECT {columns}) TO '{path}' (FORMAT parquet)")
    found = only(Argilla(), path)
    assert [(one.actor, one.answer) for one in found.said] == [("u1", {"labels": ["card"]})]
    assert list(Argilla().read(path, resume=found.resume)) == []


def test_potatos_lines_keep_their_user_and_the_time_it_took(tmp_path: Path) -> None:
    row = {
        "id": "i1",
        "displayed_text": "Lovely",
        "label_annotations": {"mood": {"good": "true", "bad": ""}, "why": {"text_box": "so"}},
        "behavioral_data": {"time_string": "Time spent: 0d 0h 1m 2s ", "clicks": 3},
        "user": "ann",
    }
    found = only(Potato(), write(tmp_path, row))
    assert [(one.actor, one.answer, one.active_ms) for one in found.said] == [("ann", {"labels": ["good"]}, 62_000)]
    assert sorted(found.lost) == ["answers to the schema why", "how people worked, beside the time it took"]
    spans = [{"start": 0, "end": 6, "annotation": "praise", "span": "Lovely"}]
    path = write(tmp_path, {"id": "i1", "displayed_text": "Lovely", "label_annotations": {}, "span_annotations": spans})
    assert answers(Potato(annotator="ann"), path) == (
        "spans.v1",
        [("ann", "answer", {"spans": [{"start": 0, "end": 6, "label": "praise"}]})],
    )


def test_potatos_table_of_all_users_says_the_same_as_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "annotated_instances.csv"
    path.write_text(
        "user,instance_id,displayed_text,mood:::good,mood:::bad,span_annotation:::x\n"
        'ann,i1,"Lovely, so",true,,[]\nbob,i1,"Lovely, so",,true,"[{}]"\nbob,i2\n'
    )
    first, second, bad = Potato().read(path)
    assert isinstance(first, Record) and isinstance(second, Record) and isinstance(bad, Reject)
    assert [(one.external_id, one.said[0].actor, one.said[0].answer) for one in (first, second)] == [
        ("i1", "ann", {"labels": ["good"]}),
        ("i1", "bob", {"labels": ["bad"]}),
    ]
    assert (first.body, second.lost) == ({"text": "Lovely, so"}, ("marked spans",))
    assert list(Potato().read(path, resume=first.resume)) == [second, bad]
    name, _ = answers_of_table(path)
    assert name == "choice.v1"


def answers_of_table(path: Path) -> tuple[str, Any]:
    asked = Potato().asks(path)
    assert asked is not None
    return asked.name, Potato().ontology(path)
