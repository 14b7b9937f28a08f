"""Annotator skill from expected confusion counts, with a credible interval."""

import numpy as np
from scipy.special import betaincinv

from goldloop.stats.estimate.arguments import Floats
from goldloop.stats.truth.labels import Labels

METHOD = "Beta matched to mean and variance, information lost to the unknown truth taken off"
MOST = 0.9


def of_confusion(
    counts: Floats, share: Floats, data: Labels, posterior: Floats, *, level: float
) -> tuple[Floats, Floats, Floats]:
    """Skill, low, high per annotator: sum over classes of share_k * P(answer k | truth k).

    `counts` (annotators, true class, answer) are Dirichlet parameters: prior plus expected counts. Variance: that of
    the Beta diagonals were the truth known, over the share of information that survives not knowing it (Louis 1982:
    1 - sum q (1-q) / (n a (1-a)), q the probability that an answer was right). One Beta matches mean and variance.
    """
    total = counts.sum(axis=2)
    diagonal = np.diagonal(counts, axis1=1, axis2=2) / total
    mean = diagonal @ share
    known = (diagonal * (1 - diagonal) / (total + 1)) @ share**2
    right = posterior[data.item, data.value]
    doubt = np.bincount(data.annotator, right * (1 - right), minlength=len(counts))
    lost = doubt / np.maximum(total.sum(axis=1) * mean * (1 - mean), 1e-300)
    return matched(mean, known / (1 - np.minimum(lost, MOST)), level=level)


def matched(mean: Floats, variance: Floats, *, level: float) -> tuple[Floats, Floats, Floats]:
    """Mean, low and high of Betas with the given means and variances."""
    mean = np.clip(mean, 1e-9, 1 - 1e-9)
    size = np.maximum(mean * (1 - mean) / np.maximum(variance, 1e-15) - 1, 1e-6)
    low = betaincinv(mean * size, (1 - mean) * size, (1 - level) / 2)
    high = betaincinv(mean * size, (1 - mean) * size, (1 + level) / 2)
    return mean, np.asarray(np.minimum(low, mean)), np.asarray(np.maximum(high, mean))
