"""Batches and how each of their items is worked."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.store.bulk import add_rows
from goldloop.store.codes import DECISION
from goldloop.store.prepared import Prepared
from goldloop.store.schema import batch, batch_item, closed, decision, lease, phrase, ready, work
from goldloop.store.unrouted import drop_batched

MASKING = "masking"  # purpose of the batches in which people look for what masking left
BESIDE = ("audit", "calibration", MASKING)  # purposes of the batches that no label rests on
LABELLED = ("production", "delivery")  # purposes of the batches whose labels may leave


class BatchRow(NamedTuple):
    """A batch as it stands in its table; nothing in it but `item_count` ever changes."""

    id: int
    programme_id: int
    name: str
    purpose: str
    task: str
    ontology_id: int
    guideline_id: int | None
    policy_id: int
    gate: str | None
    owner_id: int
    parent_id: int | None
    due_at: int | None
    item_count: int
    created_at: int


class NewBatch(NamedTuple):
    """A batch to open."""

    programme_id: int
    name: str
    purpose: str
    task: str
    ontology_id: int
    guideline_id: int | None
    policy_id: int
    gate: str | None
    owner_id: int
    parent_id: int | None
    due_at: int | None
    item_count: int
    created_at: int


class Route(NamedTuple):
    """How one item of a batch is worked, and why: the routing decision as it was made."""

    batch_id: int
    item_id: int
    rule_id: int
    queue: int
    tier: int
    wanted: int
    blind: bool
    consensus: bool
    suggestion_id: int | None
    confidence: float | None
    calibrated: float | None = None
    recalibration_id: int | None = None


class QueueState(NamedTuple):
    """Where the works of one queue and tier of a batch stand."""

    queue: int
    tier: int
    works: int
    ready: int
    leased: int
    closed: int


class Progress(NamedTuple):
    """How far a batch is: every item is open, disputed or decided."""

    items: int
    decided: int
    disputed: int

    @property
    def open(self) -> int:
        """Items that nobody has settled and nobody disputes."""
        return self.items - self.decided - self.disputed


def add_batch(connection: Connection, new: NewBatch) -> int:
    """Open a batch; its key."""
    return int(connection.execute(insert(batch).returning(batch.c.id), new._asdict()).scalar_one())


def batch_named(connection: Connection, programme_id: int, name: str) -> int | None:
    """The key of a programme's batch of this name, if there is one."""
    found: int | None = _NAMED.scalar(connection, programme=programme_id, name=name)
    return found


def add_batch_once(connection: Connection, new: NewBatch) -> int:
    """Open a batch unless another transaction has just opened one of this name; its key."""
    insert_ = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    connection.execute(insert_(batch).values(new._asdict()).on_conflict_do_nothing())
    found = batch_named(connection, new.programme_id, new.name)
    assert found is not None
    return found


def add_routes(connection: Connection, routes: Sequence[Route], *, still_wait: bool = False) -> None:
    """Put items into a batch with how they are worked. `still_wait`: they get their label in another batch."""
    add_rows(connection, batch_item, Route._fields, routes)
    if still_wait:
        return
    programmes = {key: batch_row(connection, key).programme_id for key in {one.batch_id for one in routes}}
    for key, programme_id in programmes.items():
        drop_batched(connection, programme_id, key, [one.item_id for one in routes if one.batch_id == key])


def batch_row(connection: Connection, key: int) -> BatchRow:
    """A batch by key."""
    return BatchRow._make(connection.execute(_ROWS.where(batch.c.id == key)).one())


def batches(connection: Connection, programme_id: int) -> list[BatchRow]:
    """The batches of a programme, newest first."""
    rows = connection.execute(_ROWS.where(batch.c.programme_id == programme_id).order_by(batch.c.id.desc()))
    return [BatchRow._make(row) for row in rows]


def children(connection: Connection, key: int) -> list[BatchRow]:
    """The batches that a batch opened: its audits."""
    return [
        BatchRow._make(row) for row in connection.execute(_ROWS.where(batch.c.parent_id == key).order_by(batch.c.id))
    ]


def count_items(connection: Connection, key: int, items: int) -> None:
    """Set how many items a batch holds once all of them are in."""
    connection.execute(update(batch).where(batch.c.id == key).values(item_count=items))


def route_of(connection: Connection, batch_id: int, item_id: int) -> Route:
    """How one item of a batch is worked."""
    return Route._make(_ROUTE.one(connection, batch=batch_id, item=item_id))


def routed_items(connection: Connection, batch_id: int) -> list[int]:
    """The items of a batch, in order."""
    return _ITEMS.column(connection, batch=batch_id)


def standing_in(connection: Connection, batch_id: int, keys: Sequence[int]) -> set[int]:
    """Those of a few items that stand in a batch."""
    rows = connection.execute(
        select(batch_item.c.item_id).where(batch_item.c.batch_id == batch_id, batch_item.c.item_id.in_(keys))
    )
    return set(rows.scalars())


def routing(connection: Connection, batch_id: int) -> list[tuple[str, int, int, int]]:
    """How many items each rule sent where: (rule, queue, tier, items)."""
    rows = connection.execute(
        select(phrase.c.text, batch_item.c.queue, batch_item.c.tier, func.count())
        .join(phrase, phrase.c.id == batch_item.c.rule_id)
        .where(batch_item.c.batch_id == batch_id)
        .group_by(phrase.c.text, batch_item.c.queue, batch_item.c.tier)
        .order_by(func.count().desc(), phrase.c.text)
    )
    return [(rule, queue, tier, count) for rule, queue, tier, count in rows]


def progress(connection: Connection, batch_id: int) -> Progress:
    """How far a batch is."""
    rows = connection.execute(
        select(decision.c.state, func.count()).where(decision.c.batch_id == batch_id).group_by(decision.c.state)
    )
    states: dict[int, int] = {state: count for state, count in rows}
    items = connection.execute(select(batch.c.item_count).where(batch.c.id == batch_id)).scalar_one()
    return Progress(int(items), states.get(DECISION["decided"], 0), states.get(DECISION["disputed"], 0))


def queue_states(connection: Connection, batch_id: int) -> list[QueueState]:
    """Where the works of a batch stand, by queue and tier."""
    rows = connection.execute(
        select(
            work.c.queue,
            work.c.tier,
            func.count(),
            func.count(ready.c.work_id),
            func.count(lease.c.work_id),
            func.count(closed.c.work_id),
        )
        .select_from(work)
        .outerjoin(
            ready,
            (ready.c.lane_id == work.c.lane_id)
            & (ready.c.priority == work.c.priority)
            & (ready.c.work_id == work.c.id),
        )
        .outerjoin(lease, lease.c.work_id == work.c.id)
        .outerjoin(closed, closed.c.work_id == work.c.id)
        .where(work.c.batch_id == batch_id)
        .group_by(work.c.queue, work.c.tier)
        .order_by(work.c.queue, work.c.tier)
    )
    return [QueueState._make(row) for row in rows]


_COLUMNS = (
    batch.c.id,
    batch.c.programme_id,
    batch.c.name,
    batch.c.purpose,
    batch.c.task,
    batch.c.ontology_id,
    batch.c.guideline_id,
    batch.c.policy_id,
    batch.c.gate,
    batch.c.owner_id,
    batch.c.parent_id,
    batch.c.due_at,
    batch.c.item_count,
    batch.c.created_at,
)
_ROWS = select(*_COLUMNS)
_NAMED = Prepared(
    select(batch.c.id).where(batch.c.programme_id == bindparam("programme"), batch.c.name == bindparam("name"))
)
_ITEMS = Prepared(
    select(batch_item.c.item_id).where(batch_item.c.batch_id == bindparam("batch")).order_by(batch_item.c.item_id)
)
_ROUTE = Prepared(
    select(
        batch_item.c.batch_id,
        batch_item.c.item_id,
        batch_item.c.rule_id,
        batch_item.c.queue,
        batch_item.c.tier,
        batch_item.c.wanted,
        batch_item.c.blind,
        batch_item.c.consensus,
        batch_item.c.suggestion_id,
        batch_item.c.confidence,
        batch_item.c.calibrated,
        batch_item.c.recalibration_id,
    ).where(batch_item.c.batch_id == bindparam("batch"), batch_item.c.item_id == bindparam("item"))
)
