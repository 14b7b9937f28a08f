"""Spans as columns: document, start, end, type; half-open [start, end), in tokens or characters."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.agreement.table import Column, column, runs
from goldloop.stats.arguments import Whole

Columns = tuple[Any, Any, Any, Any]  # document, start, end, type


@dataclass(frozen=True, slots=True)
class Spans:
    """Distinct spans of several sources over the same documents, with shared codes.

    `source` tells the annotators (or gold 0, predicted 1) apart. A span given twice by one source counts once.
    """

    source: Whole
    document: Whole
    start: Whole
    end: Whole
    type: Whole
    documents: Column
    types: Column
    sources: Column

    def __len__(self) -> int:
        return len(self.start)


def spans(source: Any, document: Any, start: Any, end: Any, type_: Any) -> Spans:
    """Check and code equal-length columns. Invalid: unequal lengths, fractions, start < 0, end <= start, NaN."""
    first, last = arguments.counts("start", start), arguments.counts("end", end)
    arguments.same_length(start=first, end=last, document=document, type=type_, source=source)
    if (last <= first).any():
        raise Invalid("a span must not be empty", field="end", expected="end > start", found="end <= start")
    coded = [column(name, as_array(name, values)) for name, values in _named(source, document, type_)]
    places = [part.codes.astype(np.int64) for part in coded]
    keep = _first_of_each(places[0], places[1], first, last, places[2])
    return Spans(
        places[0][keep], places[1][keep], first[keep], last[keep], places[2][keep], coded[1], coded[2], coded[0]
    )


def as_array(field: str, values: Any) -> Any:
    """A one-dimensional array; lists keep their own Python values."""
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in "biufUSO":
        return values
    values = arguments.rows(field, values)
    if not values or all(isinstance(value, (int, np.integer)) for value in values):
        return np.array(values, dtype=np.int64)
    if all(isinstance(value, str) for value in values):
        return np.array(values)
    return np.fromiter(values, object, len(values))


def joined(first: Columns, second: Columns) -> Spans:
    """Both sets of columns with shared codes; source 0 and 1."""
    sizes = [
        arguments.same_length(document=part[0], start=part[1], end=part[2], type=part[3]) for part in (first, second)
    ]
    names = ("document", "start", "end", "type")
    # an empty column has a type of its own, which would turn the other's integers into floats
    sides = [part for part, size in zip((first, second), sizes, strict=True) if size] or [first]
    columns = [_end_to_end(name, [as_array(name, part[k]) for part in sides]) for k, name in enumerate(names)]
    return spans(np.repeat([0, 1], sizes), *columns)


def _end_to_end(field: str, parts: list[Any]) -> Any:
    """Columns of both sides as one; 1 is not "1"."""
    if len({part.dtype.kind in "US" for part in parts}) > 1 and not any(part.dtype.kind == "O" for part in parts):
        raise Invalid("mixes types", field=field, expected="one type on both sides", found="numbers, strings")
    return np.concatenate(parts)


def packed(*columns: Whole) -> Whole:
    """One integer key a row, equal exactly where all columns are equal, ordered as the columns are."""
    key = np.zeros(len(columns[0]), np.int64)
    size = 1
    for part in columns:
        width = int(part.max(initial=0)) + 1
        if size * width >= 2**62:
            distinct, _ = runs(key)
            key, size = np.searchsorted(distinct, key), len(distinct)
        key = key * width + part
        size *= width
    return key


def _first_of_each(*columns: Whole) -> Whole:
    key = packed(*columns)
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    return order[np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))]


def _named(source: Any, document: Any, type_: Any) -> tuple[tuple[str, Any], ...]:
    return ("source", source), ("document", document), ("type", type_)
