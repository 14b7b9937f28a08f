"""What every task promises, whoever wrote it."""

import json

import pytest

from goldloop.core.canonical import canonical as canonical_json
from goldloop.core.errors import Invalid
from goldloop.core.families import Task, task
from goldloop.kinds import load

load()
KINDS = [pytest.param(kind, id=kind.name) for kind in task]


@pytest.mark.parametrize("kind", KINDS)
def test_a_spec_builds_the_task_it_came_from(kind: type[Task]) -> None:
    assert task.build(kind.example().spec) == kind.example()


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_documented_field_by_field(kind: type[Task]) -> None:
    schema = kind.model_json_schema()
    json.dumps(schema)
    assert kind.__doc__ and kind.__doc__.strip()
    assert [name for name, field in schema.get("properties", {}).items() if not field.get("description")] == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_stored_form_is_a_fixed_point_and_canonical_json(kind: type[Task]) -> None:
    example, (body, ontology, answer) = kind.example(), kind.sample()
    stored = example.canonical(answer, body, ontology)
    assert example.canonical(stored, body, ontology) == stored
    assert json.loads(canonical_json(stored)) == stored


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_read_back_as_the_same_answer(kind: type[Task]) -> None:
    example, (body, ontology, answer) = kind.example(), kind.sample()
    stored = example.canonical(answer, body, ontology)
    assert example.canonical(example.named(stored, ontology), body, ontology) == stored


@pytest.mark.parametrize("kind", KINDS)
def test_its_labels_are_the_ontologys_sorted_and_once(kind: type[Task]) -> None:
    example, (body, ontology, answer) = kind.example(), kind.sample()
    labels = example.labels(example.canonical(answer, body, ontology))
    assert labels
    assert list(labels) == sorted(set(labels))
    assert set(labels) <= set(ontology.by_id)


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_is_no_distance_from_itself_and_wins_alone(kind: type[Task]) -> None:
    example, (body, ontology, answer) = kind.example(), kind.sample()
    stored = example.canonical(answer, body, ontology)
    assert example.distance(stored, stored) == 0
    for copies in (1, 2, 3):
        assert example.merge([stored] * copies) == stored


@pytest.mark.parametrize("kind", KINDS)
def test_its_units_have_places_of_their_own(kind: type[Task]) -> None:
    example, (body, ontology, answer) = kind.example(), kind.sample()
    places = [unit.where for unit in example.units(example.canonical(answer, body, ontology), body)]
    assert places
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("nonsense", [None, 3, True, {}, {"x": 1}, [[]], [None], "no such label", {"labels": "\x00"}])
def test_nonsense_is_refused_by_field(kind: type[Task], nonsense: object) -> None:
    body, ontology, _ = kind.sample()
    with pytest.raises(Invalid) as caught:
        kind.example().canonical(nonsense, body, ontology)
    assert caught.value.field
    assert caught.value.expected
    assert caught.value.found
