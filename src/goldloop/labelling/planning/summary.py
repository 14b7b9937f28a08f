"""What the runs of one policy come to: numbers over runs, its works, queues and promises, beside all by hand."""

from collections.abc import Mapping, Sequence

import numpy as np

from goldloop.core.assumptions import Assumptions, Crew
from goldloop.core.policy import Policy
from goldloop.labelling.planning.cells import Table
from goldloop.labelling.planning.findings import (
    Capacity,
    CrewSaid,
    OverFirst,
    PolicyFound,
    RuleShare,
    Spread,
    Surge,
    TierLoad,
    TierWait,
    Works,
    known,
    spread,
)
from goldloop.labelling.planning.promises import Audit, risks
from goldloop.labelling.planning.queues import HORIZON, Load, Queued, standing, worked_off
from goldloop.labelling.planning.runs import HOUR_S, Found, Run
from goldloop.labelling.planning.values import KINDS, TIERS, Array

SURGES = (1, 2, 3)
NO_RATE = "a tier that works has no rate in the programme file"


def hours_of(runs: Sequence[Run]) -> Array:
    """Hours of people in every run, proof counted."""
    return np.array([one.seconds.sum() + one.proof for one in runs]) / HOUR_S


def summarised(name: str, policy: Policy, assumed: Assumptions, found: Found, n: int, *, hand: int) -> PolicyFound:
    """Everything that a plan says of the `n`th policy; `hand` is the place of all by hand."""
    runs, manual, first = found.runs[n], found.runs[hand], found.runs[0]
    hours, by_hand_hours = hours_of(runs), hours_of(manual)
    right, by_hand_right = (1 - np.array([one.wrong for one in part]) for part in (runs, manual))
    money, by_hand_money, first_money = (known([one.money for one in part]) for part in (runs, manual, first))
    no_rate = NO_RATE if money is None else None
    unseen = known([one.wrong_accepted for one in runs])
    queues = {surge: queued(policy, assumed, found, runs, surge) for surge in SURGES}
    audit = Audit(np.array([one.judged for one in runs]), np.array([one.found for one in runs]))
    saved = 1 - money / by_hand_money if money is not None and by_hand_money is not None else None
    return PolicyFound(
        policy=name,
        rules=tuple(_rules(found.tables[n], runs, assumed.items)),
        hours=spread(hours),
        proof_hours=spread(np.array([one.proof for one in runs]) / HOUR_S),
        cost=spread(money, because=no_rate),
        currency=policy.currency,
        accuracy=spread(right),
        accuracy_unseen=spread(
            1 - unseen if unseen is not None else None, because="nothing is accepted without a person"
        ),
        saved_hours=spread(1 - hours / np.maximum(by_hand_hours, 1e-9)),
        saved_cost=spread(saved, because=no_rate),
        accuracy_over_hand=spread(right - by_hand_right),
        over_first=OverFirst(
            hours=spread(hours - hours_of(first)),
            cost=spread(
                money - first_money if money is not None and first_money is not None else None, because=no_rate
            ),
            accuracy=spread(right - (1 - np.array([one.wrong for one in first]))),
        ),
        days=_days(queues[1], assumed),
        works=tuple(_works(runs)),
        sla=tuple(risks(policy, audit, queues[1])),
        capacity=_capacity(policy, assumed, found, queues),
    )


def _working(policy: Policy, assumed: Assumptions) -> list[Crew]:
    """The crews that bring every skill that the programme asks for, and one of its languages."""
    return [one for one in assumed.capacity.values() if fits(policy, one)]


def fits(policy: Policy, crew: Crew) -> bool:
    """True where a crew may do a programme's work."""
    speaks = not policy.languages or not crew.languages or bool(set(policy.languages) & set(crew.languages))
    return set(policy.skills) <= set(crew.skills) and speaks


def queued(policy: Policy, assumed: Assumptions, found: Found, runs: Sequence[Run], surge: int) -> Queued | None:
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


def _days(found: Queued | None, assumed: Assumptions) -> Spread:
    if found is None:
        return spread(None, because="no crew of the assumptions may do this work" if assumed.capacity else "no crew")
    ended = np.isfinite(found.days)
    if not ended.all():
        late = int((~ended).sum())
        return spread(None, because=f"{late:,} of {len(ended):,} runs do not end within {HORIZON} working days")
    return spread(found.days)


def _rules(table: Table, runs: Sequence[Run], items: int) -> list[RuleShare]:
    counts = np.array([one.rules for one in runs])
    out = []
    for n, (rule, to, tier) in enumerate(table.rules):
        if counts[:, n].any():
            out.append(RuleShare(rule=rule, to=to, tier=tier, share=spread(counts[:, n] / items)))
    return sorted(out, key=lambda one: -(one.share.value or 0.0))


def _works(runs: Sequence[Run]) -> list[Works]:
    """Works and hours by what is done and at which tier."""
    out = []
    for kind, name in enumerate(KINDS):
        for tier in TIERS:
            works = np.array([one.works[kind, tier] for one in runs])
            if works.any():
                took = np.array([one.seconds[kind, tier] for one in runs]) / HOUR_S
                out.append(Works(kind=name, tier=tier, works=spread(works), hours=spread(took)))
    return out


def _capacity(policy: Policy, assumed: Assumptions, found: Found, queues: Mapping[int, Queued | None]) -> Capacity:
    """Work a day against what stands ready, tier by tier, and what a surge does to the queues."""
    usual = queues[1]
    crews = tuple(
        CrewSaid(
            crew=name,
            people=one.people,
            tiers=one.tiers,
            skills=one.skills,
            languages=one.languages,
            works=fits(policy, one),
        )
        for name, one in assumed.capacity.items()
    )
    if usual is None:
        because = "no crew brings what the programme asks for" if crews else "no crew is stated"
        return Capacity(crews=crews, tiers=(), surges=(), because=because)
    mine = [n for n, one in enumerate(assumed.capacity.values()) if fits(policy, one)]
    supply = np.array([one.hours[mine] for one in found.values])
    ready = standing(supply, [one.tiers for one in _working(policy, assumed)])
    at_once = None if assumed.arrivals is not None else "everything comes on the first day: a surge is more items"
    return Capacity(
        crews=crews,
        tiers=tuple(
            _load(tier, usual.demand[:, at] / HOUR_S, ready[:, at])
            for at, tier in enumerate(TIERS)
            if usual.demand[:, at].any() or ready[:, at].any()
        ),
        surges=tuple(_surge(factor, one, assumed) for factor, one in queues.items() if one is not None),
        because=at_once,
    )


def _load(tier: int, demand: Array, ready: Array) -> TierLoad:
    load = demand / np.maximum(ready, 1e-9) if ready.all() else None
    return TierLoad(
        tier=tier, demand=spread(demand), standing=spread(ready), load=spread(load, because="nobody works at this tier")
    )


def _surge(factor: int, found: Queued, assumed: Assumptions) -> Surge:
    waits = (
        TierWait(
            tier=tier,
            oldest_days=spread(found.oldest[:, at]),
            backlog_hours=spread(found.backlog[:, at] / HOUR_S),
        )
        for at, tier in enumerate(TIERS)
        if found.demand[:, at].any()
    )
    return Surge(factor=factor, days=_days(found, assumed), tiers=tuple(waits))
