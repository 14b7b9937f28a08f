"""Accepted labels: a projection over judgements, one row per item and batch, that can be rebuilt."""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.store.bulk import add_rows
from goldloop.store.codes import DECISION
from goldloop.store.schema import decision


class DecisionRow(NamedTuple):
    """A decision as it stands in its table; `judgements` is a JSON list of keys."""

    batch_id: int
    item_id: int
    state: int
    value_id: int | None
    judgements: str
    because: str
    changes: int
    changed_at: int


def lock(connection: Connection, batch_id: int, item_id: int, *, at: int) -> None:
    """Hold the item's decision until the transaction ends, so that two submits count one after the other."""
    row = {
        "batch_id": batch_id,
        "item_id": item_id,
        "state": DECISION["open"],
        "value_id": None,
        "judgements": "[]",
        "because": "nothing said yet",
        "changes": 0,
        "changed_at": at,
    }
    connection.execute(_LOCK[connection.dialect.name], row)


def set_decision(connection: Connection, row: DecisionRow) -> None:
    """Write what the rule decided over the locked row."""
    connection.execute(
        _SET,
        {
            "b": row.batch_id,
            "i": row.item_id,
            "state": row.state,
            "value_id": row.value_id,
            "judgements": row.judgements,
            "because": row.because,
            "changed_at": row.changed_at,
        },
    )


def put_decisions(connection: Connection, rows: list[DecisionRow]) -> None:
    """Write new decisions in bulk (routing that accepts, and `rebuild`)."""
    add_rows(connection, decision, DecisionRow._fields, rows)


def decision_of(connection: Connection, batch_id: int, item_id: int) -> DecisionRow | None:
    """The decision on an item in a batch, or None where nothing was said yet."""
    row = connection.execute(_ONE, {"batch": batch_id, "item": item_id}).one_or_none()
    return DecisionRow(*row) if row else None


_COLUMNS = (
    decision.c.batch_id,
    decision.c.item_id,
    decision.c.state,
    decision.c.value_id,
    decision.c.judgements,
    decision.c.because,
    decision.c.changes,
    decision.c.changed_at,
)
_ONE = select(*_COLUMNS).where(decision.c.batch_id == bindparam("batch"), decision.c.item_id == bindparam("item"))
_KEY = ["batch_id", "item_id"]
_LOCK = {
    "sqlite": insert_sqlite(decision).on_conflict_do_update(
        index_elements=_KEY, set_={"changes": decision.c.changes + 1}
    ),
    "postgresql": insert_postgresql(decision).on_conflict_do_update(
        index_elements=_KEY, set_={"changes": decision.c.changes + 1}
    ),
}
_SET = (
    update(decision)
    .where(decision.c.batch_id == bindparam("b"), decision.c.item_id == bindparam("i"))
    .values(
        state=bindparam("state"),
        value_id=bindparam("value_id"),
        judgements=bindparam("judgements"),
        because=bindparam("because"),
        changed_at=bindparam("changed_at"),
    )
)
