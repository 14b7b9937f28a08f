"""The inputs of a plan as a programme's own batches measured them: each with its interval, its denominator and method.

What was never measured is left out; the assumption file has to say it, or the plan says that it took a default.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core.clock import DAY
from goldloop.core.errors import Conflict
from goldloop.core.policy import Policy, TierDoc
from goldloop.labelling.planning.measured import WILSON, Pilot, mean, put, share
from goldloop.labelling.planning.pilot_model import put_model
from goldloop.labelling.planning.pilot_people import put_people
from goldloop.labelling.planning.pilot_times import WINDOW, put_capacity, put_times
from goldloop.store import observed
from goldloop.store.batches import BatchRow, children
from goldloop.store.items import attributes
from goldloop.store.observed import Seen, Took
from goldloop.store.programmes import PolicyRow
from goldloop.store.spending import own_rates

COMMON = 10  # items that a label has to have to be a common case


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
    put(out, "items", len(read.seen), len(read.seen), len(read.seen), "the items of these batches")
    _arrivals(connection, policy.programme_id, out, at=at)
    put_model(connection, policy, read.seen, out)
    _slices(connection, policy.policy, read.seen, out)
    put_people(connection, rows, read.took, out, items=len(read.seen))
    put_times(read.took, out)
    put_capacity(connection, policy.programme_id, read.took, out, at=at)
    _preconditions(policy, rows, read.seen, out)
    out.rates.update(_rates(connection, policy.policy, read.took))
    return out


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
    put(out, "arrivals", mean(days), len(days), WINDOW, "items taken in a day, zeros counted; t interval")


def _slices(connection: Connection, doc: Policy, seen: Sequence[Seen], out: Pilot) -> None:
    keys = {key for rule in doc.routing.rules if rule.when is not None for key in rule.when.slice}
    keys |= {key for trigger in doc.human_only.rules for key in trigger.slice}
    if not keys:
        return
    found = attributes(connection, [one.item_id for one in seen])
    for key in sorted(keys):
        counts = Counter(found[one.item_id].slices.get(key, "") if one.item_id in found else "" for one in seen)
        shares = {value or "not set": count / len(seen) for value, count in counts.items()}
        put(out, f"slices.{key}", shares, len(seen), len(seen), "items by the value of a slice")


def _preconditions(policy: PolicyRow, rows: Sequence[BatchRow], seen: Sequence[Seen], out: Pilot) -> None:
    decided = [one.decided for one in seen if one.decided is not None]
    counts = Counter(decided)
    common = sum(count for count in counts.values() if count >= COMMON)
    if decided:
        method = f"items whose accepted label at least {COMMON} items of these batches have; {WILSON}"
        put(out, "common", share(common, len(decided)), len(decided), len(seen), method)
    same = all(row.ontology_id == policy.ontology_id for row in rows)
    method = "these batches were opened under the labels in force"
    put(out, "taxonomy_settled", same, len(rows), len(rows), method)
    known = next((one.n for one in out.told if one.input == "model.confidence"), 0)
    method = "labels given without the suggestion that the model stands beside: true from 20 on"
    put(out, "in_domain", known >= 20, known, len(seen), method)


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
