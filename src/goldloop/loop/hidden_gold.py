"""Gold hidden in the queue: to the person it is in everything like the live work it was modelled on.

Among works to annotate it is an item to label; among works to verify its suggestion is an error that was planted.
"""

import hmac
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from goldloop.core.nouns import QUEUES, Queue
from goldloop.core.policy import Calibration, RouteRule
from goldloop.core.reason import reason
from goldloop.loop.context import BatchContext, Contexts, plan_of
from goldloop.loop.probes import plant
from goldloop.loop.ruling import Slot, Word, next_step
from goldloop.loop.seating import Seat
from goldloop.loop.slots import Lanes, new_work
from goldloop.store import calibrations, gold, gold_works
from goldloop.store import work as queue
from goldloop.store.batches import NewBatch, add_batch_once, batch_named, route_of
from goldloop.store.calibrations import CalibrationRow
from goldloop.store.codes import DECISION, GOLD_KIND
from goldloop.store.gold_works import NewGoldWork
from goldloop.store.items import Attributes, attributes
from goldloop.store.lanes import Hands, Requirements
from goldloop.store.prepared import Prepared
from goldloop.store.schema import batch, batch_item, human_only, judgement, phrase, recalibration, work

CANDIDATES = 10  # drawn for one place in the queue, of which the first that is like its model is taken
KIND = {"annotate": "hidden", "verify": "probe"}


class Hidden(NamedTuple):
    """A work on gold that is to be given now, and what its lane asks for."""

    work: queue.Taken
    wanted: Requirements


def share(doc: Calibration, queue_name: Queue) -> float:
    """The share of handed-out work of a queue that is gold: as hidden gold, or as planted errors."""
    return {"annotate": doc.hidden, "verify": doc.probes.share}.get(queue_name, 0.0)


def places(secret: bytes, seat: Seat, count: int) -> list[int]:
    """Which of the next `count` works of a person may be gold: a keyed stream of their own that nobody can foresee."""
    most = max(share(seat.doc, name) for name in QUEUES)
    return [n for n in range(count) if _drawn(secret, seat, "place", n) < most] if most else []


def hide(
    connection: Connection,
    contexts: Contexts,
    seat: Seat,
    hands: Hands,
    lanes: Mapping[int, Requirements],
    order: Sequence[int],
    secret: bytes,
    *,
    at: int,
    place: int,
) -> Hidden | None:
    """A work on gold that is like the next live one; None where there is none, or no gold like it.

    It is ready in a lane of the person's own, to be leased to them now. What it is like is what comes next, so that
    nothing to annotate stands among what is to be verified, nor the other way round.
    """
    template = _template(connection, seat, lanes, order)
    if template is None or _drawn(secret, seat, "place", place) >= share(seat.doc, QUEUES[template.queue]):
        return None
    release_id = gold.newest_gold(connection, seat.programme_id, seat.doc.gold)
    if release_id is None:
        return None
    person_id = seat.row.person_id
    calibrations.lock_calibration(connection, seat.programme_id, person_id)  # two windows draw one after the other
    like = contexts.batch(connection, template.batch_id)
    context = contexts.batch(connection, _beside(connection, like, at=at))
    found = gold.draw_unseen(
        connection,
        release_id,
        person_id,
        start=_stream(secret, seat.row, "item", seat.row.handed + place) % gold.count_gold(connection, release_id),
        count=CANDIDATES,
        latched=template.latched is not None,
    )
    confidence, because = _sent_like(connection, seat, template, secret, place=place)
    own = Lanes(connection, context, person=person_id)
    slot = Slot(QUEUES[template.queue], template.tier, "label", template.blind, because)
    facts = attributes(connection, found)
    wanted = lanes[template.lane_id].model_copy(update={"person": person_id})
    rule = next((one for one in like.policy.routing.rules if one.rule == template.rule), None)
    keys = [one for one in found if own.wanted(slot, facts.get(one)) == wanted and _may_meet(rule, facts.get(one))]
    key, suggestion_id = next(iter(keys), None), None
    if slot.queue == "verify":
        draw = _stream(secret, seat.row, "mistake", seat.row.handed + place)
        sent = (template.model_id, rule, confidence)
        said = ((one, plant(connection, context, release_id, one, *sent, draw=draw, at=at)) for one in keys)
        key, suggestion_id = next((pair for pair in said if pair[1] is not None), (None, None))
    if key is None:
        return None
    made = new_work(
        context,
        key,
        slot,
        lane_id=own.of(slot, facts.get(key)),
        number=template.slot,
        priority=template.priority,
        suggestion_id=suggestion_id,
        at=at,
    )
    (work_id,) = queue.open_works(connection, [made._replace(due_at=template.due_at)])
    state = _state_after(connection, like, template, person_id)
    kind = GOLD_KIND[KIND[slot.queue]]
    given = (work_id, seat.programme_id, person_id, release_id, key, seat.row.sitting, kind, state, template.item_id)
    gold_works.add_gold_works(connection, [NewGoldWork(*given)])
    return Hidden(queue.Taken(work_id, key, made.lane_id, made.priority), wanted)


def _template(connection: Connection, seat: Seat, lanes: Mapping[int, Requirements], order: Sequence[int]) -> Any:
    """The next live work, if it is one of this programme's that gold may be like; None otherwise."""
    found = queue.next_in(connection, seat.row.person_id, [key for key in order if not lanes[key].person])
    if found is None or lanes[found.lane_id].programme != seat.programme_id:
        return None
    row = _LIVE.one(connection, work=found.work_id)
    revealed = QUEUES[row.queue] == "annotate" and row.suggestion_id is not None  # gold has nothing to reveal
    return row if row.of == "production" and QUEUES[row.queue] in KIND and not revealed else None


def _may_meet(rule: RouteRule | None, facts: Attributes | None) -> bool:
    """True where an item could have come by a rule, as far as its slices go: the reason names the rule."""
    return rule is None or rule.when is None or rule.when.slices_hold(facts.slices if facts else {})


def _sent_like(
    connection: Connection, seat: Seat, template: Any, secret: bytes, *, place: int
) -> tuple[float | None, str]:
    """A confidence between those of two items that the same rule sent, and the reason that goes with it.

    The template's own would stand in the queue twice.
    """
    own = (template.confidence, template.calibrated)
    if template.confidence is None or template.because != reason(template.rule, *own, template.version):
        return template.confidence, template.because
    pair = [_drawn_like(connection, template, _drawn(secret, seat, f"like {n}", place)) or own for n in range(2)]
    weight = _drawn(secret, seat, "between", place)
    stated, calibrated = (_between(a, b, weight) for a, b in zip(*pair, strict=True))
    return stated, reason(template.rule, stated, calibrated, template.version)


def _drawn_like(connection: Connection, template: Any, drawn: float) -> tuple[float | None, float | None] | None:
    """What an item somewhere in the template's batch was sent by, that came by the same rule."""
    of = {"batch": template.batch_id, "rule": template.rule_id}
    first, last = (one.scalar(connection, batch=template.batch_id) for one in (_FIRST, _LAST))
    start = first + int(drawn * (last - first + 1))
    found = _LIKE.one(connection, **of, start=start) or _LIKE.one(connection, **of, start=first)
    return (found.confidence, found.calibrated) if found is not None else None


def _between(a: float | None, b: float | None, weight: float) -> float | None:
    """A number between two, written with as many digits."""
    if a is None or b is None:
        return a
    digits = max(-int(Decimal(repr(one)).as_tuple().exponent) for one in (a, b))
    return round(a + weight * (b - a), digits)


def _state_after(connection: Connection, like: BatchContext, template: Any, person_id: int) -> int:
    """What an answer to the live work would make of its item."""
    route = route_of(connection, like.row.id, template.item_id)
    plan = plan_of(like, route, human_only=template.latched is not None)
    suggested = 1 if QUEUES[template.queue] == "verify" else None
    return DECISION[next_step(plan, [Word(0, person_id, "answer", QUEUES[template.queue], 0, suggested)]).state]


def _beside(connection: Connection, like: BatchContext, *, at: int) -> int:
    """The batch that gold hidden among the works of a batch stands in."""
    name = f"{like.row.name}-calibration"
    found = batch_named(connection, like.row.programme_id, name)
    if found is not None:
        return found
    fields = {key: value for key, value in like.row._asdict().items() if key != "id"}
    new = NewBatch(
        **{**fields, "name": name, "purpose": "calibration", "gate": None, "parent_id": like.row.id, "item_count": 0}
    )
    return add_batch_once(connection, new._replace(created_at=at))


def _drawn(secret: bytes, seat: Seat, what: str, place: int) -> float:
    """A number from 0 to 1 of a person's own stream."""
    return _stream(secret, seat.row, what, seat.row.handed + place) / 2**64


def _stream(secret: bytes, row: CalibrationRow, what: str, n: int) -> int:
    """64 bits of a person's own stream."""
    text = f"gold/{what}/{row.programme_id}/{row.person_id}/{row.sitting}/{n}"
    return int.from_bytes(hmac.digest(secret, text.encode(), "sha256")[:8])


_LIVE = Prepared(
    select(
        work.c.batch_id,
        work.c.item_id,
        work.c.lane_id,
        work.c.priority,
        work.c.queue,
        work.c.tier,
        work.c.slot,
        work.c.blind,
        work.c.suggestion_id,
        work.c.because,
        work.c.due_at,
        batch.c.purpose.label("of"),
        human_only.c.because.label("latched"),
        batch_item.c.rule_id,
        batch_item.c.confidence,
        batch_item.c.calibrated,
        phrase.c.text.label("rule"),
        recalibration.c.number.label("version"),
        judgement.c.actor_id.label("model_id"),
    )
    .select_from(work)
    .join(batch, batch.c.id == work.c.batch_id)
    .outerjoin(batch_item, (batch_item.c.batch_id == work.c.batch_id) & (batch_item.c.item_id == work.c.item_id))
    .outerjoin(phrase, phrase.c.id == batch_item.c.rule_id)
    .outerjoin(judgement, judgement.c.id == batch_item.c.suggestion_id)
    .outerjoin(recalibration, recalibration.c.id == batch_item.c.recalibration_id)
    .outerjoin(human_only, human_only.c.item_id == work.c.item_id)
    .where(work.c.id == bindparam("work"))
)
_IN_BATCH = select(batch_item.c.item_id).where(batch_item.c.batch_id == bindparam("batch")).limit(1)
_FIRST = Prepared(_IN_BATCH.order_by(batch_item.c.item_id))
_LAST = Prepared(_IN_BATCH.order_by(batch_item.c.item_id.desc()))
_LIKE = Prepared(
    select(batch_item.c.confidence, batch_item.c.calibrated)
    .where(
        batch_item.c.batch_id == bindparam("batch"),
        batch_item.c.item_id >= bindparam("start"),
        batch_item.c.rule_id == bindparam("rule"),
    )
    .order_by(batch_item.c.item_id)
    .limit(1)
)
