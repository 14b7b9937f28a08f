"""What a simulated person says where labels are chosen."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from goldloop.simulate.people import Persona

TASK = "choice.v1"


def said(
    truth: Any, body: Mapping[str, Any], labels: Sequence[str], person: Persona, chance: random.Random, *, done: int
) -> Any:
    """The right labels, each one missed or confused as the person does."""
    out = set()
    for label in truth["labels"]:
        right = chance.random() < person.chance_right(label, done=done)
        out.add(label if right else confused(label, labels, person, chance))
    return {"labels": sorted(out)}


def confused(label: str, labels: Sequence[str], person: Persona, chance: random.Random) -> str:
    """A wrong label for this one: by the person's confusions, or any other."""
    weights = {name: weight for name, weight in person.confusion.get(label, {}).items() if name != label and weight > 0}
    if weights:
        return chance.choices(list(weights), list(weights.values()))[0]
    others = [name for name in labels if name != label]
    return chance.choice(others) if others else label
