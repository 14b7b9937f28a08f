"""Items of a programme as managers look for them: by words, label, person, slice, route, state and disagreement.

A page costs a bounded look, whatever the programme holds: filters are tried on at most `LOOK` items after the cursor,
and the page says where to go on even if it found fewer than it was asked for.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from goldloop.core.headline import headline
from goldloop.store.batches import MASKING
from goldloop.store.codes import DECISION, DECISION_NAMES, NO_QUEUE, QUEUE, STANCE
from goldloop.store.item_text import found_items, wanted
from goldloop.store.ordered import ORDERED, Order, Place, places
from goldloop.store.person_record import ANSWERS
from goldloop.store.schema import (
    actor,
    batch,
    batch_item,
    closed,
    decision,
    item,
    item_attribute,
    judgement,
    lease,
    phrase,
    ready,
    value,
    value_label,
    work,
)

LOOK = 20_000
ANY = "any"  # queue
QUEUES: dict[str, int] = {"accept": NO_QUEUE, **{str(name): code for name, code in QUEUE.items()}}
_SAYS = (STANCE["answer"], STANCE["accept"], STANCE["adjudicate"])


class Asked(NamedTuple):
    """What an item must be: every filter that is given must hold. `by` and `answered_by` are an actor's key.

    `tier` is that of the work which is `open_in` or `in_hand` of a queue, or `waits_in` it without anybody holding it;
    `answered_at` that of work which a person answered in a production batch. `take_in` is the key of the import that
    brought it, `batch` that of a batch of the programme in which it stands, is routed so and has that work.
    """

    text: str | None = None
    label: str | None = None
    by: int | None = None
    answered_by: int | None = None
    slice: tuple[str, str] | None = None
    state: str | None = None
    queue: str | None = None
    rule: str | None = None
    at_least: float | None = None
    below: float | None = None
    disagree: bool = False
    open_in: str | None = None
    in_hand: str | None = None
    tier: int | None = None
    answered_at: int | None = None
    take_in: int | None = None
    waits_in: str | None = None
    batch: int | None = None


class Found(NamedTuple):
    """An item of a list, as its newest production batch routed and decided it; None where it is in none."""

    id: int
    external_id: str
    text: str
    digest: bytes
    batch_id: int | None
    rule: str | None
    queue: int | None
    confidence: float | None
    state: str | None
    answer: Any


class Page(NamedTuple):
    """Items in the order of their keys, and the key to go on after; None where there is nothing behind."""

    rows: list[Found]
    next: int | None


def search(
    connection: Connection,
    programme_id: int,
    visible: ColumnElement[bool],
    asked: Asked,
    *,
    after: int,
    limit: int,
) -> Page:
    """A page of a programme's items that one may see and that are as asked for."""
    candidates = _candidates(connection, programme_id, asked, after)
    if candidates is None:
        return Page([], None)
    conditions = _conditions(connection.dialect.name, asked)
    looked = candidates.limit(LOOK if conditions else limit).subquery()
    keys = list(
        connection.execute(
            select(item.c.id)
            .join(looked, looked.c.id == item.c.id)
            .where(visible, *conditions)
            .order_by(item.c.id)
            .limit(limit)
        ).scalars()
    )
    rows = _rows(connection, keys)
    if len(keys) == limit:
        return Page(rows, keys[-1])
    seen, last = connection.execute(select(func.count(), func.max(looked.c.id))).one()
    return Page(rows, last if seen == (LOOK if conditions else limit) else None)


def all_in_order(connection: Connection, programme_id: int, asked: Asked) -> bool:
    """True where nothing is left out when the items that may be as asked for are put in order."""
    looked = _newest(connection, programme_id, asked, ORDERED + 1)
    if looked is None:
        return True
    return int(connection.execute(select(func.count()).select_from(looked.subquery())).scalar_one()) <= ORDERED


def item_places(
    connection: Connection,
    programme_id: int,
    visible: ColumnElement[bool],
    asked: Asked,
    order: Order,
    *,
    limit: int,
) -> list[Place]:
    """Items in a chosen order, as their newest production batch routed and decided them: of the newest `ORDERED`."""
    newest = _newest(connection, programme_id, asked, ORDERED)
    if newest is None:
        return []
    looked = newest.subquery()
    routed, stands, said = batch_item.alias(), decision.alias(), value.alias()
    last = (
        select(func.max(batch_item.c.batch_id))
        .join(batch, (batch.c.id == batch_item.c.batch_id) & (batch.c.purpose == "production"))
        .where(batch_item.c.item_id == item.c.id)
        .correlate(item)
        .scalar_subquery()
    )
    headings: dict[str, ColumnElement[Any]] = {
        "taken": item.c.id,
        "id": item.c.external_id,
        "queue": routed.c.queue,
        "confidence": routed.c.confidence,
        "state": _state(routed, stands),
        "answer": said.c.answer,
    }
    found = select(item.c.id.label("key"), headings[order.by].label("by")).join(looked, looked.c.id == item.c.id)
    if order.by not in ("taken", "id"):
        found = (
            found.outerjoin(routed, (routed.c.item_id == item.c.id) & (routed.c.batch_id == last))
            .outerjoin(stands, (stands.c.batch_id == routed.c.batch_id) & (stands.c.item_id == routed.c.item_id))
            .outerjoin(said, said.c.id == stands.c.value_id)
        )
    conditions = _conditions(connection.dialect.name, asked)
    return places(connection, found.where(visible, *conditions), order, limit=limit)


def items_found(connection: Connection, found: Sequence[Place]) -> list[Found]:
    """The items of these places, as they stand there."""
    rows = {row.id: row for row in _rows(connection, [one.key for one in found])}
    return [rows[one.key] for one in found]


def _newest(connection: Connection, programme_id: int, asked: Asked, most: int) -> Select[int] | None:
    """The newest items of a programme; where words are asked for, the first that hold them."""
    if asked.text is None:
        mine, key = _items(programme_id, asked)
        return mine.order_by(key.desc()).limit(most)
    found = _candidates(connection, programme_id, asked, 0)
    return None if found is None else found.limit(most)


def _items(programme_id: int, asked: Asked) -> tuple[Select[int], ColumnElement[int]]:
    """All items, or those of one batch or import, along the index of each; and the key in whose order that is."""
    if asked.batch is not None:
        key = batch_item.c.item_id
        return select(key.label("id")).where(batch_item.c.batch_id == asked.batch), key
    mine = select(item.c.id)
    if asked.take_in is None:
        return mine.where(item.c.programme_id == programme_id), item.c.id
    return mine.where(item.c.take_in_id == asked.take_in, item.c.programme_id + 0 == programme_id), item.c.id


def _state(routed: Any, stands: Any) -> ColumnElement[Any]:
    """Open, disputed, decided; nothing where no batch holds the item."""
    code = func.coalesce(stands.c.state, DECISION["open"])
    return case((routed.c.batch_id.is_not(None), code), else_=None)


def _candidates(connection: Connection, programme_id: int, asked: Asked, after: int) -> Select[int] | None:
    """The items that are looked at, in order; None where the text asked for has no word in it."""
    if asked.text is None:
        mine, key = _items(programme_id, asked)
        return mine.where(key > after).order_by(key)
    query = wanted(asked.text)
    if not query.phrases:
        return None
    return found_items(connection.dialect.name, programme_id, query, after=after)


def _conditions(dialect: str, asked: Asked) -> list[ColumnElement[bool]]:
    out = [_routed(asked)] if _asks_routes(asked) else []
    if asked.by is not None:
        out.append(_exists(judgement.c.item_id == item.c.id, judgement.c.actor_id == asked.by))
    if asked.answered_by is not None:
        out.append(_answered_by(asked.answered_by))
    if asked.slice is not None:
        out.append(_in_slice(dialect, *asked.slice))
    if asked.disagree:
        out.append(_people_differ())
    if asked.open_in is not None:
        out.append(_exists(*_work(asked.open_in, asked), ~_exists(closed.c.work_id == work.c.id)))
    if asked.in_hand is not None:
        out.append(_exists(*_work(asked.in_hand, asked), _exists(lease.c.work_id == work.c.id)))
    if asked.waits_in is not None:
        place = (ready.c.lane_id == work.c.lane_id, ready.c.priority == work.c.priority)
        out.append(_exists(*_work(asked.waits_in, asked), _exists(*place, ready.c.work_id == work.c.id)))
    if asked.take_in is not None and (asked.text is not None or asked.batch is not None):
        out.append(item.c.take_in_id == asked.take_in)
    if asked.batch is not None and asked.text is not None:
        out.append(_exists(batch_item.c.batch_id == asked.batch, batch_item.c.item_id == item.c.id))
    if asked.answered_at is not None:
        out.append(_answered(asked.answered_at))
    return out


def _work(queue: str, asked: Asked) -> list[ColumnElement[bool]]:
    """Work of the item in a queue, or in any, at the tier and in the batch that are asked for, if they are."""
    out = [work.c.item_id == item.c.id]
    if queue != ANY:
        out.append(work.c.queue == QUEUES.get(queue, -2))
    if asked.tier is not None:
        out.append(work.c.tier == asked.tier)
    if asked.batch is not None:
        out.append(work.c.batch_id + 0 == asked.batch)  # along the works of the item, not of the batch
    return out


def _answered(tier: int) -> ColumnElement[bool]:
    """A person answered work of this tier in a production batch."""
    return (
        select(1)
        .select_from(judgement)
        .join(work, work.c.id == judgement.c.work_id)
        .join(actor, actor.c.id == judgement.c.actor_id)
        .join(batch, batch.c.id == judgement.c.batch_id)
        .where(judgement.c.item_id == item.c.id, work.c.tier == tier, actor.c.kind == "person")
        .where(batch.c.purpose == "production", judgement.c.stance != STANCE["withdraw"])
        .correlate(item)
        .exists()
    )


def _answered_by(actor_id: int) -> ColumnElement[bool]:
    """Their answer to it stands, as the page of who did what counts it: no skip, no ruling, none that was replaced."""
    later = judgement.alias("later")
    return (
        select(1)
        .select_from(judgement)
        .join(batch, (batch.c.id == judgement.c.batch_id) & (batch.c.purpose != MASKING))
        .where(judgement.c.item_id == item.c.id, judgement.c.actor_id == actor_id, judgement.c.stance.in_(ANSWERS))
        .where(~select(1).where(later.c.item_id == item.c.id, later.c.revision_of == judgement.c.id).exists())
        .correlate(item)
        .exists()
    )


def _asks_routes(asked: Asked) -> bool:
    return any(
        one is not None for one in (asked.label, asked.state, asked.queue, asked.rule, asked.at_least, asked.below)
    )


def _routed(asked: Asked) -> ColumnElement[bool]:
    """One production batch, or the batch asked for, in which all that was asked of route and decision holds."""
    there = batch.c.purpose == "production" if asked.batch is None else batch.c.id == asked.batch
    statement = (
        select(batch_item.c.item_id)
        .join(batch, (batch.c.id == batch_item.c.batch_id) & there)
        .outerjoin(
            decision, (decision.c.batch_id == batch_item.c.batch_id) & (decision.c.item_id == batch_item.c.item_id)
        )
        .where(batch_item.c.item_id == item.c.id)
    )
    if asked.state == "open":
        statement = statement.where(decision.c.state.is_(None) | (decision.c.state == DECISION["open"]))
    elif asked.state is not None:
        statement = statement.where(decision.c.state == DECISION.get(asked.state, -1))
    if asked.queue is not None:
        statement = statement.where(batch_item.c.queue == QUEUES.get(asked.queue, -2))
    if asked.rule is not None:
        named = select(phrase.c.id).where(phrase.c.text == asked.rule).scalar_subquery()
        statement = statement.where(batch_item.c.rule_id == named)
    if asked.at_least is not None:
        statement = statement.where(batch_item.c.confidence >= asked.at_least)
    if asked.below is not None:
        statement = statement.where(batch_item.c.confidence < asked.below)
    if asked.label is not None:
        named = select(phrase.c.id).where(phrase.c.text == asked.label).scalar_subquery()
        says = select(value_label.c.value_id).where(
            value_label.c.value_id == decision.c.value_id, value_label.c.label_id == named
        )
        statement = statement.where(says.exists())
    return statement.exists()


def _in_slice(dialect: str, key: str, wanted_value: str) -> ColumnElement[bool]:
    """Slices are stored as JSON in one form, so that a pair stands in it as exactly this text."""
    pair = json.dumps({key: wanted_value}, ensure_ascii=False)[1:-1]
    newest = (
        select(func.max(item_attribute.c.number)).where(item_attribute.c.item_id == item.c.id).correlate(item)
    ).scalar_subquery()
    place = func.strpos if dialect == "postgresql" else func.instr
    return _exists(
        item_attribute.c.item_id == item.c.id,
        item_attribute.c.number == newest,
        place(item_attribute.c.slices, pair) > 0,
    )


def _people_differ() -> ColumnElement[bool]:
    """Two people said something different of the item."""
    distinct = (
        select(func.count(judgement.c.value_id.distinct()))
        .join(actor, actor.c.id == judgement.c.actor_id)
        .where(judgement.c.item_id == item.c.id, judgement.c.stance.in_(_SAYS), actor.c.kind == "person")
        .correlate(item)
        .scalar_subquery()
    )
    return distinct > 1


def _exists(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(1).where(*conditions).correlate(item, work).exists()


def _rows(connection: Connection, keys: Sequence[int]) -> list[Found]:
    routes = _routes(connection, keys)
    out: list[Found] = []
    for start in range(0, len(keys), 500):
        rows = connection.execute(
            select(item.c.id, item.c.external_id, item.c.body, item.c.digest)
            .where(item.c.id.in_(keys[start : start + 500]))
            .order_by(item.c.id)
        )
        out += [
            Found(
                row.id,
                row.external_id,
                headline(json.loads(row.body))[:300],
                bytes(row.digest),
                *routes.get(row.id, (None,) * 6),
            )
            for row in rows
        ]
    return out


def _routes(connection: Connection, keys: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """Batch, rule, queue, confidence, state and answer of items in the newest production batch that holds them."""
    out: dict[int, tuple[Any, ...]] = {}
    for start in range(0, len(keys), 500):
        rows = connection.execute(
            select(
                batch_item.c.item_id,
                batch_item.c.batch_id,
                phrase.c.text,
                batch_item.c.queue,
                batch_item.c.confidence,
                decision.c.state,
                value.c.answer,
            )
            .join(batch, (batch.c.id == batch_item.c.batch_id) & (batch.c.purpose == "production"))
            .join(phrase, phrase.c.id == batch_item.c.rule_id)
            .outerjoin(
                decision, (decision.c.batch_id == batch_item.c.batch_id) & (decision.c.item_id == batch_item.c.item_id)
            )
            .outerjoin(value, value.c.id == decision.c.value_id)
            .where(batch_item.c.item_id.in_(keys[start : start + 500]))
            .order_by(batch_item.c.batch_id)
        )
        for key, batch_id, rule, queue, confidence, state, answer in rows:
            stands = DECISION_NAMES[state] if state is not None else "open"
            out[key] = (batch_id, rule, queue, confidence, stands, json.loads(answer) if answer else None)
    return out
