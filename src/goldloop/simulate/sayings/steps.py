"""How a simulated person judges steps of reasoning."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from goldloop.simulate.people import Persona

TASK = "steps.v1"

TURNED = {"right": "unclear", "unclear": "right"}


def said(
    truth: Any, body: Mapping[str, Any], labels: Sequence[str], person: Persona, chance: random.Random, *, done: int
) -> Any:
    """The right verdict on every step; who errs doubts a right step, or has the wrong kind for a mistake."""
    return {"steps": [_judged(one, labels, person, chance, done) for one in truth["steps"]]}


def _judged(one: Mapping[str, str], labels: Sequence[str], person: Persona, chance: random.Random, done: int) -> Any:
    if chance.random() < person.chance_right(one["label"] or None, done=done):
        return dict(one)
    if one["label"]:
        return {**one, "label": chance.choice([label for label in labels if label != one["label"]] or [one["label"]])}
    return {**one, "verdict": TURNED.get(one["verdict"], one["verdict"])}
