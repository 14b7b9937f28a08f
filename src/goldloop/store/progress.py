"""How many items of each batch are decided, without counting them: what lists of batches are put in order by.

Whoever changes a decision writes a step beside it, so that nobody waits for another's count, and the steps are added up
behind them (`fold`). A batch has as many as its row and its steps say together.
"""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, Integer, bindparam, case, delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.store.bulk import add_rows
from goldloop.store.codes import DECISION
from goldloop.store.prepared import Prepared
from goldloop.store.schema import decision, progress, progress_step

FOLDED = 5_000  # steps of one transaction
_DECIDED = DECISION["decided"]
STEPS = select(progress_step.c.batch_id, func.sum(progress_step.c.decided).label("decided")).group_by(
    progress_step.c.batch_id
)
"""What waits to be added up, by batch."""


def note(connection: Connection, batch_id: int, item_id: int, state: int) -> None:
    """A decision that is there is about to be of this state: a step, where that changes what is counted."""
    _NOTE.run(connection, batch=batch_id, item=item_id, now=int(state == _DECIDED))


def note_new(connection: Connection, states: Iterable[tuple[int, int]]) -> None:
    """New decisions, each by batch and state."""
    found = Counter(batch_id for batch_id, state in states if state == _DECIDED)
    add_rows(connection, progress_step, ("batch_id", "decided"), sorted(found.items()))


def mend(connection: Connection, batch_id: int) -> None:
    """Make a batch's count what its decisions say; all of them are read at one moment."""
    there = select(func.count()).where(decision.c.batch_id == batch_id, decision.c.state == _DECIDED)
    kept = select(func.coalesce(func.sum(progress.c.decided), 0)).where(progress.c.batch_id == batch_id)
    steps = select(func.coalesce(func.sum(progress_step.c.decided), 0)).where(progress_step.c.batch_id == batch_id)
    missing = there.scalar_subquery() - kept.scalar_subquery() - steps.scalar_subquery()
    wrong = int(connection.execute(select(missing)).scalar_one())
    if wrong:
        add_rows(connection, progress_step, ("batch_id", "decided"), [(batch_id, wrong)])


def is_folded(connection: Connection) -> bool:
    """True where no step waits to be added up."""
    return connection.execute(select(progress_step.c.id).limit(1)).first() is None


def fold(connection: Connection) -> int:
    """Add up the oldest steps; how many they were."""
    oldest = select(progress_step.c.id).order_by(progress_step.c.id).limit(FOLDED)
    taken = delete(progress_step).where(progress_step.c.id.in_(oldest))
    found = connection.execute(taken.returning(progress_step.c.batch_id, progress_step.c.decided)).all()
    sums: Counter[int] = Counter()
    for batch_id, decided in found:
        sums[batch_id] += decided
    insert_ = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    for key in sorted(sums):  # in one order, so that two who add up never wait for each other
        more = {"decided": progress.c.decided + sums[key]}
        row = insert_(progress).values(batch_id=key, decided=sums[key])
        connection.execute(row.on_conflict_do_update(index_elements=["batch_id"], set_=more))
    return len(found)


_WAS = case((decision.c.state == _DECIDED, 1), else_=0)
_NOW = bindparam("now", type_=Integer)
_NOTE = Prepared(
    insert(progress_step).from_select(
        ["batch_id", "decided"],
        select(decision.c.batch_id, _NOW - _WAS).where(
            decision.c.batch_id == bindparam("batch"), decision.c.item_id == bindparam("item"), _WAS != _NOW
        ),
    )
)
