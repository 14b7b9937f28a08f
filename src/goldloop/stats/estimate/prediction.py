"""Machine grades on everything, corrected by human audits of some."""

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from goldloop.stats import arguments
from goldloop.stats.arguments import Floats
from goldloop.stats.estimate.average import student
from goldloop.stats.estimate.stratified import stratified
from goldloop.stats.result import Estimate, undefined

Method = Literal["tuned", "difference", "poststratified"]
METHODS = ("tuned", "difference", "poststratified")
Population = Literal["finite", "endless"]
POPULATIONS = ("finite", "endless")
FOLLOWS = "the audits follow the grades without exception, so its errors cannot be told: use poststratified"


def prediction_powered(
    human: ArrayLike,
    graded: ArrayLike,
    rest: ArrayLike,
    *,
    method: Method = "tuned",
    population: Population = "finite",
    level: float = 0.95,
) -> Estimate:
    """The mean human verdict over a population graded by machine throughout and audited by people in part.

    `human` and `graded`: what people and the machine said of the audited units, which were drawn at random (the one
    assumption: an audit of hard cases only breaks it). `rest`: the machine's grades of all units not audited.
    Value: mean(human) - b (mean(graded) - mean of all grades).
    - difference: b = 1, plain prediction-powered inference (Angelopoulos et al. 2023).
    - tuned: b by least squares, so a useless grader costs nothing (PPI++, Angelopoulos, Duchi & Zrnic 2023; in survey
      sampling the regression estimator, Cochran 1977, ch. 7). Student's t.
    - poststratified: for 0/1 verdicts and few distinct grades: `stratified` over the grades. The choice for rare
      errors, where the other two see no error and claim to know it; grades never audited join the nearest audited one.
    population: "finite" estimates these very units (finite population correction); "endless" the process behind them.
    None where fewer than 3 units were audited. Invalid for unequal lengths, NaN, verdicts other than 0/1 where needed.
    """
    y, f = arguments.numbers("human", human), arguments.numbers("graded", graded)
    g, level = arguments.numbers("rest", rest), arguments.share("level", level)
    arguments.one_of("method", method, METHODS)
    arguments.one_of("population", population, POPULATIONS)
    n = arguments.same_length(human=y, graded=f)
    eligible = n + len(g)
    name = f"prediction-powered mean, {method}, {population} population"
    if n < 3:
        return undefined(f"{n} audited units cannot correct a grader", n=n, eligible=eligible, method=name)
    if method == "poststratified":
        arguments.one_of("population", population, ("finite",))
        return _poststratified(y, f, g, name=name, level=level)
    return _regressed(y, f, g, name=name, tuned=method == "tuned", finite=population == "finite", level=level)


def _regressed(y: Floats, f: Floats, g: Floats, *, name: str, tuned: bool, finite: bool, level: float) -> Estimate:
    n, left = len(y), len(g)
    eligible = n + left
    spread = float(f.var(ddof=1))
    slope = 1.0
    if tuned:
        slope = float(np.cov(y, f, ddof=1)[0, 1]) / spread if spread > 0 else 0.0
        if not finite and left:
            slope /= 1 + n / left
    residual = y - slope * f
    freedom = n - 2 if tuned and slope else n - 1
    noise = float(((residual - residual.mean()) ** 2).sum()) / freedom / n
    if finite:
        everything = (float(f.sum()) + float(g.sum())) / eligible
        variance = noise * left / eligible
    else:
        everything = float(g.mean()) if left else float(f.mean())
        variance = noise + (slope**2 * float(g.var(ddof=1)) / left if left > 1 else 0.0)
    value = float(residual.mean()) + slope * everything
    error = math.sqrt(variance)
    interval = student(value, error, freedom=freedom, level=level, census=finite and not left)
    return Estimate(
        value=value,
        n=n,
        eligible=eligible,
        method=name,
        interval=interval,
        caution=None if interval else FOLLOWS,
        details={
            "standard_error": error,
            "weight_of_the_grader": slope,
            "machine_alone": (float(f.sum()) + float(g.sum())) / eligible,
            "human_alone": float(y.mean()),
        },
    )


def _poststratified(y: Floats, f: Floats, g: Floats, *, name: str, level: float) -> Estimate:
    arguments.counts("human", y)
    arguments.numbers("human", y, low=0, high=1)
    grades = np.unique(f)
    own = np.searchsorted(grades, f)
    above = np.searchsorted(grades, g).clip(0, len(grades) - 1)
    below = np.maximum(above - 1, 0)
    other = np.where(np.abs(grades[below] - g) < np.abs(grades[above] - g), below, above)
    audited = np.bincount(own, minlength=len(grades))
    sizes = audited + np.bincount(other, minlength=len(grades))
    right = np.bincount(own, y, minlength=len(grades))
    inner = stratified(right, audited, sizes, level=level)
    details = {
        **inner.details,
        "machine_alone": (float(f.sum()) + float(g.sum())) / (len(f) + len(g)),
        "human_alone": float(y.mean()),
    }
    return Estimate(
        value=inner.value, n=inner.n, eligible=inner.eligible, method=name, interval=inner.interval, details=details
    )
