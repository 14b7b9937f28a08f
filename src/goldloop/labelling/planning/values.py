"""The numbers of one run: every input that is not certain, drawn from the interval in which it is believed to lie."""

import math
from typing import Any, NamedTuple, TypeVar

import numpy as np

from goldloop.core.assumptions import Assumptions, Number, Portion
from goldloop.core.policy import Tier

NORMAL = 1.959963984540054  # the .975 quantile of the normal distribution
EDGE = 1e-6
TIERS: tuple[Tier, ...] = (1, 2, 3)
KINDS = ("verify", "correct", "annotate", "review")
Array = np.ndarray[Any, Any]
N = TypeVar("N", bound=Number)


class Values(NamedTuple):
    """What is true in one run. Arrays by tier have a place for each of 0 to 3; the first is nobody's."""

    shares: Array  # of suggestions, by band
    right: Array  # by band
    lows: Array
    highs: Array
    suggests: float
    rare: float | None
    common: float
    suspects: float
    labels: Array  # cumulative, in the grid's order
    agrees: tuple[float, float]  # if the first model is wrong, right
    people: Array  # by tier
    anchoring: float
    corrects: float
    differ: float | None
    escalates: float
    reworked: float
    seconds: Array  # kind by tier
    spread: float
    objects: float
    object_share: tuple[float, float]  # of verifying, of annotating
    hours: Array  # by crew: of all its people together
    arrivals: float | None


def drawn(assumed: Assumptions, labels: tuple[str | None, ...], rng: np.random.Generator) -> Values:
    """One run's numbers. Always as many draws in the same order, so that runs with another input are comparable."""
    model, people, times = assumed.model, assumed.people, assumed.times
    draw = _Draws(rng)
    bands = sorted(model.confidence, key=lambda one: one.at_least) if model is not None else []
    shares = np.array([draw.share(one.share) for one in bands]) if bands else np.ones(1)
    right = np.array([draw.share(one.right) for one in bands]) if bands else np.zeros(1)
    suggests = draw.share(model.suggests) if model is not None else 0.0
    rare = draw.maybe(model.rare if model is not None else None)
    suspects = draw.share(model.suspects) if model is not None else 0.0
    named = np.array([model.labels[one] if model is not None and one is not None else 0.0 for one in labels])
    named[-1] = max(0.0, 1 - named.sum())
    seconds = (times.verify, times.correct or times.annotate, times.annotate, times.review)
    second = assumed.second
    return Values(
        shares=shares / max(shares.sum(), EDGE),
        right=right,
        lows=np.array([one.at_least for one in bands] or [0.0]),
        highs=np.array([one.below for one in bands] or [1.0]),
        suggests=suggests,
        rare=rare,
        common=draw.share(assumed.common),
        suspects=suspects,
        labels=np.cumsum(named / named.sum()),
        agrees=(
            draw.share(second.agrees_if_wrong if second is not None else Portion(value=0)),
            draw.share(second.agrees_if_right if second is not None else Portion(value=0)),
        ),
        people=np.array([0.0, *(draw.share(at_tier(people.right, tier)) for tier in TIERS)]),
        anchoring=draw.share(people.anchoring),
        corrects=draw.share(people.corrects),
        differ=draw.maybe(people.differ),
        escalates=draw.share(people.escalates),
        reworked=draw.share(people.reworked),
        seconds=np.array([[0.0, *(draw.size(at_tier(kind, tier)) for tier in TIERS)] for kind in seconds]),
        spread=times.spread,
        objects=max(1.0, draw.size(assumed.objects.mean)),
        object_share=(assumed.objects.verify, assumed.objects.annotate),
        hours=np.array([crew.people * draw.size(crew.hours) for crew in assumed.capacity.values()]),
        arrivals=draw.size(assumed.arrivals) if assumed.arrivals is not None else None,
    )


def at_tier(by: dict[Tier, N], tier: Tier) -> N:
    """What holds at a tier; where it is not said, what holds at the nearest one that is."""
    return by[min(by, key=lambda one: (abs(one - tier), -one))]


class _Draws:
    """A standard normal for every number that is asked for, whether it needs one or not."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def share(self, number: Number) -> float:
        """On the scale of log odds, each side of the interval as wide as it is stated."""
        return self._on(number, lambda p: math.log(p / (1 - p)), lambda x: 1 / (1 + math.exp(-x)), 1 - EDGE)

    def size(self, number: Number) -> float:
        """On the scale of logarithms."""
        return self._on(number, math.log, math.exp, math.inf)

    def maybe(self, number: Number | None) -> float | None:
        """None where there is none; it takes its draw all the same."""
        value = self.share(number if number is not None else Portion(value=0))
        return value if number is not None else None

    def _on(self, number: Number, to: Any, back: Any, most: float) -> float:
        z = float(self._rng.standard_normal())
        if number.low is None or number.high is None or number.low == number.high:
            return number.value
        low, middle, high = (to(min(max(one, EDGE), most)) for one in (number.low, number.value, number.high))
        return float(back(middle + z / NORMAL * ((high - middle) if z > 0 else (middle - low))))
