"""Simulating a programme: policies side by side, all by hand beside them, and what each input moves."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from goldloop.core.assumptions import Assumptions
from goldloop.core.policy import Blind, Policy, RouteRule, Routing
from goldloop.labelling.planning.findings import End, Middle, Sensitivity, Simulated, Spread, Swing, known, spread
from goldloop.labelling.planning.runs import HOUR_S, Run, simulated
from goldloop.labelling.planning.sensitivity import ends
from goldloop.labelling.planning.summary import NO_RATE, hours_of, queued, summarised
from goldloop.labelling.planning.values import Array

RUNS = 200
SENSED = 40  # runs at each end of an input, at most; a fifth of the others, at least
LEAST = 10
BY_HAND = "all by hand"
Told = Callable[[int, int], None]


class Predicted(NamedTuple):
    """What one policy would come to, as its batch will measure it."""

    hours: Spread
    cost: Spread
    accuracy: Spread


def simulate(
    policies: Sequence[tuple[str, Policy]],
    assumed: Assumptions,
    *,
    runs: int = RUNS,
    seed: int = 1,
    sensed: int | None = None,
    told: Told | None = None,
) -> Simulated:
    """Everything a plan says of some policies; the first is the one that is planned, the others stand beside it."""
    tell = told or (lambda done, total: None)
    sensed = sensed or max(LEAST, min(SENSED, runs // 5))
    planned = policies[0]
    side = [*policies, (BY_HAND, by_hand(planned[1]))]
    inputs = ends(assumed)
    total = runs + 2 * sensed * len(inputs)
    found = simulated(side, assumed, runs=runs, seed=seed, tell=lambda done: tell(done, total))
    hand = len(side) - 1
    swings = []
    for n, one in enumerate(inputs):
        low = _middle(planned, one.at_low, sensed=sensed, seed=seed)
        tell(runs + (2 * n + 1) * sensed, total)
        high = _middle(planned, one.at_high, sensed=sensed, seed=seed)
        tell(runs + (2 * n + 2) * sensed, total)
        ends_ = [End(at=at, **dict(found_)) for at, found_ in ((one.low, low), (one.high, high))]
        swings.append(Swing(input=one.name, low=ends_[0], high=ends_[1]))
    return Simulated(
        runs=runs,
        seed=seed,
        items=assumed.items,
        policies=tuple(summarised(name, policy, assumed, found, n, hand=hand) for n, (name, policy) in enumerate(side)),
        sensitivity=Sensitivity(
            policy=planned[0],
            runs=sensed,
            middle=_middle(planned, assumed, sensed=sensed, seed=seed),
            inputs=tuple(sorted(swings, key=lambda one: -abs(one.high.hours - one.low.hours))),
        ),
    )


def by_hand(policy: Policy) -> Policy:
    """The same programme without suggestions: everything is annotated in full, at the tier of the last rule."""
    last = policy.routing.rules[-1]
    rule = RouteRule(rule=BY_HAND, to="annotate", tier=last.tier)
    return policy.model_copy(update={"routing": Routing(rules=(rule,)), "blind": Blind(), "models": {}})


def predicted(name: str, policy: Policy, assumed: Assumptions, *, runs: int, seed: int, audited: bool) -> Predicted:
    """What one policy would come to: hours, cost, and the accuracy that its audit would measure."""
    found = simulated([(name, policy)], assumed, runs=runs, seed=seed).runs[0]
    proof = np.array([one.proof for one in found])
    seconds = np.array([one.seconds.sum() for one in found])
    money = known([one.money for one in found])
    judged, bad = (np.array([part.sum() for part in parts]) for parts in _audits(found))
    if money is not None and not audited:
        money = money * seconds / np.maximum(seconds + proof, 1e-9)
    return Predicted(
        hours=spread((seconds + proof if audited else seconds) / HOUR_S),
        cost=spread(money, because=NO_RATE),
        accuracy=spread(1 - bad / judged if judged.all() else None, because="its gate has no sample"),
    )


def _audits(found: Sequence[Run]) -> tuple[list[Array], list[Array]]:
    return [one.judged for one in found], [one.found for one in found]


def _middle(one: tuple[str, Policy], assumed: Assumptions, *, sensed: int, seed: int) -> Middle:
    """The medians of a few runs, for comparing one input at two values under the same chances."""
    found = simulated([one], assumed, runs=sensed, seed=seed)
    runs = found.runs[0]
    queues = queued(one[1], assumed, found, runs, 1)
    money = known([run.money for run in runs])
    days = float(np.median(queues.days)) if queues is not None else float("inf")
    return Middle(
        hours=float(np.median(hours_of(runs))),
        cost=float(np.median(money)) if money is not None else None,
        accuracy=1 - float(np.median([run.wrong for run in runs])),
        days=days if np.isfinite(days) else None,
        verified=float(np.median([run.shown for run in runs])),
    )
