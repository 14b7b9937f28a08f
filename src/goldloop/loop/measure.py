"""Measuring a batch: its judgements as columns of integer codes, in a few set-based reads.

A batch has a hundred thousand of them and a gate two seconds: rows become columns as soon as they are read, and only
what is rare (rulings, audits, several answers) is looked at one by one.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, func, literal, select

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
from goldloop.store.human_only import brought_to
from goldloop.store.items import attributes, bodies
from goldloop.store.schema import batch_item, decision, human_only, judgement, person, work
from goldloop.store.values import answers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HOUR_MS = 3_600_000
MACHINE = "accepted without a person"


@dataclass(frozen=True, slots=True)
class _Items:
    """The items of a batch, in order of their keys: where each was routed, and its accepted label."""

    key: "NDArray[np.int64]"
    queue: "NDArray[np.int64]"
    decided: "NDArray[np.bool_]"
    value: "NDArray[np.int64]"
    rests_on: "NDArray[np.int64]"
    unasked: "NDArray[np.int64]"

    def codes(self, keys: "NDArray[np.int64]") -> "NDArray[np.int64]":
        """Which of them these keys are."""
        import numpy as np

        return np.searchsorted(self.key, keys)

    def __len__(self) -> int:
        return len(self.key)


@dataclass(frozen=True, slots=True)
class _Said:
    """What counts of a batch, one entry a judgement; -1 where there is nothing. `item` is the code of its item."""

    id: "NDArray[np.int64]"
    item: "NDArray[np.int64]"
    actor: "NDArray[np.int64]"
    value: "NDArray[np.int64]"
    queue: "NDArray[np.int64]"
    stance: "NDArray[np.int64]"
    shown: "NDArray[np.int64]"
    surplus: "NDArray[np.bool_]"
    active_ms: "NDArray[np.int64]"
    ontology: "NDArray[np.int64]"
    tier: "NDArray[np.int64]"
    work: "NDArray[np.int64]"

    def __len__(self) -> int:
        return len(self.id)


def table_of(connection: Connection, context: BatchContext) -> Table:
    """Everything that was said in a batch, with the accepted labels and the reference answers beside it."""
    import numpy as np

    batch_id = context.row.id
    items = _items(connection, batch_id)
    said = _said(connection, batch_id, items, tiers=bool(context.policy.tiers))
    actor_keys, actor = np.unique(said.actor, return_inverse=True)
    who = actors(connection, actor_keys.tolist())
    audit = audited(connection, batch_id, set(items.key.tolist()))
    latched = _human_only(connection, context, items)
    read = _read(connection, context, said, audit)
    strata, stratum = np.unique(items.queue, return_inverse=True)
    first = _first(said, len(items)) & (read.code >= 0)
    several = items.key[np.bincount(said.item[first], minlength=len(items)) > 1].tolist()
    texts = _bodies(connection, context.task, set(several) | audit.reference.keys())
    slices = attributes(connection, several)
    cells = {name: n for n, name in enumerate(audit.held)}
    machine = np.array([who[key].kind in ("model", "rule") for key in actor_keys.tolist()], np.bool_)
    simulated = np.array([who[key].simulated for key in actor_keys.tolist()], np.bool_)
    unfit = (machine | simulated)[actor]
    leaning, declared = _leaning_and_declared(connection, context, said, items, latched, unfit)
    keys = sorted({*texts, *slices})
    item_code = dict(zip(keys, items.codes(_whole(keys)).tolist(), strict=True))
    return Table(
        item=said.item,
        actor=actor,
        value=read.code,
        queue=said.queue,
        stratum=stratum[said.item],
        stance=said.stance,
        reference=_by_item(items, read.references, -1)[said.item],
        probability=_by_item(items, audit.chance, 1.0)[said.item],
        decided=_carries(said, items, read.means) & (read.code >= 0),
        first=first,
        active_ms=said.active_ms,
        cost=_cost(connection, context, said),
        items=len(items),
        items_decided=int(items.decided.sum()),
        items_human_only=len(latched),
        human_only_violations=leaning,
        values=tuple(map(json.loads, read.texts)),
        bodies={item_code[key]: body for key, body in texts.items()},
        actors=tuple(who[key].name for key in actor_keys.tolist()),
        queues=QUEUES,
        strata=tuple(MACHINE if queue == NO_QUEUE else QUEUES[queue] for queue in strata.tolist()),
        strata_sizes=np.bincount(stratum, minlength=len(strata)),
        submitted=_submitted(said, items),
        cell=_by_item(items, {key: cells.get(name, -1) for key, name in audit.cell.items()}, -1)[said.item],
        cell_sizes=tuple(audit.held.values()),
        place=_by_item(items, audit.place, -1)[said.item],
        looks=audit.looks,
        frame=audit.frame,
        slices={item_code[key]: found.slices for key, found in slices.items() if found.slices},
        versions=read.versions,
        human_only_declared=declared,
    )


def measure(table: Table, task: Task, spec: Spec) -> list[Measured]:
    """What a measure finds; where answers were given under several ontologies, its method says how they were read."""
    found = families.measure.build(spec).measure(table, task)
    if not table.versions:
        return found
    return [one.model_copy(update={"method": f"{one.method}; {table.versions}"}) for one in found]


@dataclass(frozen=True, slots=True)
class _Read:
    """The answers of a batch as one ontology has them: a code a judgement (-1: none), the texts behind them, and how.

    Answers that differ only in their remarks have one code; `means` says which values those are.
    """

    code: "NDArray[np.int64]"
    references: Mapping[int, int]
    texts: list[str]
    means: Mapping[int, int]
    versions: str


def _read(connection: Connection, context: BatchContext, said: _Said, audit: Audited) -> _Read:
    """Answers under the newest ontology that any of them was given under."""
    import numpy as np

    answered = np.flatnonzero(said.value >= 0)
    pairs = np.stack([said.value[answered], said.ontology[answered]], axis=1)
    given_as, pair, counts = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    value_ids = set(given_as[:, 0].tolist()) | set(audit.reference.values())
    texts = answers(connection, sorted(value_ids))
    given = {key for key in given_as[:, 1].tolist() if key >= 0}
    given |= {key for key in audit.under.values() if key is not None}
    newest = max(given, default=context.row.ontology_id)
    reading = Reading(connection, context.row.programme_id, context.task, newest)
    now = [reading.text(texts[value], under if under >= 0 else None) for value, under in given_as.tolist()]
    held = {key: reading.text(texts[value], audit.under.get(key)) for key, value in audit.reference.items()}
    means = alike(connection, context.task, value_ids)
    bare = {one: _bare(context.task, one) for one in {*now, *held.values()} if one is not None}
    kept = {bare[one]: one for one in sorted(bare, reverse=True)}
    order = {one: n for n, one in enumerate(sorted(kept.values()))}
    code_of = {one: order[kept[read]] for one, read in bare.items()}
    codes = np.full(len(said), -1, np.int64)
    codes[answered] = _whole(-1 if text is None else code_of[text] for text in now)[pair.reshape(-1)]
    versions = ""
    if not reading.plain and len(given) > 1:
        told = list(zip(now, given_as[:, 0].tolist(), counts.tolist(), strict=True))
        mapped = sum(count for text, value, count in told if text not in (None, texts[value]))
        left_out = sum(count for text, _, count in told if text is None)
        versions = (
            f"answers of {len(given)} ontologies read as the newest has them: {mapped} mapped, {left_out} left out"
        )
    references = {key: code_of[text] for key, text in held.items() if text is not None}
    return _Read(codes, references, list(order), means, versions)


def _bare(task: Task, text: str) -> str:
    """An answer without its remarks, which say nothing that is measured."""
    return canonical(task.bare(json.loads(text))) if task.remarks else text


def _whole(numbers: Iterable[int]) -> "NDArray[np.int64]":
    import numpy as np

    return np.fromiter(numbers, dtype=np.int64)


def _rows(connection: Connection, statement: Select[Any]) -> Sequence[Any]:
    """Rows as the driver gives them: whole numbers and texts, of which a hundred thousand are read at once."""
    return connection.execute(statement).cursor.fetchall()


def _columns(rows: Sequence[Any], count: int) -> "list[NDArray[np.int64]]":
    """Rows of whole numbers as columns."""
    import numpy as np

    found = zip(*rows, strict=True) if rows else ((),) * count
    return [np.array(column, dtype=np.int64) for column in found]


def _by_item(items: _Items, known: Mapping[int, Any], other: Any) -> "NDArray[Any]":
    """One entry an item: what is known of it, else the other."""
    import numpy as np

    out = np.full(len(items), other)
    keys = _whole(known)
    out[items.codes(keys)] = np.array(list(known.values()), dtype=out.dtype)
    return out


def _items(connection: Connection, batch_id: int) -> _Items:
    import numpy as np

    rows = _rows(
        connection,
        select(
            batch_item.c.item_id,
            batch_item.c.queue,
            func.coalesce(decision.c.state, -1),
            func.coalesce(decision.c.value_id, -1),
            func.coalesce(decision.c.judgements, "[]"),
        )
        .outerjoin(
            decision, (decision.c.batch_id == batch_item.c.batch_id) & (decision.c.item_id == batch_item.c.item_id)
        )
        .where(batch_item.c.batch_id == batch_id)
        .order_by(batch_item.c.item_id),
    )
    key, queue, state, value, listed = zip(*rows, strict=True) if rows else ((),) * 5
    decided = np.array(state, np.int64) == DECISION["decided"]
    unasked = np.array(queue, np.int64) == NO_QUEUE
    return _Items(
        key=np.array(key, np.int64),
        queue=np.array(queue, np.int64),
        decided=decided,
        value=np.array(value, np.int64),
        rests_on=_keys(compress(listed, decided.tolist())),
        unasked=_keys(compress(listed, unasked.tolist())),
    )


def _keys(lists: Iterable[str]) -> "NDArray[np.int64]":
    """JSON lists of keys as one column; read together, because a batch has a hundred thousand of them."""
    import numpy as np

    inside = "".join(lists).replace("[]", "").replace("][", ",").strip("[]")
    return np.fromstring(inside, dtype=np.int64, sep=",") if inside else _whole(())


def _said(connection: Connection, batch_id: int, items: _Items, *, tiers: bool) -> _Said:
    """What counts: not withdrawn, not replaced; and the machine judgements that decisions rest on.

    `tiers`: the tier of each work is asked for, because tiers have a price.
    """
    import numpy as np

    columns = (
        judgement.c.id,
        judgement.c.item_id,
        judgement.c.actor_id,
        func.coalesce(judgement.c.value_id, -1),
        func.coalesce(judgement.c.queue, -1),
        judgement.c.stance,
        judgement.c.shown,
        judgement.c.surplus,
        func.coalesce(judgement.c.active_ms, -1),
        func.coalesce(judgement.c.ontology_id, -1),
        func.coalesce(work.c.tier, -1) if tiers else literal(-1),
        func.coalesce(judgement.c.work_id, -1),
        func.coalesce(judgement.c.revision_of, -1),
    )
    statement = select(*columns)
    if tiers:
        statement = statement.outerjoin(work, work.c.id == judgement.c.work_id)
    rows = _rows(connection, statement.where(judgement.c.batch_id == batch_id).order_by(judgement.c.id))
    inside = _columns(rows, len(columns))
    here = np.isin(inside[1], items.key)  # an erased item may have left the batch
    inside = [column[here] for column in inside]
    counts = ~np.isin(inside[0], inside[-1]) & (inside[5] != STANCE["withdraw"])
    inside = [column[counts] for column in inside]
    outside = items.unasked[~np.isin(items.unasked, inside[0])].tolist()
    for start in range(0, len(outside), 500):
        more = _rows(connection, statement.where(judgement.c.id.in_(outside[start : start + 500])))
        inside = [np.concatenate(both) for both in zip(inside, _columns(more, len(columns)), strict=True)]
    key, item, actor, value, queue, stance, shown, surplus, active_ms, ontology, tier, by_work, _ = inside
    return _Said(
        key,
        items.codes(item),
        actor,
        value,
        queue,
        stance,
        shown,
        surplus.astype(np.bool_),
        active_ms,
        ontology,
        tier,
        by_work,
    )


def _bodies(connection: Connection, task: Task, keys: Collection[int]) -> dict[int, Any]:
    return bodies(connection, sorted(keys)) if task.reads_body else {}


def _human_only(connection: Connection, context: BatchContext, items: _Items) -> frozenset[int]:
    """The items that belong to people: of a task that only people may say every one, whether it is latched or not."""
    if context.task.people_only:
        return frozenset(items.key.tolist())
    return frozenset(
        connection.execute(
            select(human_only.c.item_id)
            .join(batch_item, batch_item.c.item_id == human_only.c.item_id)
            .where(batch_item.c.batch_id == context.row.id)
        ).scalars()
    )


def _leaning_and_declared(
    connection: Connection,
    context: BatchContext,
    said: _Said,
    items: _Items,
    latched: frozenset[int],
    unfit: "NDArray[np.bool_]",
) -> tuple[int, int]:
    """Human-only items by what their accepted label rests on.

    Those with a machine, a shown suggestion or a simulated person in it; of the others, those that people are said to
    have labelled elsewhere.
    """
    import numpy as np

    if not latched:
        return 0, 0
    closed = np.isin(items.key, _whole(latched))
    carries = np.isin(said.id, items.rests_on) & items.decided[said.item] & closed[said.item]
    elsewhere = said.work < 0
    for first, last in brought_to(connection, context.row.programme_id):
        elsewhere |= (said.id >= first) & (said.id <= last)
    leaning = np.unique(said.item[carries & (unfit | (said.shown == SHOWN["before"]))])
    declared = np.setdiff1d(said.item[carries & elsewhere], leaning)
    return len(leaning), len(declared)


def _first(said: _Said, items: int) -> "NDArray[np.bool_]":
    """Independent answers: given without seeing a suggestion or a colleague, inside the quota.

    Rework is none of them: its items were chosen because their labels looked wrong.
    """
    import numpy as np

    sent_back = np.full(items, np.iinfo(np.int64).max)
    back = (said.stance == STANCE["reject"]) & (said.queue < 0)
    np.minimum.at(sent_back, said.item[back], said.id[back])
    alone = (said.stance == STANCE["answer"]) & (said.shown == SHOWN["never"]) & ~said.surplus & (said.queue >= 0)
    out: NDArray[np.bool_] = alone & (said.id < sent_back[said.item])
    return out


def _submitted(said: _Said, items: _Items) -> "NDArray[np.bool_]":
    """The first label that an item got: by the first person who answered, or by the machine where nobody was asked."""
    import numpy as np

    labels = np.flatnonzero((said.value >= 0) & ((said.queue >= 0) | (items.queue[said.item] == NO_QUEUE)))
    _, first = np.unique(said.item[labels], return_index=True)
    out = np.zeros(len(said), np.bool_)
    out[labels[first]] = True
    return out


def _carries(said: _Said, items: _Items, means: Mapping[int, int]) -> "NDArray[np.bool_]":
    """True where a judgement says an item's accepted label, and is one of those that it rests on."""
    import numpy as np

    def meaning(values: "NDArray[np.int64]") -> "NDArray[np.int64]":
        known, code = np.unique(values, return_inverse=True)
        return _whole(means.get(value, value) for value in known.tolist())[code.reshape(-1)]

    accepted = items.value[said.item]
    same = meaning(said.value) == meaning(accepted) if means else said.value == accepted
    rests = items.decided[said.item] & np.isin(said.id, items.rests_on)
    out: NDArray[np.bool_] = rests & same & (said.value >= 0)
    return out


def _cost(connection: Connection, context: BatchContext, said: _Said) -> "NDArray[np.float64]":
    """Minor units of each judgement: its person's own rate an hour, else its tier's; -1 where that is not known."""
    import numpy as np

    keys, own = np.unique(said.actor).tolist(), dict[int, int]()
    for start in range(0, len(keys), 500):
        rows = connection.execute(
            select(person.c.actor_id, person.c.rate).where(person.c.actor_id.in_(keys[start : start + 500]))
        )
        own |= {key: rate for key, rate in rows if rate is not None}
    tiers = {tier: doc.rate for tier, doc in context.policy.tiers.items()}
    if not own and not tiers:
        return np.full(len(said), -1.0)
    pairs, pair = np.unique(np.stack([said.actor, said.tier], axis=1), axis=0, return_inverse=True)
    rates = np.array([own.get(key, tiers.get(max(tier, 0), -1)) for key, tier in pairs.tolist()], np.float64)
    rate = rates[pair.reshape(-1)] if len(pairs) else np.zeros(0)
    return np.where((rate < 0) | (said.active_ms < 0), -1.0, rate * said.active_ms / HOUR_MS)
