"""MACE-class: annotators who know the answer, and annotators who spam."""

from typing import Any

import numpy as np
from scipy.special import digamma

from goldloop.stats import arguments
from goldloop.stats.arguments import Floats
from goldloop.stats.truth import skill
from goldloop.stats.truth.expectation import normalised
from goldloop.stats.truth.labels import labels
from goldloop.stats.truth.result import Truth, inferred, nothing

NAME = "MACE-class spamming model, variational"
PRIOR = 0.5


def mace(
    item: Any,
    annotator: Any,
    value: Any,
    *,
    classes: Any = None,
    tolerance: float = 1e-4,
    iterations: int = 300,
    level: float = 0.95,
) -> Truth:
    """Truth where annotator w either copies the truth or, with their own probability, spams from their own habit.

    Hovy, Berg-Kirkpatrick, Vaswani & Hovy (2013), with its Beta(1/2, 1/2) priors and symmetric Dirichlet(1/2) habits,
    by variational EM from vote shares: one deterministic run instead of random restarts.
    skill is the competence: the probability that the annotator does not spam (not that they are right, since a spammer
    may hit the truth); its interval is the Beta posterior's, widened for the truth being inferred.
    """
    level = arguments.share("level", level)
    tolerance = arguments.share("tolerance", tolerance)
    iterations = arguments.whole("iterations", iterations, low=1)
    data = labels(item, annotator, value, classes=classes)
    empty = nothing(data, method=NAME, level=level)
    if empty is not None:
        return empty
    size, people, n = len(data.classes), len(data.annotators), len(data.items)
    cell, habit_cell = data.item * size + data.value, data.annotator * size + data.value
    answered, posterior = data.answered, data.vote_shares
    copied = np.asarray(np.bincount(habit_cell, posterior.ravel()[cell], minlength=people * size), dtype=np.float64)
    said = np.bincount(habit_cell, minlength=people * size).astype(np.float64)
    steps, converged = 0, False
    while steps < iterations and not converged:
        steps += 1
        copying, spammed = _odds(copied.reshape(people, size), said.reshape(people, size))
        gain = np.log1p(copying).ravel()
        scores = np.bincount(cell, gain[habit_cell], minlength=n * size).reshape(n, size)
        new, bound = normalised(np.asarray(scores, dtype=np.float64))
        converged = float(np.abs(new - posterior).sum()) / n < tolerance
        posterior = new
        weight = np.bincount(habit_cell, posterior.ravel()[cell], minlength=people * size)
        copied = np.asarray(weight * (copying / (1 + copying)).ravel())
    honest = copied.reshape(people, size).sum(axis=1) + PRIOR
    spam = answered + 2 * PRIOR - honest
    mean = honest / (honest + spam)
    known = mean * (1 - mean) / (honest + spam + 1)
    each = posterior.ravel()[cell] * (copying / (1 + copying)).ravel()[habit_cell]
    spread = known * skill.inflation(mean, known, each, data)
    return inferred(
        data,
        posterior,
        skill.matched(mean, spread, level=level),
        level=level,
        method=NAME,
        skill_method=f"competence (does not spam), {skill.METHOD}",
        iterations=steps,
        converged=converged,
        log_likelihood=bound + float((np.log(spammed).ravel() * said).sum()) - n * float(np.log(size)),
    )


def _odds(copied: Floats, said: Floats) -> tuple[Floats, Floats]:
    """How much likelier copying is than spamming each answer, and the chance of spamming it, (annotators, classes)."""
    honest = copied.sum(axis=1) + PRIOR
    spam = said.sum(axis=1) + 2 * PRIOR - honest
    habits = said - copied + PRIOR
    total = digamma(honest + spam)
    log_habit = digamma(habits) - digamma(habits.sum(axis=1, keepdims=True))
    spammed = np.exp((digamma(spam) - total)[:, None] + log_habit)
    return np.asarray(np.exp(digamma(honest) - total)[:, None] / spammed), np.asarray(spammed)
