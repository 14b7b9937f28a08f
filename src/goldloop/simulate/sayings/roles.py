"""What a simulated person says where predicates and their arguments are marked."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from goldloop.simulate.people import Persona
from goldloop.simulate.sayings.choice import confused

TASK = "roles.v1"
MISSED = 0.6  # of the mistakes: up to here a missed predicate or argument, else a wrong role


def said(
    truth: Any, body: Mapping[str, Any], labels: Sequence[str], person: Persona, chance: random.Random, *, done: int
) -> Any:
    """The right predicates, each one seen or missed; of their arguments each one seen, missed, or in a wrong role.

    A wrong role is one of those that the truth has: the label of a predicate would not be a role.
    """
    used = {part["label"] for one in truth["predicates"] for part in one["arguments"]}
    roles = [label for label in labels if label in used]

    def right(label: str) -> bool:
        return chance.random() < person.chance_right(label, done=done)

    def seen(parts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        out = []
        for part in parts:
            if right(part["label"]):
                out.append(dict(part))
            elif chance.random() >= MISSED:
                out.append({**part, "label": confused(part["label"], roles, person, chance)})
        return out

    predicates = [one for one in truth["predicates"] if right(one["label"]) or chance.random() >= MISSED]
    return {"predicates": [{**one, "arguments": seen(one["arguments"])} for one in predicates]}
