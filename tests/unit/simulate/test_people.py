"""Simulated people are as good, as wrong and as led as they are said to be."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldloop.client.work import Assignment
from goldloop.core import families
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.ontology import Label, Ontology
from goldloop.kinds import load
from goldloop.simulate import Persona, crew, truth_of
from goldloop.simulate.sayings import SAID
from goldloop.simulate.sayings.spans import said as said_spans
from goldloop.simulate.says import saying
from goldloop.tasks.spans import Spans

load()
LABELS = ("a", "b", "c", "d")


def _work(text: str, *, queue: str = "annotate", suggestion: str | None = None, task: str = "choice.v1") -> Assignment:
    shown = {"id": "jdg_1", "answer": {"labels": [suggestion]}} if suggestion else None
    return Assignment.model_validate(
        {
            "work_id": f"wrk_{text}",
            "item_id": f"itm_{text}",
            "programme_id": "prg_1",
            "programme": "p",
            "queue": queue,
            "tier": 1,
            "body": {"text": text},
            "task": {"name": task},
            "ontology_id": "rel_1",
            "suggestion": shown,
            "expires_at": 0,
        }
    )


def _all(person: Persona, count: int = 2000, **how: object) -> list:
    texts = [f"text {n}" for n in range(count)]
    truth = truth_of((text, {"labels": [LABELS[n % 4]]}) for n, text in enumerate(texts))
    return [
        (LABELS[n % 4], saying(_work(text, **how), truth, LABELS, person, seed=1, done=0))
        for n, text in enumerate(texts)
    ]


def test_the_same_seed_says_the_same_and_another_seed_does_not():
    work, truth = _work("hello"), truth_of([("hello", {"labels": ["a"]})])
    person = Persona(name="ada", accuracy=0.5)
    said = {seed: saying(work, truth, LABELS, person, seed=seed, done=0) for seed in range(20)}
    assert saying(work, truth, LABELS, person, seed=3, done=0) == said[3]
    assert len({one.active_ms for one in said.values()}) == 20


def test_what_is_said_of_an_item_does_not_depend_on_the_items_before():
    person, truth = Persona(name="ada", accuracy=0.5), truth_of([("x", {"labels": ["a"]}), ("y", {"labels": ["b"]})])
    alone = saying(_work("y"), truth, LABELS, person, seed=1, done=0)
    saying(_work("x"), truth, LABELS, person, seed=1, done=0)
    assert saying(_work("y"), truth, LABELS, person, seed=1, done=0) == alone


def test_accuracy_by_label_is_what_was_asked_for():
    person = Persona(name="ada", accuracy=0.9, by_label={"b": 0.4})
    said = _all(person)
    right = {
        label: sum(one.answer == {"labels": [label]} for true, one in said if true == label) / 500 for label in LABELS
    }
    assert right["b"] == pytest.approx(0.4, abs=0.07)  # 3 standard errors of a share of 500
    assert all(right[label] == pytest.approx(0.9, abs=0.045) for label in "acd")


def test_who_is_wrong_is_wrong_in_their_own_way():
    person = Persona(name="ada", accuracy=0.0, confusion={"a": {"b": 3, "c": 1}})
    wrong = Counter(one.answer["labels"][0] for true, one in _all(person) if true == "a")
    assert set(wrong) == {"b", "c"}
    assert wrong["b"] / 500 == pytest.approx(0.75, abs=0.06)


def test_fatigue_takes_accuracy_with_every_shift_and_never_goes_below_nothing():
    person = Persona(name="ada", accuracy=0.9, fatigue=0.1)
    assert person.chance_right("a", done=0) == 0.9
    assert person.chance_right("a", done=400) == pytest.approx(0.7)
    assert person.chance_right("a", done=100_000) == 0.0


def test_a_person_without_anchoring_never_lets_a_wrong_suggestion_stand():
    person = Persona(name="ada", accuracy=1.0, fatigue=0, anchoring=0.0, corrects=1.0)
    said = _all(person, queue="verify", suggestion="a")
    assert all(one.stance == ("accept" if true == "a" else "answer") for true, one in said)


def test_anchoring_is_the_share_of_wrong_suggestions_that_stand():
    person = Persona(name="ada", accuracy=1.0, fatigue=0, anchoring=0.3, corrects=0.5)
    stances = Counter(one.stance for true, one in _all(person, queue="verify", suggestion="a") if true != "a")
    assert stances["accept"] / 1500 == pytest.approx(0.3, abs=0.036)
    assert stances["answer"] / (stances["answer"] + stances["reject"]) == pytest.approx(0.5, abs=0.05)


def test_a_reviewer_rules_and_an_item_without_truth_is_skipped():
    person = Persona(name="sen", accuracy=1.0)
    truth = truth_of([("x", {"labels": ["c"]})])
    assert saying(_work("x", queue="review"), truth, LABELS, person, seed=1, done=0)[:2] == (
        "adjudicate",
        {"labels": ["c"]},
    )
    assert saying(_work("unknown"), truth, LABELS, person, seed=1, done=0).stance == "skip"


def test_a_task_that_nobody_is_simulated_for_is_refused():
    with pytest.raises(Invalid, match="simulated"):
        saying(_work("x", task="boxes.v1"), lambda _: {}, LABELS, Persona(name="ada"), seed=1, done=0)


def test_one_text_has_one_truth():
    with pytest.raises(Conflict, match="one right answer"):
        truth_of([("x", {"labels": ["a"]}), ("x", {"labels": ["b"]})])


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_marked_spans_are_always_an_answer_that_the_task_takes(seed: int, accuracy: float):
    text = "Ada Lovelace met Mr Babbage in London on Monday evening."
    ontology = Ontology(labels=tuple(Label(id=name, name=name) for name in ("person", "place", "date")))
    truth = Spans().canonical(
        [[0, 12, "person"], [17, 27, "person"], [31, 37, "place"], [41, 47, "date"]], {"text": text}, ontology
    )
    person = Persona(name="ada", accuracy=accuracy)
    body: families.Body = {"text": text}
    said = said_spans(truth, body, ("person", "place", "date"), person, random.Random(seed), done=0)
    assert Spans().canonical(said, body, ontology) == said


def test_a_crew_is_the_same_for_the_same_seed_and_its_seniors_are_better():
    people = crew(24, seed=5)
    assert people == crew(24, seed=5)
    assert len({one.name for one in people}) == 24
    by_tier = {tier: [one.accuracy for one in people if max(one.tiers) == tier] for tier in (1, 3)}
    assert sum(by_tier[3]) / len(by_tier[3]) > sum(by_tier[1]) / len(by_tier[1])


@pytest.mark.parametrize("name", sorted(SAID))
def test_a_perfect_person_says_the_truth_and_a_poor_one_something_valid_and_else(name: str) -> None:
    kind = families.task.kind(name)
    task, (body, ontology, answer) = kind.example(), kind.sample()
    truth = task.canonical(answer, body, ontology)
    labels = [label.id for label in ontology.labels if label.selectable]

    def say(person: Persona, seed: int) -> object:
        said = SAID[name](truth, body, labels, person, random.Random(seed), done=0)
        return task.canonical(said, body, ontology)

    assert say(Persona(name="ada", accuracy=1.0), 0) == truth
    poor = Persona(name="bo", accuracy=0.0)
    assert sum(say(poor, seed) != truth for seed in range(30)) > 10
