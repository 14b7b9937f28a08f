"""The queue: every work stands in exactly one of `ready`, `lease` and `closed`.

Handing out takes the head of a lane's index and is independent of how much work there is; open leases live in their
own table and are never scanned past. A cursor per person and lane steps over what that person has already judged.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.store.bulk import add_rows
from goldloop.store.codes import HOW, QUEUE
from goldloop.store.keys import reserve
from goldloop.store.prepared import Prepared
from goldloop.store.schema import closed, cursor, judgement, lapsed, lease, ready, work
from goldloop.store.schema import lane as lane_table

PAGE = 16
SWEEP = 200
_BEFORE_ALL = (-1, -1)
NEVER = 1 << 62  # later than any deadline
Place = tuple[int, int, int]
NOTHING: Place = (NEVER, NEVER, NEVER)
"""The place of a lane without work, among those of others: behind them all."""
Term = Callable[[], tuple[int, int]]
"""When a lease begins and when it ends, in microseconds. Asked for when the works are locked, because on PostgreSQL a
transaction may see work that another gave back after this one began."""


class NewWork(NamedTuple):
    """One slot to open. Codes as in `codes.py`; `lane_id` holds the requirements; a lower priority comes first."""

    batch_id: int
    item_id: int
    lane_id: int
    priority: int
    queue: int
    tier: int
    slot: int
    purpose: int
    blind: bool
    suggestion_id: int | None
    others: str | None
    because: str
    due_at: int | None
    created_at: int


class Taken(NamedTuple):
    """A work that a person now holds."""

    work_id: int
    item_id: int
    lane_id: int
    priority: int


class Stamp(NamedTuple):
    """The releases in force when work is handed out: they go onto the lease, not onto the work."""

    ontology_id: int
    guideline_id: int | None


def open_works(connection: Connection, slots: Sequence[NewWork]) -> list[int]:
    """Open slots in bulk: each becomes a work that is ready."""
    keys = reserve(connection, work, len(slots))
    add_rows(connection, work, _WORK, ((key, *slot) for key, slot in zip(keys, slots, strict=True)))
    waiting = ((slot.lane_id, slot.priority, key, slot.item_id) for key, slot in zip(keys, slots, strict=True))
    add_rows(connection, ready, ("lane_id", "priority", "work_id", "item_id"), waiting)
    return keys


def held(connection: Connection, person_id: int, *, at: int) -> list[Taken]:
    """The unexpired leases of a person, oldest first."""
    return [Taken(*row) for row in _HELD.all(connection, person=person_id, at=at)]


def return_expired(connection: Connection, *, at: int) -> int:
    """Make the works of expired leases ready again; how many."""
    rows = _EXPIRED.all(connection, at=at)
    if rows:
        _make_ready(connection, [Taken(row.work_id, row.item_id, row.lane_id, row.priority) for row in rows])
        insert_ = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
        lapses = [
            {
                "work_id": row.work_id,
                "person_id": row.person_id,
                "ontology_id": row.ontology_id,
                "guideline_id": row.guideline_id,
                "lapsed_at": at,
            }
            for row in rows
        ]
        connection.execute(insert_(lapsed).on_conflict_do_nothing(), lapses)
    return len(rows)


def take(
    connection: Connection,
    person_id: int,
    lanes: Sequence[int],
    count: int,
    *,
    stamps: Mapping[int, Stamp],
    term: Term,
    avoid: Collection[int] = (),
) -> list[Taken]:
    """Lease up to `count` works from the heads of `lanes`, which are tried in order; items in `avoid` are stepped over.

    A person never gets an item that they have already judged. `stamps` gives the releases in force by lane.
    """
    cursors = {lane: (priority, at_work) for lane, priority, at_work in _CURSORS.all(connection, person=person_id)}
    taken: list[Taken] = []
    used = set(avoid)
    for lane in lanes:
        after = cursors.get(lane, _BEFORE_ALL)
        while len(taken) < count:
            page = _heads(connection, person_id, lane, after)
            if not page:
                break
            fresh, after = _independent(page, used, count - len(taken), after)
            taken += fresh
            used |= {one.item_id for one in fresh}
            if fresh:
                _lease(connection, person_id, fresh, stamps[lane], term())
            elif not used.intersection(one.item_id for one, _ in page):
                _step_over(connection, person_id, lane, after)
            if len(page) < PAGE:
                break
        if len(taken) >= count:
            break
    if not taken and cursors and connection.dialect.name == "postgresql":
        return _take_behind_cursors(connection, person_id, lanes, used, stamps=stamps, term=term)
    return taken


def next_in(connection: Connection, person_id: int, lanes: Sequence[int]) -> Taken | None:
    """The work that `take` would give a person first; nothing is leased."""
    cursors = {lane: (priority, at_work) for lane, priority, at_work in _CURSORS.all(connection, person=person_id)}
    for lane in lanes:
        after = cursors.get(lane, _BEFORE_ALL)
        while page := _heads(connection, person_id, lane, after):
            found = next((one for one, judged in page if not judged), None)
            if found is not None:
                return found
            if len(page) < PAGE:
                break
            after = (page[-1][0].priority, page[-1][0].work_id)
    return None


def take_this(connection: Connection, person_id: int, work_id: int, stamp: Stamp, term: Term) -> bool:
    """Lease one certain work that is ready; False where it is not, or where this person has judged its item."""
    place = _PLACE.one(connection, work=work_id)
    judged = select(judgement.c.id).where(judgement.c.item_id == place.item_id, judgement.c.actor_id == person_id)
    if connection.execute(judged.limit(1)).first() is not None:
        return False
    one = Taken(work_id, place.item_id, place.lane_id, place.priority)
    if not _DROP_READY.run(connection, lane=one.lane_id, priority=one.priority, work=work_id):
        return False
    at, until = term()
    _ADD_LEASE.run(connection, **one._asdict(), **stamp._asdict(), person_id=person_id, taken_at=at, expires_at=until)
    return True


def suggestion_of(connection: Connection, work_id: int) -> int | None:
    """The suggestion that goes with a work, if one does."""
    found: int | None = connection.execute(select(work.c.suggestion_id).where(work.c.id == work_id)).scalar_one()
    return found


def term_of(connection: Connection, work_id: int) -> tuple[int, int]:
    """When the lease of a work began, and when it ends."""
    row = connection.execute(select(lease.c.taken_at, lease.c.expires_at).where(lease.c.work_id == work_id)).one()
    return row.taken_at, row.expires_at


def take_own(connection: Connection, person_id: int, one: Taken, stamp: Stamp, term: tuple[int, int]) -> None:
    """Lease a work that was opened for this person in this transaction."""
    _lease(connection, person_id, [one], stamp, term)


def put_in_order(connection: Connection, work_ids: Sequence[int], *, first: int) -> None:
    """Have a person's works come in this order whenever they are asked for again."""
    for n, key in enumerate(work_ids):
        connection.execute(update(lease).where(lease.c.work_id == key).values(taken_at=first + n))


class Holding(NamedTuple):
    """A work and how a person stands to it: `holder` has the lease now, `stamp` is what this person was given."""

    batch_id: int
    item_id: int
    queue: int
    tier: int
    blind: bool
    suggestion_id: int | None
    others: str | None
    holder: int | None
    is_ready: bool
    stamp: Stamp | None


def holding(connection: Connection, person_id: int, work_id: int) -> Holding | None:
    """How a person stands to a work; None where there is no such work. `stamp` is None where they never held it."""
    row = _HOLDING.one(connection, work=work_id, person=person_id)
    if row is None:
        return None
    stamp = None
    if row.person_id == person_id:
        stamp = Stamp(row.ontology_id, row.guideline_id)
    elif row.lapsed_at is not None:
        stamp = Stamp(row.lapsed_ontology, row.lapsed_guideline)
    return Holding(
        row.batch_id,
        row.item_id,
        row.queue,
        row.tier,
        row.blind,
        row.suggestion_id,
        row.others,
        row.person_id,
        row.ready_id is not None,
        stamp,
    )


class OpenWork(NamedTuple):
    """A work of an item that is ready or leased."""

    id: int
    queue: int
    tier: int
    purpose: int
    others: str | None
    suggested: bool
    leased: bool


def open_of(connection: Connection, batch_id: int, item_id: int) -> list[OpenWork]:
    """The works of an item in a batch that are not closed."""
    return [OpenWork._make(row) for row in _OPEN_OF.all(connection, batch=batch_id, item=item_id)]


def extend(connection: Connection, person_id: int, work_ids: Sequence[int], *, until: int) -> set[int]:
    """Keep leases for longer; the ones that are still this person's."""
    statement = (
        update(lease)
        .where(lease.c.work_id.in_(work_ids), lease.c.person_id == person_id)
        .values(expires_at=until)
        .returning(lease.c.work_id)
    )
    return {key for (key,) in connection.execute(statement)}


def give_back(connection: Connection, person_id: int, work_id: int) -> bool:
    """Return a work unanswered; False where this person does not hold it."""
    row = _DROP_OWN_LEASE.one(connection, work=work_id, person=person_id)
    if row is None:
        return False
    _make_ready(connection, [Taken(*row)])
    return True


def let_go(connection: Connection, person_id: int, *, at: int) -> int:
    """Make everything that a person holds ready again, as if its time were over; how much."""
    ended = update(lease).where(lease.c.person_id == person_id).values(expires_at=at)
    count = connection.execute(ended).rowcount
    if count:
        return_expired(connection, at=at)
    return count


def finish(connection: Connection, person_id: int, work_id: int) -> bool:
    """Take a work out of the queue for a person who answers it; `close` follows in the same transaction.

    True where they hold its lease, or nobody does; False where somebody else holds it or it is closed. This is the
    one place that decides who was first, so that two answers to one slot never both count.
    """
    if _DROP_OWN_LEASE.one(connection, work=work_id, person=person_id) is not None:
        return True
    found = _PLACE.one(connection, work=work_id)
    return _DROP_READY.run(connection, lane=found.lane_id, priority=found.priority, work=work_id) == 1


def close(connection: Connection, work_id: int, how: str, judgement_id: int, *, at: int) -> None:
    """Write down which judgement closed a work that was finished."""
    _CLOSE.run(connection, work_id=work_id, how=HOW[how], judgement_id=judgement_id, closed_at=at)


def reopen(connection: Connection, work_id: int, person_id: int, stamp: Stamp, *, at: int, until: int) -> bool:
    """Lease a closed work to a person again (undo); False where it is not closed."""
    if connection.execute(delete(closed).where(closed.c.work_id == work_id)).rowcount == 0:
        return False
    row = _PLACE.one(connection, work=work_id)
    _lease(connection, person_id, [Taken(work_id, row.item_id, row.lane_id, row.priority)], stamp, (at, until))
    return True


def revoke(connection: Connection, work_ids: Iterable[int], *, at: int) -> list[int]:
    """Close works that are ready and no longer needed; a leased one stays until its answer comes. What was closed."""
    out = []
    for key in work_ids:
        row = _PLACE.one(connection, work=key)
        if _DROP_READY.run(connection, lane=row.lane_id, priority=row.priority, work=key):
            _CLOSE.run(connection, work_id=key, how=HOW["revoked"], judgement_id=None, closed_at=at)
            out.append(key)
    return out


def waiting(connection: Connection, lanes: Collection[int]) -> dict[int, int]:
    """How many works are ready in each lane."""
    statement = select(ready.c.lane_id, func.count()).where(ready.c.lane_id.in_(lanes)).group_by(ready.c.lane_id)
    return {lane: count for lane, count in connection.execute(statement)}


def heads(connection: Connection, person_id: int, lanes: Sequence[int]) -> dict[int, Place]:
    """What waits first for a person in each of some lanes: its priority, when it is due, its key.

    Lanes without work for them are not in. What they have judged already waits for others: it makes no lane older.
    """
    if not lanes:
        return {}
    cursors = {lane: (priority, at_work) for lane, priority, at_work in _CURSORS.all(connection, person=person_id)}
    starts = ((lane, *cursors.get(lane, _BEFORE_ALL)) for lane in lanes)
    found = (
        (lane, _FIRST.one(connection, person=person_id, lane=lane, priority=priority, work=at_work))
        for lane, priority, at_work in starts
    )
    return {
        lane: (row.priority, NEVER if row.due_at is None else row.due_at, row.work_id)
        for lane, row in found
        if row is not None
    }


def ready_by_queue(connection: Connection, programme_id: int) -> dict[tuple[int, int], int]:
    """How many works of a programme are ready, by queue and tier; counted lane by lane over the queue's own index."""
    lanes = connection.execute(
        select(lane_table.c.id, lane_table.c.key).where(lane_table.c.programme_id == programme_id)
    ).all()
    counts = waiting(connection, [key for key, _ in lanes])
    out: dict[tuple[int, int], int] = {}
    for key, text in lanes:
        doc = json.loads(text)
        at = (QUEUE[doc["queue"]], doc["tier"])
        out[at] = out.get(at, 0) + counts.get(key, 0)
    return out


def _heads(connection: Connection, person_id: int, lane: int, after: tuple[int, int]) -> list[tuple[Taken, bool]]:
    """The next page of a lane, each work with whether this person has judged its item."""
    statement = _HEADS_LOCKED if connection.dialect.name == "postgresql" else _HEADS
    rows = statement.all(connection, person=person_id, lane=lane, priority=after[0], work=after[1])
    return [(Taken(row.work_id, row.item_id, lane, row.priority), bool(row.judged)) for row in rows]


def _take_behind_cursors(
    connection: Connection,
    person_id: int,
    lanes: Sequence[int],
    used: set[int],
    *,
    stamps: Mapping[int, Stamp],
    term: Term,
) -> list[Taken]:
    """One work that a cursor may have stepped past while another transaction, rolled back since, had it locked."""
    said = select(judgement.c.id).where(judgement.c.item_id == ready.c.item_id, judgement.c.actor_id == person_id)
    for lane in lanes:
        statement = (
            select(ready.c.work_id, ready.c.item_id, ready.c.lane_id, ready.c.priority)
            .where(ready.c.lane_id == lane, ready.c.item_id.not_in(used), ~said.exists())
            .order_by(ready.c.priority, ready.c.work_id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        found = [Taken(*row) for row in connection.execute(statement)]
        if found:
            _lease(connection, person_id, found, stamps[lane], term())
            return found
    return []


def _independent(
    page: Sequence[tuple[Taken, bool]], used: set[int], count: int, after: tuple[int, int]
) -> tuple[list[Taken], tuple[int, int]]:
    """The first `count` works of a page on items this person has said nothing of, and how far the page was read."""
    fresh: list[Taken] = []
    for one, judged in page:
        if len(fresh) == count:
            break
        after = (one.priority, one.work_id)
        if not judged and one.item_id not in used and one.item_id not in {f.item_id for f in fresh}:
            fresh.append(one)
    return fresh, after


def _lease(connection: Connection, person_id: int, works: Sequence[Taken], stamp: Stamp, term: tuple[int, int]) -> None:
    at, until = term
    for one in works:
        _DROP_READY.run(connection, lane=one.lane_id, priority=one.priority, work=one.work_id)
        _ADD_LEASE.run(
            connection, **one._asdict(), **stamp._asdict(), person_id=person_id, taken_at=at, expires_at=until
        )


def _make_ready(connection: Connection, works: Sequence[Taken]) -> None:
    """Put works back at their old place, and let every cursor beyond that place start again."""
    connection.execute(_ADD_READY, [one._asdict() for one in works])
    for one in works:
        connection.execute(
            delete(cursor).where(
                cursor.c.lane_id == one.lane_id,
                tuple_(cursor.c.priority, cursor.c.work_id) >= tuple_(one.priority, one.work_id),
            )
        )


def _step_over(connection: Connection, person_id: int, lane: int, after: tuple[int, int]) -> None:
    insert_ = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    row = {"person_id": person_id, "lane_id": lane, "priority": after[0], "work_id": after[1]}
    statement = insert_(cursor).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["person_id", "lane_id"],
            set_={"priority": statement.excluded.priority, "work_id": statement.excluded.work_id},
        )
    )


_HOLDING = Prepared(
    select(
        work.c.batch_id,
        work.c.item_id,
        work.c.queue,
        work.c.tier,
        work.c.blind,
        work.c.suggestion_id,
        work.c.others,
        lease.c.person_id,
        lease.c.ontology_id,
        lease.c.guideline_id,
        ready.c.work_id.label("ready_id"),
        lapsed.c.lapsed_at,
        lapsed.c.ontology_id.label("lapsed_ontology"),
        lapsed.c.guideline_id.label("lapsed_guideline"),
    )
    .select_from(work)
    .outerjoin(lease, lease.c.work_id == work.c.id)
    .outerjoin(
        ready,
        (ready.c.lane_id == work.c.lane_id) & (ready.c.priority == work.c.priority) & (ready.c.work_id == work.c.id),
    )
    .outerjoin(lapsed, (lapsed.c.work_id == work.c.id) & (lapsed.c.person_id == bindparam("person")))
    .where(work.c.id == bindparam("work"))
)
_OPEN_OF = Prepared(
    select(
        work.c.id,
        work.c.queue,
        work.c.tier,
        work.c.purpose,
        work.c.others,
        work.c.suggestion_id.is_not(None).label("suggested"),
        lease.c.work_id.is_not(None).label("leased"),
    )
    .outerjoin(lease, lease.c.work_id == work.c.id)
    .outerjoin(closed, closed.c.work_id == work.c.id)
    .where(work.c.item_id == bindparam("item"), work.c.batch_id == bindparam("batch"), closed.c.work_id.is_(None))
    .order_by(work.c.id)
)
_WORK = ("id", *NewWork._fields)
_ADD_READY = insert(ready)
_ADD_LEASE = Prepared(
    insert(lease).inline(), columns=(*Taken._fields, *Stamp._fields, "person_id", "taken_at", "expires_at")
)
_CLOSE = Prepared(insert(closed).inline(), columns=("work_id", "how", "judgement_id", "closed_at"))
_TAKEN = (lease.c.work_id, lease.c.item_id, lease.c.lane_id, lease.c.priority)
_HELD = Prepared(
    select(*_TAKEN)
    .where(lease.c.person_id == bindparam("person"), lease.c.expires_at > bindparam("at"))
    .order_by(lease.c.taken_at, lease.c.work_id)
)
_EXPIRED = Prepared(
    delete(lease)
    .where(
        lease.c.work_id.in_(
            select(lease.c.work_id)
            .where(lease.c.expires_at <= bindparam("at"))
            .order_by(lease.c.expires_at)
            .limit(SWEEP)
            .with_for_update(skip_locked=True)
        )
    )
    .returning(*_TAKEN, lease.c.person_id, lease.c.ontology_id, lease.c.guideline_id)
)
_CURSORS = Prepared(
    select(cursor.c.lane_id, cursor.c.priority, cursor.c.work_id).where(cursor.c.person_id == bindparam("person"))
)
_JUDGED = (
    select(judgement.c.id)
    .where(judgement.c.item_id == ready.c.item_id, judgement.c.actor_id == bindparam("person"))
    .exists()
)
_AFTER = (
    ready.c.lane_id == bindparam("lane"),
    tuple_(ready.c.priority, ready.c.work_id) > tuple_(bindparam("priority"), bindparam("work")),
)
_PAGE = (
    select(ready.c.priority, ready.c.work_id, ready.c.item_id, _JUDGED.label("judged"))
    .where(*_AFTER)
    .order_by(ready.c.priority, ready.c.work_id)
    .limit(PAGE)
)
_HEADS, _HEADS_LOCKED = Prepared(_PAGE), Prepared(_PAGE.with_for_update(skip_locked=True, of=ready))
_FIRST = Prepared(
    select(ready.c.priority, work.c.due_at, ready.c.work_id)
    .join(work, work.c.id == ready.c.work_id)
    .where(*_AFTER, ~_JUDGED)
    .order_by(ready.c.priority, ready.c.work_id)
    .limit(1)
)
_PLACE = Prepared(select(work.c.item_id, work.c.lane_id, work.c.priority).where(work.c.id == bindparam("work")))
_DROP_READY = Prepared(
    delete(ready).where(
        ready.c.lane_id == bindparam("lane"),
        ready.c.priority == bindparam("priority"),
        ready.c.work_id == bindparam("work"),
    )
)
_DROP_OWN_LEASE = Prepared(
    delete(lease)
    .where(lease.c.work_id == bindparam("work"), lease.c.person_id == bindparam("person"))
    .returning(*_TAKEN)
)
