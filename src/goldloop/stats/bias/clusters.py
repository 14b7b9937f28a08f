"""Systematic errors: the confusions, and the slices of the data, where errors pile up beyond chance."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Flags, Whole
from goldloop.stats.bias.exact import binomial_at_least, hypergeometric_at_least
from goldloop.stats.estimate.proportion import proportion
from goldloop.stats.paired.multiplicity import adjust
from goldloop.stats.result import Estimate

EVERYWHERE = "everywhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One confusion (suggested -> true), everywhere or in one slice, and how far beyond chance it is.

    `errors` of `exposed` items against `expected`; `rate` with its Clopper-Pearson interval. `adjusted` is the
    p-value after correction over every confusion and slice that could have been found; `found` says it is one.
    """

    dimension: str
    slice: Hashable
    suggested: Hashable
    true: Hashable
    errors: int
    exposed: int
    expected: float
    rate: Estimate
    p: float
    adjusted: float
    found: bool


def error_clusters(
    suggested: Any,
    true: Any,
    *,
    slices: Mapping[str, Any] | None = None,
    correction: Literal["bh", "by"] = "by",
    level: float = 0.95,
    least: int = 2,
) -> tuple[Cluster, ...]:
    """Where labels are wrong systematically: clusters of errors, the most certain first.

    `suggested` and `true` labels of judged items, shape (n,); `slices` names further columns (model version, queue,
    language, accepted ...). A confusion everywhere is tested against errors that fall evenly in every direction:
    binomial with rate errors / (n (labels - 1)) for the items suggested so - or, where only errors were handed in,
    against equal shares of the labels (labels - 1) confusions. A confusion in a slice is tested against the same
    confusion outside it (Fisher's exact test). All tests are one family under Benjamini-Yekutieli (default; holds
    under any dependence, and slices overlap) or Benjamini-Hochberg. Confusions seen fewer than `least` times are
    tested but not listed. Items must be judged at random within a slice; judging only what looks wrong finds the
    search, not the model.
    """
    before, after = arguments.rows("suggested", suggested), arguments.rows("true", true)
    n = arguments.same_length(true=after, suggested=before)
    rows, labels = arguments.codes("suggested", [*before, *after])
    level = arguments.share("level", level)
    least = arguments.whole("least", least, low=1)
    if correction not in ("bh", "by"):
        raise Invalid("is not a known choice", field="correction", expected="bh | by", found=repr(correction))
    named = {} if slices is None else arguments.mapping("slices", slices)
    columns = {name: _column(name, values, n) for name, values in named.items()}
    given, truth = rows[:n], rows[n:]
    if len(labels) < 2 or not (given != truth).any():
        return ()
    table = _Table(given=given, truth=truth, labels=labels, errors_only=bool((given != truth).all()))
    found = [
        *table.everywhere(),
        *(c for name, (codes, names) in columns.items() for c in table.within(name, codes, names)),
    ]
    directions = len(labels) * (len(labels) - 1)
    tests = directions * (1 + sum(len(names) for _, names in columns.values()))
    adjusted = adjust([c.p for c in found], method=correction, tests=max(tests, len(found)))
    clusters = [
        replace(c, adjusted=float(q), found=bool(q <= 1 - level), rate=_rate(c, level))
        for c, q in zip(found, adjusted, strict=True)
        if c.errors >= least
    ]
    return tuple(sorted(clusters, key=lambda c: (c.adjusted, c.expected - c.errors)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    given: Whole
    truth: Whole
    labels: list[Hashable]
    errors_only: bool

    def cells(self, inside: Flags | None = None) -> dict[tuple[int, int], int]:
        wrong = self.given != self.truth if inside is None else (self.given != self.truth) & inside
        pairs, counts = np.unique(np.column_stack([self.given[wrong], self.truth[wrong]]), axis=0, return_counts=True)
        return {(int(a), int(b)): int(k) for (a, b), k in zip(pairs, counts, strict=True)}

    def exposure(self, inside: Flags | None = None) -> Whole:
        """How many items could have shown a confusion of each suggested label."""
        given = self.given if inside is None else self.given[inside]
        if self.errors_only:
            return np.full(len(self.labels), len(given), dtype=np.int64)
        return np.bincount(given, minlength=len(self.labels)).astype(np.int64)

    def everywhere(self) -> list[Cluster]:
        k, n = len(self.labels), len(self.given)
        wrong = int((self.given != self.truth).sum())
        even = 1 / (k * (k - 1)) if self.errors_only else min(1.0, wrong / (n * (k - 1)))
        exposed = self.exposure()
        return [
            self.cluster(EVERYWHERE, EVERYWHERE, a, b, errors, int(exposed[a]), exposed[a] * even,
                         binomial_at_least(errors, int(exposed[a]), even))
            for (a, b), errors in self.cells().items()
        ]  # fmt: skip

    def within(self, dimension: str, codes: Whole, names: list[Hashable]) -> list[Cluster]:
        everywhere, all_exposed = self.cells(), self.exposure()
        clusters = []
        for code, name in enumerate(names):
            inside = codes == code
            exposed = self.exposure(inside)
            for (a, b), errors in self.cells(inside).items():
                total, drawn, population = everywhere[a, b], int(exposed[a]), int(all_exposed[a])
                if drawn == population:
                    continue
                p = hypergeometric_at_least(errors, drawn, total, population)
                outside = (total - errors) / (population - drawn)
                clusters.append(self.cluster(dimension, name, a, b, errors, drawn, drawn * outside, p))
        return clusters

    def cluster(
        self, dimension: str, slice_: Hashable, a: int, b: int, errors: int, exposed: int, expected: float, p: float
    ) -> Cluster:
        return Cluster(
            dimension=dimension, slice=slice_, suggested=self.labels[a], true=self.labels[b], errors=errors,
            exposed=exposed, expected=float(expected), rate=proportion(errors, exposed), p=p, adjusted=1.0, found=False,
        )  # fmt: skip


def _column(name: str, values: Any, n: int) -> tuple[Whole, list[Hashable]]:
    codes, names = arguments.codes(f"slices[{name}]", values)
    if len(codes) != n:
        raise Invalid("differs in length", field=f"slices[{name}]", expected=str(n), found=str(len(codes)))
    return codes, names


def _rate(cluster: Cluster, level: float) -> Estimate:
    return proportion(cluster.errors, cluster.exposed, method="clopper-pearson", level=level)
