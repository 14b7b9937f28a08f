"""Human-only items as the record has them: what their labels rest on, what was shown of them, what was released."""

import json
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, case, exists, false, func, insert, literal, or_, select

from goldloop.store.batches import MASKING
from goldloop.store.codes import DECISION, SHOWN
from goldloop.store.schema import (
    actor,
    batch,
    batch_item,
    carried,
    decision,
    human_only,
    item,
    judgement,
    phrase,
    ready,
    release,
    release_row,
    segment,
    value_label,
    work,
)

LISTED = 500
NO_WORD = ("calibration", MASKING)  # purposes of batches in which nothing is said of an item
UNFIT = actor.c.kind.in_(("model", "rule")) | actor.c.simulated | (judgement.c.shown == SHOWN["before"])
"""A machine, a simulated person, or somebody who saw the suggestion before they answered."""

Runs = Sequence[tuple[int, int]]
"""First and last keys of judgements that came in an archive, made in another installation."""


class Broken(NamedTuple):
    """One thing in the record that must not be: which item, in which batch, and what."""

    item_id: int
    batch: str
    what: str


class Resting(NamedTuple):
    """Items by what their labels rest on: `leaning` on what is unfit, `declared` on what people are said to have said.

    `declared`: it came with an import, a delivery or an archive. That its authors are people, and what they saw, is
    the word of its source; nobody here was asked.
    """

    leaning: frozenset[int]
    declared: frozenset[int]


def resting(connection: Connection, judgements: Sequence[int], brought: Runs) -> Resting:
    """The items of judgements that accepted labels rest on, where these are not simply of people who answered here."""
    leaning, declared = set[int](), set[int]()
    for some in _parts(judgements):
        rows = connection.execute(
            select(judgement.c.item_id, UNFIT)
            .join(actor, actor.c.id == judgement.c.actor_id)
            .where(judgement.c.id.in_(some), UNFIT | judgement.c.work_id.is_(None) | _within(brought))
        )
        for item_id, unfit in rows:
            (leaning if unfit else declared).add(item_id)
    return Resting(frozenset(leaning), frozenset(declared - leaning))


def brought_to(connection: Connection, programme_id: int) -> list[tuple[int, int]]:
    """The keys of a programme's judgements that came in archives."""
    rows = connection.execute(
        select(carried.c.first + carried.c.shift, carried.c.last + carried.c.shift)
        .join(segment, segment.c.id == carried.c.segment_id)
        .where(segment.c.programme_id == programme_id, carried.c.noun == "judgement")
    )
    return [(first, last) for first, last in rows]


def count_declared(connection: Connection, keys: Sequence[int], brought: Runs) -> int:
    """How many of some human-only items have an accepted label that rests on what was said elsewhere."""
    out = set[int]()
    for some in _parts(keys):
        rows = connection.execute(
            select(decision.c.judgements).where(decision.c.item_id.in_(some), decision.c.state == DECISION["decided"])
        )
        out |= resting(connection, [key for (listed,) in rows for key in json.loads(listed)], brought).declared
    return len(out)


def latched_after(connection: Connection, programme_id: int, after: int, *, limit: int) -> list[int]:
    """A page of a programme's human-only items, by key."""
    rows = (
        select(human_only.c.item_id)
        .join(item, item.c.id == human_only.c.item_id)
        .where(item.c.programme_id == programme_id, human_only.c.item_id > after)
        .order_by(human_only.c.item_id)
        .limit(limit)
    )
    return list(connection.execute(rows).scalars())


def latch_batch(connection: Connection, batch_id: int, because: str, *, at: int) -> None:
    """Make every item of a batch human-only that is not yet."""
    open_ = ~exists().where(human_only.c.item_id == batch_item.c.item_id)
    items = select(batch_item.c.item_id, literal(because), literal(at), false()).where(
        batch_item.c.batch_id == batch_id, open_
    )
    connection.execute(insert(human_only).from_select(["item_id", "because", "latched_at", "by_people"], items))


def count_latched(connection: Connection, programme_id: int) -> int:
    """How many items of a programme are human-only."""
    counted = select(func.count()).select_from(human_only).join(item, item.c.id == human_only.c.item_id)
    return int(connection.execute(counted.where(item.c.programme_id == programme_id)).scalar_one())


def labels_that_lean(connection: Connection, keys: Sequence[int]) -> list[Broken]:
    """Accepted labels of items that rest on a machine, on a simulated person, on a shown suggestion, or on nothing."""
    decided, leaning = [], dict[int, str]()
    for some in _parts(keys):
        rows = connection.execute(
            select(decision.c.item_id, batch.c.name, decision.c.judgements)
            .join(batch, batch.c.id == decision.c.batch_id)
            .where(decision.c.item_id.in_(some), decision.c.state == DECISION["decided"])
        )
        decided += [(item_id, name, json.loads(listed)) for item_id, name, listed in rows]
    for some in _parts(sorted({key for *_, listed in decided for key in listed})):
        unfit = (
            select(judgement.c.id, actor.c.kind, actor.c.name, actor.c.simulated)
            .join(actor, actor.c.id == judgement.c.actor_id)
            .where(judgement.c.id.in_(some), UNFIT)
        )
        for key, kind, name, simulated in connection.execute(unfit):
            leaning[key] = f"{'simulated ' if simulated else ''}{kind} {name}"
    out = []
    for item_id, name, listed in decided:
        who = next((leaning[key] for key in listed if key in leaning), None)
        if who is not None:
            said = who if not who.startswith("person") else f"{who}, who saw the suggestion"
            out.append(Broken(item_id, name, f"its accepted label rests on the {said}"))
        elif not listed:
            out.append(Broken(item_id, name, "its accepted label rests on nobody"))
    return out


def works_that_show(connection: Connection, keys: Sequence[int]) -> list[Broken]:
    """Work with a suggestion that was opened after its item became human-only, or that waits to be handed out."""
    waits = exists().where(
        ready.c.lane_id == work.c.lane_id, ready.c.priority == work.c.priority, ready.c.work_id == work.c.id
    )
    out: list[Broken] = []
    for some in _parts(keys):
        rows = connection.execute(
            select(work.c.item_id, batch.c.name)
            .join(human_only, human_only.c.item_id == work.c.item_id)
            .join(batch, batch.c.id == work.c.batch_id)
            .where(
                work.c.item_id.in_(some),
                work.c.suggestion_id.is_not(None),
                (work.c.created_at >= human_only.c.latched_at) | waits,
            )
            .order_by(work.c.id)
        )
        out += [Broken(key, name, "work on it comes with a machine's suggestion") for key, name in rows]
    return out


def released_without_people(connection: Connection, keys: Sequence[int]) -> list[Broken]:
    """Labels in releases that were sealed since their item is human-only, and that no person gave unassisted."""
    given = exists().where(
        judgement.c.item_id == release_row.c.item_id,
        judgement.c.batch_id == release_row.c.batch_id,
        judgement.c.value_id == release_row.c.value_id,
        actor.c.id == judgement.c.actor_id,
        ~UNFIT,
    )
    out: list[Broken] = []
    for some in _parts(keys):
        rows = connection.execute(
            select(release_row.c.item_id, batch.c.name, release_row.c.name, func.min(release.c.number))
            .join(human_only, human_only.c.item_id == release_row.c.item_id)
            .join(batch, batch.c.id == release_row.c.batch_id)
            .join(
                release,
                (release.c.programme_id == release_row.c.programme_id)
                & (release.c.kind == "dataset")
                & (release.c.name == release_row.c.name)
                & (release.c.number >= release_row.c.valid_from)
                & (release_row.c.valid_to.is_(None) | (release.c.number < release_row.c.valid_to))
                & (release.c.sealed_at >= human_only.c.latched_at),
            )
            .where(release_row.c.item_id.in_(some), ~given)
            .group_by(release_row.c.item_id, batch.c.name, release_row.c.name)
            .order_by(release_row.c.item_id)
        )
        out += [
            Broken(key, name, f"release {dataset}@{number} holds a label of it that no person gave unassisted")
            for key, name, dataset, number in rows
        ]
    return out


def named_by(
    connection: Connection, kinds: Sequence[str], labels: Collection[str], *where: ColumnElement[bool]
) -> dict[int, tuple[str, ...]]:
    """Items that are not human-only although an actor of some kinds said one of some labels of them, with these labels.

    `where` narrows the judgements; what was said of gold, or of what masking left, is no word about an item.
    """
    rows = connection.execute(
        select(judgement.c.item_id, phrase.c.text)
        .join(actor, actor.c.id == judgement.c.actor_id)
        .join(value_label, value_label.c.value_id == judgement.c.value_id)
        .join(phrase, phrase.c.id == value_label.c.label_id)
        .outerjoin(batch, batch.c.id == judgement.c.batch_id)
        .outerjoin(human_only, human_only.c.item_id == judgement.c.item_id)
        .where(
            phrase.c.text.in_(sorted(labels)),
            actor.c.kind.in_(kinds),
            human_only.c.item_id.is_(None),
            batch.c.purpose.is_(None) | batch.c.purpose.not_in(NO_WORD),
            *where,
        )
        .distinct()
        .order_by(judgement.c.item_id, phrase.c.text)
    )
    out: dict[int, tuple[str, ...]] = {}
    for item_id, label in rows:
        out[item_id] = (*out.get(item_id, ()), label)
    return out


def named_in_audits(connection: Connection, batch_id: int, labels: Collection[str]) -> dict[int, tuple[str, ...]]:
    """Items that people said one of some labels of in the audits of a batch, and that are not human-only."""
    audits = select(batch.c.id).where(batch.c.parent_id == batch_id, batch.c.purpose == "audit")
    keys = list(connection.execute(audits).scalars())
    return named_by(connection, ["person"], labels, judgement.c.batch_id.in_(keys)) if keys else {}


def left_open(connection: Connection, programme_id: int, labels: Collection[str]) -> dict[int, tuple[str, ...]]:
    """Items of a programme that are not human-only although a person or a model named one of some labels."""
    inside = select(item.c.id).where(item.c.programme_id == programme_id)
    return named_by(connection, ["person", "model"], labels, judgement.c.item_id.in_(inside))


class Sent(NamedTuple):
    """An item of a batch as it was routed."""

    item_id: int
    suggestion_id: int | None
    rule: str


def routed_after(connection: Connection, batch_id: int, after: int, *, limit: int) -> list[Sent]:
    """A page of a batch's items that are not human-only, by key."""
    rows = (
        select(batch_item.c.item_id, batch_item.c.suggestion_id, phrase.c.text)
        .join(phrase, phrase.c.id == batch_item.c.rule_id)
        .outerjoin(human_only, human_only.c.item_id == batch_item.c.item_id)
        .where(batch_item.c.batch_id == batch_id, batch_item.c.item_id > after, human_only.c.item_id.is_(None))
        .order_by(batch_item.c.item_id)
        .limit(limit)
    )
    return [Sent._make(row) for row in connection.execute(rows)]


class Watched(NamedTuple):
    """An item of a batch: how it was routed, by whose suggestion, why it is human-only, and its accepted label.

    `by_people`: it is human-only because people named it, and no trigger suspected it.
    """

    item_id: int
    rule: str
    queue: int
    blind: bool
    model_id: int | None
    suggested: int | None
    top: str | None
    latched: str | None
    by_people: bool
    value_id: int | None


def watched(connection: Connection, batch_id: int) -> list[Watched]:
    """Every item of a batch, in order."""
    said = judgement.alias()
    rows = connection.execute(
        select(
            batch_item.c.item_id,
            phrase.c.text,
            batch_item.c.queue,
            batch_item.c.blind,
            said.c.actor_id,
            said.c.value_id,
            said.c.top,
            human_only.c.because,
            func.coalesce(human_only.c.by_people, false()),
            case((decision.c.state == DECISION["decided"], decision.c.value_id)),
        )
        .select_from(batch_item)
        .join(phrase, phrase.c.id == batch_item.c.rule_id)
        .outerjoin(said, said.c.id == batch_item.c.suggestion_id)
        .outerjoin(human_only, human_only.c.item_id == batch_item.c.item_id)
        .outerjoin(
            decision, (decision.c.batch_id == batch_item.c.batch_id) & (decision.c.item_id == batch_item.c.item_id)
        )
        .where(batch_item.c.batch_id == batch_id)
        .order_by(batch_item.c.item_id)
    )
    return [Watched._make(row) for row in rows]


def _within(runs: Runs) -> ColumnElement[bool]:
    return or_(false(), *(judgement.c.id.between(first, last) for first, last in runs))


def _parts(keys: Sequence[int]) -> list[Sequence[int]]:
    return [keys[start : start + LISTED] for start in range(0, len(keys), LISTED)]
