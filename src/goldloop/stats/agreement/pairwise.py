"""Who agrees with whom: Cohen's kappa or percent agreement for every pair of annotators."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.agreement.cohen import observed_expected, standard_error
from goldloop.stats.agreement.table import Table, runs, table
from goldloop.stats.agreement.weights import Weights, on_scale, weight_table
from goldloop.stats.arguments import Floats, Whole
from goldloop.stats.estimate.proportion import proportion
from goldloop.stats.result import Estimate, Interval, undefined

LIMIT = 50_000_000
Coefficient = Literal["cohen", "percent"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two annotators and how far they agree over the items both judged."""

    first: Any
    second: Any
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Pairwise:
    """All pairs with enough common items; `left_out` pairs had fewer."""

    annotators: Sequence[Any]
    pairs: tuple[Pair, ...]
    left_out: int

    def matrix(self) -> Floats:
        """Symmetric (annotators, annotators): 1 on the diagonal, NaN for pairs without a value."""
        place = {name: k for k, name in enumerate(self.annotators)}
        square = np.full((len(place), len(place)), np.nan)
        np.fill_diagonal(square, 1.0)
        for pair in self.pairs:
            if pair.estimate.value is not None:
                a, b = place[pair.first], place[pair.second]
                square[a, b] = square[b, a] = pair.estimate.value
        return square


def pairwise(
    item: Any,
    annotator: Any,
    value: Any,
    *,
    coefficient: Coefficient = "cohen",
    weights: Weights = None,
    minimum: int = 10,
    level: float = 0.95,
) -> Pairwise:
    """Agreement of every pair of annotators with at least `minimum` common items; first answers only.

    cohen: interval of Fleiss, Cohen & Everitt (1969), normal; percent: Wilson. Intervals are each pair's own: among
    many pairs some will look extreme by chance. Invalid where the table holds more than 50 million pairs of ratings.
    """
    arguments.one_of("coefficient", coefficient, ("cohen", "percent"))
    minimum, level = arguments.whole("minimum", minimum, low=1), arguments.share("level", level)
    data = table(item, annotator, value)
    people = [data.annotator.names[int(k)] for k in np.unique(data.annotator.codes)]
    keys, times, size = _cells(data)
    if not len(keys):
        return Pairwise(people, (), 0)
    square = size * size
    pair, cell = np.divmod(keys, square)
    starts = np.flatnonzero(np.diff(pair, prepend=-1))
    totals = np.add.reduceat(times, starts)
    scale, _ = on_scale(data.value.names, None)
    credits = weight_table(weights, scale)
    ends = np.append(starts[1:], len(pair))
    found = []
    for start, end, total in zip(starts, ends, totals, strict=True):
        if total < minimum:
            continue
        confusion = np.bincount(cell[start:end], times[start:end], minlength=square).astype(np.int64)
        first, second = divmod(int(pair[start]), data.annotator.size)
        estimate = _estimate(confusion.reshape(size, size), credits, coefficient=coefficient, level=level)
        found.append(Pair(data.annotator.names[first], data.annotator.names[second], estimate))
    return Pairwise(people, tuple(found), len(starts) - len(found))


def _cells(data: Table) -> tuple[Whole, Whole, int]:
    """The cells of a table of ratings and the number of answers, checked; first answers only."""
    people, size = data.annotator.size, data.value.size
    if people * people * size * size >= 2**62:
        raise Invalid("has too many categories", field="value", expected=f"few for {people} people", found=str(size))
    who = data.item.codes.astype(np.int64) * people + data.annotator.codes
    key, first = np.unique(who, return_index=True)
    item, person = np.divmod(key, people)
    answer = data.value.codes[first].astype(np.int64)
    times = np.bincount(item)
    if float((times * (times - 1.0)).sum()) / 2 > LIMIT:
        raise Invalid("holds too many pairs of ratings", field="item", expected=f"<= {LIMIT} pairs", found="more")
    return *cells(item, person, answer, people=people, size=size), size


def cells(item: Whole, person: Whole, answer: Whole, *, people: int, size: int) -> tuple[Whole, Whole]:
    """Occupied cells of all pairs' confusion tables: key = (first, second, answer, answer) in order, and counts.

    One answer an item and person, ordered by both. (people * size)^2 has to stay below 2^62.
    """
    parts = list(_pairs(item, person, answer, people=people, size=size))
    if not parts:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return runs(np.concatenate(parts))


def _pairs(item: Whole, person: Whole, answer: Whole, *, people: int, size: int) -> Iterator[Whole]:
    # rows are ordered by item and person, so the partner k rows on is the later person of the same item
    step = 1
    while step < len(item):
        rows = np.flatnonzero(item[step:] == item[:-step])
        if not len(rows):
            return
        yield ((person[rows] * people + person[rows + step]) * size + answer[rows]) * size + answer[rows + step]
        step += 1


def _estimate(confusion: Whole, credits: Floats | None, *, coefficient: Coefficient, level: float) -> Estimate:
    n, size = int(confusion.sum()), len(confusion)
    if coefficient == "percent":
        return proportion(int(np.trace(confusion)), n, level=level)
    observed, expected = (float(x) for x in observed_expected(confusion.reshape(-1).astype(float), size, credits))
    if expected >= 1 - 1e-12:
        return undefined("both used one and the same category", n=n, eligible=n, method="Cohen's kappa")
    kappa, error = (observed - expected) / (1 - expected), standard_error(confusion, credits)
    limits = None
    if error > 0:
        half = arguments.normal(level) * error
        limits = Interval(low=kappa - half, high=min(1.0, kappa + half), level=level, method="normal")
    return Estimate(
        value=kappa,
        n=n,
        eligible=n,
        method="Cohen's kappa",
        interval=limits,
        caution=None if limits else "no interval without disagreement",
        details={"agreement": observed, "chance_agreement": expected, "standard_error": error},
    )
