"""Sequential acceptance: judge one item after another and stop as soon as the batch is clear.

sprt             Wald's two parallel lines: simple, open-ended, risks kept approximately
sequential_plan  the exactly computed plan with the smallest average sample among those that stop at a set size
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from goldloop.stats import arguments
from goldloop.stats.arguments import Floats
from goldloop.stats.sampling.acceptance import check_points, single_plan
from goldloop.stats.sampling.plan import Plan, binomial_pmf, operating_characteristic

MOST_LOOKS = 200
ROUNDS = 4
HALVINGS = 9
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
    end = math.floor(arguments.number("longest", longest, low=1, high=10) * fixed.n[0])
    step = math.ceil(end / MOST_LOOKS)
    sizes = tuple(range(end % step or step, end + 1, step))
    best = _curtailed(fixed)
    least = sum(operating_characteristic(best, [aql, ltpd]).average_sample)
    reject_price = accept_price = math.log(10.0 * end)
    for _ in range(ROUNDS):
        reject_price = _cheapest(fixed, sizes, None, accept_price)
        accept_price = _cheapest(fixed, sizes, reject_price, None)
        for margin in (0.0, 0.05, 0.2, 0.6):
            plan = _optimal(fixed, sizes, reject_price + margin, accept_price + margin)
            oc = operating_characteristic(plan, [aql, ltpd])
            kept = oc.acceptance[0] >= 1 - producer_risk and oc.acceptance[1] <= consumer_risk
            if kept and oc.average_sample.sum() < least:
                best, least = plan, oc.average_sample.sum()
    return best


def _curtailed(fixed: Plan) -> Plan:
    """The single plan stopped as soon as its verdict cannot change: always feasible, the starting point."""
    n, c = fixed.n[0], fixed.accept[0]
    sizes = tuple(range(1, n + 1))
    accept = tuple(max(-1, size - (n - c)) for size in sizes)
    return replace(fixed, kind="sequential", n=sizes, accept=accept, reject=(c + 1,) * n)


def _cheapest(fixed: Plan, sizes: tuple[int, ...], reject: float | None, accept: float | None) -> float:
    """The smallest log price of one error (the one given as None) that keeps its risk."""
    low, high = 0.0, LARGEST_LOG_PRICE / 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        plan = _optimal(fixed, sizes, middle if reject is None else reject, middle if accept is None else accept)
        if reject is None:
            kept = operating_characteristic(plan, [fixed.aql]).acceptance[0] >= 1 - fixed.producer_risk
        else:
            kept = operating_characteristic(plan, [fixed.ltpd]).acceptance[0] <= fixed.consumer_risk
        low, high = (low, middle) if kept else (middle, high)
    return high


def _optimal(fixed: Plan, sizes: tuple[int, ...], reject_price: float, accept_price: float) -> Plan:
    """Backward induction: at every (look, defects) the cheaper of rejecting, accepting and going on.

    Prices are logs, in items; all costs are relative to the likelihood under aql, so that only the ratio matters.
    """
    per_defect = math.log(fixed.ltpd / fixed.aql)
    per_good = math.log((1 - fixed.ltpd) / (1 - fixed.aql))
    top = min(sizes[-1], 4 * fixed.accept[0] + 30)
    steps = np.diff((0, *sizes))
    accept, reject = [0] * len(sizes), [0] * len(sizes)
    ahead: Floats | None = None
    for look in range(len(sizes) - 1, -1, -1):
        size = sizes[look]
        d = np.arange(min(size, top) + 1)
        ratio = np.exp(np.minimum(d * per_defect + (size - d) * per_good, 2 * LARGEST_LOG_PRICE))
        rejecting, accepting = np.full(len(d), math.exp(reject_price)), math.exp(accept_price) * ratio
        stopping = np.minimum(rejecting, accepting)
        going_on = np.full(len(d), np.inf)
        if ahead is not None:
            more = int(steps[look + 1])
            padded = np.concatenate([ahead, np.full(len(d) + more - len(ahead), math.exp(reject_price))])
            next_cost = np.convolve(padded, binomial_pmf(more, fixed.aql)[::-1], mode="valid")[: len(d)]
            going_on = more * (1 + ratio) + next_cost
        ahead = np.minimum(stopping, going_on)
        stops = stopping <= going_on
        accepted = np.flatnonzero(stops & (accepting <= rejecting))
        rejected = np.flatnonzero(stops & (accepting > rejecting))
        accept[look] = int(accepted[-1]) if len(accepted) else -1
        reject[look] = int(rejected[0]) if len(rejected) else size + 1
    reject[-1] = accept[-1] + 1
    return replace(fixed, kind="sequential", n=sizes, accept=tuple(accept), reject=tuple(reject))
