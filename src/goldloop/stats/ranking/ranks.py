"""Which places an item may have: sets of ranks that hold for all items at once."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Floats, Whole

MOST_SIMULATED = 100
DRAWS = 2000
SPAN = 1_000_000
SEED = 20240501


def rank_sets(ability: ArrayLike, covariance: ArrayLike, *, level: float) -> tuple[Whole, Whole, str]:
    """The best and the worst place of every item, 1 best, all together right with probability `level`.

    Item i is surely below j where the simultaneous interval of their difference lies below 0 (Mogstad, Romano, Shaikh
    & Wilhelm 2024). The critical value is the quantile of the largest studentised difference of 2,000 normal draws,
    or Bonferroni's over 100 items. Returns best, worst, method.
    """
    ability = arguments.numbers("ability", ability)
    covariance = arguments.numbers("covariance", covariance, dimensions=2)
    level, k = arguments.share("level", level), len(ability)
    if covariance.shape != (k, k):
        raise Invalid("has the wrong shape", field="covariance", expected=f"({k}, {k})", found=str(covariance.shape))
    if k < 2:
        return np.ones(k, np.int64), np.ones(k, np.int64), "one item"
    variance = np.diag(covariance)
    error = np.sqrt(np.maximum(variance[:, None] + variance[None, :] - 2 * covariance, 1e-300))
    if k <= MOST_SIMULATED:
        critical, method = _largest(covariance, error, level), f"max-t over {k * (k - 1) // 2} differences"
    else:
        critical, method = float(ndtri(1 - (1 - level) / (k * (k - 1)))), "Bonferroni over all differences"
    surely = (ability[:, None] - ability[None, :]) / error > critical
    return 1 + surely.sum(0), k - surely.sum(1), method


def _largest(covariance: Floats, error: Floats, level: float) -> float:
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    draws = np.random.default_rng(SEED).normal(size=(DRAWS, len(covariance))) @ root.T
    np.fill_diagonal(wide := error.copy(), np.inf)
    batch = max(1, SPAN // error.size)
    parts = [draws[start : start + batch] for start in range(0, DRAWS, batch)]
    top = [(np.abs(part[:, :, None] - part[:, None, :]) / wide).max((1, 2)) for part in parts]
    return float(np.quantile(np.concatenate(top), level))
