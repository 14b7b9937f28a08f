"""Acceptance: what an audit under a plan has decided, and the bound it proves."""

from itertools import count, takewhile
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from goldloop import statistics
from goldloop.core.families import Measure, Measured, Table, Task, measure
from goldloop.measures.judged import STAGES, Judged, Stage, judged
from goldloop.measures.say import nothing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from goldloop.stats.sampling import Plan

METHOD = "wrong labels among those judged under the plan"
KINDS: dict[str, Literal["single", "double", "sequential"]] = {
    "fixed": "single",
    "double": "double",
    "sequential": "sequential",
}


@measure("acceptance.v1")
class Acceptance(Measure):
    """What the acceptance plan of a gate's sample says of the batch so far, and the bound it proves.

    Items are judged in the random order of the draw; the plan accepts, rejects or goes on at each of its looks. The
    upper limit is exact under the plan's own stopping rule, for the whole batch: items that an earlier audit judged
    are known and count as they stand. A batch of which more than `ltpd` of these are wrong is not accepted, whatever
    a fresh sample of the rest says: else what was found would stay. `accepted` in the details is 1 or 0 once the plan
    has decided.
    """

    kind: Literal["fixed", "double", "sequential"] = "sequential"
    aql: float = Field(default=0.01, gt=0, lt=1, description="share of wrong labels that should pass")
    ltpd: float = Field(default=0.05, gt=0, lt=1, description="share of wrong labels that should not pass")
    producer_risk: float = Field(default=0.05, gt=0, lt=1)
    consumer_risk: float = Field(default=0.10, gt=0, lt=1)
    stage: Stage = Field(default="final", description="labels as first submitted, or as accepted")
    level: float = Field(default=0.95, ge=0.5, lt=1, description="confidence of the upper limit")

    def measure(self, table: Table, task: Task) -> list[Measured]:
        """See `Measure.measure`. `n`: items judged in order; `eligible`: items of the batch."""
        method = f"{METHOD}, {STAGES[self.stage]}"
        if not table.items:
            return [nothing("the batch holds no items", method=method)]
        found = judged(table, self.stage)
        if found is None or not table.looks:
            return [nothing("no audit was drawn under a plan", method=method, eligible=table.items)]
        plan, flags = self._plan(table), _in_turn(found)
        verdict = statistics.sampling.decide(plan, flags)
        if not len(flags):
            return [nothing("none of the audit's items is judged yet", method=method, eligible=table.items)]
        details = {"wrong": float(verdict.defects)}
        if verdict.outcome == "continue":
            return [
                Measured(
                    value=verdict.defects / verdict.n,
                    n=verdict.n,
                    eligible=table.items,
                    method=method,
                    because=verdict.because,
                    details=details | {"next_look": float(verdict.next_look or 0)},
                )
            ]
        return [self._decided(table, plan, found, verdict.n, verdict.defects, verdict.outcome == "accept", method)]

    def _decided(
        self, table: Table, plan: "Plan", found: Judged, n: int, defects: int, accepted: bool, method: str
    ) -> Measured:
        look = plan.n.index(n)
        bound = statistics.sampling.proved_bound(plan, look=look, defects=defects, level=self.level)
        assert bound.interval is not None
        known = found.place < 0
        known_wrong, left = int((found.wrong & known).sum()), table.items - int(known.sum())
        high = (bound.interval.high * left + known_wrong) / table.items
        accepted = accepted and known_wrong <= self.ltpd * int(known.sum())
        return Measured(
            value=min(high, (defects / n * left + known_wrong) / table.items),
            low=0.0,
            high=high,
            level=self.level,
            interval_method=bound.interval.method,
            n=n,
            eligible=table.items,
            method=method,
            details={
                "wrong": float(defects),
                "accepted": float(accepted),
                "accept_at_most": float(plan.accept[look]),
                "reject_from": float(plan.reject[look]),
                "known_before": float(known.sum()),
                "known_wrong": float(known_wrong),
            },
        )

    def _plan(self, table: Table) -> "Plan":
        n, accept, reject = (tuple(column) for column in zip(*table.looks, strict=True))
        return statistics.sampling.Plan(
            kind=KINDS[self.kind],
            aql=self.aql,
            ltpd=self.ltpd,
            producer_risk=self.producer_risk,
            consumer_risk=self.consumer_risk,
            n=n,
            accept=accept,
            reject=reject,
            lot=table.frame if n[0] == table.frame else None,  # everything is judged: nothing is left to chance
        )


def _in_turn(found: Judged) -> "NDArray[np.bool_]":
    """Is it wrong, for the items judged in turn: up to the first whose answer is still out."""
    import numpy as np

    wrong = {int(place): bool(bad) for place, bad in zip(found.place, found.wrong, strict=True) if place >= 0}
    turns = takewhile(wrong.__contains__, count())
    return np.array([wrong[turn] for turn in turns], dtype=np.bool_)
