"""Ratings in the form the truth models work on: distinct, ordered by item, codes without gaps."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.agreement.table import Column, Table, distinct, table
from goldloop.stats.arguments import Floats, Whole

Names = NDArray[Any]
MOST = 50_000_000  # cells of one table in memory


@dataclass(frozen=True, slots=True)
class Labels:
    """One row a distinct (item, annotator, answer). `given` counts the rows handed in."""

    item: Whole
    annotator: Whole
    value: Whole
    items: Names
    annotators: Names
    classes: Names
    given: int

    @property
    def rows(self) -> int:
        return len(self.item)

    @property
    def votes(self) -> Floats:
        """Votes for each class, (items, classes)."""
        size = len(self.classes)
        key = self.item * size + self.value
        return np.bincount(key, minlength=len(self.items) * size).reshape(-1, size).astype(np.float64)

    @property
    def vote_shares(self) -> Floats:
        """The share of an item's votes that each class has, (items, classes)."""
        votes = self.votes
        shares: Floats = votes / votes.sum(axis=1, keepdims=True)
        return shares

    @property
    def answered(self) -> Floats:
        """How many distinct answers each annotator gave."""
        return np.bincount(self.annotator, minlength=len(self.annotators)).astype(np.float64)


def labels(item: Any, annotator: Any, value: Any, *, classes: Any = None) -> Labels:
    """Code a long table for inference.

    An exact repeat (same item, annotator, answer) counts once. An annotator who contradicts themselves on an item has
    voted for both answers. Rows with None or NaN as a value are missing. `classes` names the whole set of answers, in
    order; default: those used, sorted where they sort.
    """
    data = table(item, annotator, value)
    if data.rows and data.item.size * data.value.size > MOST:
        _few(data)
    coded = distinct(data)
    items, item_names = _compact(coded[0], data.item)
    people, people_names = _compact(coded[1], data.annotator)
    values, value_names = _compact(coded[2], data.value)
    if classes is not None:
        values, value_names = _on(arguments.rows("classes", classes), values, value_names)
    return Labels(items, people, values, item_names, people_names, value_names, data.given)


def _few(data: Table) -> None:
    """Refuse more classes than a table of posteriors can hold; codes that no row uses do not count."""
    items, values = (len(np.unique(part.codes)) for part in (data.item, data.value))
    if items * values > MOST:
        limit = f"at most {MOST // items} classes for {items} items"
        raise Invalid("has too many classes", field="value", expected=limit, found=str(values))


def confusable(data: Labels) -> None:
    """Refuse more classes than a confusion matrix of every annotator can hold."""
    size, people = len(data.classes), len(data.annotators)
    if size * size * people > MOST:
        limit = f"at most {int((MOST / people) ** 0.5)} classes for {people} annotators (or one_coin, mace, majority)"
        raise Invalid("has too many classes", field="value", expected=limit, found=str(size))


def _compact(codes: Whole, column: Column) -> tuple[Whole, Names]:
    used = np.bincount(codes, minlength=column.size) > 0
    names = column.names if isinstance(column.names, np.ndarray) else _objects(column.names)
    if used.all():
        return codes, names
    return (np.cumsum(used) - 1)[codes], names[used]


def _objects(names: Any) -> Names:
    return np.fromiter(names, object, len(names))


def _on(classes: list[Any], values: Whole, names: Names) -> tuple[Whole, Names]:
    try:
        place = {name: k for k, name in enumerate(classes)}
    except TypeError as error:
        raise Invalid("holds something that is no class", field="classes", expected="names", found="other") from error
    if len(place) != len(classes) or not classes:
        raise Invalid("repeats a class or is empty", field="classes", expected="distinct", found=repr(classes))
    unknown = [name for name in names.tolist() if name not in place]
    if unknown:
        raise Invalid("is not one of the classes", field="value", expected=repr(classes), found=repr(unknown[0]))
    return np.array([place[name] for name in names.tolist()], dtype=np.int64)[values], _objects(classes)
