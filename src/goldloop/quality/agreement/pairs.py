"""Agreement person by person: the share of equal answers, what chance would give, and who stands apart."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from goldloop.quality.agreement.compared import Read

NORMAL = 1.959963984540054  # the .975 quantile of the normal distribution
LEVEL = 0.95
METHOD = (
    "share of equal whole answers to items that both answered independently, Wilson interval; Cohen's kappa; rework "
    "and remarks left out, answers of several ontologies read as the newest has them"
)


class Pair(NamedTuple):
    """Two people: of `n` items both answered independently, `same` got equal answers."""

    first: int
    second: int
    n: int
    same: int
    low: float
    high: float
    kappa: float | None
    because: str | None


def pairs(said: Sequence[Read]) -> list[Pair]:
    """Every two people who answered an item in common, from the answers of items that have several."""
    by_item: dict[int, dict[int, int]] = defaultdict(dict)
    for one in said:
        by_item[one.item_id][one.actor_id] = one.answer
    by_two: dict[tuple[int, int], Counter[tuple[int, int]]] = defaultdict(Counter)
    for answered in by_item.values():
        for first, second in combinations(sorted(answered), 2):
            by_two[first, second][answered[first], answered[second]] += 1
    return [_pair(first, second, both) for (first, second), both in sorted(by_two.items())]


def _pair(first: int, second: int, both: Mapping[tuple[int, int], int]) -> Pair:
    n = sum(both.values())
    same = sum(items for (left, right), items in both.items() if left == right)
    mine: Counter[int] = Counter()
    theirs: Counter[int] = Counter()
    for (left, right), items in both.items():
        mine[left] += items
        theirs[right] += items
    chance = sum(mine[answer] * theirs[answer] for answer in mine) / (n * n)
    low, high = _wilson(same, n)
    if chance == 1:
        return Pair(first, second, n, same, low, high, None, "both always gave one answer: chance alone would agree")
    return Pair(first, second, n, same, low, high, (same / n - chance) / (1 - chance), None)


def _wilson(same: int, n: int) -> tuple[float, float]:
    share, z2 = same / n, NORMAL * NORMAL
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = NORMAL * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)
