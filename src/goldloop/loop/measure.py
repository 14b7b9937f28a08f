"""Measuring a batch: its judgements as columns of integer codes, in a few set-based reads."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, select

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.families import Measured, Table, Task
from goldloop.core.nouns import QUEUES, Spec
from goldloop.loop.alike import alike
from goldloop.loop.audited import Audited, audited
from goldloop.loop.context import BatchContext
from goldloop.loop.mapped import Reading
from goldloop.store.actors import actors
from goldloop.store.codes import DECISION, NO_QUEUE, SHOWN, STANCE
from goldloop.store.items import attributes, bodies
from goldloop.store.schema import batch_item, decision, human_only, judgement, person, work
from goldloop.store.values import answers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HOUR_MS = 3_600_000
MACHINE = "accepted without a person"
_REJECT = STANCE["reject"]


class _Said(NamedTuple):
    id: int
    item_id: int
    actor_id: int
    value_id: int | None
    queue: int | None
    stance: int
    shown: int
    surplus: bool
    revision_of: int | None
    active_ms: int | None
    ontology_id: int | None
    tier: int | None


class _Item(NamedTuple):
    queue: int
    decided: bool
    value_id: int | None
    rests_on: frozenset[int]


def table_of(connection: Connection, context: BatchContext) -> Table:
    """Everything that was said in a batch, with the accepted labels and the reference answers beside it."""
    import numpy as np

    batch_id = context.row.id
    items = _items(connection, batch_id)
    said = _said(connection, batch_id, items)
    who = actors(connection, [one.actor_id for one in said])
    audit = audited(connection, batch_id, items)
    machine = frozenset(key for key, row in who.items() if row.kind == "model")
    latched = _human_only(connection, batch_id)
    item_code = {key: n for n, key in enumerate(items)}
    actor_code = {key: n for n, key in enumerate(who)}
    read = _read(connection, context, said, audit)
    strata = sorted({one.queue for one in items.values()})
    stratum_code = {queue: n for n, queue in enumerate(strata)}
    first = [one and code is not None for one, code in zip(_first(said), read.codes, strict=True)]
    several = _several(said, first)
    compared = set(several) | audit.reference.keys()
    texts = bodies(connection, sorted(compared)) if context.task.reads_body else {}
    slices = attributes(connection, several)
    cells = {name: n for n, name in enumerate(audit.held)}
    rates = _rates(connection, context, said)
    return Table(
        item=_codes(item_code[one.item_id] for one in said),
        actor=_codes(actor_code[one.actor_id] for one in said),
        value=_codes(-1 if code is None else code for code in read.codes),
        queue=_codes(-1 if one.queue is None else one.queue for one in said),
        stratum=_codes(stratum_code[items[one.item_id].queue] for one in said),
        stance=_codes(one.stance for one in said),
        reference=_codes(read.references.get(one.item_id, -1) for one in said),
        probability=np.array([audit.chance.get(one.item_id, 1.0) for one in said], dtype=np.float64),
        decided=np.array(
            [
                code is not None and _carries(one, items[one.item_id], read.means)
                for one, code in zip(said, read.codes, strict=True)
            ],
            dtype=np.bool_,
        ),
        first=np.array(first, dtype=np.bool_),
        active_ms=_codes(-1 if one.active_ms is None else one.active_ms for one in said),
        cost=np.array([_cost(one, rates) for one in said], dtype=np.float64),
        items=len(items),
        items_decided=sum(one.decided for one in items.values()),
        items_human_only=len(latched),
        human_only_violations=_violations(said, items, latched, machine, {k for k, r in who.items() if r.simulated}),
        values=tuple(map(json.loads, read.texts)),
        bodies={item_code[key]: body for key, body in texts.items()},
        actors=tuple(who[key].name for key in actor_code),
        queues=QUEUES,
        strata=tuple(MACHINE if queue == NO_QUEUE else QUEUES[queue] for queue in strata),
        strata_sizes=np.bincount([stratum_code[one.queue] for one in items.values()], minlength=len(strata)),
        submitted=np.array(_submitted(said, items), dtype=np.bool_),
        cell=_codes(cells.get(audit.cell.get(one.item_id, ""), -1) for one in said),
        cell_sizes=tuple(audit.held.values()),
        place=_codes(audit.place.get(one.item_id, -1) for one in said),
        looks=audit.looks,
        frame=audit.frame,
        slices={item_code[key]: found.slices for key, found in slices.items() if found.slices},
        versions=read.versions,
    )


def measure(table: Table, task: Task, spec: Spec) -> list[Measured]:
    """What a measure finds; where answers were given under several ontologies, its method says how they were read."""
    found = families.measure.build(spec).measure(table, task)
    if not table.versions:
        return found
    return [one.model_copy(update={"method": f"{one.method}; {table.versions}"}) for one in found]


class _Read(NamedTuple):
    """The answers of a batch as one ontology has them: a code a judgement, the texts behind the codes, and how.

    Answers that differ only in their remarks have one code; `means` says which values those are.
    """

    codes: list[int | None]
    references: dict[int, int]
    texts: list[str]
    means: Mapping[int, int]
    versions: str


def _read(
    connection: Connection,
    context: BatchContext,
    said: Sequence[_Said],
    audit: Audited,
) -> _Read:
    """Answers under the newest ontology that any of them was given under."""
    value_ids = {one.value_id for one in said if one.value_id is not None} | set(audit.reference.values())
    texts = answers(connection, sorted(value_ids))
    given = {one.ontology_id for one in said if one.ontology_id is not None and one.value_id is not None}
    given |= {key for key in audit.under.values() if key is not None}
    newest = max(given, default=context.row.ontology_id)
    reading = Reading(connection, context.row.programme_id, context.task, newest)
    now = [None if one.value_id is None else reading.text(texts[one.value_id], one.ontology_id) for one in said]
    held = {key: reading.text(texts[value], audit.under.get(key)) for key, value in audit.reference.items()}
    means = alike(connection, context.task, value_ids)
    bare = {one: _bare(context.task, one) for one in {*now, *held.values()} if one is not None}
    kept = {bare[one]: one for one in sorted(bare, reverse=True)}
    order = {one: n for n, one in enumerate(sorted(kept.values()))}
    code = {one: order[kept[said_]] for one, said_ in bare.items()}
    versions = ""
    if not reading.plain and len(given) > 1:
        mapped = sum(
            one.value_id is not None and text not in (None, texts[one.value_id])
            for one, text in zip(said, now, strict=True)
        )
        left_out = sum(one.value_id is not None and text is None for one, text in zip(said, now, strict=True))
        versions = (
            f"answers of {len(given)} ontologies read as the newest has them: {mapped} mapped, {left_out} left out"
        )
    return _Read(
        [None if text is None else code[text] for text in now],
        {key: code[text] for key, text in held.items() if text is not None},
        list(order),
        means,
        versions,
    )


def _bare(task: Task, text: str) -> str:
    """An answer without its remarks, which say nothing that is measured."""
    return canonical(task.bare(json.loads(text))) if task.remarks else text


def _codes(codes: Any) -> "NDArray[np.int64]":
    import numpy as np

    return np.fromiter(codes, dtype=np.int64)


def _items(connection: Connection, batch_id: int) -> dict[int, _Item]:
    rows = connection.execute(
        select(batch_item.c.item_id, batch_item.c.queue, decision.c.state, decision.c.value_id, decision.c.judgements)
        .outerjoin(
            decision, (decision.c.batch_id == batch_item.c.batch_id) & (decision.c.item_id == batch_item.c.item_id)
        )
        .where(batch_item.c.batch_id == batch_id)
        .order_by(batch_item.c.item_id)
    ).all()
    decided = DECISION["decided"]
    return {
        key: _Item(queue, state == decided, value_id, _keys(rests_on) if rests_on else frozenset())
        for key, queue, state, value_id, rests_on in rows
    }


def _keys(listed: str) -> frozenset[int]:
    """A JSON list of keys; read by hand, because a batch has a hundred thousand of them."""
    return frozenset(map(int, listed[1:-1].split(","))) if len(listed) > 2 else frozenset()


def _said(connection: Connection, batch_id: int, items: Mapping[int, _Item]) -> list[_Said]:
    """What counts: not withdrawn, not replaced; and the machine judgements that decisions rest on."""
    columns = (
        judgement.c.id,
        judgement.c.item_id,
        judgement.c.actor_id,
        judgement.c.value_id,
        judgement.c.queue,
        judgement.c.stance,
        judgement.c.shown,
        judgement.c.surplus,
        judgement.c.revision_of,
        judgement.c.active_ms,
        judgement.c.ontology_id,
        work.c.tier,
    )
    statement = select(*columns).outerjoin(work, work.c.id == judgement.c.work_id)
    rows = connection.execute(statement.where(judgement.c.batch_id == batch_id).order_by(judgement.c.id)).all()
    all_said = [_Said._make(row) for row in rows if row.item_id in items]  # an erased item may have left the batch
    replaced = {one.revision_of for one in all_said if one.revision_of is not None}
    out = [one for one in all_said if one.id not in replaced and one.stance != STANCE["withdraw"]]
    known = {one.id for one in out}
    outside = [key for one in items.values() if one.queue == NO_QUEUE for key in one.rests_on if key not in known]
    for start in range(0, len(outside), 500):
        chunk = outside[start : start + 500]
        out += [_Said._make(row) for row in connection.execute(statement.where(judgement.c.id.in_(chunk)))]
    return out


def _human_only(connection: Connection, batch_id: int) -> frozenset[int]:
    return frozenset(
        connection.execute(
            select(human_only.c.item_id)
            .join(batch_item, batch_item.c.item_id == human_only.c.item_id)
            .where(batch_item.c.batch_id == batch_id)
        ).scalars()
    )


def _violations(
    said: Sequence[_Said],
    items: Mapping[int, _Item],
    latched: frozenset[int],
    machine: frozenset[int],
    simulated: set[int],
) -> int:
    """Human-only items whose accepted label rests on a machine, on a shown suggestion, or on a simulated person."""
    broken = set()
    for one in said:
        if one.item_id in latched and items[one.item_id].decided and one.id in items[one.item_id].rests_on:
            assisted = one.shown == SHOWN["before"] or one.actor_id in machine or one.actor_id in simulated
            if assisted:
                broken.add(one.item_id)
    return len(broken)


def _first(said: Sequence[_Said]) -> list[bool]:
    """Independent answers: given without seeing a suggestion or a colleague, inside the quota.

    Rework is none of them: its items were chosen because their labels looked wrong.
    """
    sent_back: dict[int, int] = {}
    for one in said:
        if one.stance == _REJECT and one.queue is None:
            sent_back.setdefault(one.item_id, one.id)
    answer, never = STANCE["answer"], SHOWN["never"]
    return [
        one.stance == answer
        and one.shown == never
        and not one.surplus
        and one.queue is not None
        and (not sent_back or one.id < sent_back.get(one.item_id, one.id + 1))
        for one in said
    ]


def _submitted(said: Sequence[_Said], items: Mapping[int, _Item]) -> list[bool]:
    """The first label that an item got: by the first person who answered, or by the machine where nobody was asked."""
    seen: set[int] = set()
    out = []
    for one in said:
        labels = one.value_id is not None and (one.queue is not None or items[one.item_id].queue == NO_QUEUE)
        out.append(labels and one.item_id not in seen)
        if labels:
            seen.add(one.item_id)
    return out


def _several(said: Sequence[_Said], first: Sequence[bool]) -> list[int]:
    """Items with two or more independent answers: only their bodies are needed."""
    counts: dict[int, int] = {}
    for one, independent in zip(said, first, strict=True):
        if independent:
            counts[one.item_id] = counts.get(one.item_id, 0) + 1
    return [key for key, count in counts.items() if count > 1]


def _carries(one: _Said, item: _Item, means: Mapping[int, int]) -> bool:
    if not item.decided or one.id not in item.rests_on or one.value_id is None or item.value_id is None:
        return False
    return means.get(one.value_id, one.value_id) == means.get(item.value_id, item.value_id)


def _rates(connection: Connection, context: BatchContext, said: Sequence[_Said]) -> dict[tuple[int, int | None], int]:
    """Minor units an hour of each person at each tier: their own rate, else the tier's."""
    keys = sorted({one.actor_id for one in said})
    own: dict[int, int] = {}
    for start in range(0, len(keys), 500):
        rows = connection.execute(
            select(person.c.actor_id, person.c.rate).where(person.c.actor_id.in_(keys[start : start + 500]))
        )
        own |= {key: rate for key, rate in rows if rate is not None}
    tiers = {tier: doc.rate for tier, doc in context.policy.tiers.items()}
    pairs = {(one.actor_id, one.tier) for one in said}
    rates = {(key, tier): own.get(key, tiers.get(tier or 0)) for key, tier in pairs}
    return {pair: rate for pair, rate in rates.items() if rate is not None}


def _cost(one: _Said, rates: Mapping[tuple[int, int | None], int]) -> float:
    rate = rates.get((one.actor_id, one.tier))
    return -1.0 if rate is None or one.active_ms is None else rate * one.active_ms / HOUR_MS
