"""Span F1 of two annotators, or of a system against gold: exact or by overlap, micro and by type."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from goldloop.stats import arguments
from goldloop.stats.agreement import resampling
from goldloop.stats.agreement.resampling import METHODS, Method
from goldloop.stats.agreement.units import of_items
from goldloop.stats.arguments import Floats, Whole
from goldloop.stats.estimate.proportion import proportion
from goldloop.stats.result import Estimate, undefined
from goldloop.stats.spans.columns import Columns, Spans, joined, packed
from goldloop.stats.spans.match import overlapping

Match = Literal["exact", "overlap"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Micro F1, precision (of `second`) and recall (of `first`), F1 by type, and the counts behind them."""

    f1: Estimate
    precision: Estimate
    recall: Estimate
    by_type: Mapping[Any, Estimate]
    matched: int
    first: int
    second: int


def score(
    first: Columns,
    second: Columns,
    *,
    match: Match = "exact",
    documents: int | None = None,
    interval: Method = "bootstrap",
    level: float = 0.95,
    repeats: int = 1000,
    seed: int = 0,
) -> Score:
    """F1 = 2 matched / (spans of first + spans of second); symmetric, so also an agreement between two annotators.

    `first` (gold) and `second` (predicted) are columns (document, start, end, type), [start, end).
    match: "exact": same document, start, end and type, as conlleval counts; "overlap": same type and at least one
    common position, each span used once, as many as can be matched from left to right.
    F1's interval resamples documents (`documents`: how many were judged, with those without any span). Precision and
    recall carry Wilson intervals that take spans as independent. Undefined, with reason, without spans.
    """
    arguments.one_of("match", match, ("exact", "overlap"))
    arguments.one_of("interval", interval, METHODS)
    level, repeats = arguments.share("level", level), arguments.whole("repeats", repeats, low=2)
    both = joined(first, second)
    mine, theirs = both.source == 0, both.source == 1
    hit = _exact(both) if match == "exact" else overlapping(both, same_type=True)
    seen = both.documents.size
    total = max(seen, arguments.whole("documents", documents, low=0)) if documents is not None else seen
    options = {"interval": interval, "level": level, "repeats": repeats, "seed": seed}
    by_type = {}
    for code, name in enumerate(both.types.names):
        rows = both.type == code
        if rows.any():
            by_type[name] = _f1(both, hit, rows, total, name=f"span F1, {match}, {name}", options=options)
    everything = np.ones(len(both), np.bool_)
    matched = int(hit[mine].sum())
    return Score(
        f1=_f1(both, hit, everything, total, name=f"span F1, {match}, micro", options=options),
        precision=proportion(matched, int(theirs.sum()), level=level),
        recall=proportion(matched, int(mine.sum()), level=level),
        by_type=by_type,
        matched=matched,
        first=int(mine.sum()),
        second=int(theirs.sum()),
    )


def _exact(both: Spans) -> Any:
    """Spans of either source that the other source has too."""
    key = packed(both.document, both.start, both.end, both.type)
    _, inverse, times = np.unique(key, return_inverse=True, return_counts=True)
    return times[inverse] > 1


def _f1(both: Spans, hit: Any, rows: Any, documents: int, *, name: str, options: Mapping[str, Any]) -> Estimate:
    """F1 over the chosen rows; features per document: matched pairs, spans."""
    n = int(rows.sum())
    if not n:
        return undefined("no spans", eligible=documents, method=name)
    matched = np.bincount(both.document[rows & hit & (both.source == 0)], minlength=both.documents.size)
    spans_here = np.bincount(both.document[rows], minlength=both.documents.size)
    counts = np.zeros((documents, 2), np.int64)
    counts[: both.documents.size] = np.column_stack([matched, spans_here])
    units = of_items(counts, as_floats, None)
    caution = None
    used = int((spans_here > 0).sum())
    if used < 10:
        caution = f"{used} documents hold spans: an interval needs 10"
    elif int((spans_here > 2 * matched).sum()) < 5:
        caution = "fewer than 5 documents with disagreement: an interval needs 5"
    limits, details = resampling.interval(
        units,
        ratio,
        method="none" if caution else options["interval"],
        level=options["level"],
        repeats=options["repeats"],
        seed=options["seed"],
    )
    return Estimate(
        value=float(ratio(units.total)),
        n=n,
        eligible=n,
        method=name,
        interval=limits,
        caution=caution,
        details=details | {"matched": float(matched.sum()), "documents": float(documents)},
    )


def ratio(sums: Floats) -> Floats:
    """F1 from summed (matched pairs, spans)."""
    return np.where(sums[..., 1] > 0, 2 * sums[..., 0] / np.maximum(sums[..., 1], 1e-300), np.nan)


def as_floats(counts: Whole) -> Floats:
    """Counts are their own features."""
    return counts.astype(np.float64)
