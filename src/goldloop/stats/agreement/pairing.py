"""The ratings that can be compared: items with enough ratings, codes without gaps, one cluster an item."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.agreement.table import Table
from goldloop.stats.agreement.units import DENSE, counted
from goldloop.stats.arguments import Whole

DISAGREEING = 5
VARIED = 8


@dataclass(frozen=True, slots=True)
class Ratings:
    """Item codes 0..items-1 and value codes 0..values-1 of the kept rows; `names[code]` is the value's own name."""

    item: Whole
    value: Whole
    items: int
    names: Any
    cluster: Whole | None

    @property
    def values(self) -> int:
        return len(self.names)

    @property
    def dense(self) -> bool:
        """Whether the table of counts fits in memory."""
        return self.items * self.values <= DENSE

    @property
    def counts(self) -> Whole:
        return counted(self.item, self.value, items=self.items, values=self.values)


def alone(data: Table) -> str | None:
    """Why there is nothing to compare, if there is nothing."""
    if not data.rows:
        return "no ratings"
    people = data.annotator.codes
    return "one annotator" if (people == people[0]).all() else None


def ratings(data: Table, cluster: Any = None, *, minimum: int = 2) -> Ratings:
    """The rows of items with at least `minimum` ratings; `cluster` holds one code for every row handed in."""
    used = np.bincount(data.item.codes, minlength=data.item.size) >= minimum
    item, value = data.item.codes, data.value.codes
    of_row = None if cluster is None else _clusters(cluster, data)
    if not used.all():
        keep = used[item]
        item, value = (np.cumsum(used) - 1)[item[keep]], value[keep]
        of_row = None if of_row is None else of_row[keep]
    items = int(used.sum())
    present = np.flatnonzero(np.bincount(value, minlength=data.value.size))
    names: Any = data.value.names
    if len(present) < data.value.size:
        value = np.searchsorted(present, value)
        names = names[present] if isinstance(names, np.ndarray) else [names[int(k)] for k in present]
    # plain integer codes come in any width; formulas only index with them
    return Ratings(item, value, items, names, None if of_row is None else _of_items(of_row, item, items))  # type: ignore[arg-type]  # narrower integers are as good


def scarcity(kept: Ratings) -> str | None:
    """Why no interval can be trusted: too few items say anything about disagreement or about the rarer answers.

    In simulation intervals at 95 % cover 50-90 % of the time below these numbers, whatever their method.
    """
    first = np.zeros(kept.items, kept.value.dtype)
    first[kept.item] = kept.value
    split = _items_with(kept, kept.value != first[kept.item])
    if split < DISAGREEING:
        return f"{split} items with disagreement: an interval needs {DISAGREEING}"
    common = int(np.bincount(kept.value).argmax())
    varied = _items_with(kept, kept.value != common)
    if varied < VARIED:
        return f"{varied} items hold any answer but the commonest: an interval needs {VARIED}"
    return None


def _items_with(kept: Ratings, rows: NDArray[np.bool_]) -> int:
    found = np.zeros(kept.items, np.bool_)
    found[kept.item[rows]] = True
    return int(found.sum())


def _clusters(cluster: Any, data: Table) -> Whole:
    codes = arguments.codes("cluster", cluster)[0]
    if len(codes) != data.given:
        raise Invalid("differs in length", field="cluster", expected=str(data.given), found=str(len(codes)))
    return codes if data.kept is None else codes[data.kept]


def _of_items(of_row: Whole, item: Any, items: int) -> Whole:
    codes = np.zeros(items, np.int64)
    codes[item] = of_row
    if (codes[item] != of_row).any():
        raise Invalid("an item lies in two clusters", field="cluster", expected="one cluster an item", found="two")
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)
