"""Accepted labels: a projection over judgements, one row per item and batch, that can be rebuilt."""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.store.bulk import add_rows
from goldloop.store.codes import DECISION
from goldloop.store.prepared import Prepared
from goldloop.store.progress import note, note_new
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
    row = DecisionRow(batch_id, item_id, DECISION["open"], None, "[]", "nothing said yet", 0, at)
    _LOCK[connection.dialect.name].run(connection, **row._asdict())


def set_decision(connection: Connection, row: DecisionRow) -> None:
    """Write what the rule decided over the locked row."""
    note(connection, row.batch_id, row.item_id, row.state)
    _SET.run(
        connection,
        batch=row.batch_id,
        item=row.item_id,
        new_state=row.state,
        new_value=row.value_id,
        rests_on=row.judgements,
        why=row.because,
        at=row.changed_at,
    )


def put_decisions(connection: Connection, rows: list[DecisionRow]) -> None:
    """Write new decisions in bulk (routing that accepts, and `rebuild`)."""
    add_rows(connection, decision, DecisionRow._fields, rows)
    note_new(connection, ((row.batch_id, row.state) for row in rows))


def drop_decision(connection: Connection, batch_id: int, item_id: int) -> None:
    """Take out a decision that nobody made."""
    note(connection, batch_id, item_id, DECISION["open"])
    connection.execute(delete(decision).where(decision.c.batch_id == batch_id, decision.c.item_id == item_id))


def decision_of(connection: Connection, batch_id: int, item_id: int) -> DecisionRow | None:
    """The decision on an item in a batch, or None where nothing was said yet."""
    row = _ONE.one(connection, batch=batch_id, item=item_id)
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
_HERE = (decision.c.batch_id == bindparam("batch"), decision.c.item_id == bindparam("item"))
_ONE = Prepared(select(*_COLUMNS).where(*_HERE))
_KEY = ["batch_id", "item_id"]
_LOCK = {
    name: Prepared(
        insert(decision).on_conflict_do_update(index_elements=_KEY, set_={"changes": decision.c.changes + 1}),
        columns=DecisionRow._fields,
    )
    for name, insert in (("sqlite", insert_sqlite), ("postgresql", insert_postgresql))
}
_SET = Prepared(
    update(decision)
    .where(*_HERE)
    .values(
        state=bindparam("new_state"),
        value_id=bindparam("new_value"),
        judgements=bindparam("rests_on"),
        because=bindparam("why"),
        changed_at=bindparam("at"),
    )
)
