"""What holds for every answer of a form, not only for the examples."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldloop.core.families import Task
from goldloop.core.ontology import Label, Ontology
from goldloop.core.order import order_of, order_seed
from goldloop.tasks.pairwise import Pairwise
from goldloop.tasks.ranking import Ranking
from goldloop.tasks.rating import Rating
from goldloop.tasks.scale import Scale
from goldloop.tasks.steps import Steps
from goldloop.tasks.turns import Turns
from goldloop.tasks.write import Write

ONTOLOGY = Ontology(labels=(Label(id="x", name="X"), Label(id="y", name="Y")))
LABELS = st.sampled_from(["x", "y"])
NOTES = st.sampled_from(["", "short", "ünï 🙂"])
RESPONSES = {"responses": [{"text": str(n)} for n in range(4)]}
SCORES = st.integers(1, 5)


def _by_criterion(key: str, said: st.SearchStrategy[dict[str, Any]], **more: Any) -> st.SearchStrategy[dict[str, Any]]:
    pairs = st.tuples(said, said).map(
        lambda two: [{"label": label, **one} for label, one in zip("xy", two, strict=True)]
    )
    return st.fixed_dictionaries({key: pairs, **more})


def _preferred(pair: tuple[str, int]) -> dict[str, Any]:
    prefer, strength = pair
    return {"prefer": prefer, "strength": strength if prefer in ("a", "b") else 0}


FORMS: dict[str, tuple[Task, dict[str, Any], st.SearchStrategy[Any]]] = {
    "rating": (
        Rating(),
        {"text": "t"},
        _by_criterion("ratings", st.fixed_dictionaries({"score": SCORES, "comment": NOTES})),
    ),
    "pairwise": (
        Pairwise(strength=3),
        {"responses": ["a", "b"]},
        _by_criterion(
            "preferences",
            st.tuples(st.sampled_from(["a", "b", "tie", "neither"]), st.integers(1, 3)).map(_preferred),
            why=NOTES,
        ),
    ),
    "ranking": (
        Ranking(),
        RESPONSES,
        _by_criterion(
            "rankings",
            st.lists(st.integers(1, 6), min_size=4, max_size=4).map(lambda ranks: {"ranks": ranks}),
            why=NOTES,
        ),
    ),
    "write": (
        Write(),
        {"text": "t"},
        st.fixed_dictionaries(
            {"label": LABELS, "text": st.lists(st.sampled_from(["a", "b", "ç"]), min_size=1, max_size=6).map(" ".join)}
        ),
    ),
    "steps": (
        Steps(),
        {"steps": ["1", "2", "3"]},
        st.lists(
            st.one_of(
                st.fixed_dictionaries({"verdict": st.sampled_from(["right", "unclear"]), "comment": NOTES}),
                st.fixed_dictionaries({"verdict": st.just("wrong"), "label": st.sampled_from(["", "x", "y"])}),
            ),
            min_size=3,
            max_size=3,
        ),
    ),
    "turns": (
        Turns(multiple=True, allow_none=True, whole=True),
        {"turns": [{"role": "r", "text": "1"}, {"role": "r", "text": "2"}]},
        st.fixed_dictionaries({"turns": st.lists(st.lists(LABELS), min_size=2, max_size=2), "whole": st.lists(LABELS)}),
    ),
    "scored turns": (
        Turns(scale=Scale()),
        {"turns": [{"role": "r", "text": "1"}, {"role": "r", "text": "2"}]},
        st.lists(SCORES, min_size=2, max_size=2),
    ),
}
KINDS = pytest.mark.parametrize("name", FORMS)


@KINDS
@given(data=st.data())
def test_the_stored_form_is_a_fixed_point_and_read_back_from_names(name: str, data: st.DataObject) -> None:
    task, body, answers = FORMS[name]
    stored = task.canonical(data.draw(answers), body, ONTOLOGY)
    assert task.canonical(stored, body, ONTOLOGY) == stored
    assert task.canonical(task.named(stored, ONTOLOGY), body, ONTOLOGY) == stored


@KINDS
@given(data=st.data())
def test_distance_is_a_symmetric_share_and_nought_only_where_nothing_but_remarks_differ(
    name: str, data: st.DataObject
) -> None:
    task, body, answers = FORMS[name]
    a, b = (task.canonical(data.draw(answers), body, ONTOLOGY) for _ in range(2))
    distance = task.distance(a, b)
    assert distance == pytest.approx(task.distance(b, a))
    assert 0 <= distance <= 1 + 1e-9
    assert (distance == 0) == (task.bare(a) == task.bare(b))


@KINDS
@given(data=st.data())
def test_units_have_equal_places_and_see_no_remarks(name: str, data: st.DataObject) -> None:
    task, body, answers = FORMS[name]
    a, b = (task.canonical(data.draw(answers), body, ONTOLOGY) for _ in range(2))
    first, second = task.units(a, body), task.units(b, body)
    assert [(unit.where, unit.about) for unit in first] == [(unit.where, unit.about) for unit in second]
    if task.bare(a) == task.bare(b):
        assert first == second


@KINDS
@given(data=st.data())
def test_a_merged_answer_is_valid_said_by_no_minority_and_does_not_hang_on_the_order(
    name: str, data: st.DataObject
) -> None:
    task, body, answers = FORMS[name]
    said = [task.canonical(data.draw(answers), body, ONTOLOGY) for _ in range(data.draw(st.integers(1, 5)))]
    merged = task.merge(said)
    assert task.merge(said[::-1]) == merged
    if merged is None:
        return
    assert task.canonical(merged, body, ONTOLOGY) == merged
    for unit in task.units(merged, body):
        assert sum(unit in task.units(one, body) for one in said) > len(said) / 2


@given(st.integers(0, 2**32 - 1), st.integers(0, 9))
def test_an_order_is_a_permutation_that_its_seed_gives_again(seed: int, parts: int) -> None:
    assert sorted(order_of(seed, parts)) == list(range(parts))
    assert order_of(seed, parts) == order_of(seed, parts)


def test_over_many_works_each_response_comes_first_as_often() -> None:
    first = sum(order_of(order_seed(work), 2)[0] for work in range(4000))
    assert 1850 <= first <= 2150  # fair: 2,000, standard deviation 32
