"""Which given labels does a model doubt? Confident learning: every label has a line of its own."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Floats, Whole

CLOSE = 1e-6  # shares nearer to a line than this reach it: they come rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelErrors:
    """The items whose label is doubted, the most doubtful first.

    `items` are positions in `given`; `instead` the label that the model holds for right, `own` and `other` the shares
    of the given one and of that one. `n` items were spoken of, of `eligible`; `expected` of these are wrong by the
    model's own reckoning, None with the reason in `because` where it counts nothing. That is no measurement.
    """

    items: Whole
    instead: tuple[Hashable, ...]
    own: Floats
    other: Floats
    n: int
    eligible: int
    expected: float | None
    because: str | None = None
    method: str = "confident learning: a label is doubted where the model reaches its usual certainty for another"


def label_errors(given: Any, item: ArrayLike, label: Any, share: ArrayLike) -> LabelErrors:
    """Confident learning (Northcutt, Jiang & Chuang 2021), from shares that were not learnt from the given labels.

    `given`: (n,) a label an item. `item`, `label`, `share`: one row for each label that the model gave a share; `item`
    is a position in `given`, what it gave no share counts as 0. The line of a label is the mean share that it has where
    it is given. An item counts as the one label whose line it reaches, or, of several, as the likeliest of all; it is
    doubted where that is not its own and the model's first choice is not either. Ranked by `own - other`. `expected`
    sums what is off the diagonal of the counts, each row brought to the number of items that have its label.
    """
    at = arguments.counts("item", item)
    of = arguments.numbers("share", share, low=0, high=1)
    names = arguments.rows("given", given), arguments.rows("label", label)
    arguments.same_length(item=at, label=names[1], share=of)
    n = len(names[0])
    if len(at) and at.max() >= n:
        raise Invalid("names an item that is not there", field="item", expected=f"below {n}", found=str(at.max()))
    code, known = arguments.codes("given", [*names[0], *names[1]])
    mine, said = code[:n], code[n:]
    if len(np.unique(at * max(1, len(known)) + said)) < len(at):
        raise Invalid("gives a label two shares of one item", field="label", expected="each once", found="twice")
    spoken = len(np.unique(at))
    if not spoken:
        none = np.zeros(0)
        because = "the model said nothing of any of these items"
        return LabelErrors(
            items=np.zeros(0, np.int64), instead=(), own=none, other=none, n=0, eligible=n, expected=None,
            because=because,
        )  # fmt: skip
    own = np.zeros(n)
    theirs = said == mine[at]
    own[at[theirs]] = of[theirs]
    counts_as = _counts_as(at, said, of, own, mine, classes=len(known))
    first = _first(at, -of, said, n)
    doubted = np.flatnonzero((counts_as >= 0) & (counts_as != mine) & (first != mine))
    shares = {(int(a), int(b)): float(c) for a, b, c in zip(at, said, of, strict=True)}
    other = np.array([shares[int(one), int(counts_as[one])] for one in doubted], np.float64)
    order = np.lexsort((doubted, own[doubted] - other))
    rows = doubted[order]
    expected = _expected(mine, counts_as, classes=len(known))
    return LabelErrors(
        items=rows,
        instead=tuple(known[counts_as[one]] for one in rows),
        own=own[rows],
        other=other[order],
        n=spoken,
        eligible=n,
        expected=expected,
        because=None if expected is not None else "no item reaches the line of any label",
    )


def _counts_as(at: Whole, said: Whole, of: Floats, own: Floats, mine: Whole, *, classes: int) -> Whole:
    """The label that every item counts as; -1 where it reaches no label's line."""
    held = np.bincount(mine, minlength=classes)
    with np.errstate(divide="ignore", invalid="ignore"):
        line = np.where(held > 0, np.bincount(mine, own, minlength=classes) / held, np.inf)
    reached = of >= np.maximum(line, 2 * CLOSE)[said] - CLOSE
    many = np.bincount(at[reached], minlength=len(mine))
    out = np.full(len(mine), -1, np.int64)
    out[at[reached]] = said[reached]
    return np.where(many > 1, _first(at, -of, said, len(mine)), out)


def _first(at: Whole, rank: Floats, said: Whole, n: int) -> Whole:
    """The label of each item's lowest rank, of several the lowest code; -1 where nothing was said of it."""
    order = np.lexsort((said, rank, at))
    items, places = np.unique(at[order], return_index=True)
    out = np.full(n, -1, np.int64)
    out[items] = said[order][places]
    return out


def _expected(mine: Whole, counts_as: Whole, *, classes: int) -> float | None:
    """How many of the given labels are wrong, each label's share of confident disagreement brought to all that have it.

    What reaches no line counts as given: nothing speaks against it.
    """
    sure = counts_as >= 0
    if not sure.any():
        return None
    held = np.bincount(mine, minlength=classes)
    counted = np.bincount(mine[sure], minlength=classes)
    off = np.bincount(mine[sure], counts_as[sure] != mine[sure], minlength=classes)
    used = counted > 0
    return float((off[used] / counted[used] * held[used]).sum())
