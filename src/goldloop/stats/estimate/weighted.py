"""Means over a population from samples whose inclusion probabilities are known."""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Floats, Whole
from goldloop.stats.estimate.average import ALIKE, student
from goldloop.stats.estimate.proportion import limits
from goldloop.stats.estimate.stratified import score_limits
from goldloop.stats.result import Estimate, Interval, undefined

Design = Literal["fixed", "poisson"]
DESIGNS = ("fixed", "poisson")
LEAST = 1e-100
ALONE = "a stratum drew one uncertain cluster: no interval"


@dataclass(frozen=True, slots=True)
class _Sample:
    values: Floats
    probability: Floats
    strata: Whole
    clusters: Whole

    @property
    def weight(self) -> Floats:
        return 1 / self.probability

    @property
    def census(self) -> bool:
        """Whether every unit was certain to be drawn."""
        return bool((self.probability == 1).all())


def horvitz_thompson(
    values: ArrayLike,
    probability: ArrayLike,
    *,
    population: int,
    strata: Any = None,
    clusters: Any = None,
    design: Design = "fixed",
    level: float = 0.95,
) -> Estimate:
    """The mean over `population` units: sum(y / pi) / N (Horvitz & Thompson 1952); unbiased whatever the values.

    `probability` is each drawn unit's own inclusion probability, known from the design. Variance by Hajek's (1964)
    approximation over the first-stage units (`clusters`, else the units) within `strata`, each weighted by 1 - pi;
    `design="poisson"` (every unit drawn independently) does not centre. Student's t with clusters - strata degrees of
    freedom; no interval where a stratum drew one uncertain cluster. Shares of successes: prefer `hajek`.
    """
    sample = _checked(values, probability, strata, clusters)
    population, level = arguments.whole("population", population, low=1), arguments.share("level", level)
    arguments.one_of("design", design, DESIGNS)
    n = len(sample.values)
    if n > population:
        raise Invalid("is less than the sample", field="population", expected=f"at least {n}", found=str(population))
    if n == 0:
        return undefined("nothing was counted", eligible=population, method="Horvitz-Thompson mean")
    value = float(sample.values @ sample.weight) / population
    variance, freedom = _variance(sample, sample.values / population, design=design)
    interval, details = None, {}
    if variance is not None:
        details = {"standard_error": math.sqrt(variance)}
        interval = student(
            value, math.sqrt(variance), freedom=freedom, level=level, method=f"{design} design, t", census=sample.census
        )
    return Estimate(
        value=value,
        n=n,
        eligible=population,
        method="Horvitz-Thompson mean",
        interval=interval,
        caution=None if interval else ALONE if variance is None else ALIKE,
        details=details,
    )


def hajek(
    values: ArrayLike,
    probability: ArrayLike,
    *,
    population: int | None = None,
    strata: Any = None,
    clusters: Any = None,
    design: Design = "fixed",
    level: float = 0.95,
) -> Estimate:
    """The weighted mean sum(y / pi) / sum(1 / pi) (Hajek 1971): steadier than Horvitz-Thompson, needs no size.

    Interval for numbers: Taylor linearisation (Saerndal, Swensson & Wretman 1992, ch. 5), as `horvitz_thompson`.
    For 0/1 values a normal interval breaks at rare errors, so:
    - strata with one probability each and no clusters: profile score limits (see `stratified`);
    - else Korn & Graubard (1998): Clopper-Pearson at the effective size p(1-p)/variance, at most the true size;
      without any error (or any success) at Kish's (sum w)^2 / sum w^2. It leans on weights that do not vary wildly.
    `eligible` is `population`, else the estimated size sum(1/pi), rounded.
    """
    sample = _checked(values, probability, strata, clusters)
    level = arguments.share("level", level)
    arguments.one_of("design", design, DESIGNS)
    n = len(sample.values)
    held = float(sample.weight.sum())
    eligible = max(n, round(held)) if population is None else arguments.whole("population", population, low=1)
    if n == 0:
        return undefined("nothing was counted", eligible=population or 0, method="Hajek mean")
    if n > eligible:
        raise Invalid("is less than the sample", field="population", expected=f"at least {n}", found=str(eligible))
    # within the values' own range, which rounding may leave by an ulp
    value = min(
        max(float(sample.values @ sample.weight) / held, float(sample.values.min())), float(sample.values.max())
    )
    variance, freedom = _variance(sample, (sample.values - value) / held, design=design)
    details = {"estimated_population": held}
    if variance is not None:
        details["standard_error"] = math.sqrt(variance)
    if np.isin(sample.values, (0.0, 1.0)).all():
        interval = _share_interval(sample, value, variance, freedom, clustered=clusters is not None, level=level)
    elif variance is None:
        interval = None
    else:
        interval = student(
            value, math.sqrt(variance), freedom=freedom, level=level, method="linearised, t", census=sample.census
        )
    return Estimate(
        value=value,
        n=n,
        eligible=eligible,
        method="Hajek mean",
        interval=interval,
        caution=None if interval else ALONE if variance is None else ALIKE,
        details=details,
    )


def _checked(values: ArrayLike, probability: ArrayLike, strata: Any, clusters: Any) -> _Sample:
    y, pi = arguments.numbers("values", values), arguments.numbers("probability", probability, low=0, high=1)
    n = arguments.same_length(values=y, probability=pi, strata=strata, clusters=clusters)
    if (pi < LEAST).any():
        found = repr(float(pi.min()))
        raise Invalid("a drawn unit cannot have probability 0", field="probability", expected=f"> {LEAST}", found=found)
    stratum = np.zeros(n, np.int64) if strata is None else arguments.codes("strata", strata)[0]
    cluster = np.arange(n) if clusters is None else arguments.codes("clusters", clusters)[0]
    # a cluster that occurs in two strata is two first-stage units
    _, cluster = np.unique(stratum * (cluster.max(initial=0) + 1) + cluster, return_inverse=True)
    return _Sample(y, pi, stratum, cluster)


def _variance(sample: _Sample, parts: Floats, *, design: Design) -> tuple[float | None, float]:
    """Variance of sum(parts / pi) over first-stage units, and its degrees of freedom; None where it has none."""
    units = int(sample.clusters.max()) + 1
    size = np.bincount(sample.clusters, minlength=units)
    totals = np.bincount(sample.clusters, parts * sample.weight, minlength=units)
    left = 1 - np.bincount(sample.clusters, sample.probability, minlength=units) / size
    stratum = np.zeros(units, np.int64)
    stratum[sample.clusters] = sample.strata
    uncertain = left > 0
    if not uncertain.any():
        return 0.0, float(units)
    totals, left, stratum = totals[uncertain], left[uncertain], stratum[uncertain]
    if design == "poisson":
        return float(left @ totals**2), float(max(len(totals) - 1, 0))
    drawn = np.bincount(stratum)
    if (drawn == 1).any():
        return None, 0.0
    centre = np.bincount(stratum, left * totals) / np.maximum(np.bincount(stratum, left), 1e-300)
    spread = np.bincount(stratum, left * (totals - centre[stratum]) ** 2)
    used = drawn > 0
    variance = float((spread[used] * drawn[used] / (drawn[used] - 1)).sum())
    return variance, float(drawn.sum() - used.sum())


def _share_interval(
    sample: _Sample, value: float, variance: float | None, freedom: float, *, clustered: bool, level: float
) -> Interval | None:
    n = len(sample.values)
    audited = np.bincount(sample.strata)
    rate = np.bincount(sample.strata, sample.probability) / np.maximum(audited, 1)
    if not clustered and np.allclose(rate[sample.strata], sample.probability, rtol=1e-9):
        share = np.bincount(sample.strata, sample.values) / np.maximum(audited, 1)
        used = audited > 0
        weight = audited[used] / rate[used]
        size = np.where(rate[used] < 1, audited[used] / np.maximum(1 - rate[used], 1e-300), np.inf)
        low, high = score_limits(share[used], size, weight / weight.sum(), level=level)
        return Interval(low=low, high=high, level=level, method="profile score over strata")
    if variance is None or freedom <= 0:
        return None
    kish = float(sample.weight.sum() ** 2 / (sample.weight**2).sum())
    if 0 < value < 1:
        if variance == 0:
            return Interval(low=value, high=value, level=level, method="every unit was audited")
        tail = (1 + level) / 2
        inflation = (float(stdtrit(n - 1, tail)) / float(stdtrit(freedom, tail))) ** 2 if n > 1 else 1.0
        effective, name = min(value * (1 - value) / variance * inflation, float(n)), "korn-graubard"
    else:
        # clusters without a single contrast say nothing of the design effect: count clusters, not units
        effective, name = min(kish, float(sample.clusters.max() + 1)), "clopper-pearson at the effective size"
    low, high = limits(value * effective, effective, method="clopper-pearson", level=level)
    return Interval(low=low, high=high, level=level, method=name)
