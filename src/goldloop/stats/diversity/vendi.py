"""The Vendi score: how many different items a set effectively holds, under any similarity."""

import numpy as np
from numpy.typing import ArrayLike

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.result import Estimate, undefined

MOST_ITEMS = 5000


def vendi(similarity: ArrayLike | None = None, *, vectors: ArrayLike | None = None) -> Estimate:
    """exp of the entropy of the eigenvalues of K / n (Friedman & Dieng 2023): 1 all alike, n all different.

    Either `similarity`, a symmetric positive semi-definite (n, n) matrix with ones on the diagonal, or `vectors`
    (n, d), compared by cosine (then the d x d side is used where it is smaller). Copies of every item leave it
    unchanged; more items raise it, so compare sets of equal size. At most 5,000 items or dimensions.
    """
    if (similarity is None) == (vectors is None):
        raise Invalid("give one of the two", field="similarity", expected="similarity or vectors", found="both or none")
    matrix, n = _from_vectors(vectors) if vectors is not None else _from_similarity(similarity)
    if not n:
        return undefined("no items", method="Vendi score")
    share = np.linalg.eigvalsh(matrix)
    if share.min() < -1e-6:
        raise Invalid(
            "is not positive semi-definite", field="similarity", expected="eigenvalues >= 0", found=f"{share.min():.3g}"
        )
    share = share[share > 1e-12]
    value = float(np.exp(-(share * np.log(share)).sum()))
    return Estimate(value=value, n=n, eligible=n, method="Vendi score, order 1")


def _from_vectors(vectors: ArrayLike | None) -> tuple[arguments.Floats, int]:
    rows = arguments.numbers("vectors", [] if vectors is None else vectors, dimensions=2)
    norms = np.linalg.norm(rows, axis=1)
    if (norms == 0).any():
        raise Invalid("holds a zero vector", field="vectors", expected="a direction for every item", found="zeros")
    if min(rows.shape) > MOST_ITEMS:
        raise Invalid("is too large", field="vectors", expected=f"at most {MOST_ITEMS}", found=str(rows.shape))
    unit = rows / norms[:, None]
    n, d = unit.shape
    return (unit @ unit.T if n <= d else unit.T @ unit) / max(1, n), n


def _from_similarity(similarity: ArrayLike | None) -> tuple[arguments.Floats, int]:
    matrix = arguments.numbers("similarity", [] if similarity is None else similarity, dimensions=2)
    n = len(matrix)
    if matrix.shape != (n, n) or not np.allclose(matrix, matrix.T) or not np.allclose(np.diag(matrix), 1):
        expected = "square, symmetric, ones on the diagonal"
        raise Invalid("is no similarity matrix", field="similarity", expected=expected, found=str(matrix.shape))
    if n > MOST_ITEMS:
        raise Invalid("is too large", field="similarity", expected=f"at most {MOST_ITEMS}", found=str(n))
    return matrix / max(1, n), n
