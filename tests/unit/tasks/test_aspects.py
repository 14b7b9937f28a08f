"""What aspects.v1 takes and says."""

from typing import Any

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks.aspects import Aspects

ONTOLOGY = Ontology(labels=(Label(id="food", name="Food"), Label(id="staff", name="Staff")))
BODY = {"text": "Good soup, rude waiter."}


def aspect(start: int | None, end: int | None, label: str, polarity: str, **more: Any) -> dict[str, Any]:
    opinion = {"label": label, "polarity": polarity, "intensity": 1, "irony": False}
    return {"start": start, "end": end, **opinion, **more}


def said(*aspects: dict[str, Any]) -> dict[str, Any]:
    return {"aspects": list(aspects)}


SOUP, STAFF = aspect(5, 9, "food", "positive"), aspect(16, 22, "staff", "negative", intensity=3)
WHOLE = aspect(None, None, "food", "mixed", irony=True)


def test_aspects_are_put_in_order_those_without_a_place_first() -> None:
    given = [STAFF, {"start": 5, "end": 9, "text": "soup", "label": "Food", "polarity": "positive"}, WHOLE]
    assert Aspects().canonical(given, BODY, ONTOLOGY) == said(WHOLE, SOUP, STAFF)


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({**SOUP, "polarity": "good"}, "aspects.1.polarity"),
        ({**SOUP, "intensity": 4}, "aspects.1.intensity"),
        ({**SOUP, "intensity": True}, "aspects.1.intensity"),
        ({**SOUP, "irony": 1}, "aspects.1.irony"),
        ({**SOUP, "label": "music"}, "aspects.1.label"),
        ({**SOUP, "label": None}, "aspects.1.label"),
        ({**SOUP, "end": 99}, "aspects.1.end"),
        ({**SOUP, "end": None}, "aspects.1.end"),
        ({**SOUP, "text": "soap"}, "aspects.1.text"),
        ({**SOUP, "x": 1}, "aspects.1.x"),
        ({**STAFF, "polarity": "positive"}, "aspects.1.label"),
        ("soup", "aspects.1"),
    ],
)
def test_a_bad_aspect_is_refused_by_field(bad: object, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        Aspects().canonical([STAFF, bad], BODY, ONTOLOGY)
    assert caught.value.field == field
    assert caught.value.expected and caught.value.found


def test_a_task_without_intensity_takes_none() -> None:
    with pytest.raises(Invalid) as caught:
        Aspects(intensities=1).canonical([STAFF], BODY, ONTOLOGY)
    assert caught.value.field == "aspects.0.intensity"
    assert Aspects(intensities=1).canonical([SOUP], BODY, ONTOLOGY) == said(SOUP)


def test_distance_weighs_place_polarity_intensity_and_irony() -> None:
    task = Aspects()
    assert task.distance(said(SOUP), said({**SOUP, "polarity": "negative"})) == pytest.approx(1 / 3)
    assert task.distance(said(SOUP), said({**SOUP, "intensity": 3})) == pytest.approx(1 / 3)
    assert task.distance(said(SOUP), said({**SOUP, "intensity": 2})) == pytest.approx(1 / 6)
    assert task.distance(said(SOUP), said({**SOUP, "start": 7})) == pytest.approx(1 / 2)
    assert task.distance(said(SOUP), said({**SOUP, "label": "staff"})) == 1
    assert task.distance(said(WHOLE), said(WHOLE, SOUP)) == pytest.approx(1 / 3)
    assert task.distance(said(WHOLE), said({**WHOLE, "start": 0, "end": 4})) == 1


def test_an_aspect_without_a_place_is_said_of_the_item() -> None:
    units = Aspects().units(said(WHOLE, SOUP), BODY)
    assert (units[0].where, units[0].label) == ("item", "food|food:mixed1 ironic")
    assert [unit.label for unit in units[1:]] == ["O", "food|food:positive1", "O", "O", "O", "O"]


def test_an_opinion_needs_the_majority_as_a_whole() -> None:
    bad = {**SOUP, "polarity": "negative"}
    assert Aspects().merge([said(SOUP), said(SOUP), said(bad)]) == said(SOUP)
    assert Aspects().merge([said(SOUP), said(bad), said({**SOUP, "intensity": 2})]) is None
    assert Aspects().merge([said(WHOLE, SOUP), said(SOUP), said(SOUP)]) == said(SOUP)
