"""Counting what a format cannot carry."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from goldloop.core.families import Loss, Row
from goldloop.core.ontology import Ontology

JUDGEMENTS = "the judgements behind the label"
SLICES = "slices"
LICENCE = "licences of single items"
SPLIT = "which split a row is in"
BODY = "parts of the item beside its text"
GAPS = "spans with gaps, written as one span a fragment"
RELATIONS = "relations between spans"
HUMAN_ONLY = "which labels are human-only"


class Tally:
    """How many rows lost what, for the life of one export."""

    def __init__(self) -> None:
        self._rows: Counter[str] = Counter()

    def add(self, what: str, *, when: bool = True) -> None:
        """One row loses this."""
        if when:
            self._rows[what] += 1

    def losses(self) -> tuple[Loss, ...]:
        """What was lost, in order of its first loss."""
        return tuple(Loss(what, rows) for what, rows in self._rows.items())


def rest_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body's parts beside its text."""
    return {key: value for key, value in body.items() if key != "text"}


def named_judgements(row: Row, name: Any, ontology: Ontology) -> list[dict[str, Any]]:
    """A row's judgements with label names in their answers; `name` is the task's `named`."""
    return [
        {**said, "answer": name(said["answer"], ontology)} if said.get("answer") is not None else dict(said)
        for said in row.judgements
    ]


def pieces_of(span: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A stored span as spans without gaps: itself, or one a fragment."""
    if "fragments" not in span:
        return [dict(span)]
    return [{"start": start, "end": end, "label": span["label"]} for start, end in span["fragments"]]
