"""Planted errors: who catches them, and who accepts without looking."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from goldloop.stats import arguments
from goldloop.stats.bias.exact import hypergeometric_at_least
from goldloop.stats.estimate.proportion import proportion
from goldloop.stats.paired.multiplicity import Correction, Family, family
from goldloop.stats.result import Estimate, Interval, undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchRates:
    """The share of planted errors caught, in all and per person (Clopper-Pearson).

    `below_others` tests, as one family, whether somebody misses more than the rest (Fisher's exact test).
    """

    overall: Estimate
    by_person: Mapping[Hashable, Estimate]
    below_others: Family


def catch_rates(caught: ArrayLike, people: Any, *, level: float = 0.95, correction: Correction = "holm") -> CatchRates:
    """Who catches planted errors: `caught` yes or no per probe, `people` who judged it, shape (n,)."""
    hit = arguments.flags("caught", caught)
    person, names = arguments.codes("people", people)
    arguments.same_length(people=person, caught=hit)
    n, missed = len(hit), int((~hit).sum())
    rates, p = {}, {}
    for name, rows in zip(names, arguments.rows_of(person, len(names)), strict=True):
        mine = hit[rows]
        rates[name] = proportion(int(mine.sum()), len(mine), method="clopper-pearson", level=level)
        p[name] = hypergeometric_at_least(int((~mine).sum()), len(mine), missed, n)
    return CatchRates(
        overall=proportion(int(hit.sum()), n, method="clopper-pearson", level=level),
        by_person=rates,
        below_others=family(p, method=correction, level=level),
    )


def rubber_stamping(caught: ArrayLike, people: Any, *, level: float = 0.95) -> dict[Hashable, Estimate]:
    """The share of decisions each person seems to make without looking, from planted errors.

    If a person looks at a share 1 - s of the items and then catches as many errors as the others do, the catch rate
    is (1 - s) times theirs: s = 1 - mine / theirs. Log ratio interval with half counts (Walter 1975), cut to [0, 1].
    Others who rubber-stamp too hide it: read it beside the catch rates. None without probes of others, or where the
    others caught nothing.
    """
    hit = arguments.flags("caught", caught)
    person, names = arguments.codes("people", people)
    arguments.same_length(people=person, caught=hit)
    level = arguments.share("level", level)
    judged, caught_ = np.bincount(person, minlength=len(names)), np.bincount(person, hit, len(names))
    everyone = int(hit.sum())
    return {
        name: _stamping(int(n), int(k), len(hit) - int(n), everyone - int(k), level)
        for name, n, k in zip(names, judged, caught_, strict=True)
    }


def hasty(seconds: ArrayLike, people: Any, *, fastest: float, level: float = 0.95) -> dict[Hashable, Estimate]:
    """The share of each person's decisions made faster than the item can be read (`fastest` seconds); Wilson."""
    times = arguments.numbers("seconds", seconds, low=0)
    fastest = arguments.number("fastest", fastest, low=0)
    person, names = arguments.codes("people", people)
    arguments.same_length(people=person, seconds=times)
    quick = times < fastest
    decided, fast = np.bincount(person, minlength=len(names)), np.bincount(person, quick, len(names))
    return {name: proportion(int(k), int(n), level=level) for name, n, k in zip(names, decided, fast, strict=True)}


def _stamping(n: int, hits: int, others: int, others_hits: int, level: float) -> Estimate:
    method = "1 - own catch rate / catch rate of the others"
    if not others_hits:
        because = "nobody else judged a probe" if not others else "the others caught no probe"
        return undefined(because, n=n, eligible=n, method=method)
    mine, theirs = hits / n, others_hits / others
    value = 1 - mine / theirs
    a, b = hits + 0.5, others_hits + 0.5
    # n + 1, not Walter's n + 1/2: a probe or two that everybody caught must not leave an interval without width
    error = float(np.sqrt(1 / a - 1 / (n + 1) + 1 / b - 1 / (others + 1)))
    centre = np.log(a / (n + 1)) - np.log(b / (others + 1))
    half = float(ndtri((1 + level) / 2)) * error
    low, high = 1 - float(np.exp(centre + half)), 1 - float(np.exp(centre - half))
    value = min(1.0, max(0.0, value))
    return Estimate(
        value=value,
        n=n,
        eligible=n,
        method=method,
        interval=Interval(
            low=min(value, max(0.0, low)), high=max(value, min(1.0, high)), level=level, method="log ratio, half counts"
        ),
        details={"catch_rate": mine, "catch_rate_of_others": theirs},
    )
