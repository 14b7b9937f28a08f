"""How much of the relevant text was retrieved, to the character: fair to chunks of any size."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Whole

Span = tuple[Hashable, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanScores:
    """Characters retrieved, relevant and both; recall, precision and overlap (IoU), None over nothing."""

    retrieved: int
    relevant: int
    both: int
    recall: float | None
    precision: float | None
    overlap: float | None


def span_scores(retrieved: Iterable[Span], relevant: Iterable[Span]) -> SpanScores:
    """Character-level recall, precision and intersection over union of spans (document, start, end), end exclusive.

    Overlapping spans count once on either side (Smith & Troynikov 2024 without their double counting). Bigger chunks
    always gain recall at a fixed number of chunks: compare at equal `retrieved`. Invalid for a span that ends before
    it starts.
    """
    got, want = _merged("retrieved", retrieved), _merged("relevant", relevant)
    both = sum(_common(spans, got[document]) for document, spans in want.items() if document in got)
    n, m = (sum(int((spans[:, 1] - spans[:, 0]).sum()) for spans in side.values()) for side in (got, want))
    union = n + m - both
    return SpanScores(
        retrieved=n,
        relevant=m,
        both=both,
        recall=both / m if m else None,
        precision=both / n if n else None,
        overlap=both / union if union else None,
    )


def _merged(field: str, spans: Iterable[Span]) -> dict[Hashable, Whole]:
    """Disjoint rising spans of every document."""
    table: dict[Hashable, list[tuple[int, int]]] = {}
    for row in arguments.rows(field, spans):
        if not isinstance(row, (tuple, list)) or len(row) != 3:
            raise Invalid("is no span", field=field, expected="(document, start, end)", found=repr(row)[:80])
        document, start, end = row[0], arguments.whole(field, row[1]), arguments.whole(field, row[2])
        if end < start:
            raise Invalid("is no span", field=field, expected="0 <= start <= end", found=f"[{start}, {end})")
        table.setdefault(document, []).append((start, end))
    merged: dict[Hashable, Whole] = {}
    for document, rows in table.items():
        joined: list[list[int]] = []
        for start, end in sorted(rows):
            if joined and start <= joined[-1][1]:
                joined[-1][1] = max(joined[-1][1], end)
            else:
                joined.append([start, end])
        merged[document] = np.array(joined, dtype=np.int64)
    return merged


def _common(one: Whole, two: Whole) -> int:
    low = np.maximum(one[:, None, 0], two[None, :, 0])
    high = np.minimum(one[:, None, 1], two[None, :, 1])
    return int(np.maximum(high - low, 0).sum())
