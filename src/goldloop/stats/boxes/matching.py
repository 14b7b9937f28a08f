"""Which boxes of two annotators mean the same thing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from goldloop.stats import arguments
from goldloop.stats.arguments import Floats, Whole
from goldloop.stats.boxes.overlap import overlap
from goldloop.stats.boxes.shapes import Shape, checked


@dataclass(frozen=True, slots=True)
class Matches:
    """Pairs of rows, one to one, and their intersection over union."""

    first: Whole
    second: Whole
    iou: Floats


def matched(first: ArrayLike, second: ArrayLike, *, shape: Shape = "box", threshold: float = 0.5) -> Matches:
    """The one-to-one pairing with IoU >= `threshold` that has most pairs, and among those the largest total IoU.

    Types are not looked at: a box with the wrong label is still a found thing. Not the greedy matching by score of
    detection benchmarks, which needs a confidence.
    """
    arguments.share("threshold", threshold)
    return best(overlap(checked("first", first, shape), checked("second", second, shape), shape=shape), threshold)


def best(table: Floats, threshold: float) -> Matches:
    """The pairing for a table of IoUs."""
    from scipy.optimize import linear_sum_assignment  # not on the import path of goldloop.stats.boxes: it is slow

    # a pair outweighs any gain in IoU, which is below the number of pairs
    gain = np.where(table >= threshold, 1 + table / (min(table.shape) + 1), 0.0) if table.size else table
    rows, columns = linear_sum_assignment(gain, maximize=True)
    keep = table[rows, columns] >= threshold
    rows, columns = rows[keep], columns[keep]
    return Matches(rows.astype(np.int64), columns.astype(np.int64), table[rows, columns])
