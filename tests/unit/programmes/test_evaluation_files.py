"""Logs of Inspect are read as their two forms have them; what cannot be counted is named, and nothing else is read."""

import io
import json
import zipfile
from typing import Any

import pytest

from goldloop.core.errors import Invalid
from goldloop.programmes.evaluations.files import read_report


def sample(key: Any, value: Any, *, epoch: int = 1, scorer: str = "match", **metadata: Any) -> dict[str, Any]:
    """A sample as Inspect logs it, as far as we read it."""
    scores = {scorer: {"value": value, "answer": "b", "explanation": None}}
    return {"id": key, "epoch": epoch, "input": "?", "target": "a", "scores": scores, "metadata": metadata}


def document(*samples: Any) -> bytes:
    header = {"version": 2, "status": "success", "eval": {"task": "intents", "model": "x/y"}}
    return json.dumps({**header, "samples": list(samples)}, indent=2).encode()


def packed(samples: list[Any], *, summaries: bool) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("_journal/start.json", "{}")
        for one in samples:
            file.writestr(f"samples/{one['id']}_epoch_{one['epoch']}.json", json.dumps(one))
        if summaries:
            file.writestr("summaries.json", json.dumps(samples))
        file.writestr("header.json", json.dumps({"version": 2, "eval": {"task": "intents"}}))
    return out.getvalue()


SAMPLES = [
    sample("q1", "C", topic="card"),
    sample("q2", "I", topic="loan"),
    sample(3, 1.0, topic="card"),
    sample("q4", "N", topic="card"),
]


@pytest.mark.parametrize(
    "body", [document(*SAMPLES), packed(SAMPLES, summaries=True), packed(SAMPLES, summaries=False)]
)
def test_both_forms_say_the_same(body: bytes) -> None:
    good, bad = read_report(body, measure="accuracy")
    assert bad == []
    assert {(one.external_id, one.right, one.slices["topic"]) for one in good} == {
        ("q1", True, "card"),
        ("q2", False, "loan"),
        ("3", True, "card"),
        ("q4", False, "card"),
    }


def test_what_cannot_be_counted_is_named_by_sample_and_field() -> None:
    odd = [sample("a", "P"), sample("b", 0.5), sample("c", "C", epoch=2), sample("", "C"), {"id": "d"}, 7]
    good, bad = read_report(document(sample("e", "C"), *odd, sample("e", "I")), measure="match")
    assert [one.external_id for one in good] == ["e"]
    assert [(one.line, one.field, one.found) for one in bad] == [
        (2, "scores.match", '"P"'),
        (3, "scores.match", "0.5"),
        (4, "epoch", "2"),
        (5, "id", ""),
        (6, "scores.match", "nothing"),
        (7, "", "7"),
        (8, "id", "e, as in 1"),
    ]


def test_a_field_with_many_values_or_without_words_is_no_slice() -> None:
    samples = [sample(f"q{n}", "C", topic="card", url=f"https://example.org/{n}", facts={"a": n}) for n in range(60)]
    good, _ = read_report(document(*samples), measure="accuracy")
    assert {tuple(one.slices) for one in good} == {("topic",)}


def test_where_there_are_several_scorers_one_is_named() -> None:
    both = sample("q", "C")
    both["scores"]["judge"] = {"value": "I"}
    with pytest.raises(Invalid) as refused:
        read_report(document(both), measure="accuracy")
    assert (refused.value.field, refused.value.expected) == ("measure", "judge, match")
    (read,), _ = read_report(document(both), measure="judge")
    assert read.right is False


def zipped(name: str, content: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (zipped("anything.txt", "x"), "body"),
        (packed(SAMPLES, summaries=True)[:80], "body"),
        (zipped("header.json", "{}"), "measure"),
        (b"\xff\xfe", "body"),
    ],
)
def test_what_is_no_log_is_refused(body: bytes, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_report(body, measure="accuracy")
    assert refused.value.field == field


def test_json_lines_are_lines_although_the_first_looks_like_a_document() -> None:
    good, bad = read_report(b'{"id": "a", "prediction": "x"}\n{"id": "b", "correct": true}\n', measure="accuracy")
    assert [one.external_id for one in good] == ["a", "b"]
    assert bad == []
