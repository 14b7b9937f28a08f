"""Do people follow a suggestion because it is right, or because it is there? Measured by a randomised blind arm."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from goldloop.stats import arguments
from goldloop.stats.arguments import Flags, Floats, Whole
from goldloop.stats.estimate.proportion import limits
from goldloop.stats.result import Estimate, Interval, undefined

METHOD = "agreement with the suggestion: shown minus blind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchoring:
    """The anchoring effect in all, per queue and per person: by how much showing the suggestion raises agreement.

    0: the suggestion changes nothing; 0.2: one answer in five follows it. `overall` and `by_queue` generalise to
    people like these where people are given. `between_people` is the standard deviation of the true effects between
    people (0 where chance explains the spread, None with fewer than 2 people).
    """

    overall: Estimate
    by_queue: Mapping[Hashable, Estimate]
    by_person: Mapping[Hashable, Estimate]
    between_people: float | None


def anchoring(
    agrees: ArrayLike, shown: ArrayLike, *, queues: Any = None, people: Any = None, level: float = 0.95
) -> Anchoring:
    """The effect of seeing a suggestion on agreeing with it, from items whose suggestion was hidden at random.

    `agrees`: did the answer equal the suggestion (also in the blind arm, where it was made and not shown); `shown`:
    was it visible. Shape (n,). A person, or a queue without people: Newcombe's (1998) hybrid score interval for the
    difference of two shares. Over people: differences weighted by n_shown n_blind / (n_shown + n_blind)
    (Mantel-Haenszel), with the spread between people and t quantiles, so that somebody's habits count once.
    Only a random blind arm measures this: hiding suggestions where the model is unsure measures the items instead.
    None where an arm is empty.
    """
    same, visible = arguments.flags("agrees", agrees), arguments.flags("shown", shown)
    arguments.same_length(shown=visible, agrees=same)
    level = arguments.share("level", level)
    person, names = _grouped("people", people, same)
    queue, queue_names = _grouped("queues", queues, same)
    return Anchoring(
        overall=_effect(same, visible, person, level),
        by_queue={
            name: _effect(same[rows], visible[rows], None if person is None else person[rows], level)
            for name, rows in _parts(queue, queue_names)
        },
        by_person={name: _difference(same[rows], visible[rows], level) for name, rows in _parts(person, names)},
        between_people=_between(same, visible, person) if person is not None else None,
    )


def _grouped(field: str, values: Any, same: Flags) -> tuple[Whole | None, list[Hashable]]:
    if values is None:
        return None, []
    codes, names = arguments.codes(field, values)
    arguments.same_length(**{field: codes, "agrees": same})
    return codes, names


def _parts(codes: Whole | None, names: list[Hashable]) -> Iterable[tuple[Hashable, Whole]]:
    return () if codes is None else zip(names, arguments.rows_of(codes, len(names)), strict=True)


def _effect(same: Flags, visible: Flags, person: Whole | None, level: float) -> Estimate:
    """Over people where at least two worked in both arms, otherwise over items."""
    if person is None:
        return _difference(same, visible, level)
    effects, weights, _ = _per_person(same, visible, person)
    if len(effects) < 2:
        return _difference(same, visible, level)
    n, k = len(same), len(effects)
    value = float((weights * effects).sum() / weights.sum())
    scatter = (weights**2 * (effects - value) ** 2).sum() / weights.sum() ** 2
    error = float(np.sqrt(scatter * k / (k - 1)))
    half = float(stdtrit(k - 1, (1 + level) / 2)) * error
    return Estimate(
        value=value,
        n=n,
        eligible=n,
        method=METHOD,
        interval=Interval(
            low=max(-1.0, value - half), high=min(1.0, value + half), level=level, method=f"t over {k} people"
        ),
        details={"standard_error": error, "people": float(k)},
    )


def _per_person(same: Flags, visible: Flags, person: Whole) -> tuple[Floats, Floats, Floats]:
    """Effect, weight and sampling variance of everybody who worked in both arms."""
    size = int(person.max()) + 1 if len(person) else 0
    n = np.array([np.bincount(person[visible == arm], minlength=size) for arm in (True, False)], dtype=np.float64)
    hits = np.array([np.bincount(person[(visible == arm) & same], minlength=size) for arm in (True, False)])
    both = (n > 0).all(0)
    n, hits = n[:, both], hits[:, both].astype(np.float64)
    smooth = (hits + 1) / (n + 2)
    variance = (smooth * (1 - smooth) / n).sum(0)
    return hits[0] / n[0] - hits[1] / n[1], n[0] * n[1] / (n[0] + n[1]), variance


def _difference(same: Flags, visible: Flags, level: float) -> Estimate:
    """Newcombe (1998), method 10: Wilson limits of the two arms combined by squares."""
    arms = [same[visible], same[~visible]]
    n = len(same)
    if not len(arms[0]) or not len(arms[1]):
        empty = "shown" if not len(arms[0]) else "blind"
        return undefined(f"nothing was judged in the {empty} arm", n=n, eligible=n, method=METHOD)
    (p1, low1, high1), (p0, low0, high0) = (
        (float(arm.mean()), *limits(float(arm.sum()), len(arm), method="wilson", level=level)) for arm in arms
    )
    value = p1 - p0
    return Estimate(
        value=value,
        n=n,
        eligible=n,
        method=METHOD,
        interval=Interval(
            low=value - float(np.hypot(p1 - low1, high0 - p0)),
            high=value + float(np.hypot(high1 - p1, p0 - low0)),
            level=level,
            method="Newcombe hybrid score",
        ),
        details={"shown": p1, "blind": p0, "n_shown": float(len(arms[0])), "n_blind": float(len(arms[1]))},
    )


def _between(same: Flags, visible: Flags, person: Whole) -> float | None:
    """The spread of true effects beyond chance, by moments (DerSimonian & Laird 1986)."""
    effects, _, variance = _per_person(same, visible, person)
    if len(effects) < 2:
        return None
    w = 1 / variance
    mean = (w * effects).sum() / w.sum()
    heterogeneity = (w * (effects - mean) ** 2).sum() - (len(effects) - 1)
    return float(np.sqrt(max(0.0, heterogeneity / (w.sum() - (w**2).sum() / w.sum()))))
