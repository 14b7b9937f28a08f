"""Exact one-sided tails of counts: is this more than chance gives?"""

import numpy as np
from scipy.special import betainc, gammaln

from goldloop.stats.arguments import Floats


def binomial_at_least(errors: int, n: int, rate: float) -> float:
    """P(X >= errors) of n trials."""
    return 1.0 if errors <= 0 else float(betainc(errors, n - errors + 1, rate))


def hypergeometric_at_least(errors: int, drawn: int, marked: int, population: int) -> float:
    """P(X >= errors) marked among `drawn` of a population: Fisher's exact one-sided test."""
    low, high = max(errors, drawn + marked - population, 0), min(drawn, marked)
    if low > high:
        return 0.0
    if errors <= max(0, drawn + marked - population):
        return 1.0
    x = np.arange(low, high + 1, dtype=np.float64)
    logs = _choose(marked, x) + _choose(population - marked, drawn - x) - _choose(population, np.array([float(drawn)]))
    return min(1.0, float(np.exp(logs).sum()))


def _choose(n: int, k: Floats) -> Floats:
    return np.asarray(gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0), dtype=np.float64)
