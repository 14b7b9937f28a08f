"""The long table every agreement and truth measure takes: item, annotator, value, one row a rating."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Whole, same_length

SPREAD = 4  # integer codes are used as they come while they span at most this many times the rows


@dataclass(frozen=True, slots=True)
class Column:
    """Integer codes and what they stand for: `names[code]`; names may include some that no row uses."""

    codes: NDArray[np.integer[Any]]
    names: Sequence[Any] | NDArray[Any]

    @property
    def size(self) -> int:
        return len(self.names)


@dataclass(frozen=True, slots=True)
class Table:
    """Coded ratings. `given` counts the rows handed in; those without a value (None, NaN) are left out of the codes.

    `kept` says which rows were kept; None: all.
    """

    item: Column
    annotator: Column
    value: Column
    given: int
    kept: NDArray[np.bool_] | None = None

    @property
    def rows(self) -> int:
        return len(self.value.codes)


def table(item: Any, annotator: Any, value: Any, *, convert: Callable[[Any], Any] | None = None) -> Table:
    """Code a long table of equal-length columns of integers, strings, or (values only) any hashable answers.

    A value of None or NaN is a missing rating. NaN or None as an item or annotator, strings mixed with numbers, and
    unequal lengths are Invalid. `convert` makes a value comparable first (a list of tags into a frozenset).
    """
    answers = _answers(value, convert)
    items, annotators = _array("item", item), _array("annotator", annotator)
    same_length(item=items, annotator=annotators, value=answers)
    given = len(answers)
    kept = _kept(answers)
    if kept is not None:
        items, annotators, answers = items[kept], annotators[kept], answers[kept]
    return Table(column("item", items), column("annotator", annotators), column("value", answers), given, kept)


def column(field: str, array: NDArray[Any]) -> Column:
    """Codes for one column; small non-negative integers are their own codes, so ten million rows need no sort."""
    kind = array.dtype.kind
    if kind == "b":
        return Column(array.astype(np.int8), np.array([False, True]))
    if kind in "iu" and array.size:
        low, high = int(array.min()), int(array.max())
        if low >= 0 and high < SPREAD * len(array) + 1024:
            return Column(array, np.arange(high + 1))
    if kind == "O":
        return _objects(field, array)
    if kind == "f" and np.isnan(array).any():
        raise Invalid("holds NaN", field=field, expected="a name for every row", found="NaN")
    names, codes = np.unique(array, return_inverse=True)
    return Column(codes, names)


def _objects(field: str, array: NDArray[Any]) -> Column:
    index: dict[Any, int] = {}
    try:
        codes = np.fromiter((index.setdefault(entry, len(index)) for entry in array), np.int64, len(array))
    except TypeError as error:
        raise Invalid("holds a value that cannot be hashed", field=field, expected="hashable", found="other") from error
    names = list(index)
    if any(arguments.missing(name) for name in names):
        raise Invalid("holds None or NaN", field=field, expected="a name for every row", found="None or NaN")
    kinds = {_kind(kind) for kind in set(map(type, array))}
    if len(kinds) > 1:
        raise Invalid("mixes types", field=field, expected="one type", found=", ".join(sorted(kinds)))
    try:
        order = sorted(range(len(names)), key=names.__getitem__)
    except TypeError:
        return Column(codes, names)
    rank = np.empty(len(names), np.int64)
    rank[order] = np.arange(len(names))
    return Column(rank[codes], [names[k] for k in order])


def _kind(kind: type) -> str:
    """What names are, as far as they may be mixed with others: True is not 1, but 1 and 1.5 are both numbers."""
    if issubclass(kind, (bool, np.bool_)):
        return "bool"
    return "number" if issubclass(kind, (int, float, np.number)) else "str" if issubclass(kind, str) else kind.__name__


def _array(field: str, values: Any) -> NDArray[Any]:
    if isinstance(values, np.ma.MaskedArray):
        there = values.data.astype(object)
        there[np.ma.getmaskarray(values)] = None
        values = there
    if not isinstance(values, np.ndarray):
        values = arguments.rows(field, values)
        values = np.fromiter(values, object, len(values))
        kinds = {type(entry) for entry in values}
        if kinds == {bool}:
            values = values.astype(np.bool_)
        elif kinds and all(issubclass(kind, (int, np.integer)) and kind is not bool for kind in kinds):
            values = _whole(values)
    if values.ndim != 1:
        raise Invalid("has the wrong shape", field=field, expected="1 dimension", found=str(values.shape))
    if values.dtype.kind not in "biufUSO":
        raise Invalid("has an unknown type", field=field, expected="numbers, strings", found=str(values.dtype))
    return np.asarray(values)


def _whole(values: NDArray[Any]) -> NDArray[Any]:
    """Integers in 64 bits; larger ones stay as they are, since they are only names."""
    try:
        return values.astype(np.int64)
    except OverflowError:
        return values


def _answers(values: Any, convert: Callable[[Any], Any] | None) -> NDArray[Any]:
    if convert is None:
        return _array("value", values)
    converted = [None if arguments.missing(entry) else convert(entry) for entry in arguments.rows("value", values)]
    return np.fromiter(converted, object, len(converted))


def _kept(answers: NDArray[Any]) -> NDArray[np.bool_] | None:
    kept = np.ones(len(answers), np.bool_)
    if answers.dtype.kind == "f":
        kept = ~np.isnan(answers)
    elif answers.dtype.kind == "O":
        there = (not arguments.missing(entry) for entry in answers)
        kept = np.fromiter(there, np.bool_, len(answers))
    return None if kept.all() else kept


def distinct(data: Table) -> tuple[Whole, Whole, Whole]:
    """Item, annotator and value codes with exact repeats left out, ordered by item; contradictions stay."""
    item, annotator, value = (part.codes.astype(np.int64) for part in (data.item, data.annotator, data.value))
    people, labels = data.annotator.size, data.value.size
    if data.item.size * people * labels < 2**62:
        key, _ = runs((item * people + annotator) * labels + value)
        rest, value = np.divmod(key, labels)
        item, annotator = np.divmod(rest, people)
        return item, annotator, value
    rows = np.unique(np.stack([item, annotator, value], axis=1), axis=0)
    return rows[:, 0], rows[:, 1], rows[:, 2]


def runs(keys: Whole) -> tuple[Whole, Whole]:
    """Distinct keys in order and how often each occurs; by sorting, many times faster than `np.unique`'s hashing."""
    keys = np.sort(keys)
    start = np.flatnonzero(np.diff(keys, prepend=keys[:1] - 1))
    return keys[start], np.diff(start, append=len(keys))
