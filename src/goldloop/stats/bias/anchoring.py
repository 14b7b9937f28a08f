"""Do people follow a suggestion because it is right, or because it is there? Measured by a randomised blind arm."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Flags, Floats, Whole
from goldloop.stats.estimate.proportion import limits
from goldloop.stats.result import Estimate, Interval, undefined

METHOD = "agreement with the suggestion: shown minus blind"
ALIKE = 1e-9  # people without any spread say nothing of others: then the items do
ARMS = ("shown", "blind", "n_shown", "n_blind")


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
    agrees: ArrayLike,
    shown: ArrayLike,
    *,
    queues: Any = None,
    people: Any = None,
    probability: ArrayLike | None = None,
    level: float = 0.95,
) -> Anchoring:
    """The effect of seeing a suggestion on agreeing with it, from items whose suggestion was hidden at random.

    `agrees`: did the answer equal the suggestion (also in the blind arm, where it was made and not shown); `shown`:
    was it visible. Shape (n,). A person, or a queue without people: Newcombe's (1998) hybrid score interval for the
    difference of two shares. Over people: differences weighted by n_shown n_blind / (n_shown + n_blind)
    (Mantel-Haenszel), with the spread between people and t quantiles, so that somebody's habits count once; no narrower
    than the interval over items, because a few answers of each make people look alike by chance.
    Only a random blind arm measures this: hiding suggestions where the model is unsure measures the items instead.
    `probability`: the chance of each item to be in the arm it is in, where the blind share was not the same for all.
    Items then weigh 1 / probability, and an arm counts as many as it is worth: (sum w)^2 / sum w^2 (Kish 1965).
    None where an arm is empty.
    """
    same, visible = arguments.flags("agrees", agrees), arguments.flags("shown", shown)
    arguments.same_length(shown=visible, agrees=same)
    level = arguments.share("level", level)
    weight = _weights(probability, same)
    person, names = _grouped("people", people, same)
    queue, queue_names = _grouped("queues", queues, same)
    return Anchoring(
        overall=_effect(same, visible, weight, person, level),
        by_queue={
            name: _effect(same[rows], visible[rows], weight[rows], None if person is None else person[rows], level)
            for name, rows in _parts(queue, queue_names)
        },
        by_person={
            name: _difference(same[rows], visible[rows], weight[rows], level) for name, rows in _parts(person, names)
        },
        between_people=_between(same, visible, weight, person) if person is not None else None,
    )


def _weights(probability: ArrayLike | None, same: Flags) -> Floats:
    if probability is None:
        return np.ones(len(same))
    chance = arguments.numbers("probability", probability, low=0, high=1)
    arguments.same_length(probability=chance, agrees=same)
    if (chance == 0).any():
        raise Invalid("nobody is in an arm by no chance", field="probability", expected="above 0", found="0")
    return 1 / chance


def _grouped(field: str, values: Any, same: Flags) -> tuple[Whole | None, list[Hashable]]:
    if values is None:
        return None, []
    codes, names = arguments.codes(field, values)
    arguments.same_length(**{field: codes, "agrees": same})
    return codes, names


def _parts(codes: Whole | None, names: list[Hashable]) -> Iterable[tuple[Hashable, Whole]]:
    return () if codes is None else zip(names, arguments.rows_of(codes, len(names)), strict=True)


def _effect(same: Flags, visible: Flags, weight: Floats, person: Whole | None, level: float) -> Estimate:
    """Over people where at least two worked in both arms, otherwise over items."""
    if person is None:
        return _difference(same, visible, weight, level)
    effects, weights, _ = _per_person(same, visible, weight, person)
    if len(effects) < 2:
        return _difference(same, visible, weight, level)
    n, k = len(same), len(effects)
    value = float((weights * effects).sum() / weights.sum())
    scatter = (weights**2 * (effects - value) ** 2).sum() / weights.sum() ** 2
    error = float(np.sqrt(scatter * k / (k - 1)))
    if error <= ALIKE:
        return _difference(same, visible, weight, level)
    half = float(stdtrit(k - 1, (1 + level) / 2)) * error
    items = _difference(same, visible, weight, level)
    assert items.value is not None and items.interval is not None
    return Estimate(
        value=value,
        n=n,
        eligible=n,
        method=METHOD,
        interval=Interval(
            low=max(-1.0, value - max(half, items.value - items.interval.low)),
            high=min(1.0, value + max(half, items.interval.high - items.value)),
            level=level,
            method=f"t over {k} people, no narrower than over items",
        ),
        details={
            "standard_error": error,
            "people": float(k),
            **{name: number for name, number in items.details.items() if name in ARMS},
        },
    )


def _per_person(same: Flags, visible: Flags, weight: Floats, person: Whole) -> tuple[Floats, Floats, Floats]:
    """Effect, weight and sampling variance of everybody who worked in both arms."""
    size = int(person.max()) + 1 if len(person) else 0

    def sums(of: Floats) -> Floats:
        return np.array([np.bincount(person[visible == arm], of[visible == arm], size) for arm in (True, False)])

    held, hits, squares = sums(weight), sums(weight * same), sums(weight**2)
    both = (held > 0).all(0)
    share = hits[:, both] / held[:, both]
    n = held[:, both] ** 2 / squares[:, both]
    smooth = (share * n + 1) / (n + 2)
    variance = (smooth * (1 - smooth) / n).sum(0)
    return share[0] - share[1], n[0] * n[1] / (n[0] + n[1]), variance


def _difference(same: Flags, visible: Flags, weight: Floats, level: float) -> Estimate:
    """Newcombe (1998), method 10: Wilson limits of the two arms combined by squares."""
    n = len(same)
    if visible.all() or not visible.any():
        empty = "shown" if not visible.any() else "blind"
        return undefined(f"nothing was judged in the {empty} arm", n=n, eligible=n, method=METHOD)
    (p1, low1, high1), (p0, low0, high0) = (_arm(same[arm], weight[arm], level) for arm in (visible, ~visible))
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
        details={"shown": p1, "blind": p0, "n_shown": float(visible.sum()), "n_blind": float((~visible).sum())},
    )


def _arm(same: Flags, weight: Floats, level: float) -> tuple[float, float, float]:
    """The share of an arm, and its Wilson limits at as many items as the arm is worth."""
    worth = float(weight.sum() ** 2 / (weight**2).sum())
    share = float(weight[same].sum() / weight.sum())
    return share, *limits(share * worth, worth, method="wilson", level=level)


def _between(same: Flags, visible: Flags, weight: Floats, person: Whole) -> float | None:
    """The spread of true effects beyond chance, by moments (DerSimonian & Laird 1986)."""
    effects, _, variance = _per_person(same, visible, weight, person)
    if len(effects) < 2:
        return None
    w = 1 / variance
    mean = (w * effects).sum() / w.sum()
    heterogeneity = (w * (effects - mean) ** 2).sum() - (len(effects) - 1)
    return float(np.sqrt(max(0.0, heterogeneity / (w.sum() - (w**2).sum() / w.sum()))))
