"""Intersection over union of all pairs of two sets of boxes."""

import numpy as np
from numpy.typing import ArrayLike

from goldloop.stats.arguments import Floats
from goldloop.stats.boxes.shapes import Shape, checked, corners, footprint


def iou(first: ArrayLike, second: ArrayLike, *, shape: Shape = "box") -> Floats:
    """(n, m) intersection over union: area for boxes and rotated boxes, volume for cuboids. 1 same, 0 apart.

    Invalid: NaN, wrong number of columns, sides that are not positive.
    """
    return overlap(checked("first", first, shape), checked("second", second, shape), shape=shape)


def overlap(a: Floats, b: Floats, *, shape: Shape) -> Floats:
    """`iou` of checked tables."""
    if shape == "box":
        low = np.maximum(a[:, None, :2], b[None, :, :2])
        high = np.minimum(a[:, None, 2:], b[None, :, 2:])
        common = np.maximum(high - low, 0).prod(axis=2)
        size = [(part[:, 2:] - part[:, :2]).prod(axis=1) for part in (a, b)]
    elif shape == "rotated":
        common = _common_area(a, b)
        size = [part[:, 2:4].prod(axis=1) for part in (a, b)]
    else:
        bottom = np.maximum((a[:, 2] - a[:, 5] / 2)[:, None], (b[:, 2] - b[:, 5] / 2)[None, :])
        top = np.minimum((a[:, 2] + a[:, 5] / 2)[:, None], (b[:, 2] + b[:, 5] / 2)[None, :])
        common = _common_area(footprint(a), footprint(b)) * np.maximum(top - bottom, 0)
        size = [part[:, 3:6].prod(axis=1) for part in (a, b)]
    return np.asarray(common / (size[0][:, None] + size[1][None, :] - common))


def _common_area(a: Floats, b: Floats) -> Floats:
    reach = [np.hypot(part[:, 2], part[:, 3]) / 2 for part in (a, b)]
    gap = np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1])
    common = np.zeros(gap.shape)
    one, other = corners(a), corners(b)
    for i, j in np.argwhere(gap < reach[0][:, None] + reach[1][None, :]):
        common[i, j] = _area(_clipped(one[i], other[j]))
    return common


def _clipped(subject: Floats, window: Floats) -> Floats:
    """The part of a convex polygon inside another, both anticlockwise (Sutherland & Hodgman 1974)."""
    points = subject
    for start, end in zip(window, np.roll(window, -1, axis=0), strict=True):
        if not len(points):
            break
        edge = end - start
        side = edge[0] * (points[:, 1] - start[1]) - edge[1] * (points[:, 0] - start[0])
        after = np.roll(side, -1)
        crossing = (side < 0) != (after < 0)
        share = side / np.where(crossing, side - after, 1.0)
        cut = points + share[:, None] * (np.roll(points, -1, axis=0) - points)
        both = np.stack([points, cut], axis=1).reshape(-1, 2)
        points = both[np.stack([side >= 0, crossing], axis=1).ravel()]
    return points


def _area(points: Floats) -> float:
    if len(points) < 3:
        return 0.0
    x, y = points[:, 0] - points[0, 0], points[:, 1] - points[0, 1]
    return abs(float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())) / 2
