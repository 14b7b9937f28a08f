"""A mean made sharper by a helper variable whose own mean is known."""

import math

import numpy as np
from numpy.typing import ArrayLike

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Floats
from goldloop.stats.estimate.average import student
from goldloop.stats.result import Estimate, undefined

NAME = "mean by control variates"


def control_variates(
    values: ArrayLike, controls: ArrayLike, known_means: ArrayLike, *, level: float = 0.95
) -> Estimate:
    """The mean of `values`, corrected by how far the sample's `controls` lie from their known means.

    mean(y) - b' (mean(x) - mu), b by least squares; variance s^2 (1/n + d' (Xc'Xc)^-1 d) with d = mean(x) - mu and
    n - 1 - k degrees of freedom (Lavenberg & Welch 1981). Exact for normal residuals; its gain is the squared multiple
    correlation, reported as `r_squared`. `values` (n), `controls` (n) or (n, k), `known_means` (k) or a number.
    None where n < k + 3 or where the controls do not vary.
    """
    y = arguments.numbers("values", values)
    x = _columns(controls)
    single = isinstance(known_means, (int, float, np.number))
    mu = arguments.numbers("known_means", np.array([known_means]) if single else known_means)
    level = arguments.share("level", level)
    n = arguments.same_length(values=y, controls=x)
    k = x.shape[1]
    if len(mu) != k:
        raise Invalid("needs one mean per control", field="known_means", expected=str(k), found=str(len(mu)))
    if n < k + 3:
        return undefined(f"{n} units cannot carry {k} control(s)", n=n, eligible=n, method=NAME)
    centred = x - x.mean(axis=0)
    cross = centred.T @ centred
    if np.linalg.matrix_rank(cross) < k:
        return undefined("the controls do not vary, or repeat each other", n=n, eligible=n, method=NAME)
    slope = np.linalg.solve(cross, centred.T @ (y - y.mean()))
    shift = x.mean(axis=0) - mu
    residual = y - y.mean() - centred @ slope
    freedom = n - 1 - k
    noise = float(residual @ residual) / freedom
    error = math.sqrt(noise * (1 / n + float(shift @ np.linalg.solve(cross, shift))))
    spread = float(((y - y.mean()) ** 2).sum())
    value = float(y.mean() - slope @ shift)
    interval = student(value, error, freedom=freedom, level=level)
    return Estimate(
        value=value,
        n=n,
        eligible=n,
        method=NAME,
        interval=interval,
        caution=None if interval else "no value departs from its control: the error cannot be told",
        details={
            "standard_error": error,
            "plain_mean": float(y.mean()),
            "r_squared": 1 - float(residual @ residual) / spread if spread > 0 else 0.0,
        },
    )


def _columns(controls: ArrayLike) -> Floats:
    """(n, k) from (n) or (n, k)."""
    rows = arguments.rows("controls", controls)
    if rows and not np.isscalar(rows[0]):
        return arguments.numbers("controls", rows, dimensions=2)
    return arguments.numbers("controls", rows)[:, None]
