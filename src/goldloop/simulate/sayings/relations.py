"""What a simulated person says where stretches of text are related."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from goldloop.simulate.people import Persona
from goldloop.simulate.sayings.spans import overlaps, seen_as

TASK = "relations.v1"


def said(
    truth: Any, body: Mapping[str, Any], labels: Sequence[str], person: Persona, chance: random.Random, *, done: int
) -> Any:
    """The right spans as the person sees them, and of the relations between those that are there, each seen or missed.

    A wrong label is one of the labels that spans carry in the truth: a relation's would not be a span's.
    """
    text = str(body.get("text", ""))
    used = {span["label"] for span in truth["spans"]}
    own = [label for label in labels if label in used]
    seen = [seen_as(span, text, own, person, chance, done=done) for span in truth["spans"]]
    if overlaps([span for span in seen if span]) > overlaps(truth["spans"]):
        seen = [dict(span) for span in truth["spans"]]
    kept = [n for n, span in enumerate(seen) if span]
    place = {n: at for at, n in enumerate(kept)}
    relations = [
        {**one, "from": place[one["from"]], "to": place[one["to"]]}
        for one in truth["relations"]
        if one["from"] in place
        and one["to"] in place
        and chance.random() < person.chance_right(one["label"], done=done)
    ]
    return {"spans": [span for span in seen if span], "relations": relations}
