"""Agreement person by person: the share of equal answers, what chance would give, and who stands apart."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from goldloop.store.agreement import Both

NORMAL = 1.959963984540054  # the .975 quantile of the normal distribution
LEVEL = 0.95
METHOD = "share of equal canonical answers, Wilson interval; Cohen's kappa over whole answers"


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


def pairs(found: Sequence[Both]) -> list[Pair]:
    """Every two people who answered an item in common."""
    by_two: dict[tuple[int, int], list[Both]] = defaultdict(list)
    for one in found:
        by_two[one.first, one.second].append(one)
    return [_pair(first, second, rows) for (first, second), rows in sorted(by_two.items())]


def _pair(first: int, second: int, rows: Sequence[Both]) -> Pair:
    n = sum(row.items for row in rows)
    same = sum(row.items for row in rows if row.first_value == row.second_value)
    left: Counter[int] = Counter()
    right: Counter[int] = Counter()
    for row in rows:
        left[row.first_value] += row.items
        right[row.second_value] += row.items
    chance = sum(left[value] * right[value] for value in left) / (n * n)
    low, high = _wilson(same, n)
    if chance == 1:
        return Pair(first, second, n, same, low, high, None, "both always gave one answer: chance alone would agree")
    return Pair(first, second, n, same, low, high, (same / n - chance) / (1 - chance), None)


def _wilson(same: int, n: int) -> tuple[float, float]:
    share, z2 = same / n, NORMAL * NORMAL
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = NORMAL * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)
