"""Mid-ranks: tied values share the mean of the places they fill."""

import numpy as np

from goldloop.stats.arguments import Floats


def mid_ranks(values: Floats) -> Floats:
    """Ranks 1..n along the last axis, ties sharing their mean."""
    if values.ndim == 1:
        _, inverse, times = np.unique(values, return_inverse=True, return_counts=True)
        return np.asarray((times.cumsum() - (times - 1) / 2)[inverse], dtype=np.float64)
    return np.stack([mid_ranks(row) for row in values])
