"""The share of successes over strata of known size, sampled at different rates."""

import math

import numpy as np
from numpy.typing import ArrayLike

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Floats, Whole
from goldloop.stats.result import Estimate, Interval, undefined

NAME = "stratified share"
ROUNDING = 1e-12  # strata without an error stay at 1 until the multiplier reaches n/W; their gap is 0, not noise
INTERVAL = "profile score over strata, finite population"


def stratified(successes: ArrayLike, n: ArrayLike, sizes: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Accuracy over routed queues: the share of successes in a population cut into strata of known sizes.

    Per stratum h: `successes` of `n` audited units, drawn without replacement from `sizes` units.
    Value: p = sum of N_h/N * x_h/n_h (Cochran 1977, ch. 5).
    Interval: all shares t with |p - t| <= z sqrt(V(t)), where V is the variance at the likeliest strata shares whose
    weighted mean is t (the score interval with profiled strata; after Mee 1984, Miettinen & Nurminen 1985). With one
    stratum it is Wilson's. A stratum with no error among few audits keeps an honest width, where a plug-in variance
    is 0 and interval methods that add the strata's own limits fail over many small strata. Each stratum enters at its
    finite-population size n_h (N_h - 1)/(N_h - n_h). Approximate: covers the level on average, not for every p.

    None where a stratum that holds units was not audited: nothing is known of it.
    Invalid for unequal lengths, successes > n, n > sizes.
    """
    right, audited, held = checked(successes, n, sizes)
    level = arguments.share("level", level)
    population, sampled = int(held.sum()), int(audited.sum())
    if population == 0:
        return undefined("the strata hold no units", method=NAME)
    blind = np.flatnonzero((held > 0) & (audited == 0))
    if len(blind):
        which = ", ".join(map(str, blind[:5]))
        return undefined(f"no audited unit in stratum {which}", n=sampled, eligible=population, method=NAME)
    keep = held > 0
    right, audited, held = right[keep], audited[keep], held[keep]
    weight, share = held / population, right / audited
    low, high = score_limits(share, finite_size(audited, held), weight, level=level)
    variance = share * (1 - share) / np.maximum(audited - 1, 1)
    error = math.sqrt(float((weight**2 * (1 - audited / held) * variance).sum()))
    return Estimate(
        value=float(weight @ share),
        n=sampled,
        eligible=population,
        method=NAME,
        interval=Interval(low=low, high=high, level=level, method=INTERVAL),
        details={"standard_error": error, "strata": float(len(held))},
    )


def finite_size(n: Whole, sizes: Whole) -> Floats:
    """The infinite-population sample size with the same variance; infinite where all units were audited."""
    left = sizes - n
    return np.where(left > 0, n * (sizes - 1) / np.maximum(left, 1), np.inf)


def score_limits(share: Floats, n: Floats, weight: Floats, *, level: float) -> tuple[float, float]:
    """Profile score limits of sum(weight * share); strata with infinite `n` are known exactly."""
    z = arguments.normal(level)
    value = float(weight @ share)
    low = _lower(share, n, weight, z=z)
    high = float(weight.sum()) - _lower(1 - share, n, weight, z=z)
    return max(0.0, min(low, value)), min(1.0, max(high, value))


def _lower(share: Floats, n: Floats, weight: Floats, *, z: float) -> float:
    open_ = np.isfinite(n)
    known = float(weight[~open_] @ share[~open_])
    share, n, weight = share[open_], n[open_], weight[open_]
    value = float(weight @ share)
    if value <= 0:
        return known
    # the multiplier that holds the weighted mean down: each stratum's likelihood equation is a quadratic in its share
    low, high = math.log(float((n / weight).min())) - 40, math.log(float((n / weight).max())) + 40
    for _ in range(64):
        middle = (low + high) / 2
        likely = _likeliest(share, n, weight, math.exp(middle))
        gap = max(0.0, value - float(weight @ likely) - ROUNDING)
        if gap * gap > z * z * float((weight**2 * likely * (1 - likely) / n).sum()):
            high = middle
        else:
            low = middle
    return known + float(weight @ _likeliest(share, n, weight, math.exp(high)))


def _likeliest(share: Floats, n: Floats, weight: Floats, multiplier: float) -> Floats:
    """The shares that maximise the likelihood less multiplier * weighted mean."""
    pull = n + multiplier * weight
    root = np.sqrt(np.maximum(pull * pull - 4 * multiplier * weight * share * n, 0.0))
    return np.minimum(2 * share * n / (pull + root), 1.0)


def checked(successes: ArrayLike, n: ArrayLike, sizes: ArrayLike) -> tuple[Whole, Whole, Whole]:
    """Counts of strata that can be: no more successes than audited units, and no more of those than it holds."""
    right = arguments.counts("successes", successes)
    audited, held = arguments.counts("n", n), arguments.counts("sizes", sizes)
    arguments.same_length(successes=right, n=audited, sizes=held)
    if (right > audited).any():
        raise Invalid("exceeds n in a stratum", field="successes", expected="successes <= n", found="more")
    if (audited > held).any():
        raise Invalid("exceeds the stratum's size", field="n", expected="n <= sizes", found="more")
    return right, audited, held
