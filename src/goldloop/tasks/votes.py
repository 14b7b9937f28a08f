"""What several independent answers have in common."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def majority(answers: Sequence[Collection[K]], meets: Callable[[K, K], bool]) -> set[K] | None:
    """What more than half of the answers say.

    None where something is said by exactly half, and where at least half say something at a place (`meets`) of which
    no one reading has the majority: that is a dispute about it, not an absence.
    """
    votes = Counter(one for said in answers for one in set(said))
    half = len(answers) / 2
    if any(count == half for count in votes.values()):
        return None
    agreed = {one for one, count in votes.items() if count > half}
    for one in votes.keys() - agreed:
        there = sum(any(meets(one, other) for other in said) for said in answers)
        if there >= half and not any(meets(one, other) for other in agreed):
            return None
    return agreed
