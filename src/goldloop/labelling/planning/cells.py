"""Kinds of items that no rule can tell apart: each is routed once, by the same first match as a real item.

A rule asks for ranges of confidence, labels, slices and a second model. Between two ends of ranges it cannot change its
mind, so that a table of cells says exactly where every simulated item goes.
"""

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any, NamedTuple

import numpy as np

from goldloop.core import families
from goldloop.core.assumptions import Assumptions
from goldloop.core.errors import Invalid
from goldloop.core.policy import Policy
from goldloop.labelling.routing.rules import Facts, Routed, Suggested, route
from goldloop.loop.human_only import human_only_because

MOST_CELLS = 200_000
SECOND = (None, 1, 2)  # not asked; says the same value as the first model; says another
TO = ("verify", "annotate", "review", "accept")
Array = np.ndarray[Any, Any]


class Grid(NamedTuple):
    """The cells of some policies under an assumption: their confidence cuts, labels and slices."""

    cuts: Array
    labels: tuple[str | None, ...]
    slices: tuple[dict[str, str], ...]
    chances: Array  # of each combination of slices
    second: bool

    @property
    def shape(self) -> tuple[int, ...]:
        """Suggested or not, confidence, label, second model, suspected, slices."""
        return (2, len(self.cuts) + 1, len(self.labels), len(SECOND), 2, len(self.slices))


class Table(NamedTuple):
    """Where a policy sends each cell: codes of `TO`, the tier, whether it is human-only, and which rule did it."""

    to: Array
    tier: Array
    latched: Array
    rule: Array
    rules: tuple[tuple[str, str, int], ...]


def grid_of(policies: Sequence[Policy], assumed: Assumptions) -> Grid:
    """The cells that some policies can tell apart. Raises Invalid where they are too many."""
    cuts: set[float] = set()
    named: set[str] = set()
    keys: set[str] = set()
    for policy in policies:
        named |= set(human_labels(policy))
        for rule in policy.routing.rules:
            if rule.when is None:
                continue
            if rule.when.confidence is not None:
                ends = (rule.when.confidence.at_least, rule.when.confidence.below)
                cuts |= {end for end in ends if end is not None and end > 0}
            named |= set(rule.when.labels or ())
            keys |= rule.when.slice.keys()
        for trigger in policy.human_only.rules:
            keys |= trigger.slice.keys()
    spoken = sorted(named & (assumed.model.labels.keys() if assumed.model is not None else set()))
    asked = sorted(keys & assumed.slices.keys())
    combinations = list(product(*(assumed.slices[key].items() for key in asked)))
    chances = np.array([prod(share for _, share in one) for one in combinations])
    grid = Grid(
        np.array(sorted(cuts)),
        (*spoken, None),
        tuple({key: value for key, (value, _) in zip(asked, one, strict=True)} for one in combinations),
        chances / chances.sum(),
        assumed.second is not None,
    )
    if (count := prod(grid.shape)) > MOST_CELLS:
        raise Invalid(
            "the rules tell too many kinds of items apart to be simulated",
            field="routing.rules",
            expected=f"at most {MOST_CELLS:,} combinations of confidence, label and slice",
            found=f"{count:,}",
        )
    return grid


def table_of(grid: Grid, policy: Policy) -> Table:
    """Every cell routed by a policy's own rules."""
    shape = grid.shape
    count = prod(shape)
    to, tier, rule = (np.zeros(count, dtype=np.int8) for _ in range(3))
    latched = np.zeros(count, dtype=bool)
    rules: dict[tuple[str, str, int], int] = {}
    people_only = families.task.build(policy.task).people_only
    suspected = next(iter(human_labels(policy)), None)
    lows = (0.0, *grid.cuts.tolist())
    for n, cell in enumerate(np.ndindex(*shape)):
        found, why = _routed(grid, policy, cell, lows, suspected, people_only=people_only)
        key = (found.rule, found.to, found.tier)
        rule[n] = rules.setdefault(key, len(rules))
        to[n], tier[n], latched[n] = TO.index(found.to), found.tier, why is not None
    return Table(to, tier, latched, rule, tuple(rules))


def human_labels(policy: Policy) -> list[str]:
    """The labels that no machine may decide: of the ontology, or suspected by a rule."""
    return sorted(policy.labels.human_only.union(*(one.suspects for one in policy.human_only.rules)))


def _routed(
    grid: Grid,
    policy: Policy,
    cell: tuple[int, ...],
    lows: Sequence[float],
    suspected: str | None,
    *,
    people_only: bool,
) -> tuple[Routed, str | None]:
    said, band, label, other, suspect, combination = cell
    first = second = None
    if said and policy.routing.model is not None:
        name = grid.labels[label]
        shares = ((suspected, 1.0),) if suspect and suspected is not None else ()
        first = Suggested(0, 1, (name,) if name is not None else (), lows[band], None, shares)
        if policy.routing.second is not None and grid.second and SECOND[other] is not None:
            second = Suggested(0, SECOND[other], (), None, None, ())
    facts = Facts(first, second, grid.slices[combination])
    why = f"only people may say {policy.task.name}" if people_only else None
    models = [one for one in (first, second) if one is not None]
    why = why or human_only_because(policy, models, facts.slices, human_labels=policy.labels.human_only)
    return route(facts, policy, human_only=why), why
