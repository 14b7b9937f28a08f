"""A person's record in a programme, counted set by set: what they said, and how it stands to gold and audits."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, Connection, Select, exists, func, literal, select, union_all

from goldloop.store.batches import MASKING
from goldloop.store.codes import DECISION, SHOWN, STANCE
from goldloop.store.schema import (
    actor,
    batch,
    decision,
    gold,
    gold_item,
    item,
    judgement,
    member,
    phrase,
    release,
    value,
    value_label,
    verdict,
)

ANSWERS = (STANCE["answer"], STANCE["accept"])


class Volume(NamedTuple):
    """How often somebody said something of one kind, and the active time that is known of it."""

    actor_id: int
    stance: int
    judgements: int
    timed: int
    active_ms: int


class Held(NamedTuple):
    """So many of somebody's answers beside the same reference answer, each with the ontology it was given under."""

    actor_id: int
    value_id: int
    ontology_id: int | None
    reference_id: int
    reference_under: int | None
    answers: int


class Checked(NamedTuple):
    """One answer beside its reference, in the order in which it was given."""

    judgement_id: int
    item_id: int
    batch_id: int
    value_id: int
    ontology_id: int | None
    reference_id: int
    reference_under: int | None
    reference_judgement_id: int | None
    source: str
    said_at: int


class Roster(NamedTuple):
    """Somebody who works in a programme, or worked there."""

    actor_id: int
    name: str
    simulated: bool
    started_at: int


def roster(connection: Connection, programme_id: int, actor_ids: Sequence[int]) -> list[Roster]:
    """The people among these actors, by name, with when they came into a programme."""
    joined = (
        select(member.c.actor_id, func.min(member.c.granted_at).label("at"))
        .where(member.c.programme_id == programme_id)
        .group_by(member.c.actor_id)
        .subquery()
    )
    out: list[Roster] = []
    wanted = sorted(set(actor_ids))
    for start in range(0, len(wanted), 500):
        rows = connection.execute(
            select(actor.c.id, actor.c.name, actor.c.simulated, func.coalesce(joined.c.at, actor.c.created_at))
            .outerjoin(joined, joined.c.actor_id == actor.c.id)
            .where(actor.c.kind == "person", actor.c.id.in_(wanted[start : start + 500]))
        )
        out += [Roster(*row) for row in rows]
    return sorted(out, key=lambda one: (one.name, one.actor_id))


def volumes(connection: Connection, programme_id: int, *, actor_id: int | None = None) -> list[Volume]:
    """What was said in a programme and stands, by author and stance: not taken back, not revised."""
    by = (judgement.c.batch_id, judgement.c.actor_id, judgement.c.stance)  # by batch: the order the rows stand in
    statement = select(*by, func.count(), func.count(judgement.c.active_ms), func.sum(judgement.c.active_ms)).where(
        judgement.c.batch_id.in_(_batches(programme_id)), judgement.c.stance != STANCE["withdraw"]
    )
    later = judgement.alias()  # few: read for themselves, and taken off
    replaced = (
        select(*by, -func.count(), -func.count(judgement.c.active_ms), -func.sum(judgement.c.active_ms))
        .join(later, later.c.revision_of == judgement.c.id)
        .where(later.c.batch_id.in_(_batches(programme_id)), later.c.revision_of.is_not(None))
    )
    if actor_id is not None:
        statement = statement.where(judgement.c.actor_id == actor_id)
        replaced = replaced.where(later.c.actor_id == actor_id)
    out: dict[tuple[int, int], Volume] = {}
    for part in (statement, replaced):
        for _, key, stance, count, timed, ms in connection.execute(part.group_by(*by)):
            before = out.get((key, stance), Volume(key, stance, 0, 0, 0))
            out[key, stance] = Volume(
                key, stance, before.judgements + count, before.timed + timed, before.active_ms + int(ms or 0)
            )
    return sorted(one for one in out.values() if one.judgements)


def times(connection: Connection, programme_id: int, actor_id: int, *, most: int) -> list[int]:
    """The active milliseconds of somebody's newest answers."""
    rows = connection.execute(
        select(judgement.c.active_ms)
        .where(
            judgement.c.actor_id == actor_id,
            judgement.c.batch_id.in_(_batches(programme_id)),
            judgement.c.active_ms.is_not(None),
            judgement.c.stance != STANCE["withdraw"],
        )
        .order_by(judgement.c.id.desc())
        .limit(most)
    )
    return list(rows.scalars())


def held_against(connection: Connection, programme_id: int) -> list[Held]:
    """Everybody's answers beside gold and audits, counted: few rows, however many answers."""
    refs = _references(programme_id)
    who = judgement.c.actor_id + 0  # no bare column: SQLite would read everybody's answers in its index's order
    rows = connection.execute(
        _answers(refs, who, *_pair(refs), func.count())
        .join(actor, (actor.c.id == who) & (actor.c.kind == "person"))
        .group_by(who, *_pair(refs))
    )
    return [Held._make(row) for row in rows]


def checked(connection: Connection, programme_id: int, actor_id: int) -> list[Checked]:
    """One person's answers beside gold and audits, in the order in which they were given."""
    refs = _references(programme_id)
    rows = connection.execute(
        _answers(
            refs,
            judgement.c.id,
            judgement.c.item_id,
            judgement.c.batch_id,
            *_pair(refs),
            refs.c.judgement_id,
            refs.c.source,
            judgement.c.said_at,
        )
        .where(judgement.c.actor_id == actor_id)
        .order_by(judgement.c.id)
    )
    return [Checked._make(row) for row in rows]


class Said(NamedTuple):
    """One answer beside its reference, of anybody."""

    actor_id: int
    value_id: int
    ontology_id: int | None
    reference_id: int
    reference_under: int | None
    said_at: int


def all_checked(connection: Connection, programme_id: int) -> list[Said]:
    """Everybody's answers beside gold and audits, in the order in which they were given: as many as were checked."""
    refs = _references(programme_id)
    who = judgement.c.actor_id + 0  # no bare column: see `held_against`
    rows = connection.execute(
        _answers(refs, who, *_pair(refs), judgement.c.said_at)
        .join(actor, (actor.c.id == who) & (actor.c.kind == "person"))
        .order_by(judgement.c.id)
    )
    return [Said._make(row) for row in rows]


class Decay(NamedTuple):
    """What was said in one stretch of time: answers, skips and questions, by the label the item came to have."""

    period: int
    label: str | None
    stance: int
    judgements: int


def decay(connection: Connection, programme_id: int, *, period: int) -> list[Decay]:
    """Answers by label, and skips and questions by the label that the item has now, in periods of microseconds."""
    at = (judgement.c.said_at // period).label("period")
    said = (
        select(at, phrase.c.text, judgement.c.stance, func.count())
        .select_from(judgement)
        .join(value_label, value_label.c.value_id == judgement.c.value_id)
        .join(phrase, phrase.c.id == value_label.c.label_id)
        .join(actor, (actor.c.id == judgement.c.actor_id) & (actor.c.kind == "person"))
        .where(judgement.c.batch_id.in_(_batches(programme_id)), judgement.c.stance.in_(ANSWERS))
        .group_by(at, phrase.c.text, judgement.c.stance)
    )
    hard = (STANCE["skip"], STANCE["escalate"])
    passed = (
        select(at, phrase.c.text, judgement.c.stance, func.count())
        .select_from(judgement)
        .outerjoin(
            decision, (decision.c.batch_id == judgement.c.batch_id) & (decision.c.item_id == judgement.c.item_id)
        )
        .outerjoin(value_label, value_label.c.value_id == decision.c.value_id)
        .outerjoin(phrase, phrase.c.id == value_label.c.label_id)
        .where(judgement.c.batch_id.in_(_batches(programme_id)), judgement.c.stance.in_(hard))
        .group_by(at, phrase.c.text, judgement.c.stance)
    )
    return [Decay(int(one), *rest) for part in (said, passed) for one, *rest in connection.execute(part)]


def answer_texts(connection: Connection, keys: Sequence[int]) -> dict[int, str]:
    """The JSON text of answers by key."""
    wanted, out = sorted(set(keys)), dict[int, str]()
    for start in range(0, len(wanted), 500):
        rows = connection.execute(select(value.c.id, value.c.answer).where(value.c.id.in_(wanted[start : start + 500])))
        out |= {key: text for key, text in rows}
    return out


def _batches(programme_id: int) -> Select[tuple[int]]:
    return select(batch.c.id).where(batch.c.programme_id == programme_id, batch.c.purpose != MASKING)


def _references(programme_id: int) -> CTE:
    """One reference an item: gold where there is gold, else what the newest audit of it decided."""
    newer = gold_item.alias()
    sealed = (
        select(
            gold_item.c.item_id,
            judgement.c.value_id,
            judgement.c.ontology_id,
            gold_item.c.judgement_id,
            literal("gold").label("source"),
        )
        .join(judgement, judgement.c.id == gold_item.c.judgement_id)
        .join(release, release.c.id == gold_item.c.release_id)
        .where(
            release.c.programme_id == programme_id,
            gold_item.c.withdrawn_at.is_(None),
            ~exists().where(  # the newest release that holds the item
                newer.c.item_id == gold_item.c.item_id, newer.c.release_id > gold_item.c.release_id
            ),
            ~exists().where(gold.c.item_id == gold_item.c.item_id),
        )
    )
    known = (
        select(
            gold.c.item_id,
            judgement.c.value_id,
            judgement.c.ontology_id,
            gold.c.judgement_id,
            literal("gold").label("source"),
        )
        .join(judgement, judgement.c.id == gold.c.judgement_id)
        .join(item, item.c.id == gold.c.item_id)
        .where(item.c.programme_id + 0 == programme_id, judgement.c.value_id.is_not(None))  # from gold, not from items
    )
    newest = (  # an item may be drawn by its gate, by a fresh sample of it, and again after delivery
        select(decision.c.item_id, func.max(decision.c.batch_id).label("batch_id"))
        .join(batch, batch.c.id == decision.c.batch_id)
        .where(
            batch.c.programme_id == programme_id,
            batch.c.purpose == "audit",
            decision.c.state == DECISION["decided"],
            decision.c.value_id.is_not(None),
            ~exists().where(gold.c.item_id == decision.c.item_id),
            ~exists().where(gold_item.c.item_id == decision.c.item_id, gold_item.c.withdrawn_at.is_(None)),
        )
        .group_by(decision.c.item_id)
        .subquery()
    )
    audited = (
        select(
            decision.c.item_id,
            decision.c.value_id,
            batch.c.ontology_id,
            literal(None).label("judgement_id"),
            literal("audit").label("source"),
        )
        .join(newest, (newest.c.batch_id == decision.c.batch_id) & (newest.c.item_id == decision.c.item_id))
        .join(batch, batch.c.id == decision.c.batch_id)
    )
    return union_all(known, sealed, audited).cte("refs")


def _pair(refs: CTE) -> tuple[ColumnElement[int], ...]:
    """An answer and its reference, each with the ontology it was given under."""
    return (judgement.c.value_id, judgement.c.ontology_id, refs.c.value_id, refs.c.ontology_id)


def _answers(refs: CTE, *columns: ColumnElement[Any]) -> Select[Any]:
    """People's own answers that stand, beside the reference of their item; the audits themselves are no one's test.

    Of answers to gold those count that were hidden in a batch which has been through its gate: before, nobody may know.
    What was said of a planted error is no answer to gold: the suggestion that came with it was wrong on purpose.
    """
    later, unseen = judgement.alias(), judgement.c.shown == SHOWN["never"]
    return (
        select(*columns)
        .select_from(refs)
        .join(judgement, judgement.c.item_id == refs.c.item_id)
        .join(batch, batch.c.id == judgement.c.batch_id)
        .where(
            judgement.c.item_id.in_(select(refs.c.item_id)),  # SQLite starts here, and not at everything that was said
            batch.c.purpose.not_in(("audit", MASKING)),
            (batch.c.purpose != "calibration")
            | (batch.c.parent_id.is_not(None) & unseen & exists().where(verdict.c.batch_id == batch.c.parent_id)),
            judgement.c.stance.in_(ANSWERS),
            judgement.c.surplus.is_(False),
            ~exists().where(
                (later.c.item_id == judgement.c.item_id)
                & (later.c.actor_id == judgement.c.actor_id)
                & (later.c.revision_of == judgement.c.id)
            ),
        )
    )
