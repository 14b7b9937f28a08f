"""What an audit under a plan has shown: its verdict, and the defect rate it proves."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

import numpy as np

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.result import Estimate, Interval, undefined
from goldloop.stats.sampling.plan import Plan, outcomes

HALVINGS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Where an audit stands: accept, reject, or go on until `next_look` items are judged."""

    outcome: Literal["accept", "reject", "continue"]
    n: int
    defects: int
    next_look: int | None
    because: str


def decide(plan: Plan, defective: arguments.Flags) -> Verdict:
    """The verdict of a plan on judged items in the order in which they were drawn (True: defective).

    Items after the look that decided are ignored: they cannot change a verdict already reached.
    """
    found = arguments.flags("defective", defective)
    looks = bisect_right(plan.n, len(found))
    counted = np.cumsum(found)[np.array(plan.n[:looks], dtype=np.int64) - 1]
    accept, reject = np.array(plan.accept[:looks]), np.array(plan.reject[:looks])
    over = np.flatnonzero((counted <= accept) | (counted >= reject))
    if not len(over):
        n, defects, size = len(found), int(found.sum()), plan.n[looks]
        because = f"{defects} defects in {n} items decide nothing before {size} items"
        return Verdict(outcome="continue", n=n, defects=defects, next_look=size, because=because)
    look = int(over[0])
    size, defects = plan.n[look], int(counted[look])
    if defects <= plan.accept[look]:
        because = f"{defects} defects in {size} items: at most {plan.accept[look]} accept"
        return Verdict(outcome="accept", n=size, defects=defects, next_look=None, because=because)
    because = f"{defects} defects in {size} items: {plan.reject[look]} or more reject"
    return Verdict(outcome="reject", n=size, defects=defects, next_look=None, because=because)


def fewest_more(plan: Plan, *, n: int, defects: int) -> int:
    """How many items to judge in all before it is worth looking again, after `defects` in `n` decided nothing.

    The first look at which the plan accepts if nothing more is found; its last look where there is none. 0 judged
    items give the size of the first part.
    """
    n, defects = arguments.whole("n", n), arguments.whole("defects", defects)
    later = (size for size, accept in zip(plan.n, plan.accept, strict=True) if size > n and accept >= defects)
    return next(later, plan.n[-1])


def proved_bound(plan: Plan, *, look: int, defects: int, level: float = 0.95) -> Estimate:
    """The highest defect rate still compatible with how the audit ended: "below x with 95 % confidence".

    The exact one-sided upper limit under the plan's own stopping rule: the ends are ordered by verdict and look
    (accepted earlier is better, rejected later is better), then by defects (Armitage 1958; stage-wise ordering of
    Jennison & Turnbull 2000, 8.4); for a single plan it is Clopper-Pearson. `look` counts from 0. With `plan.lot`
    the bound is a whole number of defects over the lot. None where the plan was not over at that look.
    """
    level = arguments.share("level", level)
    look = arguments.whole("look", look)
    defects = arguments.whole("defects", defects)
    if look >= len(plan.n) or defects > plan.n[look]:
        raise Invalid("is beyond the plan", field="look", expected=f"less than {len(plan.n)}", found=str(look))
    n = plan.n[look]
    if plan.accept[look] < defects < plan.reject[look]:
        return undefined("the plan was not over at this look", n=n, eligible=n, method="stage-wise upper bound")
    high = _largest(plan, look, defects, 1 - level)
    return Estimate(
        value=defects / n,
        n=n,
        eligible=plan.lot or n,
        method="defects over judged items (biased by early stopping; report the bound)",
        interval=Interval(low=0.0, high=high, level=level, method=f"stage-wise exact upper bound, {plan.kind} plan"),
        details={"defects": float(defects), "accepted": float(defects <= plan.accept[look])},
    )


def _largest(plan: Plan, look: int, defects: int, tail: float) -> float:
    """The largest rate at which an end as good as this one or better has more than `tail` probability."""
    if plan.lot is not None:
        most, least = plan.lot, 0
        while least < most:
            half = (least + most + 1) // 2
            good = _as_good(plan, look, defects, half / plan.lot) > tail
            least, most = (half, most) if good else (least, half - 1)
        return least / plan.lot
    if _as_good(plan, look, defects, 1.0) > tail:
        return 1.0
    bottom, top = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (bottom + top) / 2
        if _as_good(plan, look, defects, middle) > tail:
            bottom = middle
        else:
            top = middle
    return top


def _as_good(plan: Plan, look: int, defects: int, rate: float) -> float:
    ends = outcomes(plan, rate)
    if defects <= plan.accept[look]:
        better = ends.accepted & ((ends.look < look) | ((ends.look == look) & (ends.defects <= defects)))
    else:
        later = (ends.look > look) | ((ends.look == look) & (ends.defects <= defects))
        better = ends.accepted | later
    return float(ends.probability[better].sum())
