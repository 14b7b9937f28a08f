"""Bounds in action: thresholds designed from a calibration sample, and written down; what was adopted, tightened."""

import json
from collections.abc import Mapping, Sequence
from math import inf, nextafter
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.ids import Ids
from goldloop.core.policy import Policy, RouteRule, Routing
from goldloop.labelling.confidence.bound_rules import (
    Prices,
    Seen,
    Wanted,
    design,
    group_of,
    place,
    promise,
    rule_name,
    rule_of,
    sample_size,
    shift,
    with_rules,
)
from goldloop.labelling.confidence.pairs import Pair
from goldloop.labelling.confidence.recalibration import Recalibrated, recalibrated
from goldloop.labelling.confidence.sample import Sample, newest_sample, sample_view
from goldloop.labelling.confidence.suggested import suggested
from goldloop.labelling.routing.rules import Facts, Suggested, holds, route
from goldloop.store import batches, bounds, ledger
from goldloop.store.actors import ModelRow, actors, models
from goldloop.store.evidence import newest_evidence
from goldloop.store.items import attributes
from goldloop.store.programmes import PolicyRow
from goldloop.store.unseen import waiting

OPEN = 20_000  # the newest waiting items by which cost and likeness are judged
BATCHES = 20  # the newest batches that prices are measured on


class Designed(NamedTuple):
    """A design that is not written down yet: its number, the version and map it is for, and everything it found."""

    number: int
    policy: PolicyRow
    model: ModelRow
    map: Recalibrated | None
    doc: dict[str, Any]


def design_bound(connection: Connection, ids: Ids, policy: PolicyRow, model: ModelRow, wanted: Wanted) -> Designed:
    """Design the cheapest thresholds that keep a bound, with their evidence. Reads for a while, and writes nothing."""
    doc = policy.policy
    _speaks(connection, policy, model)
    known = {label.id for label in doc.labels.labels}
    for name, labels in wanted.groups.items():
        if missing := sorted(set(labels) - known):
            raise Invalid("these labels are not in the ontology", field=f"groups.{name}", found=", ".join(missing))
    if wanted.to == "accept" and doc.routing.machine_acceptance is None:
        raise Invalid(
            "acceptance without a person is not declared in this programme",
            field="to",
            expected="routing.machine_acceptance with the reason, or verify",
            found="accept",
        )
    sample = newest_sample(connection, policy, model)
    if sample is None or not sample.judged:
        raise Conflict(
            "there is no calibration sample of this version yet",
            field="model",
            expected=f"goldloop confidence sample, {sample_size(wanted):,} items",
            found="none" if sample is None else f"none of its {len(sample.items):,} items is judged",
        )
    map_ = recalibrated(connection, model.actor_id)
    prices, priced = _prices(connection, ids, policy, wanted)
    facts = facts_of(connection, policy, [one.item_id for one in sample.judged], map_)
    met = [one for one in sample.judged if _meets(facts[one.item_id], doc.routing)]
    groups = design([_seen(one, wanted) for one in met], wanted, prices)
    number = bounds.next_number(connection, policy.programme_id)
    routing = _rules(groups, wanted, number, doc.routing, map_)
    open_ = _open(connection, policy, routing, map_, prices)
    people = sample_view(ids, sample) or {}
    written = {
        "asked": wanted.model_dump(mode="json"),
        "model": {"name": model.name, "version": model.version},
        "recalibration": map_.number if map_ is not None else None,
        "sample": {**people, "met": len(met)},
        "groups": groups,
        "prices": {**(prices.model_dump() if prices else {}), "because": priced, "currency": doc.currency},
        "open": open_["cost"],
        "shift": shift(
            [one.confidence for one in sample.judged],
            open_["confidence"],
            [" ".join(one.labels) for one in sample.judged],
            open_["labels"],
        ),
        "caution": _caution(sample),
        "replaced": [r.rule for r in doc.routing.rules if r not in routing.rules],
        "routing": routing.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        "promise": "Nothing is promised: no threshold is certified."
        if all(one["threshold"] is None for one in groups)
        else promise(
            wanted,
            model=model.name,
            version=model.version,
            map_=map_.number if map_ is not None else None,
            frame=sample.row.frame_size,
            judged=len(sample.judged),
        ),
    }
    return Designed(number, policy, model, map_, written)


def _caution(sample: Sample) -> str | None:
    """What a reader of a design has to know of its sample."""
    said = []
    if len(sample.judged) < len(sample.items):
        said.append(
            f"{len(sample.judged):,} of the sample's {len(sample.items):,} items are judged in turn: designing again "
            "and again while it grows is not corrected for"
        )
    if sample.found.simulated:
        said.append(f"{sample.found.simulated:,} of the answers come from simulated people")
    return "; ".join(said) or None


def write_bound(connection: Connection, new: Designed, *, by: int, replaces: int | None = None) -> bounds.BoundRow:
    """Write a design down. Raises Conflict where another one was written meanwhile."""
    policy, model, map_, number, doc = new.policy, new.model, new.map, new.number, new.doc
    if bounds.next_number(connection, policy.programme_id) != number:
        raise Conflict("somebody else has just designed a bound", expected="the same design once more")
    at = now()
    row = bounds.add_bound(
        connection,
        policy.programme_id,
        number,
        model_id=model.actor_id,
        recalibration_id=map_.id if map_ is not None else None,
        policy_id=policy.id,
        doc=canonical(doc),
        by=by,
        at=at,
        replaces_id=replaces,
    )
    thresholds = {one["name"]: one["threshold"] for one in doc["groups"]}
    ledger.record(
        connection,
        "bound.designed",
        programme=policy.programme_id,
        actor=by,
        subject=str(row.id),
        data={"number": number, "alpha": doc["asked"]["alpha"], "thresholds": thresholds},
        at=at,
    )
    return row


def tightened(
    connection: Connection,
    policy: PolicyRow,
    row: bounds.BoundRow,
    stated: Mapping[str, float | None],
    because: Mapping[str, str],
) -> bounds.BoundRow:
    """A design that replaces a bound: other thresholds on the stated scale for the groups that are named."""
    old = json.loads(row.doc)
    wanted = Wanted.model_validate(old["asked"])
    map_ = recalibrated(connection, row.model_id)
    model = next(one for one in models(connection, policy.programme_id) if one.actor_id == row.model_id)
    groups = [
        {**one, "stated": stated[one["name"]], "because": because[one["name"]]} if one["name"] in stated else one
        for one in old["groups"]
    ]
    number = bounds.next_number(connection, policy.programme_id)
    routing = _rules(groups, wanted, number, policy.policy.routing, map_)
    kept = [r.rule for r in policy.policy.routing.rules if r not in routing.rules]
    doc = {
        **old,
        "groups": groups,
        "replaced": kept,
        "routing": routing.model_dump(mode="json", by_alias=True, exclude_defaults=True),
    }
    new = Designed(number, policy, model, map_, doc)
    return write_bound(connection, new, by=row.adopted_by or row.designed_by, replaces=row.id)


def _speaks(connection: Connection, policy: PolicyRow, model: ModelRow) -> None:
    """Raise Conflict unless this is the version that routes now."""
    name = policy.policy.routing.model
    newest = models(connection, policy.programme_id, name)[:1] if name is not None else []
    if not newest or newest[0].actor_id != model.actor_id:
        raise Conflict(
            "thresholds are for the version that routes",
            field="model",
            expected=f"{newest[0].name} {newest[0].version}" if newest else "routing.model in the programme file",
            found=f"{model.name} {model.version}",
        )


def facts_of(
    connection: Connection, policy: PolicyRow, keys: Sequence[int], map_: Recalibrated | None
) -> dict[int, Facts]:
    """What routing may know of items now."""
    doc = policy.policy
    first, second = dict[int, Suggested](), dict[int, Suggested]()
    for name, into, read in ((doc.routing.model, first, map_), (doc.routing.second, second, None)):
        if name is not None:
            versions = [one.actor_id for one in models(connection, policy.programme_id, name)]
            into |= suggested(connection, versions, keys, map_=read)
    slices = attributes(connection, keys)
    return {key: Facts(first.get(key), second.get(key), slices[key].slices if key in slices else {}) for key in keys}


def _meets(facts: Facts, routing: Routing) -> bool:
    """True where no rule before the thresholds takes an item away."""
    before = routing.rules[: place(routing)]
    return not any(rule.when is not None and holds(rule.when, facts) for rule in before)


def _seen(one: Pair, wanted: Wanted) -> Seen:
    groups = group_of(one.labels, wanted.groups)
    if len(groups) > 1:
        raise Invalid(
            "a suggestion of the sample says labels of two groups",
            field="groups",
            expected="groups that no suggestion lies in at once",
            found=" and ".join(groups),
        )
    return Seen(one.confidence, not one.right, groups[0] if groups else None)


def _rules(
    groups: list[dict[str, Any]], wanted: Wanted, number: int, routing: Routing, map_: Recalibrated | None
) -> Routing:
    """The routing with a rule for every group that has a threshold, on the scale that routing reads; noted in place."""
    rules: list[RouteRule] = []
    for one in groups:
        one["threshold"] = None if one["stated"] is None else on_scale(one["stated"], map_)
        one["rule"] = None if one["stated"] is None else rule_name(number, one["name"])
        if one["threshold"] is not None:
            rules.append(rule_of(number, one["name"], wanted, one["threshold"]))
    return with_rules(routing, rules)


def on_scale(stated: float, map_: Recalibrated | None) -> float:
    """A threshold on the stated scale as routing reads confidences: the same suggestions lie above it."""
    if map_ is None:
        return stated
    return nextafter(map_.apply([nextafter(stated, -inf)])[0], inf)


def _prices(connection: Connection, ids: Ids, policy: PolicyRow, wanted: Wanted) -> tuple[Prices | None, str]:
    """What an item of each queue costs: as stated, or as measured."""
    return (wanted.prices, "as stated") if wanted.prices else measured_prices(connection, ids, policy.programme_id)


def measured_prices(connection: Connection, ids: Ids, programme_id: int) -> tuple[Prices | None, str]:
    """What an item of each queue cost on the newest batches; None where one of them was never measured."""
    spent: dict[str, list[tuple[float, int]]] = {}
    looked = [row for row in batches.batches(connection, programme_id) if row.purpose == "production"]
    for row in looked[:BATCHES]:
        for one in newest_evidence(connection, ids, row.id):
            queue = one.slice.get("queue")
            if one.measure.name == "cost.v1" and queue and one.value is not None:
                spent.setdefault(queue, []).append((one.value, one.n))
    n = {queue: sum(count for _, count in rows) for queue, rows in spent.items()}
    mean = {queue: sum(value * count for value, count in rows) / n[queue] for queue, rows in spent.items()}
    if "verify" in mean and "annotate" in mean:
        because = f"measured on {n['verify']:,} verified and {n['annotate']:,} annotated items"
        return Prices(verify=mean["verify"], annotate=mean["annotate"]), because
    missing = " and ".join(queue for queue in ("verify", "annotate") if queue not in mean)
    return None, f"no cost of {missing} was measured"


def _open(
    connection: Connection, policy: PolicyRow, routing: Routing, map_: Recalibrated | None, prices: Prices | None
) -> dict[str, Any]:
    """What the items that wait would cost under the policy in force, under the new one, and annotated in full."""
    keys = waiting(connection, policy.programme_id, most=OPEN)
    facts = facts_of(connection, policy, keys, map_)
    new = policy.policy.model_copy(update={"routing": routing})
    before, after = tally(policy.policy, facts), tally(new, facts)
    met = [one.first for one in facts.values() if one.first is not None and _meets(one, policy.policy.routing)]
    cost: dict[str, Any] = {
        "items": len(keys),
        "before": before,
        "after": after,
        "cost_before": money(before, prices),
        "cost_after": money(after, prices),
        "cost_manual": money({"annotate": len(keys)}, prices),
        "because": None if keys else "no item waits to be routed",
    }
    return {
        "cost": cost,
        "confidence": [one.confidence for one in met if one.confidence is not None],
        "labels": [" ".join(one.labels) for one in met if one.confidence is not None],
    }


def tally(policy: Policy, facts: Mapping[int, Facts]) -> dict[str, int]:
    """How many items a policy sends to each queue; human-only items are none of them."""
    out: dict[str, int] = {}
    for one in facts.values():
        to = route(one, policy, human_only=None).to
        out[to] = out.get(to, 0) + 1
    return out


def money(counts: Mapping[str, int], prices: Prices | None) -> float | None:
    """Minor units for so many items; a review costs what annotation does."""
    if prices is None:
        return None
    each = {"verify": prices.verify, "annotate": prices.annotate, "review": prices.annotate, "accept": 0.0}
    return sum(each[to] * count for to, count in counts.items())


def bound_view(connection: Connection, row: bounds.BoundRow) -> dict[str, Any]:
    """A design as pages and programs read it."""
    who = actors(connection, [key for key in (row.designed_by, row.adopted_by) if key is not None])
    replaces = bounds.bound_row(connection, row.replaces_id).number if row.replaces_id is not None else None
    return {
        "number": row.number,
        **json.loads(row.doc),
        "replaces": replaces,
        "designed_by": who[row.designed_by].name,
        "designed_at": row.designed_at,
        "adopted_by": who[row.adopted_by].name if row.adopted_by is not None else None,
        "adopted_at": row.adopted_at,
        "tighten": row.tighten,
    }


def in_force(connection: Connection, policy: PolicyRow) -> bounds.BoundRow | None:
    """The bound whose rules stand in the programme file as they were adopted; None where none does, or all are gone."""
    standing = {rule.rule: rule for rule in policy.policy.routing.rules}
    for row in bounds.adopted_bounds(connection, policy.programme_id):
        doc = json.loads(row.doc)
        wanted = Wanted.model_validate(doc["asked"])
        ours = [
            rule_of(row.number, one["name"], wanted, one["threshold"])
            for one in doc["groups"]
            if one["threshold"] is not None
        ]
        if ours and all(standing.get(rule.rule) == rule for rule in ours):
            return row
    return None
