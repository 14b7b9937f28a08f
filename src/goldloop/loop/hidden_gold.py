"""Gold hidden in the queue: to the person it is in everything like the live work it was modelled on."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from goldloop.loop.context import BatchContext, Contexts, plan_of
from goldloop.loop.ruling import Slot, Word, next_step
from goldloop.loop.seating import Seat
from goldloop.loop.slots import Lanes, new_work
from goldloop.store import calibrations as store
from goldloop.store import gold
from goldloop.store import work as queue
from goldloop.store.batches import NewBatch, add_batch_once, batch_named, route_of
from goldloop.store.calibrations import CalibrationRow, NewGoldWork
from goldloop.store.codes import DECISION, GOLD_KIND
from goldloop.store.items import attributes
from goldloop.store.lanes import Hands, Requirements
from goldloop.store.prepared import Prepared
from goldloop.store.schema import batch, human_only, ready, work

CANDIDATES = 10  # drawn for one place in the queue, of which the first that is like its model is taken


class Hidden(NamedTuple):
    """A work on gold that is to be given now, and what its lane asks for."""

    work: queue.Taken
    wanted: Requirements


def places(secret: bytes, seat: Seat, count: int) -> list[int]:
    """Which of the next `count` works of a person are gold: a keyed stream of their own that nobody can foresee."""
    row, out = seat.row, []
    for n in range(count):
        drawn = _stream(secret, row, "place", row.handed + n) / 2**64
        if drawn < seat.doc.hidden:
            out.append(n)
    return out


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
    """A work on gold that is like the next live one to annotate; None where there is none, or no gold like it.

    It is ready in a lane of the person's own, to be leased to them now.
    """
    template = _template(connection, seat, lanes, order)
    release_id = gold.newest_gold(connection, seat.programme_id, seat.doc.gold)
    if template is None or release_id is None:
        return None
    person_id = seat.row.person_id
    store.lock_calibration(connection, seat.programme_id, person_id)  # two windows draw one after the other
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
    own = Lanes(connection, context, person=person_id)
    slot = Slot("annotate", template.tier, "label", template.blind, template.because)
    facts = attributes(connection, found)
    wanted = lanes[template.lane_id].model_copy(update={"person": person_id})
    key = next((key for key in found if own.wanted(slot, facts.get(key)) == wanted), None)
    if key is None:
        return None
    made = new_work(
        context,
        key,
        slot,
        lane_id=own.of(slot, facts.get(key)),
        number=template.slot,
        priority=template.priority,
        suggestion_id=None,
        at=at,
    )
    (work_id,) = queue.open_works(connection, [made._replace(due_at=template.due_at)])
    state = _state_after(connection, like, template, person_id)
    given = (work_id, seat.programme_id, person_id, release_id, key, seat.row.sitting, GOLD_KIND["hidden"], state)
    store.add_gold_works(connection, [NewGoldWork(*given)])
    return Hidden(queue.Taken(work_id, key, made.lane_id, made.priority), wanted)


def _template(connection: Connection, seat: Seat, lanes: Mapping[int, Requirements], order: Sequence[int]) -> Any:
    """The next live work to annotate, or None."""
    for key in order:
        wanted = lanes[key]
        if wanted.programme == seat.programme_id and wanted.queue == "annotate" and not wanted.person:
            for row in _HEAD.all(connection, lane=key):
                if row.of == "production":
                    return row
    return None


def _state_after(connection: Connection, like: BatchContext, template: Any, person_id: int) -> int:
    """What an answer to the live work would make of its item."""
    route = route_of(connection, like.row.id, template.item_id)
    plan = plan_of(like, route, human_only=template.latched is not None)
    return DECISION[next_step(plan, [Word(0, person_id, "answer", "annotate", 0, None)]).state]


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


def _stream(secret: bytes, row: CalibrationRow, what: str, n: int) -> int:
    """64 bits of a person's own stream."""
    text = f"gold/{what}/{row.programme_id}/{row.person_id}/{row.sitting}/{n}"
    return int.from_bytes(hmac.new(secret, text.encode(), hashlib.sha256).digest()[:8])


_HEAD = Prepared(
    select(
        work.c.batch_id,
        work.c.item_id,
        work.c.lane_id,
        work.c.priority,
        work.c.tier,
        work.c.slot,
        work.c.blind,
        work.c.because,
        work.c.due_at,
        batch.c.purpose.label("of"),
        human_only.c.because.label("latched"),
    )
    .select_from(ready)
    .join(work, work.c.id == ready.c.work_id)
    .join(batch, batch.c.id == work.c.batch_id)
    .outerjoin(human_only, human_only.c.item_id == work.c.item_id)
    .where(ready.c.lane_id == bindparam("lane"))
    .order_by(ready.c.priority, ready.c.work_id)
    .limit(1)
)
