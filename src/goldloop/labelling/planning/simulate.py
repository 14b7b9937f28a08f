"""Simulating a programme: every policy over the same items in every run, so that their differences are theirs.

Each number is the median over runs with the middle 95 % of them. A run draws every input that is not certain, the
items, what people say of each, the scatter of their times, and the audits of the batches.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from goldloop.core.assumptions import Assumptions
from goldloop.core.policy import Blind, Policy, RouteRule, Routing
from goldloop.labelling.planning.cells import Grid, Table, grid_of, table_of
from goldloop.labelling.planning.items import ANNOTATE, items_of, seconds_of, worked
from goldloop.labelling.planning.promises import Audit, audit_size, risks
from goldloop.labelling.planning.queues import HORIZON, Load, Queued, standing, worked_off
from goldloop.labelling.planning.sensitivity import ends
from goldloop.labelling.planning.values import KINDS, TIERS, Array, Values, drawn

RUNS = 200
SENSED = 40  # runs at each end of an input, at most; a fifth of the others, at least
LEAST = 10
LEVEL = 0.95
HOUR_S = 3_600
SURGES = (1, 2, 3)
BY_HAND = "all by hand"
METHOD = f"median of seeded runs with the middle {LEVEL:.0%} of them"
Told = Callable[[int, int], None]
Spread = dict[str, Any]


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


def simulate(
    policies: Sequence[tuple[str, Policy]],
    assumed: Assumptions,
    *,
    runs: int = RUNS,
    seed: int = 1,
    sensed: int | None = None,
    told: Told | None = None,
) -> dict[str, Any]:
    """Everything a plan says of some policies; the first is the one that is planned, the others stand beside it."""
    tell = told or (lambda done, total: None)
    sensed = sensed or max(LEAST, min(SENSED, runs // 5))
    planned = policies[0]
    side = [*policies, (BY_HAND, by_hand(planned[1]))]
    inputs = ends(assumed)
    total = runs + 2 * sensed * len(inputs)
    found = _runs(side, assumed, runs=runs, seed=seed, tell=lambda done: tell(done, total))
    hand = len(side) - 1
    out = [_summary(name, policy, assumed, found, n, hand=hand) for n, (name, policy) in enumerate(side)]
    middle = _short([planned], assumed, sensed=sensed, seed=seed)
    swings: list[dict[str, Any]] = []
    for n, one in enumerate(inputs):
        low = _short([planned], one.at_low, sensed=sensed, seed=seed)
        tell(runs + (2 * n + 1) * sensed, total)
        high = _short([planned], one.at_high, sensed=sensed, seed=seed)
        tell(runs + (2 * n + 2) * sensed, total)
        swings.append({"input": one.name, "low": {"at": one.low, **low}, "high": {"at": one.high, **high}})
    swings.sort(key=lambda one: -abs(one["high"]["hours"] - one["low"]["hours"]))
    return {
        "simulated": True,
        "runs": runs,
        "seed": seed,
        "level": LEVEL,
        "method": METHOD,
        "items": assumed.items,
        "policies": out,
        "sensitivity": {"policy": planned[0], "runs": sensed, "middle": middle, "inputs": swings},
    }


def by_hand(policy: Policy) -> Policy:
    """The same programme without suggestions: everything is annotated in full, at the tier of the last rule."""
    last = policy.routing.rules[-1]
    rule = RouteRule(rule=BY_HAND, to="annotate", tier=last.tier)
    return policy.model_copy(update={"routing": Routing(rules=(rule,)), "blind": Blind(), "models": {}})


def predicted(
    name: str, policy: Policy, assumed: Assumptions, *, runs: int, seed: int, audited: bool
) -> dict[str, Spread]:
    """What one policy would come to: hours, cost, and the accuracy that its audit would measure."""
    found = _runs([(name, policy)], assumed, runs=runs, seed=seed).runs[0]
    hours = np.array([one.seconds.sum() + (one.proof if audited else 0.0) for one in found]) / HOUR_S
    share = np.array([one.seconds.sum() / max(one.seconds.sum() + one.proof, 1e-9) for one in found])
    money = _known([one.money for one in found])
    judged = np.array([one.judged.sum() for one in found])
    bad = np.array([one.found.sum() for one in found])
    return {
        "hours": spread(hours),
        "cost": spread(
            None if money is None else money if audited else money * share, because="a tier that works has no rate"
        ),
        "measured_accuracy": spread(1 - bad / judged if judged.all() else None, because="its gate has no sample"),
    }


class Found(NamedTuple):
    """The runs of every policy, and the numbers that were true in each."""

    values: list[Values]
    runs: list[list[Run]]  # by policy
    tables: list[Table]


def _runs(
    side: Sequence[tuple[str, Policy]],
    assumed: Assumptions,
    *,
    runs: int,
    seed: int,
    tell: Callable[[int], None] | None = None,
) -> Found:
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
            proof = _proof(one, judged.sum(), first[ANNOTATE].sum(), truth)
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


def _proof(one: Policied, judged: float, annotated: float, truth: Values) -> Array:
    """Seconds by tier of audits, and of hidden gold among what is annotated."""
    out = np.zeros(4)
    out[one.audit_tier] += judged * truth.seconds[ANNOTATE, one.audit_tier]
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


def _working(policy: Policy, assumed: Assumptions) -> list[Any]:
    """The crews that bring every skill that the programme asks for, and one of its languages."""
    return [one for one in assumed.capacity.values() if fits(policy, one)]


def fits(policy: Policy, crew: Any) -> bool:
    """True where a crew may do a programme's work."""
    speaks = not policy.languages or not crew.languages or bool(set(policy.languages) & set(crew.languages))
    return set(policy.skills) <= set(crew.skills) and speaks


def _queued(policy: Policy, assumed: Assumptions, found: Found, runs: Sequence[Run], surge: int) -> Queued | None:
    """The queues of a policy. A surge brings so many times the items in the time in which they would have come."""
    crews = _working(policy, assumed)
    if not crews:
        return None
    mine = [n for n, one in enumerate(assumed.capacity.values()) if fits(policy, one)]
    arrivals = None
    if assumed.arrivals is not None:
        arrivals = np.array([one.arrivals for one in found.values]) * surge
    load = Load(
        first=np.array([one.first for one in runs]) * surge,
        later=np.array([one.later for one in runs]) * surge,
        looks=np.array([one.looks for one in runs]) * surge,
        items=float(assumed.items * surge),
        arrivals=arrivals,
        supply=np.array([one.hours[mine] for one in found.values]) * HOUR_S,
    )
    return worked_off(load, [one.tiers for one in crews])


def _summary(name: str, policy: Policy, assumed: Assumptions, found: Found, n: int, *, hand: int) -> dict[str, Any]:
    runs, manual, first = found.runs[n], found.runs[hand], found.runs[0]
    hours = np.array([one.seconds.sum() + one.proof for one in runs]) / HOUR_S
    by_hand_hours = np.array([one.seconds.sum() + one.proof for one in manual]) / HOUR_S
    first_hours = np.array([one.seconds.sum() + one.proof for one in first]) / HOUR_S
    right = 1 - np.array([one.wrong for one in runs])
    money = _known([one.money for one in runs])
    queues = {surge: _queued(policy, assumed, found, runs, surge) for surge in SURGES}
    usual = queues[1]
    audit = Audit(np.array([one.judged for one in runs]), np.array([one.found for one in runs]))
    no_rate = "a tier that works has no rate in the programme file" if money is None else None
    accepted = _known([one.wrong_accepted for one in runs])
    by_hand_money, first_money = (_known([one.money for one in part]) for part in (manual, first))
    return {
        "policy": name,
        "rules": _rules(found.tables[n], runs, assumed.items),
        "hours": spread(hours),
        "proof_hours": spread(np.array([one.proof for one in runs]) / HOUR_S),
        "cost": spread(money, because=no_rate),
        "currency": policy.currency,
        "accuracy": spread(right),
        "accuracy_unseen": spread(
            1 - accepted if accepted is not None else None, because="nothing is accepted without a person"
        ),
        "saved_hours": spread(1 - hours / np.maximum(by_hand_hours, 1e-9)),
        "saved_cost": spread(
            1 - money / by_hand_money if money is not None and by_hand_money is not None else None, because=no_rate
        ),
        "accuracy_over_hand": spread(right - (1 - np.array([one.wrong for one in manual]))),
        "over_first": {
            "hours": spread(hours - first_hours),
            "cost": spread(
                money - first_money if money is not None and first_money is not None else None, because=no_rate
            ),
            "accuracy": spread(right - (1 - np.array([one.wrong for one in first]))),
        },
        "days": _days(usual, assumed),
        "works": _works(runs),
        "sla": [one._asdict() for one in risks(policy, audit, usual)],
        "capacity": _capacity(policy, assumed, found, runs, queues),
    }


def spread(found: Array | None, *, because: str | None = None) -> Spread:
    """A number over runs: its median, the middle of them, how many; None with its reason."""
    if found is None or not len(found):
        return {"value": None, "low": None, "high": None, "n": 0, "because": because or "there is nothing to count"}
    low, middle, high = (float(one) for one in np.quantile(found, ((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2)))
    return {"value": middle, "low": low, "high": high, "n": len(found), "because": None}


def _known(found: Sequence[float | None]) -> Array | None:
    known = [one for one in found if one is not None]
    return np.array(known) if len(known) == len(found) and known else None


def _days(queued: Queued | None, assumed: Assumptions) -> Spread:
    if queued is None:
        return spread(None, because="no crew of the assumptions may do this work" if assumed.capacity else "no crew")
    ended = np.isfinite(queued.days)
    if not ended.all():
        late = int((~ended).sum())
        return spread(None, because=f"{late:,} of {len(ended):,} runs do not end within {HORIZON} working days")
    return spread(queued.days)


def _rules(table: Table, runs: Sequence[Run], items: int) -> list[dict[str, Any]]:
    counts = np.array([one.rules for one in runs])
    out = []
    for n, (rule, to, tier) in enumerate(table.rules):
        if counts[:, n].any():
            out.append({"rule": rule, "to": to, "tier": tier, "share": spread(counts[:, n] / items)})
    return sorted(out, key=lambda one: -one["share"]["value"])


def _works(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Works and hours by what is done and at which tier."""
    out = []
    for kind, name in enumerate(KINDS):
        for tier in TIERS:
            works = np.array([one.works[kind, tier] for one in runs])
            if works.any():
                took = np.array([one.seconds[kind, tier] for one in runs]) / HOUR_S
                out.append({"kind": name, "tier": tier, "works": spread(works), "hours": spread(took)})
    return out


def _capacity(
    policy: Policy, assumed: Assumptions, found: Found, runs: Sequence[Run], queues: Mapping[int, Queued | None]
) -> dict[str, Any]:
    """Work a day against what stands ready, tier by tier, and what a surge does to the queues."""
    usual = queues[1]
    crews = [
        {
            "crew": name,
            "people": one.people,
            "tiers": list(one.tiers),
            "skills": list(one.skills),
            "languages": list(one.languages),
            "works": fits(policy, one),
        }
        for name, one in assumed.capacity.items()
    ]
    if usual is None:
        because = "no crew brings what the programme asks for" if crews else "no crew is stated"
        return {"crews": crews, "tiers": [], "surges": [], "because": because}
    mine = [n for n, one in enumerate(assumed.capacity.values()) if fits(policy, one)]
    supply = np.array([one.hours[mine] for one in found.values])
    ready = standing(supply, [one.tiers for one in _working(policy, assumed)])
    tiers = []
    for at, tier in enumerate(TIERS):
        demand = usual.demand[:, at] / HOUR_S
        if demand.any() or ready[:, at].any():
            load = demand / np.maximum(ready[:, at], 1e-9)
            tiers.append(
                {
                    "tier": tier,
                    "demand": spread(demand),
                    "standing": spread(ready[:, at]),
                    "load": spread(load if ready[:, at].all() else None, because="nobody works at this tier"),
                }
            )
    surges = []
    for factor, queued in queues.items():
        assert queued is not None
        surges.append(
            {
                "factor": factor,
                "days": _days(queued, assumed),
                "tiers": [
                    {
                        "tier": tier,
                        "oldest_days": spread(queued.oldest[:, at]),
                        "backlog_hours": spread(queued.backlog[:, at] / HOUR_S),
                    }
                    for at, tier in enumerate(TIERS)
                    if queued.demand[:, at].any()
                ],
            }
        )
    at_once = None if assumed.arrivals is not None else "everything comes on the first day: a surge is more items"
    return {"crews": crews, "tiers": tiers, "surges": surges, "because": at_once}


def _short(side: Sequence[tuple[str, Policy]], assumed: Assumptions, *, sensed: int, seed: int) -> dict[str, Any]:
    """The medians of a few runs, for comparing one input at two values under the same chances."""
    found = _runs(side, assumed, runs=sensed, seed=seed)
    policy, runs = side[0][1], found.runs[0]
    queued = _queued(policy, assumed, found, runs, 1)
    money = _known([one.money for one in runs])
    days = float(np.median(queued.days)) if queued is not None else float("inf")
    return {
        "hours": float(np.median([one.seconds.sum() + one.proof for one in runs])) / HOUR_S,
        "cost": float(np.median(money)) if money is not None else None,
        "accuracy": 1 - float(np.median([one.wrong for one in runs])),
        "days": days if np.isfinite(days) else None,
        "verified": float(np.median([one.shown for one in runs])),
    }
