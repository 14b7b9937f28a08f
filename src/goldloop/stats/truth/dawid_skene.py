"""Dawid & Skene (1979): every annotator has a confusion matrix, by maximum likelihood."""

from typing import Any

import numpy as np

from goldloop.stats import arguments
from goldloop.stats.truth import skill
from goldloop.stats.truth.expectation import sums
from goldloop.stats.truth.labels import confusable, labels
from goldloop.stats.truth.result import Truth, inferred, nothing

SMALL = 1e-10
NAME = "Dawid-Skene, maximum likelihood"


def dawid_skene(
    item: Any,
    annotator: Any,
    value: Any,
    *,
    classes: Any = None,
    tolerance: float = 1e-5,
    iterations: int = 500,
    level: float = 0.95,
) -> Truth:
    """Plain Dawid-Skene by EM from vote shares, until the log-likelihood changes by less than `tolerance` of itself.

    Good with many answers from every annotator; with many light annotators it overfits and falls below majority: prefer
    `hierarchical`. posterior is then too sure. skill: Beta(1/2, 1/2) rows plus expected counts; too narrow where the
    posterior is too sure. Source: Dawid & Skene (1979), Applied Statistics 28.
    """
    level = arguments.share("level", level)
    tolerance = arguments.share("tolerance", tolerance)
    iterations = arguments.whole("iterations", iterations, low=1)
    data = labels(item, annotator, value, classes=classes)
    empty = nothing(data, method=NAME, level=level)
    if empty is not None:
        return empty
    confusable(data)
    model = sums(data)
    posterior = data.vote_shares
    last, steps, converged = -np.inf, 0, False
    counts = model.confusion(posterior)
    share = posterior.mean(axis=0)
    while steps < iterations and not converged:
        steps += 1
        confusion = counts + SMALL
        confusion /= confusion.sum(axis=2, keepdims=True)
        posterior, likelihood = model.posterior(np.log(confusion), np.log(share + SMALL))
        counts, share = model.confusion(posterior), posterior.mean(axis=0)
        converged = abs(likelihood - last) <= tolerance * abs(likelihood)
        last = likelihood
    mean, low, high = skill.of_confusion(counts + 0.5, share, data, posterior, level=level)
    return inferred(
        data,
        posterior,
        (mean, low, high),
        level=level,
        method=NAME,
        skill_method=skill.METHOD,
        iterations=steps,
        converged=converged,
        log_likelihood=likelihood,
        confusion=confusion,
    )
