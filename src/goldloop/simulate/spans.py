"""What a simulated person says where stretches of text are marked."""

import random
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from goldloop.simulate.choice import confused
from goldloop.simulate.people import Persona

MISSED, MOVED = 0.4, 0.8  # of the mistakes: up to here a missed span, up to here a moved edge, else a wrong label


def said(
    truth: Any, body: Mapping[str, Any], labels: Sequence[str], person: Persona, chance: random.Random, *, done: int
) -> Any:
    """The right spans, each one missed, moved at an edge, or wrongly labelled as the person does."""
    text = str(body.get("text", ""))
    out = []
    for span in truth["spans"]:
        if chance.random() < person.chance_right(span["label"], done=done):
            out.append(dict(span))
            continue
        how = chance.random()
        if how < MISSED:
            continue
        if how < MOVED:
            out.append(_moved(span, text))
        else:
            out.append({**span, "label": confused(span["label"], labels, person, chance)})
    out.sort(key=lambda span: (span["start"], span["end"]))
    apart = all(after["start"] >= before["end"] for before, after in pairwise(out))
    return {"spans": out} if apart else {"spans": [dict(span) for span in truth["spans"]]}


def _moved(span: Mapping[str, Any], text: str) -> dict[str, Any]:
    """One word less where the span has several, else one word more."""
    inside = text[span["start"] : span["end"]]
    first, blank, _ = inside.partition(" ")
    if blank:
        return {**span, "start": span["start"] + len(first) + 1}
    rest = text[span["end"] :]
    step = len(rest) - len(rest.lstrip(" "))
    word = rest[step:].partition(" ")[0]
    return {**span, "end": span["end"] + step + len(word)} if word else dict(span)
