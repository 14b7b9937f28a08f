"""What a simulated person prefers of two responses. No certificate takes it for a person's preference."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from goldloop.simulate.people import Persona

TASK = "pairwise.v1"

OTHER = {"a": "b", "b": "a"}


def said(
    truth: Any, body: Mapping[str, Any], labels: Sequence[str], person: Persona, chance: random.Random, *, done: int
) -> Any:
    """The right preference by every criterion, each one turned round as often as the person errs."""
    out = []
    for one in truth["preferences"]:
        right = chance.random() < person.chance_right(one["label"], done=done)
        prefer = one["prefer"] if right else OTHER.get(one["prefer"], chance.choice("ab"))
        out.append(
            {"label": one["label"], "prefer": prefer, "strength": max(1, one["strength"]) if prefer in OTHER else 0}
        )
    return {"preferences": out, "why": truth["why"]}
