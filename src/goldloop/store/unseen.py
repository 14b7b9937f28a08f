"""Labels that people gave without having seen a suggestion: what a model's own may be held against.

    gold        known answers
    audit       decided items of audits and calibration samples: judged anew, blind
    consensus   several independent answers that agree, or a ruling between them
    blind       the randomised share whose suggestion was hidden
    annotated   annotated in full: routed to people without a suggestion

An item that anybody judged with the suggestion in front of them counts only where it was judged again elsewhere.
"""

import json
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, get_args

from sqlalchemy import ColumnElement, Connection, Select, case, exists, func, literal, select, true

from goldloop.store.actors import ModelRow
from goldloop.store.bulk import find_rows
from goldloop.store.codes import DECISION, NO_QUEUE, QUEUE, SHOWN
from goldloop.store.schema import (
    actor,
    batch,
    batch_item,
    decision,
    draw,
    draw_item,
    erased,
    gold,
    gold_item,
    human_only,
    item,
    judgement,
    unrouted,
)

Source = Literal["gold", "audit", "consensus", "blind", "annotated"]
SOURCES: tuple[Source, ...] = get_args(Source)  # the first that an item has speaks for it
LISTED = 500


class Unseen(NamedTuple):
    """An item's label, from people who saw no suggestion; `learnt`: known gold that models may learn from."""

    item_id: int
    value_id: int
    ontology_id: int | None
    source: Source
    said_at: int
    simulated: bool
    learnt: bool


def unseen(connection: Connection, programme_id: int, model_id: int, *, most: int) -> dict[int, Unseen]:
    """The newest such labels by item: gold that a model spoke of, audits, then batch after batch, up to `most`."""
    out: dict[int, Unseen] = {}
    ours = judgement.alias()
    spoke = exists().where(ours.c.item_id == gold.c.item_id, ours.c.actor_id == model_id)
    newest_first = (
        select(batch.c.id)
        .where(batch.c.programme_id == programme_id, batch.c.purpose.in_(("production", "audit")))
        .order_by((batch.c.purpose == "production"), batch.c.id.desc())
    )
    _keep(
        out, connection, _gold(item.c.programme_id == programme_id, spoke).order_by(gold.c.item_id.desc()).limit(most)
    )
    for key in connection.execute(newest_first).scalars().all():
        if len(out) >= most:
            break
        _keep(out, connection, _decided(batch_item.c.batch_id == key).limit(most))
    return out


def unseen_of(connection: Connection, programme_id: int, keys: Sequence[int]) -> dict[int, Unseen]:
    """Such labels of some items."""
    out: dict[int, Unseen] = {}
    for start in range(0, len(keys), LISTED):
        some = keys[start : start + LISTED]
        _keep(out, connection, _gold(gold.c.item_id.in_(some), item.c.programme_id == programme_id))
        _keep(out, connection, _decided(batch_item.c.item_id.in_(some), batch.c.programme_id == programme_id))
    return out


class Routed(NamedTuple):
    """What the rules of a bound sent on its way: items by rule, and those of them drawn to be judged unseen."""

    items: dict[int, int]
    drawn: dict[int, int]


def routed_by(connection: Connection, programme_id: int, rule_ids: Sequence[int], *, since: int, most: int) -> Routed:
    """Looks through the newest `most` batches that were opened since a moment."""
    newest = (
        select(batch.c.id)
        .where(batch.c.programme_id == programme_id, batch.c.purpose == "production", batch.c.created_at >= since)
        .order_by(batch.c.id.desc())
        .limit(most)
    )
    keys = connection.execute(newest).scalars().all()
    ours = (batch_item.c.batch_id.in_(keys), batch_item.c.rule_id.in_(rule_ids))
    counted = select(batch_item.c.rule_id, func.count()).where(*ours).group_by(batch_item.c.rule_id)
    again = batch_item.alias()
    audits = select(batch.c.id).where(batch.c.programme_id == programme_id, batch.c.purpose == "audit")
    audited = exists().where(again.c.item_id == batch_item.c.item_id, again.c.batch_id.in_(audits))
    drawn = select(batch_item.c.item_id, batch_item.c.rule_id).where(
        *ours, batch_item.c.blind | batch_item.c.consensus | audited
    )
    return Routed(
        {rule: count for rule, count in connection.execute(counted)},
        {item_id: rule for item_id, rule in connection.execute(drawn)},
    )


def taught_until(connection: Connection, model: ModelRow) -> int | None:
    """Until when decisions may have taught a version; None where it learnt from no decisions of the programme."""
    learnt = json.loads(model.trained_on) if model.trained_on else {}
    if not learnt or learnt.get("learn_from") == "gold":
        return None
    return int(connection.execute(select(actor.c.created_at).where(actor.c.id == model.actor_id)).scalar_one())


def decided_until(connection: Connection, keys: Sequence[int], at: int) -> set[int]:
    """Those of some items that a production batch had decided by then."""
    out: set[int] = set()
    for start in range(0, len(keys), LISTED):
        rows = connection.execute(
            select(decision.c.item_id).where(decision.c.item_id.in_(keys[start : start + LISTED]), *_taught(at))
        )
        out |= set(rows.scalars())
    return out


def is_gone(connection: Connection, keys: Sequence[int]) -> set[int]:
    """Those of some items that no threshold meets any more: suspected to be human-only, or erased.

    What people alone named stays: no threshold would have kept it back.
    """
    gone = {key for (key,) in find_rows(connection, erased, ("item_id",), among="item_id", of=keys)}
    latched = find_rows(connection, human_only, ("item_id", "by_people"), among="item_id", of=keys)
    return gone | {key for key, by_people in latched if not by_people}


def spoken_of(
    connection: Connection, programme_id: int, model_id: int, *, most: int, taught_until: int | None
) -> list[int]:
    """The newest items that a model version spoke of, did not learn from, and whose routing it may decide."""
    here = decision.c.item_id == judgement.c.item_id
    taught = ~exists().where(here, *_taught(taught_until)) if taught_until is not None else true()
    rows = connection.execute(
        select(judgement.c.item_id)
        .join(item, item.c.id == judgement.c.item_id)
        .where(
            judgement.c.actor_id == model_id,
            judgement.c.batch_id.is_(None),
            judgement.c.confidence.is_not(None),
            item.c.programme_id == programme_id,
            ~exists().where(human_only.c.item_id == judgement.c.item_id, ~human_only.c.by_people),
            ~exists().where(gold.c.item_id == judgement.c.item_id),
            ~exists().where(erased.c.item_id == judgement.c.item_id),
            taught,
        )
        .order_by(judgement.c.id.desc())
        .limit(most)
    )
    return sorted(set(rows.scalars()))


def waiting(connection: Connection, programme_id: int, *, most: int) -> list[int]:
    """The newest items that wait to be routed and are not human-only."""
    rows = connection.execute(
        select(unrouted.c.item_id)
        .where(unrouted.c.programme_id == programme_id, ~exists().where(human_only.c.item_id == unrouted.c.item_id))
        .order_by(unrouted.c.item_id.desc())
        .limit(most)
    )
    return list(rows.scalars())


class SampleRow(NamedTuple):
    """A calibration sample: its draw, and the batch in which it is judged."""

    draw_id: int
    batch_id: int
    batch: str
    design: str
    seed: str
    frame_size: int
    drawn: int
    drawn_at: int


def samples(connection: Connection, programme_id: int, purpose: str) -> list[SampleRow]:
    """The calibration samples of a programme, newest first."""
    rows = connection.execute(
        select(
            draw.c.id,
            batch.c.id,
            batch.c.name,
            draw.c.design,
            draw.c.seed,
            draw.c.frame_size,
            select(func.count()).where(draw_item.c.draw_id == draw.c.id).scalar_subquery(),
            draw.c.drawn_at,
        )
        .join(batch, batch.c.id == draw.c.batch_id)
        .where(batch.c.programme_id == programme_id, draw.c.purpose == purpose)
        .order_by(draw.c.id.desc())
    )
    return [SampleRow._make(row) for row in rows]


def _taught(at: int) -> tuple[ColumnElement[bool], ...]:
    production = select(batch.c.id).where(batch.c.purpose == "production")
    return decision.c.changed_at <= at, decision.c.state == DECISION["decided"], decision.c.batch_id.in_(production)


def _keep(out: dict[int, Unseen], connection: Connection, statement: Select[Any]) -> None:
    """Add labels; of two of one item the better source stays, then the older."""
    for row in connection.execute(statement):
        one = Unseen._make(row)
        before = out.get(one.item_id)
        if before is None or SOURCES.index(one.source) < SOURCES.index(before.source):
            out[one.item_id] = one


def _gold(*where: ColumnElement[bool]) -> Select[Any]:
    kept = exists().where(gold_item.c.item_id == gold.c.item_id, gold_item.c.eval_only)
    return (
        select(
            gold.c.item_id,
            judgement.c.value_id,
            judgement.c.ontology_id,
            literal("gold"),
            gold.c.set_at,
            literal(False),
            ~kept,
        )
        .join(judgement, judgement.c.id == gold.c.judgement_id)
        .join(item, item.c.id == gold.c.item_id)
        .where(judgement.c.value_id.is_not(None), *where)
    )


def _decided(*where: ColumnElement[bool]) -> Select[Any]:
    """Decided items of batches in which nobody saw a suggestion of them."""
    here = (judgement.c.batch_id == batch_item.c.batch_id) & (judgement.c.item_id == batch_item.c.item_id)
    saw = exists().where(here, judgement.c.shown == SHOWN["before"])
    simulated = exists().where(here, actor.c.id == judgement.c.actor_id, actor.c.simulated)
    source = case(
        (batch.c.purpose == "audit", "audit"),
        (batch_item.c.consensus, "consensus"),
        (batch_item.c.blind, "blind"),
        else_="annotated",
    )
    return (
        select(
            batch_item.c.item_id,
            decision.c.value_id,
            batch.c.ontology_id,
            source,
            decision.c.changed_at,
            simulated,
            literal(False),
        )
        .select_from(batch_item)
        .join(batch, batch.c.id == batch_item.c.batch_id)
        .join(decision, (decision.c.batch_id == batch_item.c.batch_id) & (decision.c.item_id == batch_item.c.item_id))
        .where(
            decision.c.state == DECISION["decided"],
            decision.c.value_id.is_not(None),
            batch_item.c.queue != NO_QUEUE,
            batch.c.purpose.in_(("production", "audit")),
            (batch.c.purpose == "audit")
            | batch_item.c.consensus
            | batch_item.c.blind
            | (batch_item.c.queue == QUEUE["annotate"]),
            ~saw,
            ~exists().where(human_only.c.item_id == batch_item.c.item_id, ~human_only.c.by_people),
            *where,
        )
        .order_by(batch_item.c.batch_id.desc(), batch_item.c.item_id)
    )
