"""F1 of two annotators' boxes, or of a detector against gold, at one IoU threshold."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from goldloop.stats import arguments
from goldloop.stats.agreement import resampling
from goldloop.stats.agreement.resampling import METHODS, Method
from goldloop.stats.agreement.table import column
from goldloop.stats.agreement.units import of_items
from goldloop.stats.arguments import Floats
from goldloop.stats.boxes.matching import best
from goldloop.stats.boxes.overlap import overlap
from goldloop.stats.boxes.shapes import Shape, checked
from goldloop.stats.estimate.average import mean
from goldloop.stats.estimate.proportion import proportion
from goldloop.stats.result import Estimate, undefined
from goldloop.stats.spans.columns import as_array
from goldloop.stats.spans.score import as_floats, ratio

Columns = tuple[Any, Any, Any]  # image, box, type


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """F1 of found and rightly typed boxes; where and what apart: `located` ignores types, `typed` is the share of
    located pairs with equal types, `iou` the mean overlap of located pairs."""

    f1: Estimate
    located: Estimate
    typed: Estimate
    iou: Estimate


def score(
    first: Columns,
    second: Columns,
    *,
    shape: Shape = "box",
    threshold: float = 0.5,
    images: int | None = None,
    interval: Method = "bootstrap",
    level: float = 0.95,
    repeats: int = 1000,
    seed: int = 0,
) -> Score:
    """Pair the boxes of each image one to one at IoU >= `threshold` and count: F1 = 2 pairs / (boxes of both).

    `first`, `second`: columns (image, box, type), a box being the numbers of `shape`. `images`: how many were judged,
    with empty ones. Intervals of the F1s resample images; `typed` is Wilson's and `iou` Student's over pairs.
    """
    arguments.one_of("interval", interval, METHODS)
    threshold, level = arguments.share("threshold", threshold), arguments.share("level", level)
    tables = [checked(name, part[1], shape) for name, part in (("first", first), ("second", second))]
    sizes = [arguments.same_length(box=t, image=p[0], type=p[2]) for t, p in zip(tables, (first, second), strict=True)]
    pictures = column("image", as_array("image", [*first[0], *second[0]]))
    kinds = column("type", as_array("type", [*first[2], *second[2]]))
    source = np.repeat([0, 1], sizes)
    boxes = np.concatenate(tables)
    counts = np.zeros((max(pictures.size, images or 0), 3), np.int64)
    found: list[Floats] = []
    right = 0
    order = np.argsort(pictures.codes, kind="stable")
    bounds = np.searchsorted(pictures.codes[order], np.arange(pictures.size + 1))
    for k in range(pictures.size):
        rows = order[bounds[k] : bounds[k + 1]]
        mine, theirs = rows[source[rows] == 0], rows[source[rows] == 1]
        pairs = best(overlap(boxes[mine], boxes[theirs], shape=shape), threshold)
        equal = int((kinds.codes[mine[pairs.first]] == kinds.codes[theirs[pairs.second]]).sum())
        counts[k] = equal, len(pairs.iou), len(rows)
        right += equal
        found.append(pairs.iou)
    options = {"method": interval, "level": level, "repeats": arguments.whole("repeats", repeats, low=2), "seed": seed}
    overlaps = np.concatenate([np.zeros(0), *found])
    return Score(
        f1=_f1(counts[:, [0, 2]], f"box F1, IoU >= {threshold}, typed", options),
        located=_f1(counts[:, [1, 2]], f"box F1, IoU >= {threshold}, any type", options),
        typed=proportion(right, len(overlaps), level=level),
        iou=mean(overlaps, level=level),
    )


def _f1(counts: Any, name: str, options: dict[str, Any]) -> Estimate:
    boxes = int(counts[:, 1].sum())
    if not boxes:
        return undefined("no boxes", eligible=0, method=name)
    units = of_items(counts, as_floats, None)
    used, split = int((counts[:, 1] > 0).sum()), int((counts[:, 1] > 2 * counts[:, 0]).sum())
    caution = None
    if used < 10:
        caution = f"{used} images hold boxes: an interval needs 10"
    elif split < 5:
        caution = f"{split} images with disagreement: an interval needs 5"
    limits, details = resampling.interval(units, ratio, **(options | ({"method": "none"} if caution else {})))
    return Estimate(
        value=float(ratio(units.total)),
        n=boxes,
        eligible=boxes,
        method=name,
        interval=limits,
        caution=caution,
        details=details,
    )
