"""Labelled, directed edges between marked stretches: what relations and semantic roles have in common."""

from collections.abc import Collection
from typing import Any, NamedTuple

from goldloop.tasks.marks import Mark, alike, paired, shared


class Edge(NamedTuple):
    """A label from one mark to another."""

    label: str
    head: Mark
    tail: Mark


def likeness(a: Edge, b: Edge) -> float:
    """How much of two edges is the same: as much as of the end that differs more; nothing where labels differ."""
    return min(alike(a.head, b.head), alike(a.tail, b.tail)) if a.label == b.label else 0.0


def distance(
    first: tuple[Collection[Mark], Collection[Edge]], second: tuple[Collection[Mark], Collection[Edge]]
) -> float:
    """1 - 2S / (marks and edges of both), S the summed likeness of paired marks and of paired edges."""
    (marks, edges), (others, other_edges) = first, second
    if set(marks) == set(others) and set(edges) == set(other_edges):
        return 0.0
    total = paired(marks, others, alike) + paired(edges, other_edges, likeness)
    return 1 - 2 * total / (len(marks) + len(edges) + len(others) + len(other_edges))


def meets(a: Any, b: Any) -> bool:
    """True where two marks share text, or two edges join the same places, whichever way they point."""
    if isinstance(a, Mark) and isinstance(b, Mark):
        return shared(a.place, b.place) > 0
    if not (isinstance(a, Edge) and isinstance(b, Edge)):
        return False
    return (meets(a.head, b.head) and meets(a.tail, b.tail)) or (meets(a.head, b.tail) and meets(a.tail, b.head))
