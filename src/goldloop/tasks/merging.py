"""Making one answer of several: what more than half say, with the remarks of somebody who said just that."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TypeVar

from goldloop.core.canonical import canonical
from goldloop.core.families import Task

V = TypeVar("V", bound=Hashable)
A = TypeVar("A")


def majority(said: Sequence[V]) -> V | None:
    """What more than half say; None where nothing is."""
    value, count = Counter(said).most_common(1)[0]
    return value if count > len(said) / 2 else None


def with_remarks(task: Task, merged: A, answers: Sequence[A]) -> A:
    """The merged answer as somebody said it, remarks included; whose does not depend on the order of the answers."""
    bare = task.bare(merged)
    return min((one for one in answers if task.bare(one) == bare), key=canonical, default=merged)
