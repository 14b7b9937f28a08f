"""One number an annotator: how often they are right, whatever the truth."""

from typing import Any

import numpy as np

from goldloop.stats import arguments
from goldloop.stats.truth import skill
from goldloop.stats.truth.expectation import normalised
from goldloop.stats.truth.labels import labels
from goldloop.stats.truth.result import Truth, inferred, nothing

NAME = "one-coin Dawid-Skene"


def one_coin(
    item: Any,
    annotator: Any,
    value: Any,
    *,
    classes: Any = None,
    tolerance: float = 1e-4,
    iterations: int = 300,
    level: float = 0.95,
) -> Truth:
    """Truth where annotator w is right with probability a_w and else answers any other class alike.

    EM from vote shares with a uniform Beta(1, 1) prior on a_w. For a few labels an annotator and errors without
    pattern; collapses where annotators confuse particular classes (bluebird: .58 against Dawid-Skene's .90).
    skill: Beta(1, 1) plus expected right and wrong answers, widened for the truth being inferred.
    """
    level = arguments.share("level", level)
    tolerance = arguments.share("tolerance", tolerance)
    iterations = arguments.whole("iterations", iterations, low=1)
    data = labels(item, annotator, value, classes=classes)
    empty = nothing(data, method=NAME, level=level)
    if empty is not None:
        return empty
    size, people, n = len(data.classes), len(data.annotators), len(data.items)
    cell = data.item * size + data.value
    posterior = data.vote_shares
    answered = data.answered
    steps, converged = 0, False
    while steps < iterations and not converged:
        steps += 1
        right = np.bincount(data.annotator, posterior.ravel()[cell], minlength=people) + 1
        wrong = answered + 2 - right
        share = (posterior.sum(axis=0) + 1) / (n + size)
        gain = np.log(right / wrong * (size - 1))
        scores = np.bincount(cell, gain[data.annotator], minlength=n * size).reshape(n, size)
        new, total = normalised(scores + np.log(share))
        converged = float(np.abs(new - posterior).sum()) / n < tolerance
        posterior = new
    wrong_each = np.log(wrong / (right + wrong) / (size - 1))
    mean = right / (right + wrong)
    known = mean * (1 - mean) / (right + wrong + 1)
    spread = known * skill.inflation(mean, known, posterior.ravel()[cell], data)
    return inferred(
        data,
        posterior,
        skill.matched(mean, spread, level=level),
        level=level,
        method=NAME,
        skill_method=skill.METHOD,
        iterations=steps,
        converged=converged,
        log_likelihood=total + float(wrong_each @ answered),
    )
