"""The runs of a simulation: every policy over the same items in every run, so that their differences are theirs.

A run draws every input that is not certain, the items, what people say of each, the scatter of their times, and the
audits of the batches.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from goldloop.core.assumptions import Assumptions
from goldloop.core.policy import Policy
from goldloop.labelling.planning.cells import Grid, Table, grid_of, table_of
from goldloop.labelling.planning.items import ANNOTATE, items_of, seconds_of, worked
from goldloop.labelling.planning.promises import audit_size
from goldloop.labelling.planning.values import TIERS, Array, Values, drawn

HOUR_S = 3_600


class Run(NamedTuple):
    """What one run came to under one policy."""

    seconds: Array  # kind by tier, proof left out
    proof: float
    money: float | None
    wrong: float
    wrong_accepted: float | None
    rules: Array
    works: Array
    first: Array  # seconds by tier
    later: Array
    looks: Array  # first looks by tier
    judged: Array
    found: Array
    shown: float


class Policied(NamedTuple):
    """A policy with its table of cells, and what its audits ask for."""

    name: str
    policy: Policy
    table: Table
    audit: int
    audit_tier: int


class Found(NamedTuple):
    """The runs of every policy, and the numbers that were true in each."""

    values: list[Values]
    runs: list[list[Run]]  # by policy
    tables: list[Table]


def simulated(
    side: Sequence[tuple[str, Policy]],
    assumed: Assumptions,
    *,
    runs: int,
    seed: int,
    tell: Callable[[int], None] | None = None,
) -> Found:
    """Simulate some policies; `tell` hears how many runs are done."""
    grid = grid_of([policy for _, policy in side], assumed)
    made = [_policied(grid, name, policy, assumed) for name, policy in side]
    values: list[Values] = []
    out: list[list[Run]] = [[] for _ in made]
    for number in range(runs):
        truth = drawn(assumed, grid.labels, np.random.default_rng((seed, number, 0)))
        items = items_of(grid, truth, assumed.items, np.random.default_rng((seed, number, 1)))
        values.append(truth)
        for n, one in enumerate(made):
            done = worked(one.policy, one.table, truth, items)
            chance = np.random.default_rng((seed, number, 2))  # the same for every policy
            first = seconds_of(done.first, done.first_weight, truth, chance)
            later = seconds_of(done.later, done.later_weight, truth, chance)
            judged, found = _audited(one, done.wrong, np.random.default_rng((seed, number, 3)))
            proof = _proof(one, judged.sum(), first[ANNOTATE].sum(), truth, chance)
            rules = np.bincount(done.rule, minlength=len(one.table.rules))
            accepted = done.wrong[done.accepted]
            out[n].append(
                Run(
                    seconds=first + later,
                    proof=float(proof.sum()),
                    money=_money(one.policy, (first + later).sum(axis=0) + proof),
                    wrong=float(done.wrong.mean()),
                    wrong_accepted=float(accepted.mean()) if len(accepted) else None,
                    rules=rules,
                    works=done.first + done.later,
                    first=first.sum(axis=0)[1:],
                    later=(later.sum(axis=0) + proof)[1:],
                    looks=done.first.sum(axis=0)[1:],
                    judged=judged,
                    found=found,
                    shown=float(done.shown.mean()),
                )
            )
        if tell is not None:
            tell(number + 1)
    return Found(values, out, [one.table for one in made])


def _policied(grid: Grid, name: str, policy: Policy, assumed: Assumptions) -> Policied:
    size, tier = audit_size(policy, min(policy.batches.size, assumed.items))
    return Policied(name, policy, table_of(grid, policy), size, tier)


def _audited(one: Policied, wrong: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """How many labels of each batch its audit judges, and how many of those it finds wrong."""
    edges = np.arange(0, len(wrong), one.policy.batches.size)
    held = np.diff(np.append(edges, len(wrong)))
    judged = np.minimum(one.audit, held)
    bad = np.add.reduceat(wrong.astype(int), edges)
    return judged, rng.hypergeometric(bad, held - bad, judged) if one.audit else np.zeros(len(held), dtype=int)


def _proof(one: Policied, judged: float, annotated: float, truth: Values, rng: np.random.Generator) -> Array:
    """Seconds by tier of audits, with the scatter of so many times, and of hidden gold among what is annotated."""
    out = np.zeros(4)
    audits, tier = np.zeros(truth.seconds.shape), one.audit_tier
    audits[ANNOTATE, tier] = judged
    out[tier] += seconds_of(audits, audits, truth, rng)[ANNOTATE, tier]
    hidden = one.policy.calibration.hidden if one.policy.calibration is not None else 0.0
    out[1] += annotated * hidden / (1 - hidden)
    return out


def _money(policy: Policy, seconds: Array) -> float | None:
    """Minor units; None where a tier that works has no rate in the file."""
    out = 0.0
    for tier in TIERS:
        if seconds[tier] > 0:
            if tier not in policy.tiers:
                return None
            out += float(seconds[tier]) * policy.tiers[tier].rate / HOUR_S
    return out
