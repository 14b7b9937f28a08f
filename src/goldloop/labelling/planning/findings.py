"""What a plan and a replay say, as small frozen nouns; stored and shown, each is a JSON object of the same names."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from goldloop.core.assumptions import Origin
from goldloop.core.nouns import Noun
from goldloop.labelling.planning.values import Array

LEVEL = 0.95
METHOD = f"median of seeded runs with the middle {LEVEL:.0%} of them"


class Spread(Noun):
    """A number over runs: its median with the middle of them; None with its reason."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    because: str | None


class RuleShare(Noun):
    """The share of the items that one rule sends."""

    rule: str
    to: str
    tier: int
    share: Spread


class Works(Noun):
    """Works of one kind at one tier, and the hours they take."""

    kind: str
    tier: int
    works: Spread
    hours: Spread


class OverFirst(Noun):
    """A policy less the one that is planned, under the same chances."""

    hours: Spread
    cost: Spread
    accuracy: Spread


class CrewSaid(Noun):
    """A crew of the assumptions, and whether it may do this programme's work."""

    crew: str
    people: float
    tiers: tuple[int, ...]
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    works: bool


class TierLoad(Noun):
    """Hours of work that a day brings to a tier, against those that stand ready; `load` is one over the other."""

    tier: int
    demand: Spread
    standing: Spread
    load: Spread


class TierWait(Noun):
    """How old a tier's work becomes, and how much of it waits at a day's end, at most."""

    tier: int
    oldest_days: Spread
    backlog_hours: Spread


class Surge(Noun):
    """What becomes of the queues when so many times the items come."""

    factor: int
    days: Spread
    tiers: tuple[TierWait, ...]


class Capacity(Noun):
    """The crews, what their days hold, and what surges do; `because` says what is not known, or how it is meant."""

    crews: tuple[CrewSaid, ...]
    tiers: tuple[TierLoad, ...]
    surges: tuple[Surge, ...]
    because: str | None


class Risk(Noun):
    """One promise: the share of runs in which it is missed, with the interval of so many runs."""

    term: str
    promise: str
    risk: float | None
    low: float | None
    high: float | None
    n: int
    because: str


class PolicyFound(Noun):
    """Everything that a plan says of one policy."""

    policy: str
    rules: tuple[RuleShare, ...]
    hours: Spread
    proof_hours: Spread
    cost: Spread
    currency: str
    accuracy: Spread
    accuracy_unseen: Spread
    saved_hours: Spread
    saved_cost: Spread
    accuracy_over_hand: Spread
    over_first: OverFirst
    days: Spread
    works: tuple[Works, ...]
    sla: tuple[Risk, ...]
    capacity: Capacity


class Middle(Noun):
    """The medians of a few runs of the planned policy."""

    hours: float
    cost: float | None
    accuracy: float
    days: float | None
    verified: float


class End(Middle):
    """The same with one input at an end of its interval; `at` says which."""

    at: str


class Swing(Noun):
    """What one input moves."""

    input: str
    low: End
    high: End


class Sensitivity(Noun):
    """What each input moves, one at a time; the greatest first."""

    policy: str
    runs: int
    middle: Middle
    inputs: tuple[Swing, ...]


class Simulated(Noun):
    """A whole simulation."""

    simulated: Literal[True] = True
    runs: int
    seed: int
    level: float = LEVEL
    method: str = METHOD
    items: int
    policies: tuple[PolicyFound, ...]
    sensitivity: Sensitivity


class Input(Noun):
    """One input of a plan as it is used, and where it comes from."""

    input: str
    value: float | bool
    low: float | None
    high: float | None
    origin: Origin
    n: int
    eligible: int
    method: str


class Warned(Noun):
    """What does not hold, and what follows."""

    about: str
    because: str


class Measured(Noun):
    """What a finished batch came to."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int
    eligible: int
    because: str | None


class Line(Noun):
    """Predicted beside measured; covered where the measured value lies in the predicted interval."""

    of: Literal["hours", "cost", "accuracy"]
    predicted: Spread
    measured: Measured
    covered: bool | None


class Pair(Noun):
    """One batch as the one before it foretold it."""

    before: str = Field(serialization_alias="from")
    batch: str
    items: int
    inputs: tuple[Input, ...]
    warnings: tuple[Warned, ...]
    lines: tuple[Line, ...]


class Replayed(Noun):
    """History as the simulator foretold it: how many of the measured values lie in their interval."""

    runs: int
    seed: int
    level: float = LEVEL
    method: str
    currency: str
    pairs: tuple[Pair, ...]
    covered: int
    of: int


def spread(found: Array | None, *, because: str | None = None) -> Spread:
    """A number over runs; None where there are none, with the reason."""
    if found is None or not len(found):
        return Spread(value=None, low=None, high=None, n=0, because=because or "there is nothing to count")
    low, middle, high = (float(one) for one in np.quantile(found, ((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2)))
    return Spread(value=middle, low=low, high=high, n=len(found), because=None)


def known(found: Sequence[float | None]) -> Array | None:
    """The numbers of all runs; None where one of them has none."""
    there = [one for one in found if one is not None]
    return np.array(there) if len(there) == len(found) and there else None
