"""Temperature scaling: one number that makes a model's shares as sure as it is right (Guo et al. 2017)."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HELD_OUT = 0.2  # of the rows
FEWEST = 30  # held-out rows below which a temperature would be noise
_COLDEST, _HOTTEST = 0.5, 10.0  # easy held-out rows would ask for certainty without end


def best_temperature(loss: Callable[[float], float], *, rows: int, steps: int = 161) -> float:
    """The temperature of the least held-out loss, on a logarithmic grid; 1 where too few rows were held out."""
    if rows < FEWEST:
        return 1.0
    return min((_COLDEST * math.pow(_HOTTEST / _COLDEST, n / (steps - 1)) for n in range(steps)), key=loss)


def most_sure(rows: int) -> float:
    """The highest confidence that so many rows can support: Laplace's rule of succession after no error at all."""
    return (rows + 1) / (rows + 2)


def softmax(logits: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Shares along the last axis, adding up to 1."""
    import numpy as np

    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


def held_out(rows: int, *, seed: int) -> "NDArray[np.bool_]":
    """Which rows are kept from a first training, to measure the temperature on."""
    import numpy as np

    out = np.zeros(rows, np.bool_)
    out[np.random.default_rng(seed).permutation(rows)[: round(rows * HELD_OUT)]] = True
    return out
