"""Which items to judge: a seeded draw from queues or slices with known inclusion probabilities."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Floats, Whole

LEAST_PULL = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A drawn sample: positions in the population (rising), each item's inclusion probability, and n per stratum.

    `allocation` maps every stratum to (drawn, held); it and `probabilities` are what `estimate.stratified` and
    `estimate.hajek` need.
    """

    positions: Whole
    probabilities: Floats
    allocation: dict[Hashable, tuple[int, int]]
    seed: int


def allocate(held: ArrayLike, size: int, *, minimum: int = 0, weights: ArrayLike | None = None) -> Whole:
    """How many of `size` judgements each stratum gets: exactly `size` in all, never more than it holds.

    Shares are proportional to held x weight: without weights proportional allocation; with the standard deviation
    of the judged value per stratum (for an error rate p: sqrt(p (1 - p))) Neyman's optimal allocation (Neyman
    1934). Every stratum first gets min(`minimum`, held); full strata are capped and the rest shared again; fractions
    go to the largest remainders, ties to the earlier stratum. With all weights 0 the allocation is proportional.
    Invalid where size exceeds the population or the minimums exceed size.
    """
    sizes = arguments.counts("held", held)
    size = arguments.whole("size", size)
    minimum = arguments.whole("minimum", minimum)
    weight = np.ones(len(sizes)) if weights is None else arguments.numbers("weights", weights, low=0)
    arguments.same_length(weights=weight, held=sizes)
    floor = np.minimum(sizes, minimum)
    if size > sizes.sum():
        raise Invalid("exceeds the population", field="size", expected=f"at most {sizes.sum()}", found=str(size))
    if floor.sum() > size:
        raise Invalid("needs more than size", field="minimum", expected=f"{size} in all", found=str(int(floor.sum())))
    target = _levels(sizes.astype(float), float(size), floor.astype(float), sizes * weight)
    given = np.clip(np.floor(target + 1e-9).astype(np.int64), floor, sizes)
    for stratum in np.argsort(-(target - given), kind="stable")[: size - int(given.sum())]:
        given[stratum] += 1
    return given


def stratified_sample(
    strata_codes: Sequence[Any] | ArrayLike,
    size: int,
    *,
    seed: int,
    minimum: int = 0,
    weights: ArrayLike | dict[Any, float] | None = None,
) -> Draw:
    """Exactly `size` items, drawn without replacement within each stratum, the same for the same seed.

    `strata_codes` names the stratum of every item of the population; `weights` is one number per stratum (in sorted
    order of the strata, or a mapping) as in `allocate`. Inclusion probabilities are drawn / held of the stratum.
    """
    codes, labels = arguments.codes("strata_codes", strata_codes)
    seed = arguments.whole("seed", seed)
    if isinstance(weights, dict):
        unknown = [label for label in labels if label not in weights]
        if unknown:
            raise Invalid(
                "names no weight", field="weights", expected="one per stratum", found=f"none for {unknown[0]}"
            )
        weights = [weights[label] for label in labels]
    held = np.bincount(codes, minlength=len(labels))
    given = allocate(held, size, minimum=minimum, weights=weights)
    random = np.random.default_rng(seed)
    order = random.permutation(len(codes))
    order = order[np.argsort(codes[order], kind="stable")]
    rank = np.arange(len(codes)) - np.repeat(np.cumsum(held) - held, held)
    positions = np.sort(order[rank < given[codes[order]]])
    return Draw(
        positions=positions.astype(np.int64),
        probabilities=(given / np.maximum(held, 1))[codes[positions]],
        allocation={label: (int(g), int(h)) for label, g, h in zip(labels, given, held, strict=True)},
        seed=seed,
    )


def _levels(held: Floats, size: float, floor: Floats, pull: Floats) -> Floats:
    """The fractional allocation: the pull shared out, held between floor and held (water filling)."""
    if held.sum() == 0:
        return held
    if pull.sum() == 0:
        pull = held
    pull = np.where(held > 0, np.maximum(pull / pull.max(), LEAST_PULL), 0.0)
    low, high = 0.0, float((held[held > 0] / pull[held > 0]).max())
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if np.clip(middle * pull, floor, held).sum() < size else (low, middle)
    return np.asarray(np.clip(high * pull, floor, held), dtype=np.float64)
