"""Whether a dataset holds what it should: shares of slices against a target, with intervals that hold together. Pure.

A target is a share that the programme file declares, or a count of production, which is a sample itself. Too little is
a finding where the whole interval of the gap lies below the line; intervals are widened so that all of them hold
together at the level (Bonferroni).
"""

from collections.abc import Mapping
from typing import NamedTuple

from goldloop import statistics
from goldloop.core.nouns import Noun

LEVEL = 0.95
DECLARED = "share of the dataset less the declared share; Clopper-Pearson, Bonferroni over all {m} slices"
PRODUCTION = "share of the dataset less that of production; Newcombe, Bonferroni over all {m} slices"


class Target(NamedTuple):
    """What a slice should hold: a share, or how many of how many items of production."""

    slice: str
    value: str
    share: float
    seen: int | None = None
    of: int | None = None


class Gap(Noun):
    """One slice of a dataset beside its target. `gap` is in points of share; `healthy` None where nothing is known."""

    slice: str
    value: str
    share: float | None
    target: float
    gap: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    eligible: int
    count: int
    healthy: bool | None
    method: str
    because: str


def declared(slices: Mapping[str, Mapping[str, float]]) -> list[Target]:
    """The targets of a programme file."""
    return [Target(name, value, share) for name, values in slices.items() for value, share in values.items()]


def counted(slices: Mapping[str, Mapping[str, int]]) -> list[Target]:
    """The targets that counts of production are."""
    out = []
    for name, values in slices.items():
        total = sum(values.values())
        out += [Target(name, value, count / total, count, total) for value, count in values.items() if total]
    return out


def gaps(
    held: Mapping[str, Mapping[str, int]], items: int, targets: list[Target], *, line: float, least: int
) -> list[Gap]:
    """Every target beside what the dataset holds; the largest lack first."""
    level = 1 - (1 - LEVEL) / max(1, len(targets))
    found = [
        _gap(held.get(one.slice, {}), items, one, line=line, least=least, level=level, m=len(targets))
        for one in targets
    ]
    return sorted(found, key=lambda one: (one.gap is None, one.gap or 0.0, one.slice, one.value))


def _gap(values: Mapping[str, int], items: int, one: Target, *, line: float, least: int, level: float, m: int) -> Gap:
    n, count = sum(values.values()), values.get(one.value, 0)
    known = {"slice": one.slice, "value": one.value, "target": one.share, "level": LEVEL, "n": n, "eligible": items}
    method = (DECLARED if one.of is None else PRODUCTION).format(m=m)
    exact = "clopper-pearson" if one.of is None else "wilson"
    mine = statistics.estimate.proportion(count, n, method=exact, level=level, eligible=items)  # type: ignore[arg-type]
    if mine.value is None or mine.interval is None:
        because = f"no item of this dataset says its {one.slice}"
        return Gap(
            **known, share=None, gap=None, low=None, high=None, count=0, healthy=None, method=method, because=because
        )
    low, high = mine.interval.low - one.share, mine.interval.high - one.share
    if one.of is not None and one.seen is not None:
        theirs = statistics.estimate.proportion(one.seen, one.of, method="wilson", level=level)
        apart = statistics.estimate.difference(mine, theirs, method=method)
        assert apart.interval is not None
        low, high = apart.interval.low, apart.interval.high
    gap = mine.value - one.share
    unhealthy = high < -line
    healthy = False if unhealthy else True if gap >= -line and n >= least else None
    because = (
        f"{mine.value:.1%} ({count:,} of {n:,} that say it, of {items:,}) against {one.share:.1%}; "
        f"{gap:+.1%}, {LEVEL:.0%} interval {low:+.1%} to {high:+.1%}, line -{line:.1%}"
    )
    return Gap(
        **known, share=mine.value, gap=gap, low=low, high=high, count=count, healthy=healthy, method=method,
        because=because,
    )  # fmt: skip
