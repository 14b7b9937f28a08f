"""The inputs of a plan as a programme's own batches measured them: each with its interval, its denominator and method.

What was never measured is left out; the assumption file has to say it, or the plan says that it took a default.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import fmean, stdev
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop import statistics
from goldloop.core.clock import DAY
from goldloop.core.errors import Conflict
from goldloop.core.policy import Policy, TierDoc
from goldloop.labelling.confidence.pairs import MOST, paired
from goldloop.labelling.planning.cells import human_labels
from goldloop.store import observed
from goldloop.store.actors import models
from goldloop.store.arms import armed
from goldloop.store.batches import BatchRow, children
from goldloop.store.codes import QUEUE, STANCE
from goldloop.store.items import attributes
from goldloop.store.observed import Seen, Took
from goldloop.store.programmes import PolicyRow
from goldloop.store.spending import own_rates, sent_back_at
from goldloop.store.suggestions import labels_of
from goldloop.store.unseen import unseen_of

LEVEL = 0.95
NORMAL = 1.959963984540054  # the .975 quantile of the normal distribution
BANDS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0001)
WINDOW = 14  # days that are looked back, as forecasts do
LEAST = 10  # answers of a band, works of a tier: below, the whole speaks for it
ALONE = 3.0  # a single time may be so many times too long, or too short
COMMON = 10  # items that a label has to have to be a common case
HOUR_MS = 3_600_000
WILSON = "Wilson"


class Told(NamedTuple):
    """Where an input comes from: what it was counted on, and how."""

    input: str
    n: int
    eligible: int
    method: str


class Pilot(NamedTuple):
    """Everything that batches tell: the inputs as an assumption file has them, where each comes from, and rates."""

    inputs: dict[str, Any]
    told: list[Told]
    rates: dict[int, TierDoc]
    batches: list[str]
    missing: dict[str, str]


class _Rows(NamedTuple):
    """What was read of the batches."""

    seen: list[Seen]
    took: list[Took]
    named: list[str]


def pilot(connection: Connection, policy: PolicyRow, rows: Sequence[BatchRow], *, at: int) -> Pilot:
    """Measure the inputs of a plan on some batches. Raises Conflict where people said nothing in them yet."""
    read = _Rows([], [], [row.name for row in rows])
    for row in rows:
        read.seen.extend(observed.items_seen(connection, row.id))
        read.took.extend(observed.works_took(connection, row.id))
        for one in children(connection, row.id):
            if one.purpose == "audit":  # seniors' times, and what proof costs
                read.took.extend(observed.works_took(connection, one.id))
    if not read.took:
        raise Conflict(
            "nothing was measured yet",
            field="programme",
            expected="a batch in which people have answered, or an assumption file",
            found=", ".join(read.named) or "no batch",
        )
    out = Pilot({}, [], {}, read.named, {})
    out.inputs["because"] = f"measured on {', '.join(read.named[:5])}" + (" and more" if len(read.named) > 5 else "")
    _put(out, "items", len(read.seen), len(read.seen), len(read.seen), "the items of these batches")
    _arrivals(connection, policy.programme_id, out, at=at)
    _model(connection, policy, read.seen, out)
    _slices(connection, policy.policy, read.seen, out)
    _people(connection, rows, read, out)
    _times(read.took, out)
    _capacity(connection, policy.programme_id, read.took, out, at=at)
    _preconditions(policy, rows, read.seen, out)
    out.rates.update(_rates(connection, policy.policy, read.took))
    return out


def _put(out: Pilot, name: str, value: Any, n: int, eligible: int, method: str) -> None:
    at = out.inputs
    *path, last = name.split(".")
    for part in path:
        at = at.setdefault(part, {})
    at[last] = value
    out.told.append(Told(name, n, eligible, method))


def share(hits: int, n: int) -> dict[str, float]:
    """A share with its interval."""
    low, high = statistics.estimate.limits(float(hits), n, method="wilson", level=LEVEL)
    return {"value": hits / n, "low": max(0.0, min(float(low), hits / n)), "high": min(1.0, max(float(high), hits / n))}


def mean(values: Sequence[float], *, error: float = 0.0) -> dict[str, float]:
    """A mean with its t interval on the scale of logarithms, no narrower than a standard `error` known otherwise.

    One value alone is known to within a factor, and several are known no worse.
    """
    from scipy.special import stdtrit

    middle, n = fmean(values), len(values)
    if middle <= 0:
        return {"value": middle}
    factor = ALONE
    if n > 1:
        half = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * max(stdev(values) / math.sqrt(n), error)
        factor = math.exp(min(half / middle, math.log(ALONE)))
    return {"value": middle, "low": middle / factor, "high": middle * factor}


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


def _arrivals(connection: Connection, programme_id: int, out: Pilot, *, at: int) -> None:
    """Items a day over the days since the first of the last fortnight's imports."""
    came = observed.arrived_since(connection, programme_id, (at // DAY - WINDOW) * DAY)
    if not came:
        out.missing["arrivals"] = f"nothing was taken in during the last {WINDOW} days"
        return
    first = min(moment for moment, _ in came) // DAY
    days = [0] * (at // DAY - first + 1)
    for moment, items in came:
        days[moment // DAY - first] += items
    if len(days) < 3 or not any(days):
        out.missing["arrivals"] = (
            f"items came in on {sum(map(bool, days))} days: 3 days are needed to say how many a day"
        )
        return
    _put(out, "arrivals", mean(days), len(days), WINDOW, "items taken in a day, zeros counted; t interval")


def _model(connection: Connection, policy: PolicyRow, seen: Sequence[Seen], out: Pilot) -> None:
    doc = policy.policy
    free = [one for one in seen if not one.human_only]
    said = [one for one in free if one.suggested is not None and one.confidence is not None]
    if doc.routing.model is None or not said:
        out.missing["model"] = "no model of this programme has spoken of these items with a confidence"
        return
    right, method = _right(connection, policy, said)
    cuts = sorted({*BANDS, *_thresholds(doc)})
    bands = []
    whole = list(right.values())
    for low, high in pairwise(cuts):
        mine = [one for one in said if low <= (one.confidence or 0) < high]
        if not mine:
            continue
        known = [right[one.item_id] for one in mine if one.item_id in right]
        if len(known) < LEAST:
            known = [one.suggested == one.decided for one in mine if one.decided is not None] or whole
        if not known:
            out.missing["model"] = "none of its suggestions stands beside a label yet"
            return
        bands.append(
            {"from": low, "below": high, "share": share(len(mine), len(said)), "right": share(sum(known), len(known))}
        )
    _put(out, "model.confidence", bands, len(right), len(said), f"suggestions by confidence; right: {method}; {WILSON}")
    _put(out, "model.suggests", share(len(said), len(free)), len(free), len(seen), f"items with a suggestion; {WILSON}")
    latched = sum(one.human_only for one in seen)
    _put(out, "model.suspects", share(latched, len(seen)), len(seen), len(seen), f"items that are human-only; {WILSON}")
    asked = {label for rule in doc.routing.rules if rule.when is not None for label in rule.when.labels or ()}
    if asked := asked | set(human_labels(doc)):
        labels = labels_of(connection, sorted({one.suggested for one in said if one.suggested is not None}))
        counts = Counter(label for one in said for label in labels.get(one.suggested or 0, ()) if label in asked)
        shares = {label: counts[label] / len(said) for label in sorted(asked)}
        _put(out, "model.labels", shares, len(said), len(said), "suggested labels that rules ask for")


def _right(connection: Connection, policy: PolicyRow, said: Sequence[Seen]) -> tuple[dict[int, bool], str]:
    """Whether suggestions are right, by item, where people labelled without seeing them."""
    versions = models(connection, policy.programme_id, policy.policy.routing.model)
    unseen = unseen_of(connection, policy.programme_id, [one.item_id for one in said][:MOST])
    right: dict[int, bool] = {}
    for version in versions:
        for pair in paired(connection, policy, version, unseen).pairs:
            right.setdefault(pair.item_id, pair.right)
    ours = {one.item_id for one in said}
    return {key: hit for key, hit in right.items() if key in ours}, (
        f"people's labels given without the suggestion; where a band has fewer than {LEAST}, accepted labels"
    )


def _thresholds(doc: Policy) -> set[float]:
    ranges = [rule.when.confidence for rule in doc.routing.rules if rule.when is not None and rule.when.confidence]
    ends = [end for one in ranges for end in (one.at_least, one.below)]
    return {end for end in ends if end is not None and 0 < end < 1}


def _slices(connection: Connection, doc: Policy, seen: Sequence[Seen], out: Pilot) -> None:
    keys = {key for rule in doc.routing.rules if rule.when is not None for key in rule.when.slice}
    keys |= {key for trigger in doc.human_only.rules for key in trigger.slice}
    if not keys:
        return
    found = attributes(connection, [one.item_id for one in seen])
    for key in sorted(keys):
        counts = Counter(found[one.item_id].slices.get(key, "") if one.item_id in found else "" for one in seen)
        shares = {value or "not set": count / len(seen) for value, count in counts.items()}
        _put(out, f"slices.{key}", shares, len(seen), len(seen), "items by the value of a slice")


def _people(connection: Connection, rows: Sequence[BatchRow], read: _Rows, out: Pilot) -> None:
    several = [found for row in rows for found in observed.unseen_answers(connection, row.id).values()]
    pairs = [answers[0] != answers[1] for answers in several if len(answers) > 1]
    if pairs:
        method = f"items on which the first two independent answers differ; {WILSON}"
        _put(out, "people.differ", share(sum(pairs), len(pairs)), len(pairs), len(several), method)
    held = [one for row in rows for one in observed.held_to_audits(connection, row.id)]
    _right_people(held, pairs, out)
    _anchoring(connection, rows, out)
    objections = [one for one in read.took if one.queue == QUEUE["verify"] and one.stance != STANCE["accept"]]
    corrected = sum(one.stance == STANCE["answer"] for one in objections)
    if objections:
        method = f"objections to suggestions that were corrected in place; {WILSON}"
        _put(out, "people.corrects", share(corrected, len(objections)), len(objections), len(objections), method)
    asked = sum(observed.escalated_in(connection, row.id) for row in rows)
    items = len(read.seen)
    method = f"works that ended with a question, over items; {WILSON}"
    _put(out, "people.escalates", share(min(asked, items), items), items, items, method)
    back = sum(len(sent_back_at(connection, row.id)) for row in rows)
    _put(out, "people.reworked", share(back, items), items, items, f"items that were sent back; {WILSON}")


def _right_people(held: Sequence[observed.Held], pairs: Sequence[bool], out: Pilot) -> None:
    """How often people are right: beside audits; else from how often two of them differ."""
    by: dict[int, list[bool]] = defaultdict(list)
    for one in held:
        by[one.tier].append(one.value_id == one.reference_id)
    whole = [hit for part in by.values() for hit in part]
    if len(whole) >= LEAST:
        right = {tier: share(sum(part), len(part)) for tier, part in by.items() if len(part) >= LEAST}
        right = right or {1: share(sum(whole), len(whole))}
        method = f"answers given without a suggestion that an audit confirmed, by tier; {WILSON}"
        _put(out, "people.right", right, len(whole), len(whole), method)
    elif len(pairs) >= LEAST:
        found = share(sum(pairs), len(pairs))
        alike = {"value": _alike(found["value"]), "low": _alike(found["high"]), "high": _alike(found["low"])}
        method = "from how often two people differ, as if they never made the same mistake"
        _put(out, "people.right", alike, len(pairs), len(pairs), method)
    else:
        out.missing["people.right"] = "no audit and no second answer says how often people are right"


def _alike(differ: float) -> float:
    """How often each of two people is right who differ so often: 2 p (1 - p) = differ."""
    return (1 + math.sqrt(max(0.0, 1 - 2 * differ))) / 2


def _anchoring(connection: Connection, rows: Sequence[BatchRow], out: Pilot) -> None:
    """How many more suggestions stand when they are shown, as a share of those that people would have objected to."""
    arms: dict[bool, list[bool]] = {True: [], False: []}
    for row in rows:
        for one in armed(connection, row.id):
            if one.stance is not None:
                stands = one.stance == STANCE["accept"] or one.value_id == one.suggested
                arms[one.hidden].append(stands)
    shown, hidden = arms[False], arms[True]
    if len(hidden) < LEAST or len(shown) < LEAST:
        out.missing["people.anchoring"] = f"{len(hidden)} items of a blind share: unknown, not zero"
        return
    a, b = sum(shown) / len(shown), sum(hidden) / len(hidden)
    room = max(1 - b, 1 / len(hidden))
    half = NORMAL * math.sqrt(a * (1 - a) / len(shown) + b * (1 - b) / len(hidden)) / room
    value = min(1.0, max(0.0, (a - b) / room))
    ends = {"low": min(value, max(0.0, (a - b) / room - half)), "high": max(value, min(1.0, (a - b) / room + half))}
    method = "agreement shown minus hidden, over what people object to unseen; normal interval"
    _put(out, "people.anchoring", {"value": value, **ends}, len(shown) + len(hidden), len(shown) + len(hidden), method)


def _times(took: Sequence[Took], out: Pilot) -> None:
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
        _put(out, f"times.{kind}", tiers, len(whole), counts[kind], method)
        times = [one.active_ms or 0 for one in whole]
        if len(times) > 1 and fmean(times) > 0:
            spreads.append((stdev(times) / fmean(times), len(times)))
    if spreads:
        n = sum(count for _, count in spreads)
        spread = min(3.0, sum(value * count for value, count in spreads) / n)
        _put(out, "times.spread", spread, n, n, "standard deviation over mean")
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


def _capacity(connection: Connection, programme_id: int, took: Sequence[Took], out: Pilot, *, at: int) -> None:
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
        _put(out, "capacity", capacity, len(days), WINDOW, method)


def _preconditions(policy: PolicyRow, rows: Sequence[BatchRow], seen: Sequence[Seen], out: Pilot) -> None:
    decided = [one.decided for one in seen if one.decided is not None]
    counts = Counter(decided)
    common = sum(count for count in counts.values() if count >= COMMON)
    if decided:
        method = f"items whose accepted label at least {COMMON} items of these batches have; {WILSON}"
        _put(out, "common", share(common, len(decided)), len(decided), len(seen), method)
    same = all(row.ontology_id == policy.ontology_id for row in rows)
    method = "these batches were opened under the labels in force"
    _put(out, "taxonomy_settled", same, len(rows), len(rows), method)
    known = next((one.n for one in out.told if one.input == "model.confidence"), 0)
    method = "labels given without the suggestion that the model stands beside: true from 20 on"
    _put(out, "in_domain", known >= 20, known, len(seen), method)


def _rates(connection: Connection, doc: Policy, took: Sequence[Took]) -> dict[int, TierDoc]:
    """What an hour of each tier cost: people's own rates, weighted by their time, else the file's."""
    own = own_rates(connection, sorted({one.actor_id for one in took}))
    sums: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for one in took:
        doc_rate = doc.tiers[one.tier].rate if one.tier in doc.tiers else None
        rate = own.get(one.actor_id, doc_rate)
        if rate is not None and one.active_ms:
            sums[one.tier][0] += one.active_ms
            sums[one.tier][1] += one.active_ms * rate
    return {tier: TierDoc(rate=round(paid / ms)) for tier, (ms, paid) in sums.items() if ms}


def as_policy(policy: Policy, rates: Mapping[int, TierDoc]) -> Policy:
    """A policy at the rates that were measured, where they were."""
    return policy.model_copy(update={"tiers": {**policy.tiers, **rates}})
