"""The three shapes, checked, and their corners in the plane."""

from typing import Any, Literal

import numpy as np

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Floats

Shape = Literal["box", "rotated", "cuboid"]
WIDTH = {"box": 4, "rotated": 5, "cuboid": 7}


def checked(field: str, boxes: Any, shape: Shape) -> Floats:
    """(n, numbers of the shape), finite, with positive extent."""
    arguments.one_of("shape", shape, tuple(WIDTH))
    if hasattr(boxes, "__len__") and not len(boxes):
        return np.zeros((0, WIDTH[shape]))
    table = arguments.numbers(field, boxes, dimensions=2)
    if table.shape[1] != WIDTH[shape]:
        raise Invalid(f"is not a {shape}", field=field, expected=f"{WIDTH[shape]} numbers", found=str(table.shape[1]))
    extent = {"box": table[:, 2:4] - table[:, 0:2], "rotated": table[:, 2:4], "cuboid": table[:, 3:6]}[shape]
    if (extent <= 0).any():
        raise Invalid("has no extent", field=field, expected="positive sides", found=repr(float(extent.min())))
    return table


def corners(table: Floats) -> Floats:
    """(n, 4, 2) corners, anticlockwise, of rows cx, cy, width, height, angle."""
    half = table[:, None, 2:4] / 2 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    cos, sin = np.cos(table[:, 4])[:, None], np.sin(table[:, 4])[:, None]
    turned = np.stack([half[..., 0] * cos - half[..., 1] * sin, half[..., 0] * sin + half[..., 1] * cos], axis=-1)
    return np.asarray(turned + table[:, None, :2])


def footprint(cuboids: Floats) -> Floats:
    """The cuboids seen from above, as rotated boxes."""
    return cuboids[:, [0, 1, 3, 4, 6]]
