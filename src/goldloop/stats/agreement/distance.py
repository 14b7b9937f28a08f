"""How far two answers lie apart, squared: what makes alpha nominal, ordinal, interval, ratio or set-valued."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from goldloop.core.errors import Invalid
from goldloop.stats.arguments import Floats

Distance = Callable[[Any, Any], float]
LIMIT = 4096  # distinct answers for which a table of all distances is made


def interval(values: Floats) -> Floats:
    """(a - b)^2."""
    return np.asarray((values[:, None] - values[None, :]) ** 2)


def ratio(values: Floats) -> Floats:
    """((a - b) / (a + b))^2, 0 where both are 0 (Krippendorff 2004). Values must not be negative."""
    if values.size and values.min() < 0:
        raise Invalid("is negative on a ratio scale", field="value", expected=">= 0", found=str(float(values.min())))
    total = values[:, None] + values[None, :]
    difference = values[:, None] - values[None, :]
    return (difference / np.where(total == 0, 1.0, total)) ** 2


def jaccard(first: frozenset[Any], second: frozenset[Any]) -> float:
    """1 - |A and B| / |A or B|; two empty sets are equal."""
    union = len(first | second)
    return 1 - len(first & second) / union if union else 0.0


def masi(first: frozenset[Any], second: frozenset[Any]) -> float:
    """1 - Jaccard similarity x monotonicity (1 equal, 2/3 subset, 1/3 overlap, 0 disjoint); Passonneau (2006)."""
    if first == second:
        return 0.0
    common = len(first & second)
    if not common:
        return 1.0
    monotonicity = 2 / 3 if common in (len(first), len(second)) else 1 / 3
    return 1 - common / len(first | second) * monotonicity


def tabulated(names: Sequence[Any], distance: Distance) -> Floats:
    """The table of `distance` over all pairs of answers, checked: symmetric, not negative, 0 from an answer to itself.

    The custom distance enters as it is (it is the delta-squared of Krippendorff's formula).
    """
    size = len(names)
    cells = [[distance(first, second) for second in names] for first in names]
    try:
        matrix = np.array(cells, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise Invalid("gave something else than a number", field="metric", expected=">= 0", found="other") from error
    matrix = matrix.reshape(size, size)
    if not np.isfinite(matrix).all() or (matrix < 0).any():
        raise Invalid("gave NaN, infinity or a negative number", field="metric", expected=">= 0", found="other")
    if not np.allclose(matrix, matrix.T) or np.diag(matrix).any():
        raise Invalid("is not a distance", field="metric", expected="symmetric, 0 on equal answers", found="other")
    return matrix


def as_set(answer: Any) -> frozenset[Any]:
    """A set-valued answer from any collection of tags; a bare string is one tag."""
    if isinstance(answer, str):
        return frozenset([answer])
    try:
        return frozenset(answer)
    except TypeError as error:
        raise Invalid("is not a set of tags", field="value", expected="a collection", found=repr(answer)) from error
