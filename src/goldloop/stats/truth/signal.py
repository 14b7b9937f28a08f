"""Do the annotators' answers have anything in common? Where not, no model can tell who is right.

Annotators who see the same truth do not answer independently. Two tests look for that: Pearson's statistic of every
pair with enough common items, summed, which finds any dependence, also of who answers the wrong way round; and the
agreements of all pairs against what each annotator's own habits would give, which finds a little in many small pairs.
"""

import numpy as np
from scipy.special import chdtrc, ndtr

from goldloop.stats.agreement.pairwise import cells
from goldloop.stats.arguments import Floats, Whole
from goldloop.stats.truth.labels import Labels

COMMON = 10  # items of a pair whose own table counts
FEW = 30  # pairs of ratings below which nothing is tested
MOST = 5_000_000  # pairs of ratings; a crowd of this size with nothing in common is not worth the time
DOUBT = 0.01  # chance of independence above which the votes stand


def independence(data: Labels) -> float | None:
    """The p-value of "annotators answer independently"; None where too few meet, or too many to look at.

    A small p-value says that the answers have something in common, not that it is the truth.
    """
    people, size = len(data.annotators), len(data.classes)
    meetings = np.bincount(data.item)
    if float((meetings * (meetings - 1.0)).sum()) / 2 > MOST or (people * size) ** 2 >= 2**62:
        return None
    who = data.item.astype(np.int64) * people + data.annotator
    _, first = np.unique(who, return_index=True)  # of who contradicts themselves the first answer counts
    keys, counts = cells(data.item[first], data.annotator[first], data.value[first], people=people, size=size)
    if counts.sum() < FEW:
        return None
    pair, cell = np.divmod(keys, size * size)
    habits = np.bincount(data.annotator * size + data.value, minlength=people * size).reshape(people, size)
    smallest = min(_dependence(pair, cell, counts, size=size), _agreement(pair, cell, counts, habits))
    return min(1.0, 2 * smallest)  # Bonferroni


def _dependence(pair: Whole, cell: Whole, counts: Whole, *, size: int) -> float:
    """Summed Pearson statistics of the pairs with `COMMON` items."""
    _, place = np.unique(pair, return_inverse=True)
    total = np.bincount(place, counts)
    row, rows = _margin(place, cell // size, counts, size=size)
    column, columns = _margin(place, cell % size, counts, size=size)
    statistic = total * (np.bincount(place, counts**2 / (row * column)) - 1)
    freedom = (rows - 1) * (columns - 1)
    tested = (total >= COMMON) & (freedom > 0)
    return float(chdtrc(freedom[tested].sum(), statistic[tested].sum())) if tested.any() else 1.0


def _margin(pair: Whole, answer: Whole, counts: Whole, *, size: int) -> tuple[Floats, Whole]:
    """The margin's sum for each cell, and how many answers of the margin each pair used."""
    used, place = np.unique(pair * size + answer, return_inverse=True)
    return np.asarray(np.bincount(place, counts)[place], np.float64), np.bincount(used // size)


def _agreement(pair: Whole, cell: Whole, counts: Whole, habits: Whole) -> float:
    """Agreements of all pairs against the sum of their chances, each annotator answering by habit alone; one-sided."""
    people, size = habits.shape
    share = habits / habits.sum(axis=1, keepdims=True)
    pairs, place = np.unique(pair, return_inverse=True)
    total = np.bincount(place, counts)
    first, second = np.divmod(pairs, people)
    chance = np.einsum("pc,pc->p", share[first], share[second])
    agreed = float(counts[cell // size == cell % size].sum())
    spread = float((total * chance * (1 - chance)).sum()) ** 0.5
    return float(ndtr(-(agreed - float(total @ chance)) / spread)) if spread > 0 else 1.0
