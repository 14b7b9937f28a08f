"""Opening work: items form batches, each is routed with its reason, the blind and consensus shares are drawn.

Runs as a job. A batch is opened first and filled in short transactions; a restart finds the batch it was filling and
goes on with the items that are not in it yet.
"""

import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import Invalid
from goldloop.core.nouns import QUEUES
from goldloop.core.policy import Policy
from goldloop.core.reason import reason
from goldloop.jobs.running import Running
from goldloop.labelling.confidence.recalibration import Recalibrated, recalibrated
from goldloop.labelling.confidence.suggested import suggested
from goldloop.labelling.models.prelabel import judge_items
from goldloop.labelling.routing.rules import HUMAN_ONLY, Facts, Routed, Suggested, needs_second, route
from goldloop.loop.context import BatchContext, Contexts, plan_of
from goldloop.loop.draw import draw_share, frame_digest, seed_of
from goldloop.loop.human_only import human_only_because, people_only
from goldloop.loop.new_batch import production_batch
from goldloop.loop.replay import RULE as REPLAYED
from goldloop.loop.ruling import Slot, next_step
from goldloop.loop.settle import accepted, row_of, settle
from goldloop.loop.slots import BASE_PRIORITY, Lanes
from goldloop.store import batches, ledger
from goldloop.store import work as queue
from goldloop.store.actors import models
from goldloop.store.batches import Route
from goldloop.store.codes import NO_QUEUE, QUEUE, WORK_PURPOSE
from goldloop.store.decisions import put_decisions
from goldloop.store.draws import add_draw
from goldloop.store.items import Attributes, attributes, bodies, external_id_of, human_only_reasons, latch_human_only
from goldloop.store.open import Store
from goldloop.store.phrases import phrase_keys
from goldloop.store.programmes import PolicyRow, policy_in_force
from goldloop.store.schema import batch, batch_item, decision
from goldloop.store.unrouted import count_unrouted, next_unrouted
from goldloop.store.work import NewWork

CHUNK = 500  # items of one transaction: people's submits wait behind it, some milliseconds
CHOSEN = "learn"  # batches whose items a selection chose are called so
NO_SLICES: Mapping[str, str] = MappingProxyType({})
NOTHING = Facts(None, None, NO_SLICES)  # what is known of an item that no model spoke of
BREATH = 0.0005  # seconds between chunks in which a waiting submit gets its turn


class Chosen(NamedTuple):
    """An item with where it goes."""

    item_id: int
    first: Suggested | None
    routed: Routed
    human_only: str | None
    attributes: Attributes | None


class Choice(NamedTuple):
    """Items with where they go, and the recalibration that their confidences were read by."""

    items: list[Chosen]
    map: Recalibrated | None


class Way(NamedTuple):
    """What all items share that one rule sends alike: the middle of their routes, and the slot that is open first.

    No slot: nobody is asked. `shown`: the suggestion goes with it, to be verified, or to be revealed after the answer.
    """

    route: tuple[int, int, int, int, bool, bool]  # rule, queue, tier, judgements wanted, blind, for consensus
    slot: Slot | None
    priority: int
    shown: bool


def open_work(job: Running) -> dict[str, Any]:
    """The job: settle replayed batches, then batch and route every item that stands in no batch yet."""
    store, contexts = job.store, Contexts()
    programme_id = job.args["programme"]
    settled = _settle_replayed(job, contexts, programme_id)
    with store.read() as connection:
        policy = policy_in_force(connection, programme_id)
        total = count_unrouted(connection, programme_id)
    done, opened = 0, 0
    while True:
        key, keys = _next_batch(job, policy)
        if not keys:
            break
        choice = _choose(job, policy, keys)
        done += _fill(job, contexts, policy, key, choice, done=done, total=max(total, done + len(keys)))
        opened += 1
    return {"batches": opened, "items": done, "settled": settled}


def _next_batch(job: Running, policy: PolicyRow) -> tuple[int, list[int]]:
    """The batch to fill and the items that go into it: the one a restart left unfilled, or a new one."""
    store, size = job.store, policy.policy.batches.size
    with store.write() as connection:
        unfilled = connection.execute(
            select(batch.c.id)
            .where(
                batch.c.programme_id == policy.programme_id,
                batch.c.item_count == 0,
                batch.c.purpose == "production",
                batch.c.name.not_like("replay-%"),
                batch.c.name.not_like(f"{CHOSEN}-%"),  # it is filled by who chose its items
            )
            .limit(1)
        ).scalar()
        room = size - len(batches.routed_items(connection, unfilled)) if unfilled is not None else size
        keys = next_unrouted(connection, policy.programme_id, limit=room)
        if unfilled is not None:
            if not keys:
                batches.count_items(connection, unfilled, len(batches.routed_items(connection, unfilled)))
            return int(unfilled), keys
        if not keys:
            return 0, []
        return _open_batch(connection, policy), keys


def begin_chosen(connection: Connection, policy: PolicyRow) -> int:
    """Open a batch for items that are chosen, not taken in turn; its key."""
    return _open_batch(connection, policy, called=CHOSEN)


def fill_chosen(job: Running, policy: PolicyRow, batch_id: int, keys: Sequence[int]) -> int:
    """Route chosen items into their batch like any others, and open their work; how many."""
    return _fill(job, Contexts(), policy, batch_id, _choose(job, policy, keys), done=0, total=len(keys))


def _open_batch(connection: Connection, policy: PolicyRow, *, called: str = "batch") -> int:
    number = sum(row.purpose == "production" for row in batches.batches(connection, policy.programme_id)) + 1
    return batches.add_batch(connection, production_batch(connection, policy, f"{called}-{number}", items=0, at=now()))


def _choose(job: Running, policy: PolicyRow, keys: Sequence[int]) -> Choice:
    """Route every item: what its models say, the human-only latch, the first rule that matches."""
    store, doc = job.store, policy.policy
    task = families.task.build(doc.task)
    _fit(store, task, keys)
    human_labels = doc.labels.human_only
    triggers = human_labels.union(*(trigger.suspects for trigger in doc.human_only.rules))
    by_item = any(trigger.slice or trigger.every_item for trigger in doc.human_only.rules)
    with store.read() as connection:
        versions = {
            name: [row.actor_id for row in models(connection, policy.programme_id, name)] for name in doc.models
        }
        ours = versions.get(doc.routing.model or "", [])
        map_ = recalibrated(connection, ours[0]) if ours else None
        first = suggested(connection, ours, keys, map_=map_, shares=triggers)
        second = suggested(connection, versions.get(doc.routing.second or "", []), keys, shares=triggers)
        slices = attributes(connection, keys)
        latched = human_only_reasons(connection, keys)
    if doc.routing.second:
        asked = [key for key in keys if needs_second(_facts(key, first, second, slices), doc)]
        if asked:
            judge_items(job, policy, doc.routing.second, asked)
            with store.read() as connection:
                newest = [row.actor_id for row in models(connection, policy.programme_id, doc.routing.second)]
                second |= suggested(connection, newest, asked)
    by_task = people_only(doc.task)
    unknown: dict[str | None, Routed] = {}  # where items go of which nothing is known: asked of the rules once
    chosen = []
    for key in keys:
        why = latched.get(key) or by_task
        if key not in first and key not in second and key not in slices and not by_item:
            to = unknown.get(why)
            if to is None:
                to = unknown[why] = route(NOTHING, doc, human_only=why)
            chosen.append(Chosen(key, None, to, why, None))
            continue
        facts = _facts(key, first, second, slices)
        if why is None and (by_item or _is_suspected(facts, triggers)):
            said = [one for one in facts[:2] if one is not None]
            why = human_only_because(doc, said, facts.slices, human_labels=human_labels)
        chosen.append(Chosen(key, facts.first, route(facts, doc, human_only=why), why, slices.get(key)))
    return Choice(chosen, map_)


def _fit(store: Store, task: families.Task, keys: Sequence[int]) -> None:
    """Raise Invalid for an item that the task cannot be said of: import refuses those, but the task may be newer."""
    if type(task).check_body is families.Task.check_body:
        return
    for start in range(0, len(keys), CHUNK):
        with store.read() as connection:
            found = bodies(connection, keys[start : start + CHUNK])
        for key, body in found.items():
            try:
                task.check_body(body)
            except Invalid as wrong:
                with store.read() as connection:
                    name = external_id_of(connection, key)
                raise Invalid(
                    f"{task.name} cannot be said of the item {name!r}, which came in under another task",
                    field=wrong.field,
                    expected=wrong.expected,
                    found=wrong.found,
                ) from wrong


def _is_suspected(facts: Facts, triggers: frozenset[str]) -> bool:
    """True where a model said a label that may be human-only, or gave it a share: the triggers look at no other."""
    for said in (facts.first, facts.second):
        if said is not None and (said.shares or not triggers.isdisjoint(said.labels)):
            return True
    return False


def _facts(
    key: int, first: Mapping[int, Suggested], second: Mapping[int, Suggested], slices: Mapping[int, Attributes]
) -> Facts:
    found = slices.get(key)
    return Facts(first.get(key), second.get(key), found.slices if found else NO_SLICES)


def _fill(
    job: Running,
    contexts: Contexts,
    policy: PolicyRow,
    batch_id: int,
    choice: Choice,
    *,
    done: int,
    total: int,
) -> int:
    """Write a batch's routes and open its work, chunk by chunk; how many items went in."""
    store, chosen = job.store, choice.items
    with store.write(durable=False) as connection:
        blind, consensus = _draw_shares(connection, store, policy, batch_id, chosen)
        rules = phrase_keys(connection, {HUMAN_ONLY, *(one.routed.rule for one in chosen)})
        context = contexts.batch(connection, batch_id)
    ways = Ways(context, rules, blind=blind, consensus=consensus)
    for start in range(0, len(chosen), CHUNK):
        chunk = chosen[start : start + CHUNK]
        with store.write(durable=False) as connection:
            _write(connection, context, chunk, ways, choice.map)
            note = f"batch {context.row.name}"
            job.save(connection, done + start + len(chunk), total=total, unit="items", note=note)
        time.sleep(BREATH)
    with store.write() as connection:
        items = batches.routed_items(connection, batch_id)
        batches.count_items(connection, batch_id, len(items))
        ledger.record(
            connection,
            "batch.opened",
            programme=policy.programme_id,
            actor=job.asked_by,
            subject=str(batch_id),
            data={"items": len(items), "policy": policy.number, "frame": frame_digest(items).hex()},
            at=now(),
        )
    return len(chosen)


def _draw_shares(
    connection: Connection, store: Store, policy: PolicyRow, batch_id: int, chosen: Sequence[Chosen]
) -> tuple[frozenset[int], frozenset[int]]:
    """The items labelled blind, and those judged independently by several people; both recorded as draws."""
    doc = policy.policy
    sent = {"blind": ("verify",), "consensus": ("verify", "annotate")}
    shares = {
        purpose: (
            share,
            {
                one.item_id: one.routed.rule
                for one in chosen
                if one.human_only is None and one.routed.to in sent[purpose]
            }
            if share
            else {},
        )
        for purpose, share in (("blind", doc.blind.share), ("consensus", doc.consensus.share))
    }
    out = []
    for purpose, (share, strata) in shares.items():
        seed = seed_of(store.secret, purpose, batch_id)
        drawn = draw_share(strata, share, seed=seed)
        if drawn:
            frame = sorted(strata)
            add_draw(
                connection,
                batch_id,
                purpose,
                design=canonical({"share": share, "by": "rule"}),
                seed=seed,
                frame=frame_digest(frame),
                frame_size=len(frame),
                drawn=drawn,
                at=now(),
            )
        out.append(frozenset(one.item_id for one in drawn))
    return out[0], out[1]


def _write(
    connection: Connection, context: BatchContext, chunk: Sequence[Chosen], ways: "Ways", map_: Recalibrated | None
) -> None:
    """Put items into a batch, close the latch on those that belong to people, and open the first work of each."""
    at, batch_id, due_at = now(), context.row.id, context.row.due_at
    version, map_id = (map_.number, map_.id) if map_ is not None else (None, None)
    lanes, routes, works, unasked = Lanes(connection, context), list[Route](), list[NewWork](), []
    plain: dict[Slot, int] = {}  # lanes of items without attributes, which nearly all of them share
    chunk = _as_latched_now(connection, context.policy, chunk)
    for one in chunk:
        way, first = ways.of(one), one.first
        if first is not None:
            row = Route(
                batch_id, one.item_id, *way.route, first.judgement_id, first.confidence, first.calibrated, map_id
            )
        else:
            row = Route(batch_id, one.item_id, *way.route, None, None)
        routes.append(row)
        slot = way.slot
        if slot is None:
            assert first is not None
            unasked.append((row, first.value))
            continue
        lane = plain.get(slot) if one.attributes is None else lanes.of(slot, one.attributes)
        if lane is None:
            lane = plain[slot] = lanes.of(slot, None)
        works.append(
            NewWork(
                batch_id, one.item_id, lane, way.priority, QUEUE[slot.queue], slot.tier, 1,
                WORK_PURPOSE[slot.purpose], slot.blind, row.suggestion_id if way.shown else None, None,
                _because(one, version), due_at, at,
            )
        )  # fmt: skip
    batches.add_routes(connection, routes)
    latch_human_only(connection, {one.item_id: one.human_only for one in chunk if one.human_only}, at=at)
    queue.open_works(connection, works)
    decisions = [(row, accepted(context, row, value)) for row, value in unasked]
    opened_at = context.row.created_at  # a fact of the record, so that a rebuild comes to the same row
    put_decisions(connection, [row_of(row.batch_id, row.item_id, step, at=opened_at) for row, step in decisions])


def _as_latched_now(connection: Connection, policy: Policy, chunk: Sequence[Chosen]) -> list[Chosen]:
    """The items, with those kept back that were made human-only since it was chosen where they go.

    They stood in no batch then, so that there was nothing to settle anew.
    """
    latched = human_only_reasons(connection, [one.item_id for one in chunk])
    return [
        one
        if one.human_only is not None or (why := latched.get(one.item_id)) is None
        else one._replace(human_only=why, routed=route(NOTHING, policy, human_only=why))
        for one in chunk
    ]


class Ways:
    """How the items of a batch are worked: looked up once for all that a rule sends alike."""

    def __init__(
        self, context: BatchContext, rules: Mapping[str, int], *, blind: frozenset[int], consensus: frozenset[int]
    ) -> None:
        self._context, self._rules, self._blind, self._consensus = context, rules, blind, consensus
        self._after = {rule.rule for rule in context.policy.routing.rules if rule.reveal == "after"}
        self._known: dict[tuple[Routed, bool, bool, bool], Way] = {}

    def of(self, one: Chosen) -> Way:
        """The way of an item."""
        several = one.item_id in self._consensus
        key = (one.routed, several, one.item_id in self._blind, one.human_only is not None)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._make(*key)
        return found

    def _make(self, routed: Routed, several: bool, drawn: bool, latched: bool) -> Way:
        policy: Policy = self._context.policy
        to = "annotate" if several and routed.to == "verify" else routed.to
        wanted = policy.consensus.judgements if several else 1
        if latched:
            wanted = policy.human_only.judgements
        blind = drawn or several or latched
        queue_code = NO_QUEUE if to == "accept" else QUEUE[_queue(to)]
        middle = (self._rules[routed.rule], queue_code, routed.tier, wanted, blind, several)
        if to == "accept":
            return Way(middle, None, 0, False)
        step = next_step(plan_of(self._context, Route(0, 0, *middle, None, None), human_only=latched), [])
        assert step.slot is not None
        shown = not (step.slot.blind or latched) and (step.slot.queue != "annotate" or routed.rule in self._after)
        return Way(middle, step.slot, BASE_PRIORITY - routed.priority, shown)


def _queue(to: str) -> Any:
    return to if to in QUEUES else "annotate"


def _because(one: Chosen, version: int | None) -> str:
    """Why the item came to this queue, for whoever may see it."""
    if one.human_only is not None:
        return f"{HUMAN_ONLY}: {one.human_only}"
    first = one.first
    return reason(one.routed.rule, first.confidence, first.calibrated, version) if first else one.routed.rule


def _settle_replayed(job: Running, contexts: Contexts, programme_id: int) -> int:
    """Decide what replayed judgements settle, and open rulings for their disputes; how many items."""
    store = job.store
    with store.read() as connection:
        replayed = [row.id for row in batches.batches(connection, programme_id) if row.name.startswith("replay-")]
        waiting = [
            (key, item_id)
            for key in replayed
            for (item_id,) in connection.execute(
                select(batch_item.c.item_id)
                .outerjoin(
                    decision,
                    (decision.c.batch_id == batch_item.c.batch_id) & (decision.c.item_id == batch_item.c.item_id),
                )
                .where(batch_item.c.batch_id == key, decision.c.item_id.is_(None))
            )
        ]
    for start in range(0, len(waiting), 50):
        with store.write(durable=False) as connection:
            for key, item_id in waiting[start : start + 50]:
                settle(connection, contexts.batch(connection, key), item_id, at=now())
            job.save(connection, start, total=len(waiting), unit="items", note=f"settling {REPLAYED} work")
        time.sleep(BREATH)
    return len(waiting)
