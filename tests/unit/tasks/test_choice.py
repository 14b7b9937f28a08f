"""What choice.v1 takes and says."""

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.ontology import Label, Ontology
from goldloop.core.registry import Kind
from goldloop.tasks.choice import Choice

BODY, ONTOLOGY, _ = Choice.sample()
ONE, MANY, ANY = Choice(), Choice(multiple=True), Choice(multiple=True, allow_none=True)


def chosen(*labels: str) -> dict[str, list[str]]:
    return {"labels": list(labels)}


@pytest.mark.parametrize(
    "answer", ["Card arrival", "card.arrival", "CARD ARRIVAL", ["Card arrival"], chosen("card.arrival")]
)
def test_a_word_a_list_and_the_stored_form_say_the_same(answer: object) -> None:
    assert ONE.canonical(answer, BODY, ONTOLOGY) == chosen("card.arrival")


def test_several_labels_are_sorted_and_each_once() -> None:
    assert MANY.canonical(["rate", "Card arrival", "rate"], BODY, ONTOLOGY) == chosen("card.arrival", "rate")


def test_a_single_choice_refuses_two_labels_and_none() -> None:
    for answer in (["rate", "Card arrival"], []):
        with pytest.raises(Invalid) as caught:
            ONE.canonical(answer, BODY, ONTOLOGY)
        assert caught.value.field == "labels"


def test_the_same_label_twice_is_not_one_single_choice() -> None:
    with pytest.raises(Invalid):
        ONE.canonical(["rate", "rate"], BODY, ONTOLOGY)


def test_no_label_is_an_answer_only_where_allowed() -> None:
    assert ANY.canonical([], BODY, ONTOLOGY) == chosen()
    with pytest.raises(Invalid):
        MANY.canonical([], BODY, ONTOLOGY)
    with pytest.raises(ValueError, match="multiple"):
        Choice(allow_none=True)


def test_a_heading_is_no_answer_and_the_error_names_the_place() -> None:
    with pytest.raises(Invalid) as caught:
        MANY.canonical(["rate", "Card"], BODY, ONTOLOGY)
    assert caught.value.field == "labels.1"


def test_a_label_outside_the_ontology_is_refused_with_what_there_is() -> None:
    with pytest.raises(Invalid) as caught:
        ONE.canonical("Weather", BODY, ONTOLOGY)
    assert "Card arrival" in str(caught.value.expected)
    assert "Weather" in str(caught.value.found)


def test_distance_is_the_share_of_labels_not_held_in_common() -> None:
    assert ONE.distance(chosen("a"), chosen("b")) == 1
    assert MANY.distance(chosen("a", "b"), chosen("b", "c")) == pytest.approx(2 / 3)
    assert MANY.distance(chosen(), chosen("a")) == 1
    assert MANY.distance(chosen(), chosen()) == 0


@pytest.mark.parametrize(
    ("answers", "merged"),
    [
        ([chosen("a"), chosen("a"), chosen("b")], chosen("a")),
        ([chosen("a"), chosen("b")], None),
        ([chosen("a"), chosen("b"), chosen("c")], None),
        ([chosen("a"), chosen("a"), chosen("b"), chosen("b")], None),
        ([chosen("a", "b"), chosen("b", "c"), chosen("b")], chosen("b")),
        ([chosen(), chosen(), chosen("a")], chosen()),
        ([chosen(), chosen("a"), chosen("b")], None),
    ],
)
def test_only_what_more_than_half_say_is_agreed(answers: list[object], merged: object) -> None:
    assert MANY.merge(answers) == merged


def test_two_labels_of_one_name_are_named_by_their_ids() -> None:
    twins = Ontology(labels=(Label(id="a/x", name="Other"), Label(id="b/x", name="Other")))
    assert ONE.named(chosen("b/x"), twins) == "b/x"
    with pytest.raises(Invalid):
        ONE.canonical("Other", BODY, twins)


def test_equal_sets_make_equal_units_and_the_empty_one_has_a_label_of_its_own() -> None:
    labels = [unit.label for answer in (chosen("a", "b"), chosen("a"), chosen()) for unit in MANY.units(answer, BODY)]
    assert len(set(labels)) == 3
    assert all(labels)


def test_a_task_is_a_kind_and_cannot_change() -> None:
    assert isinstance(ONE, Kind)
    with pytest.raises(ValueError, match="frozen"):
        ONE.multiple = True  # type: ignore[misc]  # the refusal is the point
