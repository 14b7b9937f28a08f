"""Kendall's W: how far several judges rank the same things alike."""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, stdtrit

from goldloop.stats import arguments
from goldloop.stats.arguments import Floats
from goldloop.stats.rankings.ranks import mid_ranks
from goldloop.stats.result import Estimate, Interval, undefined

FEWEST = 10
NAME = "Kendall's W, corrected for ties"


def kendall_w(
    scores: ArrayLike,
    *,
    level: float = 0.95,
) -> Estimate:
    """Kendall's coefficient of concordance of `scores` (judges, things): 0 no agreement, 1 the same ranking.

    Each judge's scores become mid-ranks; W = 12 S / (m^2 (n^3 - n) - m T), T the sum of t^3 - t over ties (Kendall &
    Babington Smith 1939). `details` holds the chi-square of m (n - 1) W and its p-value (Friedman), and the mean
    Spearman correlation of all pairs of judges.
    Interval: other judges, these very things: the jackknife over judges of the mean Spearman correlation of distinct
    judges (resampled judges would agree with themselves), carried over to W; from 10 judges on.
    None with fewer than 2 judges or things, or where every judge ties everything. NaN is Invalid: rank complete tables.
    """
    table = arguments.numbers("scores", scores, dimensions=2)
    level = arguments.share("level", level)
    judges, things = table.shape
    if judges < 2 or things < 2:
        because = "one judge" if judges < 2 else "one thing to rank"
        return undefined(because, n=table.size, eligible=table.size, method=NAME)
    ranks = mid_ranks(table)
    ties = sum(float((times**3 - times).sum()) for times in (np.unique(row, return_counts=True)[1] for row in ranks))
    bottom = judges**2 * (things**3 - things) - judges * ties
    if bottom <= 0:
        return undefined("every judge ties everything", n=table.size, eligible=table.size, method=NAME)
    spread = float(((ranks.sum(axis=0) - judges * (things + 1) / 2) ** 2).sum())
    w = 12 * spread / bottom
    chi = judges * (things - 1) * w
    details = {"chi_square": chi, "p_value": float(chdtrc(things - 1, chi))}
    pairs = _pairs(ranks)
    limits, caution = None, None
    if pairs is None:
        caution = "a judge ties everything: no correlation, no interval"
    else:
        details["mean_spearman"] = float(pairs.sum() / (judges * (judges - 1)))
        if judges < FEWEST:
            caution = f"{judges} judges: an interval needs {FEWEST}"
        else:
            limits = _limits(pairs, w, level=level)
            caution = None if limits else "perfect concordance: no interval"
    return Estimate(
        value=w, n=table.size, eligible=table.size, method=NAME, interval=limits, caution=caution, details=details
    )


def _pairs(ranks: Floats) -> Floats | None:
    """Spearman correlations of all judges, 0 on the diagonal; None where a judge ranks nothing."""
    centred = ranks - ranks.mean(axis=1, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=1))
    if (length == 0).any():
        return None
    unit = centred / length[:, None]
    square = unit @ unit.T
    np.fill_diagonal(square, 0.0)
    return np.asarray(square)


def _limits(pairs: Floats, w: float, *, level: float) -> Interval | None:
    """Jackknife of the mean correlation of distinct judges, on the scale log(1 - r); W = r + (1 - r) / m."""
    judges = len(pairs)
    own = pairs.sum(axis=1)
    mean = float(own.sum()) / (judges * (judges - 1))
    if mean >= 1:
        return None
    without = (own.sum() - 2 * own) / ((judges - 1) * (judges - 2))
    error = math.sqrt((judges - 1) / judges * float(((without - without.mean()) ** 2).sum())) / (1 - mean)
    half = float(stdtrit(judges - 1, (1 + level) / 2)) * error
    bounds = (1 - (1 - mean) * math.exp(sign * half) for sign in (1, -1))
    low, high = (value + (1 - value) / judges for value in bounds)
    return Interval(
        low=max(0.0, min(low, w)), high=min(1.0, max(high, w)), level=level, method="jackknife of judges, t"
    )
