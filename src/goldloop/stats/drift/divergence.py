"""How far apart two distributions are: numbers to describe a shift, never to alarm on (they grow with noise)."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import rel_entr

from goldloop.stats import arguments
from goldloop.stats.arguments import Floats, Whole
from goldloop.stats.drift.shift import category_shares
from goldloop.stats.result import Estimate, Interval, undefined


def population_stability(
    baseline: Any, current: Any, *, bins: int | None = 10, floor: float = 1e-4,
    level: float = 0.95, resamples: int = 1000, seed: int = 0,
) -> Estimate:  # fmt: skip
    """The population stability index: sum (q - p) ln(q / p) over bins, symmetric, 0 for equal shares.

    Numbers fall in `bins` groups of the baseline's quantiles; bins None: categories as they are. Empty shares count
    as `floor`. The rule "0.1 watch, 0.25 act" ignores sample size: chance alone gives about (bins - 1)(1/n + 1/m)
    (Yurdakul & Naranjo 2020), in `details` as expected_by_chance. Interval: percentile bootstrap of both samples
    around the value less that bias, so it describes; it does not test.
    """
    floor = arguments.share("floor", floor)

    def index(p: Floats, q: Floats) -> Floats:
        p, q = np.maximum(p, floor), np.maximum(q, floor)
        return np.asarray(((q - p) * np.log(q / p)).sum(-1), dtype=np.float64)

    name = f"population stability index, floor {floor:g}"
    return _describe(baseline, current, bins, index, name, level, resamples, seed, chance=1.0)


def jensen_shannon(
    baseline: Any, current: Any, *, bins: int | None = 10, level: float = 0.95, resamples: int = 1000, seed: int = 0
) -> Estimate:
    """The Jensen-Shannon divergence in bits, 0 (equal) to 1 (disjoint) (Lin 1991); bins and interval as for PSI."""

    def divergence(p: Floats, q: Floats) -> Floats:
        middle = (p + q) / 2
        nats = (rel_entr(p, middle) + rel_entr(q, middle)).sum(-1) / 2
        return np.asarray(np.minimum(1.0, nats / np.log(2)), dtype=np.float64)

    chance = 1 / (8 * np.log(2))
    return _describe(
        baseline, current, bins, divergence, "Jensen-Shannon divergence, bits", level, resamples, seed, chance
    )


def quantile_bins(baseline: Any, current: Any, bins: int) -> tuple[Whole, Whole]:
    """Counts of both samples in groups of equal baseline share: half-open, below the first edge the first group.

    A number so frequent in the baseline that it is two edges at once is a group of its own, or a shift away from it
    would stay unseen.
    """
    one = arguments.numbers("baseline", baseline, empty=False)
    two = arguments.numbers("current", current, empty=False)
    cuts = np.quantile(one, np.linspace(0, 1, arguments.whole("bins", bins, low=2) + 1), method="lower")
    edges, times = np.unique(cuts, return_counts=True)
    frequent = edges[times > 1]
    edges = np.union1d(edges[(edges > cuts[0]) & (edges < cuts[-1])], [*frequent, *np.nextafter(frequent, np.inf)])
    counts = (np.bincount(np.searchsorted(edges, x, side="right"), minlength=len(edges) + 1) for x in (one, two))
    first, second = counts
    return first, second


Distance = Callable[[Floats, Floats], Floats]


def _describe(
    baseline: Any, current: Any, bins: int | None, distance: Distance, name: str,
    level: float, resamples: int, seed: int, chance: float,
) -> Estimate:  # fmt: skip
    level = arguments.share("level", level)
    resamples = arguments.whole("resamples", resamples, low=100)
    first, second = category_shares(baseline, current) if bins is None else quantile_bins(baseline, current, bins)
    n, m, groups = int(first.sum()), int(second.sum()), len(first)
    name = f"{name}, {groups} {'categories' if bins is None else 'baseline quantile groups'}"
    if ((first + second) > 0).sum() < 2:
        return undefined("both samples hold one and the same value", n=m, eligible=m, method=name)
    random = np.random.default_rng(arguments.seed(seed))
    p, q = first / n, second / m
    value = float(distance(p, q))
    drawn = distance(random.multinomial(n, p, resamples) / n, random.multinomial(m, q, resamples) / m)
    by_chance = chance * (groups - 1) * (1 / n + 1 / m)
    low, high = np.maximum(0.0, np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2]) - 2 * by_chance)
    return Estimate(
        value=value,
        n=m,
        eligible=m,
        method=name,
        interval=Interval(
            low=float(min(low, value)), high=float(max(high, value)), level=level,
            method=f"percentile bootstrap less bias, seed {seed}; descriptive",
        ),
        details={"expected_by_chance": float(by_chance), "baseline": float(n)},
    )  # fmt: skip
