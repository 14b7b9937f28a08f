"""GLAD-class: annotators have an ability, items a difficulty."""

from typing import Any

import numpy as np
from scipy.special import expit, log_expit

from goldloop.stats import arguments
from goldloop.stats.arguments import Floats
from goldloop.stats.truth import skill
from goldloop.stats.truth.expectation import normalised
from goldloop.stats.truth.labels import Labels, labels
from goldloop.stats.truth.result import Truth, inferred, nothing

NAME = "GLAD-class ability and difficulty"


def glad(
    item: Any,
    annotator: Any,
    value: Any,
    *,
    classes: Any = None,
    tolerance: float = 1e-3,
    iterations: int = 100,
    level: float = 0.95,
) -> Truth:
    """Truth where annotator w is right on item i with probability 1 / (1 + exp(-a_w b_i)), else any other class alike.

    Whitehill et al. (2009): a_w ~ Normal(1, 1), log b_i ~ Normal(1, 1), EM with one Newton step for each ability and
    each ease in turn. Only items with many labels say anything of their own difficulty.
    skill: the chance to be right on items like those the annotator saw: Beta(1, 1) plus expected right answers, widened
    for the truth being inferred. `details` holds the spread of ease (b) over items.
    """
    level = arguments.share("level", level)
    tolerance = arguments.share("tolerance", tolerance)
    iterations = arguments.whole("iterations", iterations, low=1)
    data = labels(item, annotator, value, classes=classes)
    empty = nothing(data, method=NAME, level=level)
    if empty is not None:
        return empty
    size, n = len(data.classes), len(data.items)
    cell = data.item * size + data.value
    posterior = data.vote_shares
    ability, ease = np.ones(len(data.annotators)), np.ones(n)
    steps, converged, log_size = 0, False, float(np.log(size - 1))
    while steps < iterations and not converged:
        steps += 1
        share = (posterior.sum(axis=0) + 1) / (n + size)
        right = posterior.ravel()[cell]
        ability = _ability(data, right, ability, ease)
        ease = _ease(data, right, ability, ease)
        logit = ability[data.annotator] * np.exp(ease)[data.item]
        scores = np.bincount(cell, logit + log_size, minlength=n * size).reshape(n, size)
        new, bound = normalised(scores + np.log(share))
        converged = float(np.abs(new - posterior).sum()) / n < tolerance
        posterior = new
    right = posterior.ravel()[cell]
    sure = np.bincount(data.annotator, right, minlength=len(ability)) + 1
    mean = sure / (data.answered + 2)
    known = mean * (1 - mean) / (data.answered + 3)
    quantiles = np.exp(np.quantile(ease, [0.1, 0.5, 0.9]))
    names = ("hardest_tenth_ease", "median_ease", "easiest_tenth_ease")
    return inferred(
        data,
        posterior,
        skill.matched(mean, known * skill.inflation(mean, known, right, data), level=level),
        level=level,
        method=NAME,
        skill_method=skill.METHOD,
        iterations=steps,
        converged=converged,
        log_likelihood=bound + float((log_expit(-logit) - log_size).sum()),
        details=dict(zip(names, quantiles.tolist(), strict=True)),
    )


def _ability(data: Labels, right: Floats, ability: Floats, ease: Floats) -> Floats:
    """One damped Newton step for each annotator."""
    scale = np.exp(ease)[data.item]
    chance = expit(ability[data.annotator] * scale)
    slope = np.bincount(data.annotator, (right - chance) * scale, minlength=len(ability)) - (ability - 1)
    bend = np.bincount(data.annotator, chance * (1 - chance) * scale**2, minlength=len(ability)) + 1
    return np.asarray(ability + np.clip(slope / bend, -1, 1))


def _ease(data: Labels, right: Floats, ability: Floats, ease: Floats) -> Floats:
    """One damped Newton step (Fisher's curvature) for each item's log ease."""
    pull = ability[data.annotator] * np.exp(ease)[data.item]
    chance = expit(pull)
    slope = np.bincount(data.item, (right - chance) * pull, minlength=len(ease)) - (ease - 1)
    bend = np.bincount(data.item, chance * (1 - chance) * pull**2, minlength=len(ease)) + 1
    return np.asarray(np.clip(ease + np.clip(slope / bend, -1, 1), -4, 4))
