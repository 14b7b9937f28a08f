"""Agreement on spans position by position, and the F1 of every pair of annotators together."""

from typing import Any, Literal

import numpy as np

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.agreement import disagreement, resampling
from goldloop.stats.agreement.pairing import Ratings, scarcity
from goldloop.stats.agreement.resampling import METHODS, Method
from goldloop.stats.agreement.units import of_items
from goldloop.stats.arguments import Whole
from goldloop.stats.result import Estimate, undefined
from goldloop.stats.spans.columns import Spans, as_array, packed, spans
from goldloop.stats.spans.score import as_floats, ratio

Unit = Literal["token", "character"]


def position_alpha(
    annotator: Any,
    document: Any,
    start: Any,
    end: Any,
    type_: Any,
    *,
    judged: tuple[Any, Any],
    lengths: Any,
    unit: Unit = "token",
    interval: Method = "bootstrap",
    level: float = 0.95,
    repeats: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Krippendorff's nominal alpha over tokens or characters: each annotator calls each position a type or nothing.

    Spans are columns [start, end) in the same unit as `lengths`. judged: columns (annotator, document) of who judged
    what, with those who marked nothing; lengths: positions of the document in each row of `judged`. Where one annotator
    overlaps their own spans, the shorter span holds the position. The interval resamples documents, because positions
    of one document are anything but independent. Mostly agreement on "nothing there": read it beside span F1.
    Invalid: a span beyond its document or by someone who did not judge it.
    """
    arguments.one_of("interval", interval, METHODS)
    arguments.one_of("unit", unit, ("token", "character"))
    name = f"Krippendorff's alpha, nominal, per {unit}"
    size = arguments.counts("lengths", lengths)
    arguments.same_length(lengths=size, annotators=judged[0], documents=judged[1])
    marked = spans(annotator, document, start, end, type_)
    people, pages, where = _placed(marked, judged)
    if not len(size):
        return undefined("no ratings", method=name)
    if len(np.unique(people)) < 2:
        return undefined("one annotator", n=int(size.sum()), eligible=int(size.sum()), method=name)
    ratings = _positions(marked, pages, where, size)
    if not len(ratings.item):
        return undefined("no document has two annotators", eligible=int(size.sum()), method=name)
    if len(np.unique(ratings.value)) == 1:
        return undefined("only one answer was used", n=len(ratings.item), eligible=int(size.sum()), method=name)
    form = disagreement.nominal(ratings.counts, ratings.cluster)
    caution = scarcity(ratings)
    limits, details = resampling.interval(
        form.units, form.alpha, method="none" if caution else interval, level=level, repeats=repeats, seed=seed
    )
    return Estimate(
        value=float(form.alpha(form.units.total)),
        n=len(ratings.item),
        eligible=int(size.sum()),
        method=name,
        interval=limits,
        caution=caution,
        details=details,
    )


def _positions(marked: Spans, pages: Whole, where: Whole, size: Whole) -> Ratings:
    """What every annotator calls every position of the documents that two judged."""
    offset = np.concatenate([[0], np.cumsum(size)])
    if (marked.end > size[where]).any():
        raise Invalid("a span ends beyond its document", field="end", expected="<= length", found="more")
    length = np.zeros(int(pages.max()) + 1, np.int64)
    length[pages] = size
    if (length[pages] != size).any():
        raise Invalid("a document has two lengths", field="lengths", expected="one", found="two")
    values = np.zeros(int(offset[-1]), np.int32)
    # long spans first, so that a shorter one inside holds its positions
    for row in np.argsort(marked.start - marked.end, kind="stable"):
        base = offset[where[row]]
        values[base + marked.start[row] : base + marked.end[row]] = marked.type[row] + 1
    first = np.concatenate([[0], np.cumsum(length)])
    item = np.arange(len(values)) + np.repeat(first[pages] - offset[:-1], size)
    times = np.bincount(pages, minlength=len(length))
    page_of = np.repeat(np.arange(len(length)), length)
    return _compacted(item, values, page_of, times, [None, *marked.types.names])


def _compacted(item: Whole, values: Any, page_of: Whole, times: Whole, names: list[Any]) -> Ratings:
    """Positions of documents that two annotators judged."""
    keep = times[page_of[item]] > 1
    used = times[page_of] > 1
    place = np.cumsum(used) - 1
    _, cluster = np.unique(page_of[used], return_inverse=True)
    return Ratings(place[item[keep]], values[keep].astype(np.int64), int(used.sum()), names, cluster)


def pairwise_f1(
    annotator: Any,
    document: Any,
    start: Any,
    end: Any,
    type_: Any,
    *,
    judged: tuple[Any, Any],
    interval: Method = "bootstrap",
    level: float = 0.95,
    repeats: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Exact span F1 summed over all pairs of annotators of each document (micro): 2 * common / (spans of both).

    judged: columns (annotator, document) of who judged what, with those who marked nothing. The interval resamples
    documents. n: spans in documents that two annotators judged; eligible: all spans.
    """
    arguments.one_of("interval", interval, METHODS)
    name = "span F1, exact, micro over pairs of annotators"
    marked = spans(annotator, document, start, end, type_)
    _, pages, where = _placed(marked, judged)
    times = np.bincount(pages)
    page = pages[where]
    key = packed(page, marked.start, marked.end, marked.type)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    same = np.bincount(inverse)
    common = np.bincount(page[first], same * (same - 1) // 2, minlength=len(times)).astype(np.int64)
    total = np.bincount(page, minlength=len(times)) * (times - 1)
    n = int((times[page] > 1).sum())
    if not total.sum():
        return undefined("no spans in documents with two annotators", eligible=len(marked), method=name)
    units = of_items(np.column_stack([common, total]), as_floats, None)
    limits, details = resampling.interval(units, ratio, method=interval, level=level, repeats=repeats, seed=seed)
    return Estimate(
        value=float(ratio(units.total)),
        n=n,
        eligible=len(marked),
        method=name,
        interval=limits,
        caution=None if limits or interval == "none" else "too few documents for an interval",
        details=details,
    )


def _placed(marked: Spans, judged: tuple[Any, Any]) -> tuple[Whole, Whole, Whole]:
    """Codes of who and which document in each row of `judged`, and that row for each span."""
    people = list(as_array("judged", judged[0]).tolist())
    pages = list(as_array("judged", judged[1]).tolist())
    arguments.same_length(annotators=people, documents=pages)
    rows = {pair: k for k, pair in enumerate(zip(people, pages, strict=True))}
    if len(rows) != len(people):
        raise Invalid("an annotator judged a document twice", field="judged", expected="distinct rows", found="repeats")
    who = np.asarray(marked.sources.names, dtype=object)[marked.source]
    page = np.asarray(marked.documents.names, dtype=object)[marked.document]
    missing = [pair for pair in zip(who.tolist(), page.tolist(), strict=True) if pair not in rows]
    if missing:
        raise Invalid("lacks the row of a span", field="judged", expected=repr(missing[0]), found="no such row")
    where = [rows[pair] for pair in zip(who.tolist(), page.tolist(), strict=True)]
    return _numbered(people), _numbered(pages), np.array(where, dtype=np.int64)


def _numbered(names: list[Any]) -> Whole:
    code = {name: k for k, name in enumerate(dict.fromkeys(names))}
    return np.array([code[name] for name in names], dtype=np.int64)
