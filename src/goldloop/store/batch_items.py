"""The items of a batch as managers look at them: route, state, accepted answer; filtered and paged by key."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, func, select

from goldloop.core.headline import headline
from goldloop.store.codes import DECISION, DECISION_NAMES, NO_QUEUE, QUEUE, STANCE
from goldloop.store.ordered import ORDERED, Order, Place, places
from goldloop.store.schema import actor, batch_item, decision, item, judgement, phrase, value, value_label

NO_SUCH = -2
_QUEUES: dict[str, int] = {"accept": NO_QUEUE, **{str(name): code for name, code in QUEUE.items()}}


class Filters(NamedTuple):
    """What to show: every filter that is given must hold."""

    state: str | None = None
    queue: str | None = None
    rule: str | None = None
    label: str | None = None
    text: str | None = None
    by: int | None = None
    disagree: bool = False


class ItemLine(NamedTuple):
    """One item of a batch in a list."""

    item_id: int
    external_id: str
    text: str
    rule: str
    queue: int
    tier: int
    confidence: float | None
    state: str
    because: str | None
    answer: Any
    judgements: int


def item_lines(
    connection: Connection, batch_id: int, filters: Filters, visible: ColumnElement[bool], *, after: int, limit: int
) -> list[ItemLine]:
    """A page of a batch's items, by key, after a key."""
    statement = (
        _lines(batch_id)
        .where(batch_item.c.item_id > after, visible, *_conditions(filters))
        .order_by(batch_item.c.item_id)
        .limit(limit)
    )
    return [_line(row) for row in connection.execute(statement)]


def line_places(
    connection: Connection,
    batch_id: int,
    filters: Filters,
    visible: ColumnElement[bool],
    order: Order,
    *,
    limit: int,
) -> list[Place]:
    """Items of a batch in a chosen order: of its first `ORDERED`."""
    headings: dict[str, ColumnElement[Any]] = {
        "id": item.c.external_id,
        "queue": batch_item.c.queue,
        "confidence": batch_item.c.confidence,
        "state": func.coalesce(decision.c.state, DECISION["open"]),
        "answer": value.c.answer,
        "judgements": _said(batch_id),
    }
    last = select(batch_item.c.item_id).where(batch_item.c.batch_id == batch_id).order_by(batch_item.c.item_id)
    beyond = connection.execute(last.offset(ORDERED).limit(1)).scalar()
    found = _joined(select(batch_item.c.item_id.label("key"), headings[order.by].label("by"))).where(
        batch_item.c.batch_id == batch_id, visible, *_conditions(filters)
    )
    if beyond is not None:
        found = found.where(batch_item.c.item_id < beyond)
    return places(connection, found, order, limit=limit)


def lines_found(connection: Connection, batch_id: int, found: Sequence[Place]) -> list[ItemLine]:
    """The items of these places, as they stand there."""
    rows: dict[int, ItemLine] = {}
    keys = [one.key for one in found]
    for start in range(0, len(keys), 500):
        part = _lines(batch_id).where(batch_item.c.item_id.in_(keys[start : start + 500]))
        rows |= {row.item_id: _line(row) for row in connection.execute(part)}
    return [rows[key] for key in keys]


def _lines(batch_id: int) -> Select[Any]:
    return _joined(
        select(
            batch_item.c.item_id,
            item.c.external_id,
            item.c.body,
            phrase.c.text.label("rule"),
            batch_item.c.queue,
            batch_item.c.tier,
            batch_item.c.confidence,
            decision.c.state,
            decision.c.because,
            value.c.answer,
            _said(batch_id).label("said"),
        )
    ).where(batch_item.c.batch_id == batch_id)


def _joined(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(batch_item)
        .join(item, item.c.id == batch_item.c.item_id)
        .join(phrase, phrase.c.id == batch_item.c.rule_id)
        .outerjoin(
            decision, (decision.c.batch_id == batch_item.c.batch_id) & (decision.c.item_id == batch_item.c.item_id)
        )
        .outerjoin(value, value.c.id == decision.c.value_id)
    )


def _said(batch_id: int) -> ColumnElement[int]:
    return (
        select(func.count())
        .where(judgement.c.item_id == batch_item.c.item_id, judgement.c.batch_id == batch_id)
        .correlate(batch_item)
        .scalar_subquery()
    )


def _line(row: Any) -> ItemLine:
    return ItemLine(
        row.item_id,
        row.external_id,
        headline(json.loads(row.body))[:300],
        row.rule,
        row.queue,
        row.tier,
        row.confidence,
        DECISION_NAMES[row.state] if row.state is not None else "open",
        row.because,
        json.loads(row.answer) if row.answer else None,
        row.said,
    )


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    out: list[ColumnElement[bool]] = []
    if filters.state == "open":
        out.append(decision.c.state.is_(None) | (decision.c.state == DECISION["open"]))
    elif filters.state is not None:
        out.append(decision.c.state == DECISION.get(filters.state, -1))
    if filters.queue is not None:
        code = _QUEUES.get(filters.queue, NO_SUCH)
        out.append(batch_item.c.queue == code)
    if filters.rule is not None:
        out.append(phrase.c.text == filters.rule)
    if filters.text:
        pattern = filters.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        out.append(item.c.body.ilike(f"%{pattern}%", escape="\\"))
    if filters.label is not None:
        named = phrase.alias()
        out.append(
            select(value_label.c.value_id)
            .join(named, named.c.id == value_label.c.label_id)
            .where(value_label.c.value_id == decision.c.value_id, named.c.text == filters.label)
            .exists()
        )
    if filters.by is not None:
        mine = (judgement.c.item_id == batch_item.c.item_id) & (judgement.c.actor_id == filters.by)
        out.append(select(judgement.c.id).where(mine, judgement.c.batch_id == batch_item.c.batch_id).exists())
    if filters.disagree:
        different = (
            select(func.count(judgement.c.value_id.distinct()))
            .join(actor, actor.c.id == judgement.c.actor_id)
            .where(
                judgement.c.item_id == batch_item.c.item_id,
                judgement.c.batch_id == batch_item.c.batch_id,
                judgement.c.stance.in_((STANCE["answer"], STANCE["accept"], STANCE["adjudicate"])),
                actor.c.kind == "person",
            )
            .correlate(batch_item)
            .scalar_subquery()
        )
        out.append(different > 1)
    return out
