"""What an acceptance plan is, and what it does to batches of any quality.

A plan looks at `n[k]` items in all at its k-th look, accepts with at most `accept[k]` defects, rejects from
`reject[k]`, and otherwise goes on; single, double and sequential plans differ only in how many looks they have.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, xlogy

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Floats, Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An acceptance plan: accept a batch when few enough defects are found, reject it when too many are.

    `aql` is the defect rate that should pass (rejected at most `producer_risk` of the time), `ltpd` the rate that
    should not (accepted at most `consumer_risk`). `n` rises; accept[k] = -1 means no acceptance at look k. The last
    look always decides. `lot` is the batch size for draws without replacement, None for an endless stream.
    """

    kind: Literal["single", "double", "sequential"]
    aql: float
    ltpd: float
    producer_risk: float
    consumer_risk: float
    n: tuple[int, ...]
    accept: tuple[int, ...]
    reject: tuple[int, ...]
    lot: int | None = None

    def __post_init__(self) -> None:
        if not self.n or not len(self.n) == len(self.accept) == len(self.reject):
            raise Invalid("looks differ in length", field="n", expected="one accept and reject number a look")
        if self.n[0] < 1 or any(b <= a for a, b in zip(self.n, self.n[1:], strict=False)):
            raise Invalid("must rise", field="n", expected="rising sample sizes", found=str(self.n))
        if any(a >= r for a, r in zip(self.accept, self.reject, strict=True)):
            raise Invalid("must lie below reject", field="accept", expected="accept < reject at every look")
        if self.reject[-1] != self.accept[-1] + 1:
            raise Invalid("must decide at the last look", field="reject", expected=str(self.accept[-1] + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Every way a plan can end at one defect rate, in rows: look, defects found, accepted, probability."""

    look: Whole
    defects: Whole
    accepted: arguments.Flags
    probability: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Characteristic:
    """The operating characteristic: for every defect rate the chance of acceptance and the average sample."""

    rates: Floats
    acceptance: Floats
    average_sample: Floats


def operating_characteristic(plan: Plan, rates: ArrayLike) -> Characteristic:
    """How likely batches of each defect rate are accepted, and after how many judged items on average.

    Exact by dynamic programming over the looks; with `plan.lot`, hypergeometric, rates rounded to whole defects.
    `rates` are 0-1. Invalid for rates outside.
    """
    checked = arguments.numbers("rates", rates, low=0, high=1)
    acceptance, average = np.zeros(len(checked)), np.zeros(len(checked))
    sizes = np.array(plan.n)
    for i, rate in enumerate(checked):
        ends = outcomes(plan, float(rate))
        acceptance[i] = min(1.0, float(ends.probability[ends.accepted].sum()))
        average[i] = float((ends.probability * sizes[ends.look]).sum())
    return Characteristic(rates=checked, acceptance=acceptance, average_sample=average)


def outcomes(plan: Plan, rate: float) -> Outcomes:
    """The probability of every end of the plan (look, defects) at one defect rate."""
    top = max(plan.reject) + max(np.diff((0, *plan.n)))
    mass = np.zeros(int(top) + 1)
    mass[0] = 1.0
    defective = None if plan.lot is None else round(rate * plan.lot)
    looks, found, accepted, chance = [], [], [], []
    seen = 0
    for look, size in enumerate(plan.n):
        mass = _draw(mass, seen, size - seen, rate, plan.lot, defective)
        seen = size
        stops = np.flatnonzero(mass > 0)
        stops = stops[(stops <= plan.accept[look]) | (stops >= plan.reject[look])]
        looks.append(np.full(len(stops), look))
        found.append(stops)
        accepted.append(stops <= plan.accept[look])
        chance.append(mass[stops])
        mass[stops] = 0.0
    return Outcomes(
        look=np.concatenate(looks).astype(np.int64),
        defects=np.concatenate(found).astype(np.int64),
        accepted=np.concatenate(accepted),
        probability=np.concatenate(chance),
    )


@lru_cache(maxsize=1024)  # the looks of a sequential plan lie evenly: it asks for the same few some thousand times
def binomial_pmf(n: int, rate: float) -> Floats:
    """P(X = 0..n) for a binomial of n trials; to be read only."""
    x = np.arange(n + 1)
    logs = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1) + xlogy(x, rate) + xlogy(n - x, 1 - rate)
    found = np.asarray(np.exp(logs), dtype=np.float64)
    found.setflags(write=False)
    return found


def hypergeometric_pmf(lot: int, defective: int, n: int) -> Floats:
    """P(X = 0..n) defects among n items drawn without replacement from a lot."""
    x = np.arange(n + 1)
    possible = (x <= defective) & (n - x <= lot - defective)
    safe = np.where(possible, x, max(0, n - (lot - defective)))
    logs = _choose(defective, safe) + _choose(lot - defective, n - safe) - _choose(lot, np.array(n))
    return np.where(possible, np.exp(logs), 0.0)


def _choose(n: int, k: Whole) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), dtype=np.float64)


def _draw(mass: Floats, seen: int, more: int, rate: float, lot: int | None, defective: int | None) -> Floats:
    """The distribution of defects after `more` further items; the state space is wide enough to lose nothing."""
    after = np.zeros_like(mass)
    if lot is None or defective is None:
        if more == 1:
            after[0] = mass[0] * (1 - rate)
            after[1:] = mass[1:] * (1 - rate) + mass[:-1] * rate
            return after
        step = binomial_pmf(more, rate)
        return np.convolve(mass, step)[: len(mass)]
    for found in np.flatnonzero(mass):
        if found > defective or seen - found > lot - defective:
            continue
        step = hypergeometric_pmf(lot - seen, defective - int(found), more)
        width = min(len(step), len(after) - int(found))
        after[found : found + width] += mass[found] * step[:width]
    return after
