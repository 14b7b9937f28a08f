"""What a simulated person says where stretches of text are marked."""

import random
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from goldloop.simulate.people import Persona
from goldloop.simulate.sayings.choice import confused

TASK = "spans.v1"
MISSED, MOVED = 0.4, 0.8  # of the mistakes: up to here a missed span, up to here a moved edge, else a wrong label


def said(
    truth: Any, body: Mapping[str, Any], labels: Sequence[str], person: Persona, chance: random.Random, *, done: int
) -> Any:
    """The right spans, each one missed, moved at an edge, or wrongly labelled as the person does."""
    text = str(body.get("text", ""))
    seen = (seen_as(span, text, labels, person, chance, done=done) for span in truth["spans"])
    out = sorted(filter(None, seen), key=lambda span: (span["start"], span["end"]))
    if overlaps(out) > overlaps(truth["spans"]):
        return {"spans": [dict(span) for span in truth["spans"]]}
    return {"spans": out}


def seen_as(
    span: Mapping[str, Any], text: str, labels: Sequence[str], person: Persona, chance: random.Random, *, done: int
) -> dict[str, Any] | None:
    """A span as the person sees it; None where they miss it."""
    if chance.random() < person.chance_right(span["label"], done=done):
        return dict(span)
    how = chance.random()
    if how < MISSED:
        return None
    if how < MOVED:
        return _moved(span, text)
    return {**span, "label": confused(span["label"], labels, person, chance)}


def overlaps(spans: Sequence[Mapping[str, Any]]) -> int:
    """How many pairs of spans share text; a moved edge may not add one, because the task may not allow it."""
    return sum(a["start"] < b["end"] and b["start"] < a["end"] for a, b in combinations(spans, 2))


def _moved(span: Mapping[str, Any], text: str) -> dict[str, Any]:
    """One word less where the span has several, else one word more; one with gaps stays as it is."""
    if "fragments" in span:
        return dict(span)
    inside = text[span["start"] : span["end"]]
    first, blank, _ = inside.partition(" ")
    if blank:
        return {**span, "start": span["start"] + len(first) + 1}
    rest = text[span["end"] :]
    step = len(rest) - len(rest.lstrip(" "))
    word = rest[step:].partition(" ")[0]
    return {**span, "end": span["end"] + step + len(word)} if word else dict(span)
