"""How large the blind arm has to be for an effect of the suggestions to be seen."""

import math
from dataclasses import dataclass

from scipy.special import ndtr, ndtri, stdtr, stdtrit

from goldloop.stats import arguments

METHOD = "two shares of unequal arms, two-sided, normal; t over people where there are people"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindShare:
    """The smallest blind share that shows an effect of so much with the power asked for, at a number of items.

    `share` is None where even a half would miss it too often; `items` is then how many it takes at a half, None where
    no number does (the people differ too much). `power` is what the share, or the half, reaches.
    """

    effect: float
    share: float | None
    blind: int | None
    power: float
    items: int | None
    assumed: str
    method: str = METHOD


def blind_share(
    effect: float,
    *,
    items: int,
    blind_rate: float,
    people: int | None = None,
    between: float = 0.0,
    power: float = 0.8,
    level: float = 0.95,
) -> BlindShare:
    """Plan the blind arm: which share of `items` shows that suggestions move a share by `effect`.

    `blind_rate`: how often the blind arm says yes (agrees with the suggestion; errs). Variance of the difference:
    p1 (1 - p1) / n1 + p0 (1 - p0) / n0, and between^2 / people where the effect differs from person to person; with
    `people` the interval is Student's over them, as `anchoring` makes it. A half is most, because a larger blind arm
    only takes from the other.
    """
    effect = arguments.share("effect", effect)
    items = arguments.whole("items", items, low=0)
    rate = arguments.number("blind_rate", blind_rate, low=0, high=1)
    between = arguments.number("between", between, low=0, high=1)
    power, level = arguments.share("power", power), arguments.share("level", level)
    if people is not None:
        people = arguments.whole("people", people, low=2)
    reach = _Reach(effect, rate, people, between, level)
    assumed = f"{rate:.3g} of the blind answers, {max(0.0, min(1.0, rate + effect)):.3g} of the shown ones"
    if people is not None:
        assumed += f"; {people} people whose effects differ by {between:.3g} (standard deviation)"
    if items >= 4 and reach.power(items, 0.5) >= power:
        low, high = 0, math.ceil(items / 2)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if reach.power(items, middle / items) >= power else (middle, high)
        share = high / items
        return BlindShare(
            effect=effect, share=share, blind=high, power=reach.power(items, share), items=items, assumed=assumed
        )
    return BlindShare(
        effect=effect,
        share=None,
        blind=None,
        power=reach.power(items, 0.5) if items >= 4 else 0.0,
        items=reach.items_at_half(power),
        assumed=assumed,
    )


@dataclass(frozen=True, slots=True)
class _Reach:
    effect: float
    rate: float
    people: int | None
    between: float
    level: float

    def power(self, items: int, share: float) -> float:
        """The chance that the interval leaves out 0 on the right side."""
        blind, shown = share * items, (1 - share) * items
        if blind < 1 or shown < 1:
            return 0.0
        # near 0 or 1 a rate has no spread to plan with: at least that of one item more on either side
        first = min(1.0, self.rate + self.effect)
        spread = [max(p * (1 - p), 1 / (n + 2)) / n for p, n in ((first, shown), (self.rate, blind))]
        error = math.sqrt(sum(spread) + (self.between**2 / self.people if self.people else 0.0))
        if self.people is None:
            return float(ndtr(self.effect / error - float(ndtri((1 + self.level) / 2))))
        freedom = self.people - 1
        return float(stdtr(freedom, self.effect / error - float(stdtrit(freedom, (1 + self.level) / 2))))

    def items_at_half(self, power: float) -> int | None:
        """The fewest items of which a half is enough."""
        high = 8
        while self.power(high, 0.5) < power:
            high *= 2
            if high > 10**9:
                return None
        low = high // 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.power(middle, 0.5) >= power else (middle, high)
        return high
