"""Queues of people, day by day: what arrives at each tier, what the crews work off, how old the rest becomes.

A fluid model: a day's arrivals go into the queue of their tier, rulings and second looks follow what was answered, the
oldest work is done first, and rulings before first looks. Crews with fewer tiers are used first, scarce tiers before
common ones. One array holds every run.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from goldloop.labelling.planning.values import TIERS, Array

HORIZON = 366  # working days that are simulated
IDLE = 1.0  # seconds of work below which a queue is empty


class Load(NamedTuple):
    """What one run brings: active seconds of first looks and of what follows, by tier; first looks; items."""

    first: Array  # runs by tier
    later: Array  # runs by tier
    looks: Array  # runs by tier
    items: float
    arrivals: Array | None  # items a day, by run; all at once where None
    supply: Array  # active seconds a day, runs by crew


class Queued(NamedTuple):
    """How the queues went. Days are working days; a run that does not end within the horizon is infinite."""

    days: Array  # by run
    oldest: Array  # runs by tier: the greatest age of waiting work, in days
    backlog: Array  # runs by tier: most seconds that waited at a day's end
    demand: Array  # runs by tier: seconds that arrive on a day, until all has arrived
    done: Array  # days by runs: first looks
    arrived: Array  # days by runs by tier, cumulative seconds
    served: Array  # days by runs by tier, cumulative seconds


def worked_off(load: Load, crews: Sequence[Sequence[int]]) -> Queued:
    """Work off a load with crews, each of which works at some tiers."""
    runs = len(load.first)
    daily = np.full(runs, load.items) if load.arrivals is None else np.maximum(load.arrivals, 1e-9)
    total, looks = load.first.sum(axis=1), load.looks.sum(axis=1)
    follows = load.later / np.maximum(total, 1e-9)[:, None]
    order = [
        sorted((n for n, tiers in enumerate(crews) if tier in tiers), key=lambda n: len(crews[n])) for tier in TIERS
    ]
    first, later = np.zeros((runs, 3)), np.zeros((runs, 3))
    days = np.full(runs, np.inf)
    left = np.full(runs, load.items)
    arrived, served, done = [], [], []
    came, went = np.zeros((runs, 3)), np.zeros((runs, 3))
    for day in range(HORIZON):
        new = np.minimum(left, daily)
        left = left - new
        share = (new / load.items)[:, None]
        first += load.first * share
        came = came + load.first * share
        spare = load.supply.astype(float)
        answered = np.zeros(runs)
        for _ in range(2):  # what follows an answer may be done on the same day
            for at in (2, 1, 0):
                given = _given(spare, order[at], first[:, at] + later[:, at])
                ruled = np.minimum(later[:, at], given)
                looked = np.minimum(first[:, at], given - ruled)
                later[:, at] -= ruled
                first[:, at] -= looked
                went[:, at] += ruled + looked
                followed = follows * looked[:, None]
                later += followed
                came = came + followed
                answered += looked * load.looks[:, at] / np.maximum(load.first[:, at], 1e-9)
        arrived.append(came.copy())
        served.append(went.copy())
        done.append(answered)
        empty = (first.sum(axis=1) + later.sum(axis=1) < IDLE) & (left < 1e-6)
        days = np.where(empty & np.isinf(days), day + 1, days)
        if empty.all():
            break
    a, s = np.array(arrived), np.array(served)
    span = np.maximum(1.0, load.items / daily)
    return Queued(
        days=days,
        oldest=_oldest(a, s),
        backlog=np.maximum(a - s, 0).max(axis=0),
        demand=(load.first + load.later) / span[:, None],
        done=np.array(done) * np.where(looks > 0, 1, 0),
        arrived=a,
        served=s,
    )


def standing(supply: Array, crews: Sequence[Sequence[int]]) -> Array:
    """Seconds a day that crews could give to each tier if they did nothing else; runs by tier."""
    return np.stack(
        [supply[:, [n for n, tiers in enumerate(crews) if tier in tiers]].sum(axis=1) for tier in TIERS], axis=1
    )


def waits(queued: Queued, tier: int) -> tuple[Array, Array]:
    """Working days that each day's arrivals at a tier wait, and how much arrived; days by runs."""
    a, s = queued.arrived[:, :, tier - 1], queued.served[:, :, tier - 1]
    count, runs = a.shape
    delay = np.empty((count, runs))
    for run in range(runs):
        over = np.searchsorted(s[:, run], a[:, run] - IDLE, side="left")
        delay[:, run] = np.where(over < count, np.maximum(0, over - np.arange(count)), HORIZON)
    return delay, np.diff(a, axis=0, prepend=0)


def _given(spare: Array, crews: Sequence[int], wanted: Array) -> Array:
    """Take what a tier wants from the crews that may do it; `spare` is what is left of them."""
    got = np.zeros(len(wanted))
    for crew in crews:
        part = np.minimum(spare[:, crew], wanted - got)
        spare[:, crew] -= part
        got += part
    return got


def _oldest(arrived: Array, served: Array) -> Array:
    """The most nights that waiting work waited: what is done on the day it came waits none."""
    count, runs, tiers = arrived.shape
    head = np.zeros((runs, tiers), dtype=int)
    oldest = np.zeros((runs, tiers))
    rows, columns = np.indices((runs, tiers))
    for day in range(count):
        while True:
            passed = (head <= day) & (arrived[np.minimum(head, count - 1), rows, columns] <= served[day] + IDLE)
            if not passed.any():
                break
            head = head + passed
        oldest = np.maximum(oldest, np.where(head <= day, day - head + 1, 0))
    return oldest
