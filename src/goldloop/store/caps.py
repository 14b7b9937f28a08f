"""Caps on hours, and the active time that counts against them: by person and quarter of an hour."""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, case, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.core.cap import Cap, Rest, Worked, began, rest
from goldloop.core.clock import MINUTE
from goldloop.core.roster import Roster
from goldloop.store.prepared import Prepared
from goldloop.store.rosters import leaves, rosters
from goldloop.store.schema import person, worked

QUARTER = 15 * MINUTE
HOUR_MS = 3_600_000


class Hours(NamedTuple):
    """A person's cap, what they worked since their day and their week began, and the rest that they have reached."""

    cap: Cap
    worked: Worked
    rest: Rest | None


def set_cap(connection: Connection, actor_id: int, new: Cap) -> None:
    """Put a cap into force."""
    values = {"day_cap": new.day, "week_cap": new.week}
    connection.execute(update(person).where(person.c.actor_id == actor_id).values(values))


def count_worked(connection: Connection, actor_id: int, active_ms: int, *, at: int) -> None:
    """Count active time of somebody, at the moment in which it ended."""
    _COUNT[connection.dialect.name].run(connection, actor_id=actor_id, quarter=at // QUARTER, active_ms=active_ms)


def rest_of(connection: Connection, actor_id: int, *, at: int) -> Rest | None:
    """Why and until when somebody is handed nothing new; None where no cap of theirs is reached."""
    row = _CAP.one(connection, actor=actor_id)
    if row is None or (row.day_cap is None and row.week_cap is None):
        return None
    return hours_of(connection, actor_id, at=at).rest


def hours_of(connection: Connection, actor_id: int, *, at: int) -> Hours:
    """How a person stands to their cap."""
    row = _CAP.one(connection, actor=actor_id)
    cap = Cap(day=row.day_cap, week=row.week_cap) if row is not None else Cap()
    found = rosters(connection, [actor_id]).get(actor_id)
    roster = found.roster if found is not None else Roster()
    day, week = began(roster, at)
    sums = _WORKED.one(connection, actor=actor_id, day=day // QUARTER, week=week // QUARTER)
    done = Worked(int(sums.day) / HOUR_MS, int(sums.week) / HOUR_MS)
    away = leaves(connection, [actor_id], since=roster.local_day(at)).get(actor_id, [])
    return Hours(cap, done, rest(cap, done, roster, [one.leave for one in away], at=at))


_CAP = Prepared(select(person.c.day_cap, person.c.week_cap).where(person.c.actor_id == bindparam("actor")))
_TODAY = case((worked.c.quarter >= bindparam("day"), worked.c.active_ms), else_=0)
_WORKED = Prepared(
    select(
        func.coalesce(func.sum(_TODAY), 0).label("day"), func.coalesce(func.sum(worked.c.active_ms), 0).label("week")
    ).where(worked.c.actor_id == bindparam("actor"), worked.c.quarter >= bindparam("week"))
)
_COUNT = {
    name: Prepared(
        (row := insert(worked)).on_conflict_do_update(
            index_elements=["actor_id", "quarter"],
            set_={"active_ms": worked.c.active_ms + row.excluded.active_ms},
        ),
        columns=("actor_id", "quarter", "active_ms"),
    )
    for name, insert in (("sqlite", insert_sqlite), ("postgresql", insert_postgresql))
}
