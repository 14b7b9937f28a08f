"""Multinomial logistic regression over sparse features, stopped early, with a row for every class there may be."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEVER = -30.0  # the offset of a class that no row has


def fit_classes(
    features: Any, truth: "NDArray[np.int64]", *, classes: int, strength: float, steps: int
) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """Slopes (classes, features) and offsets (classes) of the log-odds of each class.

    `strength` is the inverse of the regularisation. Stopping after `steps` costs a fraction of convergence, and loses
    nothing on text.
    """
    import warnings

    import numpy as np
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # the package carries no types

    slope, offset = np.zeros((classes, features.shape[1])), np.full(classes, NEVER)
    seen = np.unique(truth)
    if len(seen) < 2:
        offset[seen] = 0.0
        return slope, offset
    used = np.flatnonzero(features.getnnz(axis=0))  # hashing leaves most columns empty, and each costs memory and time
    # one thread: sums in one order give the same bytes everywhere, and small matrices gain nothing from more
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = LogisticRegression(C=strength, max_iter=steps, tol=1e-5).fit(features[:, used], truth)
    slopes, offsets = fitted.coef_, fitted.intercept_
    if len(seen) == 2:  # two classes are fitted as one logit, that of the second
        slopes, offsets = np.concatenate([-slopes, slopes]) / 2, np.concatenate([-offsets, offsets]) / 2
    slope[np.ix_(seen, used)], offset[seen] = slopes, offsets
    return slope, offset
