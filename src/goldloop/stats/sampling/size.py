"""How many judgements a question needs, and what a given number can show."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy.special import bdtr, gammaln, ndtr, ndtri

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.estimate.proportion import limits

LARGEST = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A sample size, what it was made for, and how."""

    n: int
    method: str
    assumed: str


def size_for_width(
    half_width: float, *, expected: float = 0.5, level: float = 0.95, population: int | None = None, effect: float = 1.0
) -> Size:
    """The sample whose Wilson interval around an expected share is no wider than +- half_width.

    `effect` is the design effect of clustered items (1 + (m - 1) rho for m items a cluster; Kish 1965); `population`
    applies the finite population correction n / (1 + (n - 1) / N) (Cochran 1977, 4.2).
    """
    half_width = arguments.share("half_width", half_width)
    share = arguments.number("expected", expected, low=0, high=1)
    level = arguments.share("level", level)
    effect = arguments.number("effect", effect, low=1)

    def half(n: int) -> float:
        low, high = limits(share * n, n, method="wilson", level=level)
        return (high - low) / 2

    n = math.ceil(_least(lambda n: half(n) <= half_width) * effect)
    if population is not None:
        lot = arguments.whole("population", population, low=1)
        n = min(lot, math.ceil(n / (1 + (n - 1) / lot)))
    return Size(n=n, method="Wilson half width", assumed=f"share {share:g}, design effect {effect:g}")


def size_for_difference(
    first: float, second: float, *, power: float = 0.8, level: float = 0.95, effect: float = 1.0
) -> Size:
    """How many items in each of two groups show a difference between two shares with the given power.

    The normal approximation with the pooled share under the null (Fleiss, Levin & Paik 2003, 4.14), two-sided at
    1 - level. Invalid where the shares are equal.
    """
    first, second = arguments.share("first", first), arguments.share("second", second)
    power, level = arguments.share("power", power), arguments.share("level", level)
    effect = arguments.number("effect", effect, low=1)
    if first == second:
        raise Invalid("equals the first", field="second", expected="another share", found=str(second))
    z, z_power = float(ndtri((1 + level) / 2)), float(ndtri(power))
    pooled = (first + second) / 2
    spread = z * math.sqrt(2 * pooled * (1 - pooled))
    spread += z_power * math.sqrt(first * (1 - first) + second * (1 - second))
    n = math.ceil(effect * (spread / (first - second)) ** 2)
    return Size(n=n, method="two shares, pooled null", assumed=f"{first:g} against {second:g}, per group")


def detectable_difference(
    n: int, *, baseline: float, power: float = 0.8, level: float = 0.95, effect: float = 1.0
) -> float | None:
    """The smallest rise above a baseline share that two groups of `n` items show with the given power.

    The inverse of `size_for_difference`. None where even a rise to 1 would be missed.
    """
    n = arguments.whole("n", n, low=1)
    baseline = arguments.share("baseline", baseline)
    power, level = arguments.share("power", power), arguments.share("level", level)
    effect = arguments.number("effect", effect, low=1)
    z = float(ndtri((1 + level) / 2))

    def reached(rise: float) -> float:
        other, per_group = baseline + rise, n / effect
        pooled = (baseline + other) / 2
        spread = math.sqrt(max(1e-300, baseline * (1 - baseline) + other * (1 - other)))
        return float(ndtr((rise * math.sqrt(per_group) - z * math.sqrt(2 * pooled * (1 - pooled))) / spread))

    if reached(1 - baseline) < power:
        return None
    low, high = 0.0, 1 - baseline
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if reached(middle) < power else (low, middle)
    return high


def size_without_errors(bound: float, *, level: float = 0.95, errors: int = 0) -> Size:
    """How many judged items with at most `errors` errors prove an error rate below `bound` (the rule of three).

    The smallest n with P(at most `errors` | bound) <= 1 - level, exact binomial; about 3 / bound for none at 95 %.
    """
    bound, level = arguments.share("bound", bound), arguments.share("level", level)
    errors = arguments.whole("errors", errors)
    n = _least(lambda n: n > errors and bool(bdtr(errors, n, bound) <= 1 - level))
    return Size(n=n, method="exact binomial", assumed=f"at most {errors} errors")


def size_for_floor(floor: float, *, level: float = 0.95, population: int | None = None) -> Size:
    """How many judged items, all of them right, put the lower limit of their share at or above a floor.

    The limit is that of `estimate.stratified` with one stratum, so Wilson's: n >= floor / (1 - floor) z^2; with a
    `population` its finite population correction, so that judging everything proves any floor. An item found wrong
    needs more. Invalid for a floor that is not below 1, unless a population is given.
    """
    floor = arguments.number("floor", floor, low=0, high=1)
    level = arguments.share("level", level)
    if population is None:
        floor = arguments.share("floor", floor)
        n = _least(lambda n: limits(n, n, method="wilson", level=level)[0] >= floor)
        return Size(n=n, method="Wilson lower limit", assumed="no errors")
    lot = arguments.whole("population", population, low=1)
    z2 = float(ndtri((1 + level) / 2)) ** 2

    def enough(n: int) -> bool:
        if n >= lot:
            return True
        effective = n * (lot - 1) / (lot - n)
        return effective / (effective + z2) >= floor

    return Size(n=min(lot, _least(enough)), method="Wilson lower limit, finite population", assumed="no errors")


def size_for_ceiling(ceiling: float, *, level: float = 0.95, population: int | None = None) -> Size:
    """How many judged items, none of them wrong, put the upper limit of the share of wrong ones at or below a ceiling.

    The limit is that of `estimate.at_most` with one stratum, so exact: without a `population` `size_without_errors`,
    with one the smallest n at which one wrong item more than the ceiling allows would be missed with at most 1 - level.
    Invalid for a ceiling that is not above 0, unless a population is given.
    """
    ceiling = arguments.number("ceiling", ceiling, low=0, high=1)
    level = arguments.share("level", level)
    if population is None:
        return size_without_errors(ceiling, level=level)
    lot = arguments.whole("population", population, low=1)
    allowed = math.floor(ceiling * lot + 1e-9)

    def enough(n: int) -> bool:
        left = lot - n
        if left <= allowed:
            return True
        # one wrong item more than is allowed, all of them outside the sample
        missed = gammaln(lot - allowed) - gammaln(left - allowed) + gammaln(left + 1) - gammaln(lot + 1)
        return bool(missed <= math.log(1 - level))

    return Size(n=min(lot, _least(enough)), method="exact, hypergeometric", assumed="no errors")


def _least(enough: Callable[[int], bool]) -> int:
    low, high = 0, 1
    while not enough(high):
        low, high = high, high * 2
        if high > LARGEST:
            raise Invalid("needs more than a billion items", field="half_width", expected="a wider one")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
