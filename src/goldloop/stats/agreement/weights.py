"""Partial credit between two categories of a scale."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Floats, Whole

Weights = str | ArrayLike | None
NAMES = ("linear", "quadratic", "ordinal")


def credit(kind: str, positions: Floats) -> Floats:
    """linear 1 - |a-b|/range, quadratic 1 - (a-b)^2/range^2, ordinal 1 - pairs of ranks between / all (Gwet 2014)."""
    if kind == "ordinal":
        rank = np.arange(len(positions), dtype=np.float64)
        between = np.abs(rank[:, None] - rank[None, :]) + 1
        pairs = between * (between - 1) / 2
        return np.asarray(1 - pairs / max(float(pairs.max()), 1.0))
    distance = np.abs(positions[:, None] - positions[None, :])
    distance = distance / max(float(distance.max()), 1e-300)
    return np.asarray(1 - (distance if kind == "linear" else distance**2))


def weight_table(weights: Weights, scale: Sequence[Any]) -> Floats | None:
    """The table of credit over the scale's categories; None for all or nothing.

    Numeric categories lie where their numbers say, others at 0, 1, 2 ... in the scale's order. A given table must be
    square over the scale, symmetric, 1 on its diagonal, in [0, 1].
    """
    if weights is None:
        return None
    if isinstance(weights, str):
        arguments.one_of("weights", weights, NAMES)
        numeric = all(isinstance(name, (int, float, np.number)) for name in scale)
        return credit(weights, np.array(scale if numeric else range(len(scale)), dtype=np.float64))
    table = arguments.numbers("weights", weights, low=0, high=1, dimensions=2)
    if table.shape != (len(scale), len(scale)):
        raise Invalid("has the wrong shape", field="weights", expected=str(len(scale)), found=str(table.shape))
    if not np.allclose(table, table.T) or not np.allclose(np.diag(table), 1):
        raise Invalid("is not a table of credit", field="weights", expected="symmetric, diagonal 1", found="other")
    return table


def on_scale(names: Any, categories: Any) -> tuple[list[Any], Whole]:
    """The whole scale (default: the used names) and where on it each used name lies."""
    if categories is None:
        return list(names), np.arange(len(names))
    scale = list(categories)
    place = {name: k for k, name in enumerate(scale)}
    if len(place) != len(scale) or not scale:
        raise Invalid("repeats a category or is empty", field="categories", expected="distinct", found=repr(scale))
    unknown = [name for name in names if name not in place]
    if unknown:
        raise Invalid("is not on the scale", field="value", expected=repr(scale), found=repr(unknown[0]))
    return scale, np.array([place[name] for name in names], dtype=np.int64)
