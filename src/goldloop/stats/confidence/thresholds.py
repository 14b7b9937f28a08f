"""Thresholds with a guarantee: among the machine labels that are accepted unseen, at most `alpha` are wrong.

Learn-then-Test (Angelopoulos, Bates, Candes, Jordan & Lei 2021/2025) with exact binomial tails: every candidate
threshold is a null hypothesis "more than alpha of what it accepts is wrong", refuted by too few errors among the n
calibration items that it accepts: p = P(Bin(n, alpha) <= errors).

The promise needs a calibration sample drawn at random from the items the threshold will meet, judged correctly,
one item independent of the next. A later batch that is harder, or labels corrected only where the model was unsure,
breaks it: then nothing is promised.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Flags, Floats, Whole

Correction = Literal["fixed-sequence", "bonferroni", "ranks"]
RANKS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """Accept score >= `value`; None where no threshold is certified, because of `because`.

    `errors` of `accepted` calibration items (of `n`) were wrong; `alpha` and `delta` are the promise, `p` the
    evidence. `cost` is the expected cost per item where prices were given.
    """

    value: float | None
    accepted: int
    errors: int
    n: int
    alpha: float
    delta: float
    p: float | None
    method: str
    because: str
    cost: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidates:
    """Candidate thresholds, strictest first, with what they accept; p-values are valid for each alone."""

    values: Floats
    accepted: Whole
    errors: Whole
    p: Floats


def certify(
    scores: ArrayLike,
    wrong: ArrayLike,
    *,
    alpha: float,
    delta: float = 0.05,
    candidates: ArrayLike | None = None,
    correction: Correction = "ranks",
) -> tuple[Threshold, ...]:
    """Every threshold whose accepted labels are wrong at most `alpha` of the time, all with confidence 1 - delta.

    fixed-sequence: `candidates`, chosen before the sample was seen, tested from the strictest down at level delta
    until the first that fails. bonferroni: the same candidates, each at delta / k. ranks (default, without
    candidates): thresholds just above the order statistics of at most 24 ranks (set by n, alpha and delta alone), each
    at its part of delta; given that order statistic the items above it are a random sample: the tail stays exact.
    Loosest last; empty where nothing is certified. `scores` and `wrong` of shape (n,).
    """
    x, bad = _checked(scores, wrong)
    alpha, delta = arguments.share("alpha", alpha), arguments.share("delta", delta)
    rows = _candidates(x, bad, alpha, delta, candidates, correction)
    level = delta if correction == "fixed-sequence" else delta / max(1, len(rows.p))
    passed = rows.p <= level
    if correction == "fixed-sequence":
        passed = np.cumprod(passed).astype(bool)
    method = f"Learn-then-Test, exact binomial, {correction} over {len(rows.p)}"
    return tuple(
        Threshold(
            value=float(rows.values[i]),
            accepted=int(rows.accepted[i]),
            errors=int(rows.errors[i]),
            n=len(x),
            alpha=alpha,
            delta=delta,
            p=float(rows.p[i]),
            method=method,
            because=f"{int(rows.errors[i])} of {int(rows.accepted[i])} accepted were wrong: p {rows.p[i]:.2g}",
        )
        for i in np.flatnonzero(passed)
    )


def cheapest_thresholds(
    scores: ArrayLike,
    wrong: ArrayLike,
    *,
    groups: Sequence[Any] | ArrayLike | None = None,
    alpha: float | Mapping[Any, float],
    delta: float = 0.05,
    review_cost: float = 1.0,
    error_cost: float = 0.0,
    candidates: ArrayLike | None = None,
    correction: Correction = "ranks",
) -> dict[Hashable, Threshold]:
    """One threshold a group (class, queue, language), the cheapest of those certified for all groups together.

    `delta` is shared out over the groups, so that with confidence 1 - delta every group's accepted labels, and
    therefore all of them together, keep their `alpha` (one for all, or one a group). Cost per item: `review_cost`
    for what is not accepted plus `error_cost` for every accepted error, both in the owner's currency. A group where
    nothing is certified, or where accepting costs more than reviewing, is reviewed in full (value None).
    Without groups the one key is "all".
    """
    x, bad = _checked(scores, wrong)
    labels = np.zeros(len(x), np.int64) if groups is None else groups
    codes, names = arguments.codes("groups", labels)
    names = ["all"] if groups is None else names
    arguments.same_length(groups=codes, scores=x)
    review_cost = arguments.number("review_cost", review_cost, low=0)
    error_cost = arguments.number("error_cost", error_cost, low=0)
    delta = arguments.share("delta", delta)
    chosen: dict[Hashable, Threshold] = {}
    for code, name in enumerate(names):
        inside = codes == code
        limit = _alpha(alpha, name)
        certified = certify(
            x[inside], bad[inside], alpha=limit, delta=delta / len(names), candidates=candidates, correction=correction
        )
        chosen[name] = _cheapest(certified, int(inside.sum()), limit, delta / len(names), review_cost, error_cost)
    return chosen


def labels_needed(*, alpha: float, error: float, delta: float = 0.05, accepted: float = 1.0, power: float = 0.8) -> int:
    """How many calibration labels certify one threshold whose accepted labels are wrong `error` of the time.

    The smallest n whose accepted share `accepted` gives P(certified) >= power for a true error below alpha, exact.
    """
    alpha, error = arguments.share("alpha", alpha), arguments.number("error", error, low=0, high=1)
    delta, power = arguments.share("delta", delta), arguments.share("power", power)
    accepted = arguments.number("accepted", accepted, low=1e-6, high=1)
    if error >= alpha:
        raise Invalid("is not below alpha", field="error", expected=f"less than {alpha}", found=str(error))
    low, high = 0, 8
    while _power(high, alpha, error, delta) < power:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _power(middle, alpha, error, delta) < power else (low, middle)
    return int(np.ceil(high / accepted))


def _power(n: int, alpha: float, error: float, delta: float) -> float:
    k = np.arange(n + 1)
    allowed = np.flatnonzero(bdtr(k, n, alpha) <= delta)
    return float(bdtr(int(allowed[-1]), n, error)) if len(allowed) else 0.0


def _checked(scores: ArrayLike, wrong: ArrayLike) -> tuple[Floats, Flags]:
    x = arguments.numbers("scores", scores)
    bad = arguments.flags("wrong", wrong)
    arguments.same_length(wrong=bad, scores=x)
    return x, bad


def _candidates(
    x: Floats, bad: Flags, alpha: float, delta: float, candidates: ArrayLike | None, correction: str
) -> _Candidates:
    arguments.one_of("correction", correction, ("fixed-sequence", "bonferroni", "ranks"))
    if (candidates is None) != (correction == "ranks"):
        expected = "none with ranks, a fixed list otherwise"
        raise Invalid("does not fit the correction", field="candidates", expected=expected, found=correction)
    order = np.argsort(-x, kind="stable")
    high, errors = x[order], np.concatenate([[0], np.cumsum(bad[order])])
    if candidates is None:
        least = min(len(x) - 1, int(np.ceil(np.log(delta / RANKS) / np.log1p(-alpha))))
        ranks = (
            np.unique(np.geomspace(least, len(x) - 1, RANKS).astype(np.int64)) if least > 0 else np.zeros(0, np.int64)
        )
        accepted = np.searchsorted(-high, -high[ranks], side="left")
        values = np.nextafter(high[ranks], np.inf)
    else:
        values = np.unique(arguments.numbers("candidates", candidates, empty=False))[::-1]
        accepted = np.searchsorted(-high, -values, side="right")
    wrongs = errors[accepted]
    p = np.where(accepted > 0, bdtr(wrongs, np.maximum(accepted, 1), alpha), 1.0)
    return _Candidates(values=values, accepted=accepted, errors=wrongs, p=p)


def _alpha(alpha: float | Mapping[Any, float], name: Hashable) -> float:
    if isinstance(alpha, Mapping):
        if name not in alpha:
            raise Invalid("names no limit for a group", field="alpha", expected="one per group", found=repr(name))
        return arguments.share("alpha", alpha[name])
    return arguments.share("alpha", alpha)


def _cheapest(
    certified: tuple[Threshold, ...], n: int, alpha: float, delta: float, review_cost: float, error_cost: float
) -> Threshold:
    best: Threshold | None = None
    for threshold in certified:
        cost = (review_cost * (n - threshold.accepted) + error_cost * threshold.errors) / n
        if cost < (review_cost if best is None or best.cost is None else best.cost):
            because = f"{threshold.because}; cheapest certified, {cost:.4g} an item"
            best = replace(threshold, cost=cost, because=because)
    if best is not None:
        return best
    because = "no threshold is certified" if not certified else "reviewing everything is cheaper"
    return Threshold(
        value=None, accepted=0, errors=0, n=n, alpha=alpha, delta=delta, p=None, cost=review_cost,
        method="Learn-then-Test, exact binomial", because=f"{because} with {n} calibration items",
    )  # fmt: skip
