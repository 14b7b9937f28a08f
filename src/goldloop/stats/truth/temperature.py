"""How much too sure posteriors are, told from the labels alone: the temperature that foretells left-out answers best.

Annotators are never quite independent given the truth, so multiplying their likelihoods overstates the evidence. Leave
one answer out, raise the item's remaining posterior to 1/T, and score the left-out answer by the annotator's confusion
row without it; T maximises the mean log score. The order of the answers never changes.
"""

import numpy as np
from scipy.special import digamma

from goldloop.stats.arguments import Floats
from goldloop.stats.truth.labels import Labels

SAMPLE = 20_000
HOTTEST = 20.0
FLOOR = 1e-300


def temperature(data: Labels, posterior: Floats, rows: Floats) -> float:
    """T in [1, 20] by golden section on log T over at most 20,000 left-out answers; `rows`: Dirichlet parameters."""
    alone = data.votes.sum(axis=1) < 2
    chosen = np.flatnonzero(~alone[data.item])
    if not len(chosen):
        return 1.0
    if len(chosen) > SAMPLE:
        chosen = np.random.default_rng(0).choice(chosen, SAMPLE, replace=False)
    item, person, answer = data.item[chosen], data.annotator[chosen], data.value[chosen]
    own = posterior[item]
    expected = digamma(rows[person, :, answer]) - digamma(rows[person].sum(axis=2))
    without = np.log(np.maximum(own, FLOOR)) - expected
    # the answer's own weight leaves the confusion row too, or every answer would seem foretold
    chance = (rows[person, :, answer] - own) / np.maximum(rows[person].sum(axis=2) - own, FLOOR)
    chance = np.maximum(chance, FLOOR)

    def score(log_heat: float) -> float:
        rest = cooled_scores(without, float(np.exp(log_heat)))
        return float(np.log((rest * chance).sum(axis=1)).mean())

    low, high, ratio = 0.0, float(np.log(HOTTEST)), (5**0.5 - 1) / 2
    for _ in range(16):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if score(left) >= score(right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2)) if low > 0 else 1.0


def cooled(posterior: Floats, heat: float) -> Floats:
    """The posterior raised to 1/T, normalised."""
    return posterior if heat == 1 else cooled_scores(np.log(np.maximum(posterior, FLOOR)), heat)


def cooled_scores(scores: Floats, heat: float) -> Floats:
    """Softmax of scores / T."""
    scaled = scores / heat
    weights = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
