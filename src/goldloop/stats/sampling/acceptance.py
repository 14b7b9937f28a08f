"""Single and double acceptance plans from two points: what should pass and what should not."""

from dataclasses import replace
from typing import TypedDict, Unpack

import numpy as np
from scipy.special import bdtr

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.sampling.plan import Plan, binomial_pmf, hypergeometric_pmf, operating_characteristic

LARGEST_ACCEPTANCE_NUMBER = 5000


class Points(TypedDict):
    """What a plan is asked for."""

    aql: float
    ltpd: float
    producer_risk: float
    consumer_risk: float


def single_plan(
    *, aql: float, ltpd: float, producer_risk: float = 0.05, consumer_risk: float = 0.10, lot: int | None = None
) -> Plan:
    """The smallest sample, judged once, that passes good batches and stops bad ones.

    The smallest n (then c) with P(accept | aql) >= 1 - producer_risk and P(accept | ltpd) <= consumer_risk, by the
    exact binomial, or by the hypergeometric when the batch holds `lot` items (Schilling & Neubauer 2009, ch. 5).
    For a small lot without a sampling plan the plan is to judge everything. Invalid unless 0 < aql < ltpd < 1.
    """
    check_points(aql, ltpd, producer_risk, consumer_risk)
    points = Points(aql=aql, ltpd=ltpd, producer_risk=producer_risk, consumer_risk=consumer_risk)
    if lot is not None:
        arguments.whole("lot", lot, low=1)
        return _from_lot(lot, **points)
    for c in range(LARGEST_ACCEPTANCE_NUMBER):
        n = _smallest(c, ltpd, consumer_risk)
        if bdtr(c, n, aql) >= 1 - producer_risk:
            return Plan(kind="single", n=(n,), accept=(c,), reject=(c + 1,), **points)
    raise Invalid("is too close to aql", field="ltpd", expected="a rate further from aql", found=str(ltpd))


def double_plan(*, aql: float, ltpd: float, producer_risk: float = 0.05, consumer_risk: float = 0.10) -> Plan:
    """Two equal samples: clear batches are decided by the first, doubtful ones by both together.

    Of all plans (n; accept <= c1, reject > c2 / 2n; accept <= c2) that keep both risks, the one with the smallest
    average sample at `aql` (Hamaker & van Strik 1955; Schilling & Neubauer 2009, ch. 6).
    """
    single = single_plan(aql=aql, ltpd=ltpd, producer_risk=producer_risk, consumer_risk=consumer_risk)
    best, least = None, np.inf
    for c2 in range(single.accept[0] + 5):
        for c1 in range(c2):
            plan = _smallest_double(single, c1, c2)
            oc = operating_characteristic(plan, [aql])
            if oc.acceptance[0] >= 1 - producer_risk and oc.average_sample[0] < least:
                best, least = plan, float(oc.average_sample[0])
    if best is None:
        raise Invalid("no double plan keeps both risks", field="aql", expected="a wider gap to ltpd", found=str(aql))
    return best


def check_points(aql: float, ltpd: float, producer_risk: float, consumer_risk: float) -> None:
    """Refuse points that no plan can serve."""
    for field, value in {
        "aql": aql,
        "ltpd": ltpd,
        "producer_risk": producer_risk,
        "consumer_risk": consumer_risk,
    }.items():
        arguments.share(field, value)
    if aql >= ltpd:
        raise Invalid("must lie above aql", field="ltpd", expected=f"more than {aql}", found=str(ltpd))
    if producer_risk + consumer_risk >= 1:
        raise Invalid("risks add to 1 or more", field="consumer_risk", expected=f"less than {1 - producer_risk}")


def _smallest(c: int, ltpd: float, consumer_risk: float) -> int:
    low, high = c, c + 2
    while bdtr(c, high, ltpd) > consumer_risk:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if bdtr(c, middle, ltpd) <= consumer_risk else (middle, high)
    return high


def _from_lot(lot: int, **points: Unpack[Points]) -> Plan:
    """Good and bad lots hold whole defects: aql rounded down (but a lot that still passes), ltpd rounded up."""
    good, bad = int(points["aql"] * lot + 1e-9), int(np.ceil(points["ltpd"] * lot - 1e-9))
    c = 0
    for n in range(1, lot + 1):
        while c < n and hypergeometric_pmf(lot, good, n)[: c + 1].sum() < 1 - points["producer_risk"]:
            c += 1
        if hypergeometric_pmf(lot, bad, n)[: c + 1].sum() <= points["consumer_risk"]:
            return Plan(kind="single", n=(n,), accept=(c,), reject=(c + 1,), lot=lot, **points)
    return Plan(kind="single", n=(lot,), accept=(good,), reject=(good + 1,), lot=lot, **points)


def _smallest_double(single: Plan, c1: int, c2: int) -> Plan:
    """The double plan with these acceptance numbers and the smallest n that keeps the consumer's risk."""

    def passes_bad(n: int) -> float:
        first = binomial_pmf(n, single.ltpd)
        open_ = np.arange(c1 + 1, min(c2, n) + 1)
        second = bdtr(np.minimum(c2 - open_, n), n, single.ltpd)
        return float(first[: c1 + 1].sum() + (first[open_] * second).sum())

    low, high = 0, max(2, single.n[0])
    while passes_bad(high) > single.consumer_risk:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if middle > 0 and passes_bad(middle) <= single.consumer_risk else (middle, high)
    return replace(single, kind="double", n=(high, 2 * high), accept=(c1, c2), reject=(c2 + 1, c2 + 1))
