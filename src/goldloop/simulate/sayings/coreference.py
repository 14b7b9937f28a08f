"""What a simulated person says where mentions of one thing are put into chains."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from goldloop.simulate.people import Persona

TASK = "coreference.v1"


def said(
    truth: Any, body: Mapping[str, Any], labels: Sequence[str], person: Persona, chance: random.Random, *, done: int
) -> Any:
    """The right chains, each mention seen or missed as the person does; what is left alone is no chain."""
    seen = [
        {
            "label": chain["label"],
            "mentions": [
                one for one in chain["mentions"] if chance.random() < person.chance_right(chain["label"], done=done)
            ],
        }
        for chain in truth["chains"]
    ]
    return {"chains": [chain for chain in seen if len(chain["mentions"]) > 1]}
