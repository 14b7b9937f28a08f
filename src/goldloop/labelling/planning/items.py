"""What becomes of simulated items under a policy: who works on them, how often, and whether the label is right.

    verify  let stand -> the suggestion      corrected in place      rejected -> annotated by a second person
    annotate by one -> their answer          by several -> they agree, or a senior rules
    human-only: in full, unassisted, and ruled on as the policy says
    accept: the suggestion, unseen

It follows `loop/ruling.py`, item by item in whole arrays.
"""

from typing import NamedTuple

import numpy as np

from goldloop.core.policy import Policy
from goldloop.labelling.planning.cells import Grid, Table
from goldloop.labelling.planning.values import KINDS, Array, Values

VERIFY, CORRECT, ANNOTATE, REVIEW = range(len(KINDS))
TO_VERIFY, TO_ANNOTATE, TO_REVIEW, TO_ACCEPT = range(4)
CHANCES = 10


class Drawn(NamedTuple):
    """The items of one run, the same for every policy: their cells, whether suggestions are right, and chances."""

    cell: Array
    right: Array
    chance: Array  # CHANCES by items, uniform
    verify_weight: Array  # times its time for one object
    annotate_weight: Array


class Worked(NamedTuple):
    """What a policy made of the items. Works are kind by tier; weighted, they count an item's objects."""

    first: Array
    later: Array
    first_weight: Array
    later_weight: Array
    wrong: Array  # by item
    rule: Array  # by item
    accepted: Array  # by item: nobody looked
    shown: Array  # by item: verified with the suggestion in view


def items_of(grid: Grid, values: Values, count: int, rng: np.random.Generator) -> Drawn:
    """So many items under one run's numbers."""
    common = rng.random(count) < values.common
    said = rng.random(count) < values.suggests
    band = np.minimum(
        np.searchsorted(np.cumsum(values.shares), rng.random(count), side="right"), len(values.shares) - 1
    )
    confidence = values.lows[band] + rng.random(count) * (values.highs[band] - values.lows[band])
    chance_right = values.right[band]
    if values.rare is not None:
        chance_right = np.where(common, chance_right, values.rare)
    right = said & (rng.random(count) < chance_right)
    label = np.minimum(np.searchsorted(values.labels, rng.random(count), side="right"), len(values.labels) - 1)
    same = rng.random(count) < np.where(right, values.agrees[1], values.agrees[0])
    suspected = rng.random(count) < values.suspects
    slices = np.minimum(
        np.searchsorted(np.cumsum(grid.chances), rng.random(count), side="right"), len(grid.chances) - 1
    )
    other = np.where(same, 1, 2) if grid.second else np.zeros(count, dtype=int)
    cell = np.ravel_multi_index(
        (
            said.astype(int),
            np.searchsorted(grid.cuts, confidence, side="right"),
            label,
            other,
            suspected.astype(int),
            slices,
        ),
        grid.shape,
    )
    more = rng.poisson(values.objects - 1, count) if values.objects > 1 else np.zeros(count)
    return Drawn(
        cell,
        right,
        rng.random((CHANCES, count)),
        1 + values.object_share[0] * more,
        1 + values.object_share[1] * more,
    )


def worked(policy: Policy, table: Table, values: Values, drawn: Drawn) -> Worked:
    """What becomes of every item under a policy."""
    to, tier = table.to[drawn.cell], table.tier[drawn.cell].astype(int)
    latched = table.latched[drawn.cell]
    person, anchor, correct, second, ruling, blind, several, differ, asks, redo = drawn.chance
    free = ~latched
    shared = free & (to <= TO_ANNOTATE) & (several < policy.consensus.share)
    hidden = free & (to == TO_VERIFY) & ~shared & (blind < policy.blind.share)
    shown = free & (to == TO_VERIFY) & ~shared & ~hidden
    reviewed, accepted = free & (to == TO_REVIEW), free & (to == TO_ACCEPT)
    alone = hidden | (free & (to == TO_ANNOTATE) & ~shared)
    tier = np.where(latched, np.maximum(tier, policy.human_only.tier), tier)
    able = values.people[tier]
    again = np.maximum(2, tier)  # the tier of a second look
    good = person < able
    escalated = (shown | alone | shared | latched) & (asks < values.escalates)

    objects = shown & ~escalated & (good != drawn.right) & (anchor >= values.anchoring)
    corrected = objects & (correct < values.corrects) if policy.corrections else np.zeros_like(objects)
    rejected = objects & ~corrected
    good_second = second < values.people[again]
    disputed = rejected & good_second & drawn.right  # the label that the verifier had rejected

    wanted = np.where(latched, policy.human_only.judgements, np.where(shared, policy.consensus.judgements, 1))
    most = np.maximum(wanted, policy.consensus.limit)
    apart = _differ(values.differ, able)
    split = (shared | latched) & ~escalated & (wanted > 1) & (differ < 1 - (1 - apart) ** (wanted - 1))
    judged = np.where(split, most, wanted)
    agreed = person < np.clip((able - apart / 2) / np.maximum(1 - apart, 1e-9), 0, 1)
    by_rule = latched if policy.human_only.ruling == "always" else np.zeros_like(latched)
    ruled = (split | disputed | by_rule) & ~escalated
    ruled_tier = np.where(reviewed, tier, np.where(escalated, policy.escalation.tier, policy.consensus.tier))
    good_ruling = ruling < values.people[ruled_tier]

    fine = np.select(
        [escalated | ruled | reviewed, accepted, rejected, corrected, shown, (shared | latched) & (wanted > 1)],
        [good_ruling, drawn.right, good_second, good, drawn.right, agreed],
        default=good,
    )
    redone = ~accepted & (redo < values.reworked)
    fine = np.where(redone, good_second, fine)

    full = alone | shared | latched
    first, first_weight = _counts(
        tier, drawn, ((VERIFY, shown & ~corrected), (CORRECT, corrected), (ANNOTATE, full), (REVIEW, reviewed))
    )
    later, later_weight = _counts(ruled_tier, drawn, ((REVIEW, ruled | escalated),))
    for mask, at, times in (
        (rejected, again, None),
        ((shared | latched) & ~escalated & (judged > 1), tier, judged - 1),
        (redone, again, None),
    ):
        count, weight = _counts(at, drawn, ((ANNOTATE, mask),), times=times)
        later, later_weight = later + count, later_weight + weight
    return Worked(first, later, first_weight, later_weight, ~fine, table.rule[drawn.cell], accepted, shown)


def seconds_of(count: Array, weight: Array, values: Values, rng: np.random.Generator) -> Array:
    """Active seconds of so many works, kind by tier: their mean times, with the scatter of a sum of single times."""
    scatter = 1 + values.spread * rng.standard_normal(count.shape) / np.sqrt(np.maximum(count, 1))
    return np.maximum(0.0, weight * values.seconds * scatter)


def _differ(said: float | None, able: Array) -> Array:
    """How often two people differ: as stated, or as two independent people who never make the same mistake would."""
    return np.full(able.shape, said) if said is not None else 2 * able * (1 - able)


def _counts(
    tier: Array, drawn: Drawn, parts: tuple[tuple[int, Array], ...], *, times: Array | None = None
) -> tuple[Array, Array]:
    """Works kind by tier, plain and weighted; an item may count several times."""
    count, weight = np.zeros((len(KINDS), 4)), np.zeros((len(KINDS), 4))
    for kind, mask in parts:
        where = np.flatnonzero(mask)
        often = np.ones(len(where)) if times is None else times[where].astype(float)
        each = (drawn.verify_weight if kind == VERIFY else drawn.annotate_weight)[where]
        count[kind] += np.bincount(tier[where], weights=often, minlength=4)[:4]
        weight[kind] += np.bincount(tier[where], weights=often * each, minlength=4)[:4]
    return count, weight
