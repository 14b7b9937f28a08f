"""Acceptance plans as the programme file declares them: what they ask for, and what they do to a batch."""

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from goldloop import statistics
from goldloop.core.policy import PlanDoc

if TYPE_CHECKING:
    from goldloop.stats.sampling import Plan

POINTS = 41  # of a plotted curve
REACH = 2.0  # times ltpd: how far to the right a curve is drawn


class Point(NamedTuple):
    """What a plan does to batches of one rate of wrong labels."""

    rate: float
    acceptance: float
    average_sample: float


@lru_cache(maxsize=64)
def acceptance_plan(doc: PlanDoc) -> "Plan":
    """The plan that keeps the declared risks. A sequential one takes up to a second to find: once a process."""
    make = {
        "fixed": statistics.sampling.single_plan,
        "double": statistics.sampling.double_plan,
        "sequential": statistics.sampling.sequential_plan,
    }[doc.kind]
    return make(aql=doc.aql, ltpd=doc.ltpd, producer_risk=doc.producer_risk, consumer_risk=doc.consumer_risk)


def plan_for(doc: PlanDoc, frame: int) -> "Plan":
    """The plan for so many items: the declared one, or where that may ask for more than there are, that of a small lot.

    A small lot has an exact plan of its own; where none keeps the risks, everything is judged.
    """
    plan = acceptance_plan(doc)
    if plan.n[-1] <= frame:
        return plan
    return statistics.sampling.single_plan(
        aql=doc.aql, ltpd=doc.ltpd, producer_risk=doc.producer_risk, consumer_risk=doc.consumer_risk, lot=frame
    )


def check_plan(doc: PlanDoc | None) -> int:
    """The most items a plan may ask for, found quickly. Raises Invalid for points that no plan can serve."""
    if doc is None:
        return 0
    fixed = statistics.sampling.single_plan(
        aql=doc.aql, ltpd=doc.ltpd, producer_risk=doc.producer_risk, consumer_risk=doc.consumer_risk
    )
    return fixed.n[-1]


@lru_cache(maxsize=64)
def characteristic(doc: PlanDoc) -> tuple[Point, ...]:
    """The operating characteristic, from a batch without errors to one well beyond ltpd."""
    step = min(1.0, REACH * doc.ltpd) / (POINTS - 1)
    rates = sorted({n * step for n in range(POINTS)} | {doc.aql, doc.ltpd})
    found = statistics.sampling.operating_characteristic(acceptance_plan(doc), rates)
    return tuple(
        Point(float(rate), float(chance), float(size))
        for rate, chance, size in zip(found.rates, found.acceptance, found.average_sample, strict=True)
    )
