"""What a simulated person says where opinions about aspects are read."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from goldloop.simulate.people import Persona
from goldloop.simulate.sayings.choice import confused

TASK = "aspects.v1"
MISSED, TURNED = 0.4, 0.8  # of the mistakes: up to here a missed aspect, up to here a wrong polarity, else a category
TURNS = {"positive": "neutral", "neutral": "negative", "negative": "neutral", "mixed": "negative"}


def said(
    truth: Any, body: Mapping[str, Any], labels: Sequence[str], person: Persona, chance: random.Random, *, done: int
) -> Any:
    """The right aspects, each one missed, its polarity misread, or its category confused as the person does."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for aspect in truth["aspects"]:
        one = dict(aspect)
        if chance.random() >= person.chance_right(aspect["label"], done=done):
            how = chance.random()
            if how < MISSED:
                continue
            if how < TURNED:
                one["polarity"] = TURNS[aspect["polarity"]]
            else:
                one["label"] = confused(aspect["label"], labels, person, chance)
        found.setdefault((one["start"], one["end"], one["label"]), one)
    return {"aspects": list(found.values())}
