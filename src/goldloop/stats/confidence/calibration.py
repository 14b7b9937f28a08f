"""Does a stated confidence of 0.9 mean right nine times in ten? Error, curve and score of calibration."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from goldloop.stats import arguments
from goldloop.stats.arguments import Flags, Floats, Whole
from goldloop.stats.estimate.proportion import limits
from goldloop.stats.result import Estimate, Interval, undefined

Binning = Literal["equal-mass", "equal-width"]
STRETCHES = 41


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """One group of items with similar confidence: what was promised and what was kept, with its interval."""

    confidence: float
    accuracy: float
    n: int
    interval: Interval


def reliability_curve(
    confidence: ArrayLike, correct: ArrayLike, *, bins: int = 15, binning: Binning = "equal-mass", level: float = 0.95
) -> tuple[Bin, ...]:
    """Stated confidence against measured accuracy, per group of items, each with a Wilson interval.

    equal-mass: groups of the same size (ties stay together); equal-width: [0, 1/bins) ... Empty groups are left out;
    no items, no groups. `confidence` 0-1 and `correct` yes or no are both of shape (n,).
    """
    stated, right = _checked(confidence, correct)
    level = arguments.share("level", level)
    group = _groups(stated, arguments.whole("bins", bins, low=1), binning)
    rows = []
    for g in range(int(group.max()) + 1 if len(group) else 0):
        inside = group == g
        n, hits = int(inside.sum()), float(right[inside].sum())
        low, high = limits(hits, n, method="wilson", level=level)
        interval = Interval(low=low, high=high, level=level, method="wilson")
        rows.append(Bin(confidence=float(stated[inside].mean()), accuracy=hits / n, n=n, interval=interval))
    return tuple(rows)


def calibration_error(
    confidence: ArrayLike,
    correct: ArrayLike,
    *,
    bins: int = 15,
    binning: Binning = "equal-mass",
    level: float = 0.95,
    resamples: int = 400,
    seed: int = 0,
) -> Estimate:
    """Expected calibration error: the mean distance between stated confidence and accuracy over groups of items.

    ECE = sum_b n_b / n |accuracy_b - confidence_b| (Naeini, Cooper & Hauskrecht 2015; Guo et al. 2017). The plug-in
    is too large (chance differences count as error), so `value` is corrected: the error at which the plug-in found
    here is the median of what resampling gives. The interval inverts the same parametric test: the profile of
    differences (as found, and with its noise shrunk away) is shrunk or stretched until what was found lies in a tail;
    it reaches 0 where calibration is not refuted. Our construction; coverage by simulation. `details`: plug_in, and
    p_calibrated, the test of perfect calibration. Independent items assumed: clustered errors widen the truth.
    None with fewer than 2 items a group.
    """
    stated, right = _checked(confidence, correct)
    level = arguments.share("level", level)
    bins = arguments.whole("bins", bins, low=1)
    resamples = arguments.whole("resamples", resamples, low=20)
    n = len(stated)
    method = f"expected calibration error, {bins} {binning} groups, corrected for chance"
    if n < 2 * bins:
        return undefined(f"{n} items are fewer than 2 a group", n=n, eligible=n, method=method)
    group = _groups(stated, bins, binning)
    size = np.bincount(group).astype(float)
    promised, kept = np.bincount(group, stated) / size, np.bincount(group, right) / size
    found = float((size * np.abs(kept - promised)).sum() / n)
    noise = kept * (1 - kept) / size
    gap = kept - promised
    likely = gap * np.maximum(0.0, 1 - noise / np.maximum(gap**2, 1e-300))
    profiles = [_Profile(size, promised, shape) for shape in (gap, likely) if np.abs(shape).sum() > 0]
    seed = arguments.seed(seed)
    tests = [profile.invert(found, 1 - level, resamples, np.random.default_rng(seed)) for profile in profiles]
    if not tests:
        caution = "no group differs from what was stated: no interval"
        return Estimate(
            value=0.0, n=n, eligible=n, method=method, caution=caution, details={"plug_in": found, "p_calibrated": 1.0}
        )
    return Estimate(
        value=float(np.mean([test.middle for test in tests])),
        n=n,
        eligible=n,
        method=method,
        interval=Interval(
            low=min(test.low for test in tests),
            high=max(test.high for test in tests),
            level=level,
            method="inverted parametric resampling, two profiles",
        ),
        details={"plug_in": found, "p_calibrated": tests[0].calibrated},
    )


def brier(confidence: ArrayLike, correct: ArrayLike, *, bins: int = 15, level: float = 0.95) -> Estimate:
    """The Brier score: the mean squared distance between stated confidence and what happened (0 best).

    Brier (1950), two-class form, with a normal interval for the mean; `details` hold Murphy's (1973) parts over equal
    groups: reliability - resolution + uncertainty (their sum differs from the score by the spread within groups).
    None with fewer than 2 items.
    """
    stated, right = _checked(confidence, correct)
    level = arguments.share("level", level)
    n = len(stated)
    if n < 2:
        return undefined("fewer than 2 items", n=n, eligible=n, method="Brier score")
    loss = (stated - right) ** 2
    score, error = float(loss.mean()), float(loss.std(ddof=1) / np.sqrt(n))
    half = float(ndtri((1 + level) / 2)) * error
    interval = None
    if error > 0:
        low, high = max(0.0, score - half), min(1.0, score + half)
        interval = Interval(low=low, high=high, level=level, method="normal mean")
    group = _groups(stated, arguments.whole("bins", bins, low=1), "equal-mass")
    size = np.bincount(group).astype(float)
    promised, kept = np.bincount(group, stated) / size, np.bincount(group, right) / size
    base = float(right.mean())
    return Estimate(
        value=score,
        n=n,
        eligible=n,
        method="Brier score",
        interval=interval,
        caution=None if interval else "every item scores alike: no interval",
        details={
            "standard_error": error,
            "reliability": float((size * (promised - kept) ** 2).sum() / n),
            "resolution": float((size * (kept - base) ** 2).sum() / n),
            "uncertainty": base * (1 - base),
        },
    )


def _checked(confidence: ArrayLike, correct: ArrayLike) -> tuple[Floats, Flags]:
    stated = arguments.numbers("confidence", confidence, low=0, high=1)
    right = arguments.flags("correct", correct)
    arguments.same_length(confidence=stated, correct=right)
    return stated, right


def _groups(stated: Floats, bins: int, binning: str) -> Whole:
    """Group numbers 0..k-1 without gaps."""
    arguments.one_of("binning", binning, ("equal-mass", "equal-width"))
    if binning == "equal-width":
        raw = np.minimum((stated * bins).astype(np.int64), bins - 1)
    else:
        ordered = np.sort(stated)
        first = np.searchsorted(ordered, stated, side="left")
        raw = first * bins // max(1, len(stated))
    return np.unique(raw, return_inverse=True)[1].reshape(-1).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Inverted:
    low: float
    middle: float
    high: float
    calibrated: float


@dataclass(frozen=True, slots=True)
class _Profile:
    """A family of possible truths: one shape of differences between accuracy and confidence, shrunk or stretched."""

    size: Floats
    promised: Floats
    shape: Floats

    def rates(self, stretch: float) -> Floats:
        return np.asarray(np.clip(self.promised + stretch * self.shape, 0, 1), dtype=np.float64)

    def error(self, accuracy: Floats) -> Floats:
        return np.asarray((self.size * np.abs(accuracy - self.promised)).sum(-1) / self.size.sum(), dtype=np.float64)

    def invert(self, found: float, tail: float, resamples: int, random: np.random.Generator) -> _Inverted:
        """The errors at which the plug-in found is in the lower tail, the middle, the upper tail."""
        whole = self.size.astype(np.int64)
        reach = max(1.0, 3 * found / max(float(self.error(self.rates(1.0))), 1e-12))
        reached, below, above = [], [], []
        for stretch in np.linspace(0, reach, STRETCHES):
            drawn = self.error(random.binomial(whole, self.rates(stretch), size=(resamples, len(whole))) / self.size)
            reached.append(float(self.error(self.rates(stretch))))
            below.append(float((drawn <= found + 1e-12).mean()))
            above.append(float((drawn >= found - 1e-12).mean()))
        rising, falling = np.maximum.accumulate(above), np.minimum.accumulate(below)
        return _Inverted(
            low=float(np.interp(tail / 2, rising, reached, left=0.0)),
            middle=float(np.interp(-0.5, -falling, reached, left=0.0)),
            high=float(np.interp(-tail / 2, -falling, reached, left=0.0)),
            calibrated=above[0],
        )
