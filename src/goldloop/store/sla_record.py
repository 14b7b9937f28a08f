"""What a service level agreement is evaluated on, read set by set: verdicts, first answers, questions, evidence."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Integer, Select, cast, exists, func, select
from sqlalchemy import text as sql

from goldloop.core.canonical import canonical
from goldloop.core.clock import MINUTE
from goldloop.core.ids import Ids
from goldloop.core.nouns import Evidence, Spec
from goldloop.store.batches import LABELLED
from goldloop.store.codes import GOLD_KIND, QUEUE, STANCE
from goldloop.store.evidence import evidence_by_key
from goldloop.store.schema import actor, batch, evidence, gold_item, gold_work, judgement, release, verdict
from goldloop.store.statements import AGAIN

QUARTER = 15 * MINUTE  # every zone's midnight falls on one
LABELS = (STANCE["answer"], STANCE["accept"], STANCE["adjudicate"])


class Ruled(NamedTuple):
    """One verdict on a batch that is promised to a client: `failed` by the contract's line."""

    batch_id: int
    name: str
    purpose: str
    items: int
    outcome: str
    failed: bool
    waived: bool
    at: int

    @property
    def again(self) -> bool:
        """True where the batch judges items again that another one holds: they are not paid for twice."""
        return AGAIN.strip("%") in self.name


class Question(NamedTuple):
    """One question about an item, and when it was answered."""

    id: int
    batch_id: int
    batch: str
    asked_at: int
    answered_at: int | None


def ruled(connection: Connection, programme_id: int, *, since: int, until: int) -> list[Ruled]:
    """Every verdict on batches of labels, oldest first."""
    rows = connection.execute(
        select(
            batch.c.id,
            batch.c.name,
            batch.c.purpose,
            batch.c.item_count,
            verdict.c.outcome,
            verdict.c.contract,
            verdict.c.waived_by,
            verdict.c.decided_at,
        )
        .join(batch, batch.c.id == verdict.c.batch_id)
        .where(
            batch.c.programme_id == programme_id,
            batch.c.purpose.in_(LABELLED),
            verdict.c.decided_at >= since,
            verdict.c.decided_at < until,
        )
        .order_by(verdict.c.id)
    )
    return [
        Ruled(
            key,
            name,
            purpose,
            items,
            outcome,
            any(one["outcome"] == "fail" for one in json.loads(contract or "[]")),
            waived_by is not None,
            at,
        )
        for key, name, purpose, items, outcome, contract, waived_by, at in rows
    ]


def measured_of(
    connection: Connection, ids: Ids, batch_ids: Sequence[int], measure: Spec, *, until: int
) -> dict[int, Evidence]:
    """The newest evidence of a measure about each whole batch."""
    written = canonical(measure.model_dump(mode="json"))
    newest: dict[int, int] = {}
    for start in range(0, len(batch_ids), 500):
        rows = connection.execute(
            select(evidence.c.batch_id, func.max(evidence.c.id))
            .where(
                evidence.c.batch_id.in_(batch_ids[start : start + 500]),
                evidence.c.measure == written,
                evidence.c.slice == "{}",
                evidence.c.measured_at < until,
            )
            .group_by(evidence.c.batch_id)
        )
        newest |= {batch_id: key for batch_id, key in rows}
    keys = sorted(newest.values())
    found: dict[str, Evidence] = {}
    for start in range(0, len(keys), 500):
        found |= {one.about: one for one in evidence_by_key(connection, ids, keys[start : start + 500])}
    return {key: found[ids.show("batch", key)] for key in newest}


def gold_answers(
    connection: Connection, batch_ids: Sequence[int], gold: str, *, until: int
) -> dict[int, tuple[int, int, int]]:
    """Of batches: how many answers to the hidden items of a gold release were right, how many there were, of how many.

    The last counts every first answer by a person to an item of the batch or to gold hidden in it. Items of the gold
    release that were withdrawn are left out, and answers that were taken back.
    """
    counted: dict[int, tuple[int, int]] = {}
    live: dict[int, int] = {}
    for start in range(0, len(batch_ids), 500):
        part = batch_ids[start : start + 500]
        rows = connection.execute(
            select(batch.c.parent_id, func.sum(cast(gold_work.c.right, Integer)), func.count())
            .select_from(gold_work)
            .join(judgement, judgement.c.id == gold_work.c.judgement_id)
            .join(batch, batch.c.id == judgement.c.batch_id)
            .join(release, release.c.id == gold_work.c.release_id)
            .join(
                gold_item,
                (gold_item.c.release_id == gold_work.c.release_id) & (gold_item.c.item_id == gold_work.c.item_id),
            )
            .where(
                batch.c.parent_id.in_(part),
                gold_work.c.kind == GOLD_KIND["hidden"],
                gold_work.c.right.is_not(None),
                gold_item.c.withdrawn_at.is_(None),
                release.c.name == gold,
                judgement.c.said_at < until,
            )
            .group_by(batch.c.parent_id)
        )
        counted |= {key: (int(right), int(n)) for key, right, n in rows}
        people = connection.execute(
            select(judgement.c.batch_id, func.count(judgement.c.item_id.distinct()))
            .join(actor, (actor.c.id == judgement.c.actor_id) & (actor.c.kind == "person"))
            .where(
                judgement.c.batch_id.in_(part),
                judgement.c.work_id.is_not(None),
                judgement.c.queue == QUEUE["annotate"],
                judgement.c.stance == STANCE["answer"],
                judgement.c.said_at < until,
                judgement.c.id.not_in(_taken_back(part, until=until)),
            )
            .group_by(judgement.c.batch_id)
        )
        live |= {key: int(n) for key, n in people}
    return {key: (right, n, n + live.get(key, 0)) for key, (right, n) in counted.items()}


def first_answers(connection: Connection, programme_id: int, *, since: int, until: int) -> dict[int, int]:
    """How many items got their first answer from a person in each quarter of an hour, by its first moment.

    Only batches in which something was said since then are looked at. An answer that was taken back is none.
    """
    newest = (
        select(judgement.c.said_at)
        .where(judgement.c.batch_id == batch.c.id)
        .order_by(judgement.c.id.desc())
        .limit(1)
        .correlate(batch)
        .scalar_subquery()
    )
    touched = connection.execute(
        select(batch.c.id).where(
            batch.c.programme_id == programme_id,
            batch.c.purpose == "production",
            batch.c.name.not_like(AGAIN),  # what is redone is not counted again
            newest >= since,
        )
    ).scalars()
    out: dict[int, int] = {}
    for key in touched.all():
        first = (
            select(func.min(judgement.c.said_at).label("at"))
            .join(actor, (actor.c.id == judgement.c.actor_id) & (actor.c.kind == "person"))
            .where(
                judgement.c.batch_id == key,
                judgement.c.work_id.is_not(None),
                judgement.c.stance.in_(LABELS),
                judgement.c.id.not_in(_taken_back([key], until=until)),
            )
            .group_by(judgement.c.item_id)
            .subquery()
        )
        quarter = (first.c.at // QUARTER).label("quarter")
        rows = connection.execute(
            select(quarter, func.count()).where(first.c.at >= since, first.c.at < until).group_by(quarter)
        )
        for number, count in rows:
            out[int(number) * QUARTER] = out.get(int(number) * QUARTER, 0) + count
    return out


def questions(connection: Connection, programme_id: int, *, since: int, until: int) -> list[Question]:
    """The questions that were asked and not taken back, oldest first, each with its first ruling that stands."""
    ruling, later, undone = judgement.alias(), judgement.alias(), judgement.alias()
    answered = (
        select(func.min(ruling.c.said_at))
        .where(
            ruling.c.item_id == judgement.c.item_id,
            ruling.c.batch_id == judgement.c.batch_id,
            ruling.c.stance == STANCE["adjudicate"],
            ruling.c.said_at >= judgement.c.said_at,
            ~exists().where(
                undone.c.item_id == ruling.c.item_id,
                undone.c.actor_id == ruling.c.actor_id,
                undone.c.revision_of == ruling.c.id,
                undone.c.stance == STANCE["withdraw"],
            ),
        )
        .correlate(judgement)
        .scalar_subquery()
    )
    back = select(later.c.id).where(
        later.c.item_id == judgement.c.item_id,
        later.c.actor_id == judgement.c.actor_id,
        later.c.revision_of == judgement.c.id,
    )
    rows = connection.execute(
        select(judgement.c.id, judgement.c.batch_id, batch.c.name, judgement.c.said_at, answered)
        .join(batch, batch.c.id == judgement.c.batch_id)
        .where(
            batch.c.programme_id == programme_id,
            sql(f"judgement.stance = {STANCE['escalate']}"),  # as the index says it
            judgement.c.said_at >= since,
            judgement.c.said_at < until,
            judgement.c.surplus.is_(False),
            ~back.exists(),
        )
        .order_by(judgement.c.id)
    )
    return [Question(*row) for row in rows]


def _taken_back(batch_ids: Sequence[int], *, until: int) -> Select[tuple[int]]:
    """The judgements of some batches that were taken back before a moment: few, read by an index of their own."""
    later = judgement.alias()
    return select(later.c.revision_of).where(
        later.c.batch_id.in_(batch_ids),
        later.c.revision_of.is_not(None),
        later.c.stance == STANCE["withdraw"],
        later.c.said_at < until,
    )
