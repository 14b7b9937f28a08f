"""Rosters and leave: when people work, and who is away."""

import json
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from goldloop.core.canonical import canonical
from goldloop.core.clock import iso
from goldloop.core.roster import Leave, Roster
from goldloop.store.schema import leave, member, programme, roster

PAGE = 500  # people of one statement
Away = dict[int, date]
"""Who is away at a moment, and the last day of it."""


class RosterRow(NamedTuple):
    """The roster of a person in force."""

    roster: Roster
    set_at: int


class LeaveRow(NamedTuple):
    """One leave of a person."""

    id: int
    actor_id: int
    leave: Leave


class Seat(NamedTuple):
    """One role of a person in a programme."""

    programme_id: int
    programme: str
    role: str
    tiers: tuple[int, ...]


def set_roster(connection: Connection, actor_id: int, new: Roster, *, by: int, at: int) -> None:
    """Put a roster into force; the ones before stay on record."""
    week = canonical(new.model_dump(mode="json")["week"])
    row = {"actor_id": actor_id, "zone": new.zone, "week": week, "set_by": by, "set_at": at}
    connection.execute(insert(roster), row)


def rosters(connection: Connection, actors: Collection[int]) -> dict[int, RosterRow]:
    """The rosters in force of some people; who declared none is left out."""
    out: dict[int, RosterRow] = {}
    for part in _pages(actors):
        newest = select(func.max(roster.c.id)).where(roster.c.actor_id.in_(part)).group_by(roster.c.actor_id)
        for row in connection.execute(select(roster).where(roster.c.id.in_(newest))):
            week = {day: tuple(hours) for day, hours in json.loads(row.week).items()}
            out[row.actor_id] = RosterRow(Roster(zone=row.zone, week=week), row.set_at)
    return out


def add_leave(connection: Connection, actor_id: int, new: Leave, *, by: int, at: int) -> int:
    """Note a leave; its key."""
    days = {"first_day": new.first_day.isoformat(), "last_day": new.last_day.isoformat()}
    row = {"actor_id": actor_id, **days, "added_by": by, "added_at": at, "withdrawn_at": None}
    return int(connection.execute(insert(leave).returning(leave.c.id), row).scalar_one())


def withdraw_leave(connection: Connection, actor_id: int, key: int, *, at: int) -> bool:
    """Take a leave back; False where this person has no such leave."""
    mine = (leave.c.id == key, leave.c.actor_id == actor_id, leave.c.withdrawn_at.is_(None))
    return connection.execute(update(leave).where(*mine).values(withdrawn_at=at)).rowcount == 1


def leaves(connection: Connection, actors: Collection[int], *, since: date) -> dict[int, list[LeaveRow]]:
    """The leaves of some people that end on a day or later, in order; who has none is left out."""
    out: dict[int, list[LeaveRow]] = {}
    for part in _pages(actors):
        rows = connection.execute(
            select(leave)
            .where(leave.c.actor_id.in_(part), leave.c.withdrawn_at.is_(None), leave.c.last_day >= since.isoformat())
            .order_by(leave.c.actor_id, leave.c.first_day, leave.c.id)
        )
        for row in rows:
            found = Leave(first_day=date.fromisoformat(row.first_day), last_day=date.fromisoformat(row.last_day))
            out.setdefault(row.actor_id, []).append(LeaveRow(row.id, row.actor_id, found))
    return out


def away(connection: Connection, actors: Collection[int], *, at: int) -> Away:
    """Who among some people is on leave at a moment, on the day that it is where they are."""
    today = date.fromisoformat(iso(at)[:10])
    found = leaves(connection, actors, since=date.fromordinal(today.toordinal() - 1))
    if not found:
        return {}
    known = rosters(connection, found)
    out: Away = {}
    for actor_id, mine in found.items():
        day = known[actor_id].roster.local_day(at) if actor_id in known else today
        ends = [one.leave.last_day for one in mine if one.leave.holds(day)]
        if ends:
            out[actor_id] = max(ends)
    return out


def seats(connection: Connection, actors: Collection[int], programmes: Collection[int] | None) -> dict[int, list[Seat]]:
    """The roles of some people in programmes that the reader may see; None is all of them."""
    out: dict[int, list[Seat]] = {key: [] for key in actors}
    for part in _pages(actors):
        statement = (
            select(member.c.actor_id, member.c.programme_id, programme.c.name, member.c.role, member.c.tiers)
            .join(programme, programme.c.id == member.c.programme_id)
            .where(member.c.actor_id.in_(part))
            .order_by(programme.c.name, member.c.role)
        )
        if programmes is not None:
            statement = statement.where(member.c.programme_id.in_(sorted(programmes)))
        for actor_id, programme_id, name, role, tiers in connection.execute(statement):
            out[actor_id].append(Seat(programme_id, name, role, tuple(json.loads(tiers))))
    return out


def _pages(keys: Collection[int]) -> list[list[int]]:
    wanted = sorted(keys)
    return [wanted[start : start + PAGE] for start in range(0, len(wanted), PAGE)]
