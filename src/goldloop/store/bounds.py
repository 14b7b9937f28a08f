"""Error bounds: designed thresholds, and which of them were adopted."""

from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from goldloop.core.errors import Conflict, NotFound
from goldloop.store.schema import bound


class BoundRow(NamedTuple):
    """One design as it stands in its table."""

    id: int
    programme_id: int
    number: int
    model_id: int
    recalibration_id: int | None
    policy_id: int
    replaces_id: int | None
    doc: str
    designed_by: int
    designed_at: int
    adopted_by: int | None
    adopted_at: int | None
    tighten: bool


def next_number(connection: Connection, programme_id: int) -> int:
    """The number of a programme's next design."""
    last = connection.execute(select(func.max(bound.c.number)).where(bound.c.programme_id == programme_id)).scalar()
    return int(last or 0) + 1


def add_bound(
    connection: Connection,
    programme_id: int,
    number: int,
    *,
    model_id: int,
    recalibration_id: int | None,
    policy_id: int,
    doc: str,
    by: int,
    at: int,
    replaces_id: int | None = None,
) -> BoundRow:
    """Write a design down."""
    row = {
        "programme_id": programme_id,
        "number": number,
        "model_id": model_id,
        "recalibration_id": recalibration_id,
        "policy_id": policy_id,
        "replaces_id": replaces_id,
        "doc": doc,
        "designed_by": by,
        "designed_at": at,
        "adopted_by": None,
        "adopted_at": None,
        "tighten": False,
    }
    key = int(connection.execute(insert(bound).returning(bound.c.id), row).scalar_one())
    return bound_row(connection, key)


def bound_row(connection: Connection, key: int) -> BoundRow:
    """A design by key, which is there."""
    return BoundRow._make(connection.execute(_ROWS.where(bound.c.id == key)).one())


def find_bound(connection: Connection, programme_id: int, number: int) -> BoundRow:
    """A design by its number. Raises NotFound."""
    row = connection.execute(_ROWS.where(bound.c.programme_id == programme_id, bound.c.number == number)).one_or_none()
    if row is None:
        raise NotFound("there is no such bound", field="number", found=str(number))
    return BoundRow._make(row)


def bounds(connection: Connection, programme_id: int, *, limit: int = 50) -> list[BoundRow]:
    """The designs of a programme, newest first."""
    rows = connection.execute(
        _ROWS.where(bound.c.programme_id == programme_id).order_by(bound.c.id.desc()).limit(limit)
    )
    return [BoundRow._make(row) for row in rows]


def adopted_bounds(connection: Connection, programme_id: int, *, limit: int = 20) -> list[BoundRow]:
    """The designs that were adopted, newest first: the first says what holds now, or what a later file dropped."""
    rows = connection.execute(
        _ROWS.where(bound.c.programme_id == programme_id, bound.c.adopted_at.is_not(None))
        .order_by(bound.c.adopted_at.desc(), bound.c.id.desc())
        .limit(limit)
    )
    return [BoundRow._make(row) for row in rows]


def adopt_bound(connection: Connection, key: int, *, by: int, tighten: bool, at: int) -> None:
    """Mark a design as adopted. Raises Conflict where it was before."""
    done = connection.execute(
        update(bound)
        .where(bound.c.id == key, bound.c.adopted_at.is_(None))
        .values(adopted_by=by, adopted_at=at, tighten=tighten)
    )
    if done.rowcount != 1:
        raise Conflict("this bound was adopted before", expected="a new design: goldloop confidence design")


_ROWS = select(
    bound.c.id,
    bound.c.programme_id,
    bound.c.number,
    bound.c.model_id,
    bound.c.recalibration_id,
    bound.c.policy_id,
    bound.c.replaces_id,
    bound.c.doc,
    bound.c.designed_by,
    bound.c.designed_at,
    bound.c.adopted_by,
    bound.c.adopted_at,
    bound.c.tighten,
)
