"""How people stand to the exams of their programmes, and what they bring to one."""

import json
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.store.exposure import agreed_to
from goldloop.store.lanes import Hands
from goldloop.store.prepared import Prepared
from goldloop.store.schema import (
    calibration,
    calibration_word,
    member,
    person,
)


class CalibrationRow(NamedTuple):
    """How a person stands to a programme's exam now."""

    programme_id: int
    person_id: int
    task_id: int
    state: int
    sitting: int
    handed: int
    since_at: int
    because: str


def calibration_of(connection: Connection, programme_id: int, person_id: int) -> CalibrationRow | None:
    """How a person stands to a programme's exam; None where they never sat it."""
    row = _OF.one(connection, programme=programme_id, person=person_id)
    return CalibrationRow._make(row) if row else None


def lock_calibration(connection: Connection, programme_id: int, person_id: int) -> CalibrationRow | None:
    """The same, locked until the transaction ends: two answers at once are counted one after the other."""
    row = _LOCKED.one(connection, programme=programme_id, person=person_id)
    return CalibrationRow._make(row) if row else None


def calibrations(connection: Connection, programme_id: int) -> list[CalibrationRow]:
    """Everybody who has sat a programme's exam, or has begun."""
    rows = connection.execute(_ROWS.where(calibration.c.programme_id == programme_id))
    return [CalibrationRow._make(row) for row in rows]


def programmes_of(connection: Connection, person_id: int) -> list[int]:
    """The programmes in which a person has been examined."""
    rows = connection.execute(select(calibration.c.programme_id).where(calibration.c.person_id == person_id))
    return sorted(rows.scalars())


def set_calibration(connection: Connection, row: CalibrationRow) -> None:
    """Write down how a person stands now."""
    insert_ = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    statement = insert_(calibration).values(row._asdict())
    changed = {name: statement.excluded[name] for name in CalibrationRow._fields[2:]}
    connection.execute(statement.on_conflict_do_update(index_elements=["programme_id", "person_id"], set_=changed))


def add_calibration(connection: Connection, row: CalibrationRow) -> None:
    """A row for somebody who has none yet."""
    insert_ = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    connection.execute(insert_(calibration).values(row._asdict()).on_conflict_do_nothing())


def count_handed(connection: Connection, programme_id: int, person_id: int, works: int) -> None:
    """Count works that were handed to a person."""
    _COUNT.run(connection, programme=programme_id, person=person_id, works=works)


def passed_before(connection: Connection, programme_id: int, person_id: int, sitting: int) -> bool:
    """True where somebody passed this sitting's exam, so that what came after was the hidden gold's doing."""
    found = connection.execute(
        select(calibration_word.c.id).where(
            calibration_word.c.programme_id == programme_id,
            calibration_word.c.person_id == person_id,
            calibration_word.c.sitting == sitting,
            calibration_word.c.kind.in_(["passed", "lifted"]),
        )
    )
    return found.first() is not None


def hands_of(connection: Connection, programme_id: int, person_id: int) -> Hands:
    """What a member brings to a programme, read where they are not the one who asks."""
    granted = connection.execute(
        select(member.c.tiers).where(member.c.programme_id == programme_id, member.c.actor_id == person_id)
    ).scalars()
    tiers = frozenset(tier for text in granted for tier in json.loads(text))
    brought = connection.execute(select(person).where(person.c.actor_id == person_id)).one_or_none()
    if brought is None:
        return Hands(tiers=tiers, person=person_id)
    content = agreed_to(connection, programme_id, person_id)
    return Hands(
        tiers=tiers,
        skills=frozenset(json.loads(brought.skills or "[]")),
        languages=frozenset(json.loads(brought.languages or "[]")),
        residency=brought.residency,
        clearance=frozenset(json.loads(brought.clearance or "[]")),
        content=content,
        person=person_id,
    )


_ROWS: Select[Any] = select(
    calibration.c.programme_id,
    calibration.c.person_id,
    calibration.c.task_id,
    calibration.c.state,
    calibration.c.sitting,
    calibration.c.handed,
    calibration.c.since_at,
    calibration.c.because,
)

_MINE = (calibration.c.programme_id == bindparam("programme"), calibration.c.person_id == bindparam("person"))

_OF, _LOCKED = Prepared(_ROWS.where(*_MINE)), Prepared(_ROWS.where(*_MINE).with_for_update())

_COUNT = Prepared(update(calibration).where(*_MINE).values(handed=calibration.c.handed + bindparam("works")))
