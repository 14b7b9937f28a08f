"""Majority vote."""

from typing import Any

import numpy as np

from goldloop.stats import arguments
from goldloop.stats.truth.labels import labels
from goldloop.stats.truth.result import TIE, Truth, inferred, nothing


def majority(item: Any, annotator: Any, value: Any, *, classes: Any = None, level: float = 0.95) -> Truth:
    """The answer most annotators gave. Ties stay visible: tied answers share the posterior equally.

    posterior: 1 for the winner, 1/m for each of m tied winners: a rule, not a probability; use `hierarchical` for
    those. `answers` takes the first tied class, `tied` says where.
    skill: how often the annotator's answer is the majority of the others (ties of the others count by halves), with
    Wilson's interval; NaN for who never met another annotator.
    """
    level = arguments.share("level", level)
    data = labels(item, annotator, value, classes=classes)
    empty = nothing(data, method="majority", level=level)
    if empty is not None:
        return empty
    votes = data.votes
    best = votes >= votes.max(axis=1, keepdims=True) - TIE
    others = votes[data.item]
    rows = np.arange(data.rows)
    others[rows, data.value] -= 1
    met = others.sum(axis=1) > 0
    winners = others >= others.max(axis=1, keepdims=True) - TIE
    credit = np.where(met, winners[rows, data.value] / winners.sum(axis=1), 0.0)
    people = len(data.annotators)
    n = np.bincount(data.annotator, met, minlength=people)
    right = np.bincount(data.annotator, credit, minlength=people)
    with np.errstate(invalid="ignore"):
        skill = right / np.where(n > 0, n, np.nan)
    z = arguments.normal(level)
    middle = (right + z * z / 2) / (n + z * z)
    half = z * np.sqrt(skill * (1 - skill) * n + z * z / 4) / (n + z * z)
    return inferred(
        data,
        best / best.sum(axis=1, keepdims=True),
        (skill, np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)),
        level=level,
        method="majority",
        skill_method="wilson, agreement with the majority of the others",
        details={"tied_items": float((best.sum(axis=1) > 1).sum())},
    )
