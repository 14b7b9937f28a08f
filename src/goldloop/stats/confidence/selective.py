"""What error is left when a model answers only where it is sure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from goldloop.stats import arguments
from goldloop.stats.arguments import Floats, Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectiveCurve:
    """Coverage against risk, one row a threshold, strictest first.

    Accepting score >= thresholds[i] answers the share coverage[i] of the items (accepted[i] of n), of which risk[i]
    are wrong; [low, high] is the Clopper-Pearson interval of that row alone (not of the whole curve: for a threshold
    chosen by looking use `thresholds.certify`). `area` is the area under the curve (AURC), the mean risk over all
    coverages.
    """

    thresholds: Floats
    coverage: Floats
    accepted: Whole
    risk: Floats
    low: Floats
    high: Floats
    level: float
    area: float


def selective_curve(scores: ArrayLike, wrong: ArrayLike, *, level: float = 0.95) -> SelectiveCurve:
    """The risk of the accepted machine labels at every threshold (El-Yaniv & Wiener 2010; Geifman & El-Yaniv 2017).

    `scores` and `wrong` of shape (n,); items of equal score are accepted together. Invalid for no items.
    """
    x = arguments.numbers("scores", scores, empty=False)
    bad = arguments.flags("wrong", wrong)
    arguments.same_length(wrong=bad, scores=x)
    level = arguments.share("level", level)
    order = np.argsort(-x, kind="stable")
    last = np.flatnonzero(np.append(np.diff(x[order]) != 0, True))
    errors, accepted = np.cumsum(bad[order])[last], last + 1
    tail = (1 - level) / 2
    low = np.where(errors > 0, betaincinv(np.maximum(errors, 1), accepted - errors + 1, tail), 0.0)
    full = errors == accepted
    high = np.where(full, 1.0, betaincinv(errors + 1, np.where(full, 1, accepted - errors), 1 - tail))
    share = np.diff(np.concatenate([[0], accepted])) / len(x)
    return SelectiveCurve(
        thresholds=x[order][last],
        coverage=accepted / len(x),
        accepted=accepted.astype(np.int64),
        risk=errors / accepted,
        low=low,
        high=high,
        level=level,
        area=float((share * errors / accepted).sum()),
    )
