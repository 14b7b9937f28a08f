"""What a policy would have done with a batch, beside what was done; and why one item goes where it goes."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from goldloop.core import families
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.ids import Ids
from goldloop.core.policy import Policy
from goldloop.core.programme_file import read_policy
from goldloop.labelling.confidence.bounds import facts_of, measured_prices, money
from goldloop.labelling.confidence.recalibration import Recalibrated, recalibrated
from goldloop.labelling.routing.rules import Facts, looked_at, needs_second, route
from goldloop.loop.context import BatchContext
from goldloop.loop.human_only import human_only_because, people_only
from goldloop.store.actors import models
from goldloop.store.codes import QUEUE
from goldloop.store.items import human_only_reasons
from goldloop.store.programmes import PolicyRow
from goldloop.store.schema import batch_item, item, phrase

PAGE = 2_000  # items that are routed at once


class Way(NamedTuple):
    """Where a rule sends an item."""

    rule: str
    to: str
    tier: int


class Compared(NamedTuple):
    """One item of a batch: where it went, and where it would go."""

    item_id: int
    external_id: str
    was: Way
    now: Way
    facts: Facts
    unasked: bool


def tried(policy: PolicyRow, text: str, *, name: str) -> PolicyRow:
    """The policy that a file declares, to be tried on a programme's items. Raises Invalid for another programme's."""
    doc = read_policy(text, name=name)
    if doc.programme != policy.policy.programme:
        raise Invalid(
            "this is the file of another programme",
            field="programme",
            expected=policy.policy.programme,
            found=doc.programme,
        )
    families.task.build(doc.task)
    return policy._replace(policy=doc)


def compare(
    connection: Connection,
    policy: PolicyRow,
    context: BatchContext,
    visible: ColumnElement[bool],
    *,
    after: int = -1,
    page: int = PAGE,
) -> Iterator[Compared]:
    """The items of a batch that may be shown, in order, each as it was routed and as a policy would route it now."""
    if context.row.purpose != "production":
        raise Conflict("this batch was not routed", expected="a batch of production", found=context.row.purpose)
    map_ = map_of(connection, policy)
    sends = {rule.rule: rule.to for rule in context.policy.routing.rules}
    while True:
        rows = connection.execute(
            select(batch_item.c.item_id, item.c.external_id, phrase.c.text, batch_item.c.queue, batch_item.c.tier)
            .join(item, item.c.id == batch_item.c.item_id)
            .join(phrase, phrase.c.id == batch_item.c.rule_id)
            .where(batch_item.c.batch_id == context.row.id, batch_item.c.item_id > after, visible)
            .order_by(batch_item.c.item_id)
            .limit(page)
        ).all()
        if not rows:
            return
        keys = [row.item_id for row in rows]
        facts = facts_of(connection, policy, keys, map_)
        latched = human_only_reasons(connection, keys)
        for row in rows:
            found = facts[row.item_id]
            why = latched.get(row.item_id) or _human_only(policy.policy, found)
            queue = "review" if row.queue == QUEUE["review"] else "annotate"
            was = Way(row.text, sends.get(row.text, queue), row.tier)
            now = Way(*route(found, policy.policy, human_only=why)[:3])
            unasked = why is None and needs_second(found, policy.policy)
            yield Compared(row.item_id, row.external_id, was, now, found, unasked)
        after = keys[-1]


def summary(
    connection: Connection, ids: Ids, policy: PolicyRow, context: BatchContext, visible: ColumnElement[bool]
) -> dict[str, Any]:
    """Counts rule by rule, then and now, with what cost and load of the queues follow."""
    flows: dict[tuple[Way, Way], int] = {}
    unasked = 0
    for one in compare(connection, policy, context, visible):
        flows[one.was, one.now] = flows.get((one.was, one.now), 0) + 1
        unasked += one.unasked
    prices, priced = measured_prices(connection, ids, policy.programme_id)
    was, now = _load(flows, 0), _load(flows, 1)
    map_ = map_of(connection, policy)
    return {
        "items": sum(flows.values()),
        "changed": sum(count for (before, after), count in flows.items() if before[1:] != after[1:]),
        "flows": [
            {"was": before._asdict(), "now": after._asdict(), "items": count}
            for (before, after), count in sorted(flows.items(), key=lambda one: (-one[1], one[0]))
        ],
        "load": [
            {"to": to, "tier": tier, "was": was.get((to, tier), 0), "now": now.get((to, tier), 0)}
            for to, tier in sorted({*was, *now})
        ],
        "cost_was": money(_by_queue(was), prices),
        "cost_now": money(_by_queue(now), prices),
        "prices": {**(prices.model_dump() if prices else {}), "because": priced},
        "currency": policy.policy.currency,
        "confidence": f"calibrated by version {map_.number}" if map_ is not None else "as stated",
        "unasked": unasked,
        "unasked_because": "the second model has not spoken of them: rules about it cannot match" if unasked else None,
    }


def explain(connection: Connection, policy: PolicyRow, item_id: int) -> dict[str, Any]:
    """Which rules are looked at for an item, in order, and why each does or does not match."""
    map_ = map_of(connection, policy)
    facts = facts_of(connection, policy, [item_id], map_)[item_id]
    why = human_only_reasons(connection, [item_id]).get(item_id) or _human_only(policy.policy, facts)
    looked = looked_at(facts, policy.policy, human_only=why)
    last = looked[-1]
    first = facts.first
    return {
        "rule": last.rule,
        "to": last.to,
        "tier": last.tier,
        "confidence": first.confidence if first is not None else None,
        "calibrated": first.calibrated if first is not None else None,
        "recalibration": map_.number if map_ is not None and first is not None else None,
        "suggested": list(first.labels) if first is not None else None,
        "looked_at": [{**one._asdict(), "conditions": [asked._asdict() for asked in one.conditions]} for one in looked],
        "unasked": why is None and needs_second(facts, policy.policy),
    }


def map_of(connection: Connection, policy: PolicyRow) -> Recalibrated | None:
    """The map that a policy's routing model is read by now."""
    name = policy.policy.routing.model
    found = models(connection, policy.programme_id, name)[:1] if name is not None else []
    return recalibrated(connection, found[0].actor_id) if found else None


def _human_only(policy: Policy, facts: Facts) -> str | None:
    if (because := people_only(policy.task)) is not None:
        return because
    said = [one for one in (facts.first, facts.second) if one is not None]
    return human_only_because(policy, said, facts.slices, human_labels=policy.labels.human_only)


def _load(flows: dict[tuple[Way, Way], int], side: int) -> dict[tuple[str, int], int]:
    out: dict[tuple[str, int], int] = {}
    for ways, count in flows.items():
        key = (ways[side].to, ways[side].tier)
        out[key] = out.get(key, 0) + count
    return out


def _by_queue(load: dict[tuple[str, int], int]) -> dict[str, int]:
    out: dict[str, int] = {}
    for (to, _), count in load.items():
        out[to] = out.get(to, 0) + count
    return out
