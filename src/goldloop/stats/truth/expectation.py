"""The two sums every model with confusion matrices iterates, as sparse products over (item, annotator x answer)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from goldloop.stats.arguments import Floats
from goldloop.stats.truth.labels import Labels


@dataclass(frozen=True, slots=True)
class Sums:
    """Holds the ratings as a sparse 0/1 matrix (items, annotators * classes) and its transpose."""

    by_item: Any
    by_answer: Any
    people: int
    size: int

    def confusion(self, posterior: Floats) -> Floats:
        """Expected counts (annotators, true class, answer)."""
        counts = np.asarray(self.by_answer @ posterior)
        return counts.reshape(self.people, self.size, self.size).transpose(0, 2, 1)

    def posterior(self, log_confusion: Floats, log_prior: Floats) -> tuple[Floats, float]:
        """Item posteriors under log P(answer | true class) per annotator, and the log-likelihood."""
        table = np.ascontiguousarray(log_confusion.transpose(0, 2, 1)).reshape(self.people * self.size, self.size)
        return normalised(np.asarray(self.by_item @ table) + log_prior)


def sums(data: Labels) -> Sums:
    """Build the sparse matrices once for a model run."""
    from scipy.sparse import csr_array  # not on the import path of goldloop.stats.truth: it costs as much as NumPy

    people, size = len(data.annotators), len(data.classes)
    column = (data.annotator * size + data.value).astype(np.int32)
    start = np.concatenate([[0], np.cumsum(np.bincount(data.item, minlength=len(data.items)))]).astype(np.int32)
    shape = (len(data.items), people * size)
    by_item = csr_array((np.ones(data.rows), column, start), shape=shape)
    return Sums(by_item, by_item.T.tocsr(), people, size)


def normalised(scores: Floats) -> tuple[Floats, float]:
    """Row-wise softmax, and the summed log of what was divided by."""
    top = scores.max(axis=1, keepdims=True)
    weights = np.exp(scores - top)
    total = weights.sum(axis=1, keepdims=True)
    weights /= total
    return weights, float((np.log(total) + top).sum())
