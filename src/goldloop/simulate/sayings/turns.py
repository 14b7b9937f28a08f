"""How a simulated person judges the turns of a conversation."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from goldloop.simulate.people import Persona
from goldloop.simulate.sayings.choice import confused

TASK = "turns.v1"


def said(
    truth: Any, body: Mapping[str, Any], labels: Sequence[str], person: Persona, chance: random.Random, *, done: int
) -> Any:
    """The right labels of every turn, each one confused as often as the person errs; scores stay as they are."""

    def judged(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        right = [chance.random() < person.chance_right(label, done=done) for label in value]
        return sorted({a if b else confused(a, labels, person, chance) for a, b in zip(value, right, strict=True)})

    turns = [{key: judged(value) for key, value in one.items()} for one in truth["turns"]]
    return {"turns": turns} | ({"whole": judged(truth["whole"])} if "whole" in truth else {})
