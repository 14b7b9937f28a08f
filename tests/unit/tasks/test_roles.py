"""What roles.v1 takes and says."""

from typing import Any

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks.roles import Roles

ONTOLOGY = Ontology(
    labels=(
        Label(id="act", name="Act"),
        Label(id="roles", name="Roles", selectable=False),
        Label(id="agent", name="Agent", parent="roles"),
        Label(id="theme", name="Theme", parent="roles"),
    )
)
BODY = {"text": "Ada sold and Bob bought it."}


def part(start: int, end: int, label: str) -> dict[str, Any]:
    return {"start": start, "end": end, "label": label}


def act(start: int, end: int, *arguments: dict[str, Any]) -> dict[str, Any]:
    return {**part(start, end, "act"), "arguments": list(arguments)}


def said(*predicates: dict[str, Any]) -> dict[str, Any]:
    return {"predicates": list(predicates)}


SOLD = act(4, 8, part(0, 3, "agent"), part(24, 26, "theme"))
BOUGHT = act(17, 23, part(13, 16, "agent"), part(24, 26, "theme"))


def test_predicates_and_their_arguments_are_put_in_order() -> None:
    given = [BOUGHT, {**SOLD, "arguments": [part(24, 26, "Theme"), part(0, 3, "agent")]}]
    assert Roles().canonical(given, BODY, ONTOLOGY) == said(SOLD, BOUGHT)


def test_a_predicate_may_come_without_arguments_and_twice() -> None:
    assert Roles().canonical([part(4, 8, "Act")], BODY, ONTOLOGY) == said(act(4, 8))
    twice = [act(4, 8, part(0, 3, "agent")), act(4, 8, part(24, 26, "theme"))]
    assert Roles().canonical(twice, BODY, ONTOLOGY) == said(SOLD)


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ([part(4, 8, "agent")], "predicates.0.label"),
        ([act(4, 8, part(0, 3, "act"))], "predicates.0.arguments.0.label"),
        ([act(4, 8, part(0, 3, "nobody"))], "predicates.0.arguments.0.label"),
        ([act(4, 8, part(0, 99, "agent"))], "predicates.0.arguments.0.end"),
        ([act(4, 4)], "predicates.0.end"),
        ([{**part(4, 8, "act"), "arguments": 3}], "predicates.0.arguments"),
        ([{**part(4, 8, "act"), "x": 3}], "predicates.0.x"),
        (["sold"], "predicates.0"),
    ],
)
def test_a_bad_part_is_refused_by_field(bad: object, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        Roles().canonical(bad, BODY, ONTOLOGY)
    assert caught.value.field == field
    assert caught.value.expected and caught.value.found


def test_an_argument_is_counted_with_its_predicate() -> None:
    labels = [unit.label for unit in Roles().units(said(SOLD, BOUGHT), BODY)]
    assert labels == ["agent|agent<4", "act", "O", "agent|agent<17", "act", "theme|theme<17|theme<4", "O"]


def test_an_argument_of_another_predicate_is_another_argument() -> None:
    swapped = said(act(4, 8, part(13, 16, "agent")), act(17, 23, part(0, 3, "agent")))
    right = said(act(4, 8, part(0, 3, "agent")), act(17, 23, part(13, 16, "agent")))
    assert Roles().distance(right, swapped) == pytest.approx(0.5)
    assert Roles().distance(right, right) == 0


def test_arguments_are_voted_on_one_by_one() -> None:
    without = said(act(4, 8, part(24, 26, "theme")), BOUGHT)
    assert Roles().merge([said(SOLD, BOUGHT), said(SOLD, BOUGHT), without]) == said(SOLD, BOUGHT)
    assert Roles().merge([said(SOLD, BOUGHT), without, without]) == without
    assert Roles().merge([said(SOLD), said(BOUGHT)]) is None
