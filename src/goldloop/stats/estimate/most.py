"""How many of a population can have what a sample was searched for: an upper limit to be held to a promise."""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincinv, gammaln

from goldloop.stats import arguments
from goldloop.stats.arguments import Floats, Whole
from goldloop.stats.estimate.stratified import checked
from goldloop.stats.result import Estimate, Interval, undefined

NAME = "stratified share"
EXACT = "exact, hypergeometric"
STRATA = "gamma limit over strata, finite population"
CENSUS = "all were looked at"


def at_most(found: ArrayLike, n: ArrayLike, sizes: ArrayLike, *, level: float = 0.95) -> Estimate:
    """The share of a population with a defect, and the share that `level` confidence leaves possible at most.

    Per stratum h: `found` defects among `n` units drawn without replacement from `sizes` units. Value: sum of
    N_h/N * x_h/n_h, as `stratified`. The upper limit is one-sided and counts whole units:
    - one stratum of which something was not looked at: the largest number D of its units for which finding so few has
      a chance above 1 - level, hypergeometric: exact;
    - several: found + the gamma limit (Fay & Feuer 1997) of what was not looked at, where a defect found in stratum h
      stands for u_h = -1 / log(1 - n_h/N_h) others, and one more of the largest u_h is supposed. Never short of the
      level in any case enumerated, and exact where nothing was found; wide where most are defects.
    Strata that were looked at as a whole are known. Unlike a score limit, it holds for few units and rare defects.

    None where a stratum that holds units was not looked at: nothing is known of it.
    """
    bad, looked, held = checked(found, n, sizes)
    level = arguments.share("level", level)
    population, sampled = int(held.sum()), int(looked.sum())
    if population == 0:
        return undefined("the strata hold no units", method=NAME)
    blind = np.flatnonzero((held > 0) & (looked == 0))
    if len(blind):
        which = ", ".join(map(str, blind[:5]))
        return undefined(f"no unit looked at in stratum {which}", n=sampled, eligible=population, method=NAME)
    keep = held > 0
    bad, looked, held = bad[keep], looked[keep], held[keep]
    value = float((held / population) @ (bad / looked))
    open_ = looked < held
    known = int(bad[~open_].sum())
    bad, looked, held = bad[open_], looked[open_], held[open_]
    if not len(held):
        most, how = known, CENSUS
    elif len(held) == 1:
        most, how = known + _exact(int(bad[0]), int(looked[0]), int(held[0]), 1 - level), EXACT
    else:
        most, how = known + _over_strata(bad, looked, held, level), STRATA
    return Estimate(
        value=value,
        n=sampled,
        eligible=population,
        method=NAME,
        interval=Interval(low=0.0, high=max(value, most / population), level=level, method=how),
        details={"most": float(most), "strata": float(keep.sum())},
    )


def _exact(bad: int, looked: int, held: int, tail: float) -> int:
    """The largest number of defects among `held` with which at most `bad` in `looked` have a chance above `tail`."""
    least, most = bad, held - looked + bad
    while least < most:
        half = (least + most + 1) // 2
        least, most = (half, most) if _so_few(bad, looked, held, half) > tail else (least, half - 1)
    return least


def _so_few(bad: int, looked: int, held: int, defects: int) -> float:
    """P(at most `bad` defects in a sample) where `held` units hold so many."""
    k = np.arange(max(0, looked - (held - defects)), min(bad, defects) + 1)
    if not len(k):
        return 0.0
    logs = _choose(defects, k) + _choose(held - defects, looked - k) - _choose(held, np.array(looked))
    return float(np.exp(logs).sum())


def _choose(n: int, k: Whole) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), dtype=np.float64)


def _over_strata(bad: Whole, looked: Whole, held: Whole, level: float) -> int:
    """What was found, and the gamma limit of what was not looked at; never more than there is."""
    each = -1 / np.log1p(-looked / held)
    one_more = float(each.max())
    total = float(each @ bad) + one_more
    spread = float(each**2 @ bad) + one_more**2
    unseen = spread / total * float(gammaincinv(total**2 / spread, level))
    return int(bad.sum()) + min(math.floor(unseen + 1e-9), int((held - looked).sum()))
