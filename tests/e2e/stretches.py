"""Work on stretches of text for the house: of each kind a task, what a model says, and what two people say."""

from typing import Any, NamedTuple

TEXT = "Amara Okafor of St Brigid's Hospital sent Limerick the papers, and Amara thanked Jonas Lindqvist. Case {n}. 🫀"


class Stretches(NamedTuple):
    """A task with its labels; answers to `TEXT`, the model's and those of two people who do not agree."""

    task: dict[str, Any]
    labels: list[dict[str, Any]]
    suggested: Any
    opinions: tuple[Any, Any]


def _at(words: str, label: str | None = None, *, nth: int = 0) -> dict[str, Any]:
    start = TEXT.index(words)
    for _ in range(nth):
        start = TEXT.index(words, start + 1)
    return {"start": start, "end": start + len(words)} | ({"label": label} if label else {})


def _pair(words: str, *, nth: int = 0) -> list[int]:
    found = _at(words, nth=nth)
    return [found["start"], found["end"]]


def _labels(*names: str, heading: str = "", below: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    plain = [{"id": name, "name": name.title(), "definition": f"A {name}."} for name in names]
    if not heading:
        return plain
    inside = [{"id": name, "name": name.replace("_", " "), "parent": heading} for name in below]
    return [*plain, {"id": heading, "name": heading.title(), "selectable": False}, *inside]


AMARA, HOSPITAL, CITY, JONAS = (
    _at("Amara Okafor", "person"),
    _at("St Brigid's Hospital", "organisation"),
    _at("Limerick", "place"),
    _at("Jonas Lindqvist", "person"),
)
WORKS, KNOWS = {"from": 0, "to": 1, "label": "works_for"}, {"from": 0, "to": 2, "label": "knows"}
SENT = {**_at("sent", "transfer"), "arguments": [_at("Amara Okafor", "agent"), _at("the papers", "theme")]}
THANKED = {**_at("thanked", "speech"), "arguments": [_at("Jonas Lindqvist", "recipient")]}
OPINION = {"label": "service", "polarity": "positive", "intensity": 2, "irony": False}

STRETCHES: dict[str, Stretches] = {
    "relations": Stretches(
        {"relations.v1": {"between": {"works_for": [["person", "organisation"]]}}},
        _labels("person", "organisation", "place", heading="relations", below=("works_for", "knows")),
        {"spans": [AMARA, HOSPITAL, JONAS], "relations": [WORKS, KNOWS]},
        (
            {"spans": [AMARA, HOSPITAL], "relations": [WORKS]},
            {"spans": [AMARA, HOSPITAL, JONAS], "relations": [{"from": 2, "to": 1, "label": "works_for"}]},
        ),
    ),
    "coreference": Stretches(
        {"coreference.v1": {}},
        _labels("person", "thing"),
        {"chains": [{"label": "person", "mentions": [_pair("Amara Okafor"), _pair("Amara", nth=1)]}]},
        (
            {"chains": [{"label": "person", "mentions": [_pair("Amara Okafor"), _pair("Amara", nth=1)]}]},
            {"chains": [{"label": "person", "mentions": [_pair("Amara Okafor"), _pair("Jonas Lindqvist")]}]},
        ),
    ),
    "roles": Stretches(
        {"roles.v1": {}},
        _labels("transfer", "speech", heading="roles", below=("agent", "theme", "recipient")),
        {"predicates": [SENT, THANKED]},
        ({"predicates": [SENT]}, {"predicates": [{**SENT, "arguments": [_at("Limerick", "recipient")]}]}),
    ),
    "aspects": Stretches(
        {"aspects.v1": {}},
        _labels("service", "speed", "price"),
        {"aspects": [{**_at("thanked"), **OPINION}, {"label": "speed", "polarity": "neutral"}]},
        (
            {"aspects": [{**_at("thanked"), **OPINION}]},
            {"aspects": [{**_at("thanked"), **OPINION, "polarity": "negative", "irony": True}]},
        ),
    ),
}
