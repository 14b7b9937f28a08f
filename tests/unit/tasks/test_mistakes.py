"""Mistakes that could pass for right answers: another label, a moved edge, a missing span; never the truth itself."""

import pytest

from goldloop.core.ontology import Label, Ontology
from goldloop.tasks.choice import Choice
from goldloop.tasks.spans import Spans

LABELS = Ontology(labels=tuple(Label(id=one, name=one) for one in ("a", "b", "c")))
TEXT = {"text": "Ada Lovelace met Bob in London."}


def spans(*listed: tuple[int, int, str]) -> dict[str, object]:
    return {"spans": [{"start": start, "end": end, "label": label} for start, end, label in listed]}


def test_one_of_the_labels_is_another() -> None:
    one, several = Choice(), Choice(multiple=True)
    assert one.mistaken({"labels": ["a"]}, {}, "b", draw=5) == {"labels": ["b"]}
    said = {tuple(several.mistaken({"labels": ["a", "b"]}, {}, "c", draw=draw)["labels"]) for draw in range(4)}
    assert said == {("a", "c"), ("b", "c")}
    assert several.mistaken({"labels": []}, {}, "c", draw=0) is None


def test_a_span_is_relabelled_moved_by_a_word_or_missing() -> None:
    task, truth = Spans(), spans((0, 12, "a"), (24, 30, "b"))
    assert task.mistaken(truth, TEXT, "c", draw=0) == spans((0, 12, "c"), (24, 30, "b"))
    assert task.mistaken(truth, TEXT, "c", draw=1) == spans((4, 12, "a"), (24, 30, "b"))
    assert task.mistaken(truth, TEXT, "c", draw=2) == spans((24, 30, "b"))
    assert task.mistaken(truth, TEXT, "c", draw=4) == spans((0, 12, "a"), (24, 31, "b")), "one word more"
    assert task.mistaken(spans(), TEXT, "c", draw=0) is None


def test_an_edge_that_would_run_into_another_span_stays() -> None:
    truth = spans((13, 16, "a"), (17, 20, "b"))
    assert Spans().mistaken(truth, TEXT, "c", draw=1) == spans((13, 16, "c"), (17, 20, "b"))
    assert Spans(allow_overlap=True).mistaken(truth, TEXT, "c", draw=1) == spans((13, 20, "a"), (17, 20, "b"))


@pytest.mark.parametrize("draw", range(12))
def test_a_mistake_is_an_answer_of_the_task_and_not_the_truth(draw: int) -> None:
    task, truth = Spans(), spans((0, 12, "a"), (17, 20, "b"), (24, 30, "c"))
    wrong = task.mistaken(truth, TEXT, "b", draw=draw)
    assert task.canonical(wrong, TEXT, LABELS) == wrong
    assert wrong != truth or draw % 3 == 0, "a label that is the right one is no mistake, and is seen by who plants it"
