"""Many tests at once: how many of the findings would chance have made?"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from goldloop.stats import arguments
from goldloop.stats.arguments import Floats

Correction = Literal["holm", "bh", "by", "bonferroni"]
CORRECTIONS = ("holm", "bh", "by", "bonferroni")


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """p-values of one family of tests, adjusted together: a finding at `level` has adjusted p <= 1 - level.

    `adjusted` and `found` keep the order (and, for a mapping, the names) of the tests.
    """

    names: tuple[Hashable, ...]
    p: Floats
    adjusted: Floats
    found: arguments.Flags
    method: Correction
    level: float


def adjust(p: ArrayLike, *, method: Correction = "holm", tests: int | None = None) -> Floats:
    """Adjusted p-values, in the order given.

    holm: familywise error, any dependence (Holm 1979). bonferroni: the same, weaker. bh: false discovery rate for
    independent or positively dependent tests (Benjamini & Hochberg 1995). by: any dependence (Benjamini & Yekutieli
    2001). `tests`: how many tests there were in all, those not given having found nothing (p = 1). Invalid for p
    outside [0, 1] or NaN.
    """
    values = arguments.numbers("p", p, low=0, high=1)
    arguments.one_of("method", method, CORRECTIONS)
    m = len(values) if tests is None else arguments.whole("tests", tests, low=len(values))
    if len(values) == 0:
        return values
    order = np.argsort(values, kind="stable")
    rank = np.arange(1, len(values) + 1)
    ranked = values[order]
    if method == "bonferroni":
        steps = ranked * m
    elif method == "holm":
        steps = np.maximum.accumulate(ranked * (m - rank + 1))
    else:
        weight = float((1 / np.arange(1, m + 1)).sum()) if method == "by" else 1.0
        steps = np.minimum.accumulate((ranked * m * weight / rank)[::-1])[::-1]
    adjusted = np.empty(len(values))
    adjusted[order] = np.minimum(steps, 1.0)
    return adjusted


def family(p: Mapping[Hashable, float] | ArrayLike, *, method: Correction = "holm", level: float = 0.95) -> Family:
    """A named family of tests (slices, queues, people) with its findings at the level."""
    level = arguments.share("level", level)
    names = tuple(p) if isinstance(p, Mapping) else None
    values = arguments.numbers("p", list(p.values()) if isinstance(p, Mapping) else p, low=0, high=1)
    adjusted = adjust(values, method=method)
    found = adjusted <= 1 - level + 1e-12
    return Family(
        names=names if names is not None else tuple(range(len(values))),
        p=values,
        adjusted=adjusted,
        found=found,
        method=method,
        level=level,
    )
