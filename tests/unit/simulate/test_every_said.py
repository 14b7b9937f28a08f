"""Whoever is simulated for a task says what the task takes, right or wrong."""

import random

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.families import Task, task
from goldloop.kinds import load
from goldloop.simulate import Persona, key_of, truth_of
from goldloop.simulate.sayings import SAID
from goldloop.simulate.says import _said

load()


KINDS = [pytest.param(kind, id=kind.name) for kind in task if kind.name in SAID]


def test_forms_have_somebody_and_a_task_without_says_so() -> None:
    assert SAID.keys() >= {"choice.v1", "pairwise.v1", "ranking.v1", "steps.v1", "turns.v1"}
    with pytest.raises(Invalid):
        _said("no_such.v1")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("accuracy", [0.0, 0.5, 1.0])
def test_what_is_said_is_an_answer_and_right_where_nobody_errs(kind: type[Task], accuracy: float) -> None:
    example, (body, ontology, answer) = kind.example(), kind.sample()
    truth = example.canonical(answer, body, ontology)
    labels = [label.id for label in ontology.labels if label.selectable]
    person = Persona(name="sim", accuracy=accuracy, fatigue=0)
    for seed in range(20):
        said = _said(kind.name)(truth, body, labels, person, random.Random(seed), done=0)
        assert example.canonical(said, body, ontology) == said
        if accuracy == 1:
            assert said == truth


def test_an_item_is_known_by_all_that_a_worker_sees_of_it() -> None:
    pair = {"prompt": "Why?", "responses": [{"text": "a"}, {"text": "b"}]}
    right = truth_of([(key_of(pair), {"x": 1}), ("only a text", {"x": 2})])
    assert right(dict(pair)) == {"x": 1}
    assert right({"text": "only a text"}) == {"x": 2}
    assert right({**pair, "prompt": "How?"}) is None
