"""How a simulated person ranks responses. No certificate takes it for a person's ranking."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from goldloop.simulate.people import Persona

TASK = "ranking.v1"


def said(
    truth: Any, body: Mapping[str, Any], labels: Sequence[str], person: Persona, chance: random.Random, *, done: int
) -> Any:
    """The right ranks by every criterion; who errs puts two responses in each other's place."""
    out = []
    for one in truth["rankings"]:
        ranks = list(one["ranks"])
        if chance.random() >= person.chance_right(one["label"], done=done):
            a, b = chance.sample(range(len(ranks)), 2)
            ranks[a], ranks[b] = ranks[b], ranks[a]
        out.append({"label": one["label"], "ranks": ranks})
    return {"rankings": out, "why": truth["why"]}
