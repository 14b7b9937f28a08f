"""Sequential acceptance: judge one item after another and stop as soon as the batch is clear.

sprt             Wald's two parallel lines: simple, open-ended, risks kept approximately
sequential_plan  the exactly computed plan with the smallest average sample among those that stop at a set size
least_average    what no plan of that size can go below, so that a plan can be held against the best there is
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from goldloop.stats import arguments
from goldloop.stats.arguments import Floats
from goldloop.stats.sampling.acceptance import check_points, single_plan
from goldloop.stats.sampling.plan import Plan, binomial_pmf, operating_characteristic

MOST_LOOKS = 200
ROUNDS = 4
HALVINGS, HALVINGS_NEAR = 9, 5
NEAR = 0.6  # what a price moves, in logs, where the other one has moved
LARGEST_LOG_PRICE = 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprt:
    """Wald's lines: accept when defects <= slope * n - h_accept, reject when defects >= slope * n + h_reject."""

    slope: float
    h_accept: float
    h_reject: float
    average_sample_aql: float
    average_sample_ltpd: float


def sprt(*, aql: float, ltpd: float, producer_risk: float = 0.05, consumer_risk: float = 0.10) -> Sprt:
    """Wald's sequential probability ratio test of `aql` against `ltpd` (Wald 1947).

    Risks and average samples are Wald's approximations (no overshoot), and no sample size bounds the audit: for a
    promise use `sequential_plan`.
    """
    check_points(aql, ltpd, producer_risk, consumer_risk)
    per_defect, per_good = math.log(ltpd / aql), math.log((1 - ltpd) / (1 - aql))
    accept, reject = math.log(consumer_risk / (1 - producer_risk)), math.log((1 - consumer_risk) / producer_risk)
    spread = per_defect - per_good
    return Sprt(
        slope=-per_good / spread,
        h_accept=-accept / spread,
        h_reject=reject / spread,
        average_sample_aql=((1 - producer_risk) * accept + producer_risk * reject)
        / (aql * per_defect + (1 - aql) * per_good),
        average_sample_ltpd=(consumer_risk * accept + (1 - consumer_risk) * reject)
        / (ltpd * per_defect + (1 - ltpd) * per_good),
    )


def sequential_plan(
    *, aql: float, ltpd: float, producer_risk: float = 0.05, consumer_risk: float = 0.10, longest: float = 1.0
) -> Plan:
    """The audit that may stop at any look, keeps both risks exactly, and ends at `longest` times the single plan.

    The Bayes-optimal truncated test (backward induction over looks and defects; Arrow, Blackwell & Girshick 1949)
    for the smallest mean of the average samples at `aql` and `ltpd`, its two error prices raised until the exact
    risks are kept. No plan with the same risks and the same largest sample does better by that measure. A longer
    end (1.5) lowers the average further. Looks are at every item up to 200 looks, then evenly spaced.
    Valid for items drawn at random from the batch and judged without error. Invalid for longest < 1.
    """
    fixed = single_plan(aql=aql, ltpd=ltpd, producer_risk=producer_risk, consumer_risk=consumer_risk)
    sizes = _looks(fixed, longest)
    end = sizes[-1]
    best = _curtailed(fixed)
    least = sum(operating_characteristic(best, [aql, ltpd]).average_sample)
    reject_price = accept_price = math.log(10.0 * end)
    for turn in range(ROUNDS):
        near = (reject_price, accept_price) if turn else (None, None)
        reject_price = _cheapest(fixed, sizes, None, accept_price, near=near[0])
        accept_price = _cheapest(fixed, sizes, reject_price, None, near=near[1])
        for margin in (0.0, 0.05, 0.2, 0.6):
            plan = _optimal(fixed, sizes, reject_price + margin, accept_price + margin).plan
            oc = operating_characteristic(plan, [aql, ltpd])
            kept = oc.acceptance[0] >= 1 - producer_risk and oc.acceptance[1] <= consumer_risk
            if kept and oc.average_sample.sum() < least:
                best, least = plan, oc.average_sample.sum()
            if kept:
                break  # dearer errors only take more items
    return best


def least_average(
    *,
    aql: float,
    ltpd: float,
    producer_risk: float = 0.05,
    consumer_risk: float = 0.10,
    longest: float = 1.0,
    weight: float = 0.5,
) -> float:
    """What no sequential plan can go below: `weight` * average sample at `aql` + (1 - `weight`) * that at `ltpd`.

    The Lagrangian dual of the plan's own problem: for any two prices of an error, the cheapest truncated test less the
    prices of the risks allowed. Every price gives a valid bound, so the largest found is one, for randomised plans too.
    It holds for the looks of `sequential_plan`: after every item up to 200. Wald's bound (`sprt`) is lower, because it
    lets an audit go on for ever.
    """
    check_points(aql, ltpd, producer_risk, consumer_risk)
    arguments.number("weight", weight, low=0, high=1)
    fixed = single_plan(aql=aql, ltpd=ltpd, producer_risk=producer_risk, consumer_risk=consumer_risk)
    sizes = _looks(fixed, longest)

    def missing(prices: Floats) -> float:
        reject, accept = (float(min(price, LARGEST_LOG_PRICE / 2)) for price in prices)
        cost = _optimal(fixed, sizes, reject, accept, weight=weight).cost
        return math.exp(reject) * producer_risk + math.exp(accept) * consumer_risk - cost

    start = math.log(10.0 * sizes[-1])
    return float(-minimize(missing, [start, start], method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-3}).fun)


def _looks(fixed: Plan, longest: float) -> tuple[int, ...]:
    """After how many items the audit may stop."""
    end = math.floor(arguments.number("longest", longest, low=1, high=10) * fixed.n[0])
    step = math.ceil(end / MOST_LOOKS)
    return tuple(range(end % step or step, end + 1, step))


def _curtailed(fixed: Plan) -> Plan:
    """The single plan stopped as soon as its verdict cannot change: always feasible, the starting point."""
    n, c = fixed.n[0], fixed.accept[0]
    sizes = tuple(range(1, n + 1))
    accept = tuple(max(-1, size - (n - c)) for size in sizes)
    return replace(fixed, kind="sequential", n=sizes, accept=accept, reject=(c + 1,) * n)


def _cheapest(
    fixed: Plan, sizes: tuple[int, ...], reject: float | None, accept: float | None, *, near: float | None
) -> float:
    """The smallest log price of one error (the one given as None) that keeps its risk, looked for `near` the last."""
    low, high = (0.0, LARGEST_LOG_PRICE / 2) if near is None else (near - NEAR, near + NEAR)
    for _ in range(HALVINGS if near is None else HALVINGS_NEAR):
        middle = (low + high) / 2
        plan = _optimal(fixed, sizes, middle if reject is None else reject, middle if accept is None else accept).plan
        if reject is None:
            kept = operating_characteristic(plan, [fixed.aql]).acceptance[0] >= 1 - fixed.producer_risk
        else:
            kept = operating_characteristic(plan, [fixed.ltpd]).acceptance[0] <= fixed.consumer_risk
        low, high = (low, middle) if kept else (middle, high)
    return high


class _Optimum(NamedTuple):
    """The cheapest plan for two prices, and what it costs: its average samples and the price of its errors."""

    plan: Plan
    cost: float


def _optimal(
    fixed: Plan, sizes: tuple[int, ...], reject_price: float, accept_price: float, *, weight: float = 0.5
) -> _Optimum:
    """Backward induction: at every (look, defects) the cheaper of rejecting, accepting and going on.

    Prices are logs, in items; all costs are relative to the likelihood under aql, so that only the ratio matters. An
    item costs `weight` under aql and the rest of 1 under ltpd.
    """
    ratios = _ratios(fixed.aql, fixed.ltpd, sizes, min(sizes[-1], 4 * fixed.accept[0] + 30))
    steps = np.diff((0, *sizes))
    accept, reject = [0] * len(sizes), [0] * len(sizes)
    ahead: Floats | None = None
    for look in range(len(sizes) - 1, -1, -1):
        size = sizes[look]
        ratio = ratios[look]
        rejecting, accepting = math.exp(reject_price), math.exp(accept_price) * ratio
        stopping = np.minimum(rejecting, accepting)
        going_on = np.full(len(ratio), np.inf)
        if ahead is not None:
            more = int(steps[look + 1])
            padded = np.concatenate([ahead, np.full(len(ratio) + more - len(ahead), rejecting)])
            next_cost = np.convolve(padded, binomial_pmf(more, fixed.aql)[::-1], mode="valid")[: len(ratio)]
            going_on = more * (weight + (1 - weight) * ratio) + next_cost
        ahead = np.minimum(stopping, going_on)
        stops = stopping <= going_on
        accepted = np.flatnonzero(stops & (accepting <= rejecting))
        rejected = np.flatnonzero(stops & (accepting > rejecting))
        accept[look] = int(accepted[-1]) if len(accepted) else -1
        reject[look] = int(rejected[0]) if len(rejected) else size + 1
    reject[-1] = accept[-1] + 1
    assert ahead is not None
    plan = replace(fixed, kind="sequential", n=sizes, accept=tuple(accept), reject=tuple(reject))
    first = binomial_pmf(sizes[0], fixed.aql)
    return _Optimum(plan, sizes[0] + float(first[: len(ahead)] @ ahead[: len(first)]))


@lru_cache(maxsize=8)
def _ratios(aql: float, ltpd: float, sizes: tuple[int, ...], top: int) -> tuple[Floats, ...]:
    """How much likelier every number of defects is under ltpd than under aql, look by look."""
    per_defect, per_good = math.log(ltpd / aql), math.log((1 - ltpd) / (1 - aql))
    out = []
    for size in sizes:
        d = np.arange(min(size, top) + 1)
        out.append(np.exp(np.minimum(d * per_defect + (size - d) * per_good, 2 * LARGEST_LOG_PRICE)))
    return tuple(out)
