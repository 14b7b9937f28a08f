"""The hours that people of a programme are there: from their rosters, less their leave, by tier and by skill."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core.clock import DAY, iso
from goldloop.core.roles import can
from goldloop.store.people import members, people
from goldloop.store.rosters import LeaveRow, RosterRow, Seat, leaves, rosters, seats

DAYS = 28  # that are looked ahead


class Attending(NamedTuple):
    """Somebody who may work in a programme: their hours day by day, and between how many programmes they share them.

    `roster` is None where they declared none: then nothing is known of their hours, which is not none.
    """

    actor_id: int
    name: str
    simulated: bool
    tiers: tuple[int, ...]
    skills: tuple[str, ...]
    roster: RosterRow | None
    leaves: tuple[LeaveRow, ...]
    programmes: int
    days: Mapping[date, float]

    @property
    def hours(self) -> float:
        """All their hours of these days."""
        return sum(self.days.values())

    @property
    def shared(self) -> float:
        """The part of their hours that falls to one programme, where all of theirs get as much."""
        return self.hours / self.programmes


class Capacity(NamedTuple):
    """The hours of who may work at a tier, and of those who have a skill; whoever may do both counts in both."""

    tier: int
    skill: str | None
    people: int
    declared: int
    hours: float | None


def attending(connection: Connection, programme_id: int, *, at: int, days: int = DAYS) -> list[Attending]:
    """Everybody who may work in a programme, by name, with the hours of so many days from today."""
    here = _workers(connection, programme_id)
    known = rosters(connection, here)
    away = leaves(connection, here, since=date.fromisoformat(iso(at - DAY)[:10]))
    elsewhere = seats(connection, here, None)
    out = []
    for row in people(connection, list(here)):
        roster, mine = known.get(row.actor_id), tuple(away.get(row.actor_id, ()))
        by_day = roster.roster.hours_by_day(at, days, [one.leave for one in mine]) if roster is not None else {}
        shared = len({one.programme_id for one in elsewhere[row.actor_id] if _works(one)})
        out.append(
            Attending(
                row.actor_id,
                row.person.display_name,
                row.person.simulated,
                here[row.actor_id],
                row.person.skills,
                roster,
                mine,
                max(1, shared),
                by_day,
            )
        )
    return out


def capacity(found: Sequence[Attending]) -> list[Capacity]:
    """The hours by tier, and within each by skill."""
    out = []
    for tier in sorted({tier for one in found for tier in one.tiers}):
        at = [one for one in found if tier in one.tiers]
        skills: list[str | None] = [None, *sorted({skill for one in at for skill in one.skills})]
        for skill in skills:
            able = [one for one in at if skill is None or skill in one.skills]
            declared = [one for one in able if one.roster is not None]
            hours = sum(one.shared for one in declared) if declared else None
            out.append(Capacity(tier, skill, len(able), len(declared), hours))
    return out


def hours_ahead(found: Sequence[Attending]) -> list[tuple[date, float]]:
    """The hours of everybody together, day by day, as far as they are declared."""
    out: dict[date, float] = {}
    for one in found:
        for day, hours in one.days.items():
            out[day] = out.get(day, 0.0) + hours / one.programmes
    return sorted(out.items())


def _workers(connection: Connection, programme_id: int) -> dict[int, tuple[int, ...]]:
    """Who works in a programme, with every tier of theirs."""
    out: dict[int, set[int]] = {}
    for one in members(connection, programme_id):
        seat = Seat(programme_id, "", one.role, tuple(json.loads(one.tiers)))
        if _works(seat):
            out.setdefault(one.actor_id, set()).update(seat.tiers)
    return {key: tuple(sorted(tiers)) for key, tiers in out.items()}


def _works(one: Seat) -> bool:
    return bool(one.tiers) and can([one.role], "work")  # type: ignore[list-item]  # stored roles
