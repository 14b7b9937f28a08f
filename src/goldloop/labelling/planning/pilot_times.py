"""What batches tell of time: seconds by what is done and tier, and the hours that people gave."""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import fmean, stdev

from sqlalchemy import Connection

from goldloop.core.clock import DAY
from goldloop.labelling.planning.measured import LEAST, Pilot, mean, put
from goldloop.store import observed
from goldloop.store.codes import QUEUE, STANCE
from goldloop.store.observed import Took

WINDOW = 14  # days that are looked back, as forecasts do
HOUR_MS = 3_600_000


def put_times(took: Sequence[Took], out: Pilot) -> None:
    """Seconds by what is done and tier: the mean, because sums are what is planned."""
    kinds: dict[str, dict[int, list[Took]]] = defaultdict(lambda: defaultdict(list))
    counts: Counter[str] = Counter()
    for one in took:
        kind = _kind(one)
        counts[kind] += 1
        if one.active_ms is not None:
            kinds[kind][one.tier].append(one)
    spreads = []
    for kind, by in sorted(kinds.items()):
        whole = [one for part in by.values() for one in part]
        tiers = {tier: mean_time(part) for tier, part in by.items() if len(part) >= LEAST} or {1: mean_time(whole)}
        method = "mean active time of a work, by tier; t interval, no narrower than people differ"
        put(out, f"times.{kind}", tiers, len(whole), counts[kind], method)
        times = [one.active_ms or 0 for one in whole]
        if len(times) > 1 and fmean(times) > 0:
            spreads.append((stdev(times) / fmean(times), len(times)))
    if spreads:
        n = sum(count for _, count in spreads)
        spread = min(3.0, sum(value * count for value, count in spreads) / n)
        put(out, "times.spread", spread, n, n, "standard deviation over mean")
    times_ = out.inputs.get("times", {})
    for kind in ("verify", "annotate", "review"):
        if kind not in times_:
            out.missing[f"times.{kind}"] = "no such work was done in these batches"


def _kind(one: Took) -> str:
    if one.queue == QUEUE["review"]:
        return "review"
    if one.queue == QUEUE["annotate"]:
        return "annotate"
    return "correct" if one.stance == STANCE["answer"] else "verify"


def mean_time(works: Sequence[Took]) -> dict[str, float]:
    """The mean of the times that are known, in seconds.

    People differ, and who does how much changes from batch to batch: the standard error is at least that over people.
    """
    by: dict[int, list[float]] = defaultdict(list)
    for one in works:
        if one.active_ms is not None:
            by[one.actor_id].append(one.active_ms / 1000)
    whole = [value for part in by.values() for value in part]
    middle, people = fmean(whole), len(by)
    if people < 2:
        return mean(whole)
    apart = sum(sum(value - middle for value in part) ** 2 for part in by.values())
    return mean(whole, error=math.sqrt(apart * people / (people - 1)) / len(whole))


def put_capacity(connection: Connection, programme_id: int, took: Sequence[Took], out: Pilot, *, at: int) -> None:
    """What people gave on the last whole days on which anybody worked, by the tiers and skills they bring."""
    today = at // DAY
    lately = [one for one in took if today - WINDOW <= one.said_at // DAY < today and one.active_ms is not None]
    days = sorted({one.said_at // DAY for one in lately})
    if len(days) < 3:
        out.missing["capacity"] = f"work was done on {len(days)} whole days of the last {WINDOW}; 3 are needed"
        return
    hours: dict[int, Counter[int]] = defaultdict(Counter)
    for one in lately:
        hours[one.actor_id][one.said_at // DAY] += one.active_ms or 0
    crews: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for who in observed.workers(connection, programme_id, sorted(hours)):
        crews[who.tiers, who.skills, who.languages].append(who.actor_id)
    capacity = {}
    for n, ((tiers, skills, languages), people) in enumerate(sorted(crews.items())):
        by_day = [sum(hours[key][day] for key in people) / HOUR_MS / len(people) for day in days]
        if json.loads(tiers):
            capacity[f"crew-{n + 1}"] = {
                "people": len(people),
                "hours": mean(by_day),
                "tiers": json.loads(tiers),
                "skills": json.loads(skills),
                "languages": json.loads(languages),
            }
    if capacity:
        method = f"active hours a person on the {len(days)} whole days on which anybody worked; t interval"
        put(out, "capacity", capacity, len(days), WINDOW, method)
