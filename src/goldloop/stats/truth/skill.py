"""Annotator skill from expected confusion counts, with a credible interval."""

import numpy as np
from scipy.special import betaincinv

from goldloop.stats.arguments import Floats
from goldloop.stats.truth.labels import Labels

METHOD = "Beta matched to mean and variance, truth inferred"
MOST = 0.9  # of the information may be lost; beyond, the model is not identified and no interval is wide enough
JOINT = 200


def of_confusion(
    counts: Floats, share: Floats, data: Labels, posterior: Floats, *, level: float
) -> tuple[Floats, Floats, Floats]:
    """Skill, low, high per annotator: sum over classes of share_k * P(answer k | truth k).

    `counts` (annotators, true class, answer) are Dirichlet parameters: prior plus expected counts. Variance: that of
    the Beta diagonals were the truth known, times what not knowing it costs (`inflation`), times (W + 1) / (W - 1)
    because the common prior is itself learnt from W annotators (in the spirit of Morris 1983). One Beta matches mean
    and variance.
    """
    total = counts.sum(axis=2)
    diagonal = np.diagonal(counts, axis1=1, axis2=2) / total
    mean = diagonal @ share
    known = (diagonal * (1 - diagonal) / (total + 1)) @ share**2
    right = posterior[data.item, data.value]
    people = max(len(counts), 2)
    return matched(mean, known * inflation(mean, known, right, data) * (people + 1) / (people - 1), level=level)


def inflation(mean: Floats, known: Floats, right: Floats, data: Labels) -> Floats:
    """Variance with the truth inferred over variance with the truth known (Louis 1982; EM's missing information).

    On the scale of known information the missing part is G_wv = C_wv / (n_w h_w n_v h_v)^(1/2), C the covariance of
    right answers of annotators w and v under the items' posterior, h = a (1 - a), n = h / known variance; the inverse
    of I - G has the inflation on its diagonal. Beyond 200 annotators only their own items count (C's diagonal): with
    so many, each one's share in the others' truth is small.
    """
    scale = np.sqrt(np.maximum(mean * (1 - mean), 1e-12) ** 2 / np.maximum(known, 1e-300))
    people = len(mean)
    if people > JOINT:
        own = np.bincount(data.annotator, right * (1 - right), minlength=people)
        return np.asarray(1 / (1 - np.minimum(own / scale**2, MOST)))
    from scipy.sparse import coo_array  # see expectation.sums

    size = len(data.classes)
    place = (data.item * size + data.value, data.annotator)
    alike = coo_array((np.sqrt(right), place), shape=(len(data.items) * size, people)).tocsr()
    either = coo_array((right, (data.item, data.annotator)), shape=(len(data.items), people)).tocsr()
    covariance = (alike.T @ alike - either.T @ either).toarray()
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    return np.asarray((vectors**2 / (1 - np.clip(values, 0.0, MOST))).sum(axis=1))


def matched(mean: Floats, variance: Floats, *, level: float) -> tuple[Floats, Floats, Floats]:
    """Mean, low and high of Betas with the given means and variances."""
    mean = np.clip(mean, 1e-9, 1 - 1e-9)
    size = np.maximum(mean * (1 - mean) / np.maximum(variance, 1e-15) - 1, 1e-6)
    low = betaincinv(mean * size, (1 - mean) * size, (1 - level) / 2)
    high = betaincinv(mean * size, (1 - mean) * size, (1 + level) / 2)
    return mean, np.asarray(np.minimum(low, mean)), np.asarray(np.maximum(high, mean))
