"""Monitoring that alarms on harm, not on change: judged items, a tolerance, and looks as often as you like."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.drift.shift import Shift
from goldloop.stats.result import Estimate
from goldloop.stats.sampling import confidence_sequence, e_process

State = Literal["harm", "no harm shown", "harmless change", "unknown"]
SIMULATED = 400
FEWEST = 40
SPAN = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmReport:
    """What monitoring may claim: the state, since which judged item (from 0), the error rate, and why.

    `error_rate` is a confidence sequence over the whole period. `detectable` is the smallest error rate that this
    number of judged items shows with the power asked for; None where none would do, or no power was asked for.
    """

    state: State
    since: int | None
    error_rate: Estimate
    evidence: float
    detectable: float | None
    because: str


def monitor_harm(
    wrong: ArrayLike, *, tolerance: float, level: float = 0.95, power: float | None = 0.8,
    drift: tuple[Shift, ...] = (),
) -> HarmReport:  # fmt: skip
    """Is the error rate above `tolerance`? Alarms at most 1 - level of the time, however often it is looked at.

    `wrong` are audited items in order of time, drawn at random from what passed (or losses 0-1). The alarm is an
    e-process against "never above tolerance" reaching 1 / (1 - level); it holds also for rates that move below the
    tolerance. Drift tests never alarm alone: they are reported as "harmless change" while no harm is shown, as
    Podkopaev & Ramdas (2022) propose. A long good period delays the alarm: start a new one for every release.
    """
    losses = arguments.numbers("wrong", wrong, low=0, high=1)
    tolerance, level = arguments.share("tolerance", tolerance), arguments.share("level", level)
    if not all(isinstance(shift, Shift) for shift in arguments.rows("drift", drift)):
        raise Invalid("holds something else than drift tests", field="drift", expected="Shift", found="other")
    rate = confidence_sequence(losses, level=level)
    if not len(losses):
        because = "nothing was judged: drift without labels says nothing about harm"
        return HarmReport(state="unknown", since=None, error_rate=rate, evidence=1.0, detectable=None, because=because)
    wealth = e_process(losses, tolerance, level=level)
    reached = np.flatnonzero(wealth >= 1 / (1 - level))
    evidence = float(wealth.max())
    detectable = None
    if power is not None:
        detectable = detectable_degradation(len(losses), tolerance=tolerance, level=level, power=power)
    if len(reached):
        because = f"error rate above {tolerance:g}: evidence {evidence:.3g} against {1 / (1 - level):.3g} needed"
        return HarmReport(
            state="harm", since=int(reached[0]), error_rate=rate, evidence=evidence, detectable=detectable,
            because=because,
        )  # fmt: skip
    changed = [shift for shift in drift if shift.p is not None and shift.p <= 1 - level]
    because = f"no error rate above {tolerance:g} shown by {len(losses)} judged items"
    if power is not None:
        because += ", which show " + ("no rate at all" if detectable is None else f"a rate of {detectable:.3g}")
    if changed:
        because += f"; {len(changed)} drift test(s) found a change"
    return HarmReport(
        state="harmless change" if changed else "no harm shown", since=None, error_rate=rate, evidence=evidence,
        detectable=detectable, because=because,
    )  # fmt: skip


def detectable_degradation(
    labels: int, *, tolerance: float, level: float = 0.95, power: float = 0.8, seed: int = 0
) -> float | None:
    """The smallest error rate that `labels` judged items show to be above `tolerance` with the given power.

    By seeded simulation of the monitor itself (400 streams a rate, fewer over 10,000 labels, at least 40; bisection
    to 1 % of the distance): exact to 2-6 points of power. None where even a rate of 1 would be missed.
    """
    labels = arguments.whole("labels", labels, low=1)
    tolerance, level = arguments.share("tolerance", tolerance), arguments.share("level", level)
    power, seed = arguments.share("power", power), arguments.seed(seed)
    streams = max(FEWEST, min(SIMULATED, SPAN // labels))

    def found(rate: float) -> float:
        wrong = np.random.default_rng(seed).random((streams, labels)) < rate
        wealth = e_process(wrong, tolerance, level=level)
        return float((wealth.max(axis=1) >= 1 / (1 - level)).mean())

    if found(1.0) < power:
        return None
    low, high = tolerance, 1.0
    while high - low > 0.01 * (high - tolerance):
        middle = (low + high) / 2
        low, high = (middle, high) if found(middle) < power else (low, middle)
        if high - low < 1e-4:
            break
    return high
