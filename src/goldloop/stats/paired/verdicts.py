"""Two versions judged on the same items, right or wrong: which is better, and is the new one not worse?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, ndtr, ndtri

from goldloop.stats import arguments
from goldloop.stats.result import Estimate, Interval, undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedVerdicts:
    """The four kinds of pairs, the difference in shares (second minus first) and the exact test that it is zero.

    `difference` has the Bonett-Price interval; `p` is McNemar's exact two-sided p-value, None without any pair.
    """

    both: int
    only_first: int
    only_second: int
    neither: int
    difference: Estimate
    p: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NonInferiority:
    """Whether the second version is shown to be at most `margin` worse; `p` tests "it is worse by margin or more"."""

    shown: bool
    margin: float
    p: float | None
    difference: Estimate
    because: str


def compare(first: ArrayLike, second: ArrayLike, *, level: float = 0.95) -> PairedVerdicts:
    """McNemar's exact test of two versions on the same independent items (McNemar 1947; exact: Liddell 1983).

    `first` and `second` are yes or no, item by item, shape (n,). For clustered items (several outputs a prompt) the
    exact p is too small: use `bootstrap_difference` with clusters.
    """
    one, two = arguments.flags("first", first), arguments.flags("second", second)
    arguments.same_length(second=two, first=one)
    counts = int((one & two).sum()), int((one & ~two).sum()), int((~one & two).sum()), int((~one & ~two).sum())
    return from_counts(*counts, level=level)


def from_counts(both: int, only_first: int, only_second: int, neither: int, *, level: float = 0.95) -> PairedVerdicts:
    """`compare` from the four counts of pairs."""
    a, b = arguments.whole("both", both), arguments.whole("only_first", only_first)
    c, d = arguments.whole("only_second", only_second), arguments.whole("neither", neither)
    level = arguments.share("level", level)
    n = a + b + c + d
    p = None if n == 0 else mcnemar(b, c)
    return PairedVerdicts(both=a, only_first=b, only_second=c, neither=d, difference=_difference(b, c, n, level), p=p)


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p-value that the two kinds of discordant pairs are equally likely: binomial, doubled tail."""
    b, c = arguments.whole("only_first", only_first), arguments.whole("only_second", only_second)
    if b + c == 0:
        return 1.0
    return min(1.0, 2 * float(bdtr(min(b, c), b + c, 0.5)))


def non_inferior(first: ArrayLike, second: ArrayLike, *, margin: float, level: float = 0.95) -> NonInferiority:
    """Is the second version's share of yes at most `margin` below the first's? Yes means good (right, safe).

    Tango's (1998) score test of difference = -margin for paired shares, one-sided at (1 - level) / 2, the convention
    of a two-sided interval. Not shown is not "worse". Independent items. Invalid for margin outside (0, 1).
    """
    margin, level = arguments.share("margin", margin), arguments.share("level", level)
    pairs = compare(first, second, level=level)
    n = pairs.both + pairs.only_first + pairs.only_second + pairs.neither
    if n == 0:
        return NonInferiority(shown=False, margin=margin, p=None, difference=pairs.difference, because="no pairs")
    z = _tango(pairs.only_first, pairs.only_second, n, margin)
    p = float(1 - ndtr(z))
    shown = p <= (1 - level) / 2
    verdict = "at most" if shown else "not shown to be at most"
    because = f"{verdict} {margin:g} worse on {n} pairs (Tango score test, p {p:.3g})"
    return NonInferiority(shown=shown, margin=margin, p=p, difference=pairs.difference, because=because)


def _difference(b: int, c: int, n: int, level: float) -> Estimate:
    """Bonett & Price (2012): one pair of each discordant kind added; good coverage down to n = 25."""
    method = "difference of paired shares, second minus first"
    if n == 0:
        return undefined("no pairs", method=method)
    first, second = (b + 1) / (n + 2), (c + 1) / (n + 2)
    error = float(np.sqrt((first + second - (second - first) ** 2) / (n + 2)))
    half = float(ndtri((1 + level) / 2)) * error
    low, high = max(-1.0, second - first - half), min(1.0, second - first + half)
    value = (c - b) / n
    return Estimate(
        value=value,
        n=n,
        eligible=n,
        method=method,
        interval=Interval(low=min(low, value), high=max(high, value), level=level, method="Bonett-Price"),
        details={"standard_error": error, "only_first": float(b), "only_second": float(c)},
    )


def _tango(b: int, c: int, n: int, margin: float) -> float:
    """The score statistic of H0: second - first = -margin, with the discordant share restricted to H0."""
    delta = -margin
    linear = -b - c + (2 * n - c + b) * delta
    constant = -b * delta * (1 - delta)
    share = (np.sqrt(max(0.0, linear**2 - 8 * n * constant)) - linear) / (4 * n)
    variance = n * (2 * share + delta * (1 - delta))
    return float((c - b - n * delta) / np.sqrt(max(variance, 1e-12)))
