"""Rosters and leave: a person's page, when they work, when they are away, and who is there in a programme."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict
from sqlalchemy import Connection

from goldloop.core.cap import Cap
from goldloop.core.clock import iso, now
from goldloop.core.errors import Forbidden, NotFound
from goldloop.core.roles import can
from goldloop.core.roster import Leave, Roster
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import Format, page
from goldloop.loop.rostered import DAYS, attending, capacity
from goldloop.loop.standing_in import stand_in_everywhere
from goldloop.store import accounts, ledger
from goldloop.store import people as store_people
from goldloop.store import work as queue
from goldloop.store.access import access_programme
from goldloop.store.caller import Caller
from goldloop.store.caps import Hours, hours_of, set_cap
from goldloop.store.people import PersonRow
from goldloop.store.rosters import (
    LeaveRow,
    add_leave,
    away,
    leaves,
    rosters,
    seats,
    set_roster,
    withdraw_leave,
)

routes = APIRouter()
Days = Annotated[int, Query(ge=1, le=92, description="from today")]


class NewRoster(Roster):
    """The hours of a person's week, on the clock of their zone; days that are left out are free."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"zone": "Europe/Berlin", "week": {"mon": ["09:00-17:00"], "tue": ["09:00-12:30"]}}]
        }
    )


class NewLeave(Leave):
    """Days on which a person is away, both ends included; no reason is asked for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"first_day": "2026-05-12", "last_day": "2026-05-22"}]})


class NewCap(Cap):
    """The most hours of active work that a person is handed; a part that is left out or null is not limited."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"day": 6, "week": 30}]})


@routes.get("/people/{actor_id}")
def one_person(ask: Ask, actor_id: str) -> JSONResponse:
    """A person's roster and leave, and their seats in the programmes that one may see; to themselves, all of it."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = _reach(ask, connection, caller, actor_id, change=False)
        return reply(_shown(ask, connection, caller, row))


@routes.put("/people/{actor_id}/roster")
def change_roster(ask: Ask, actor_id: str, body: NewRoster) -> JSONResponse:
    """Say when a person works, week by week; the roster before it stays on record."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = _reach(ask, connection, caller, actor_id, change=True)
        set_roster(connection, row.actor_id, Roster(zone=body.zone, week=body.week), by=caller.actor_id, at=at)
        _record(connection, caller, row, "person.rostered", {"zone": body.zone, "hours": body.weekly()}, at=at)
        return reply(_shown(ask, connection, caller, row))


@routes.put("/people/{actor_id}/cap")
def change_cap(ask: Ask, actor_id: str, body: NewCap) -> JSONResponse:
    """Say how many hours a person is handed work for, in a day and in a week, in all programmes together.

    They may lower it themselves; who staffs for their organisation may raise it.
    """
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = _reach(ask, connection, caller, actor_id, change=True)
        new, before = Cap(day=body.day, week=body.week), hours_of(connection, row.actor_id, at=at).cap
        if new.widens(before) and not _staffs(caller, row):
            raise Forbidden(
                "one's own hours can be lowered, and are raised by who staffs for one's organisation",
                field="cap",
                expected=f"at most {before}",
                found=str(new),
            )
        set_cap(connection, row.actor_id, new)
        _record(connection, caller, row, "person.capped", new.model_dump(mode="json"), at=at)
        return reply(_shown(ask, connection, caller, row))


@routes.post("/people/{actor_id}/leave", status_code=201)
def take_leave(ask: Ask, actor_id: str, body: NewLeave) -> JSONResponse:
    """Note days on which a person is away. From the first of them, what they hold and own goes to who is there."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = _reach(ask, connection, caller, actor_id, change=True)
        new = Leave(first_day=body.first_day, last_day=body.last_day)
        key = add_leave(connection, row.actor_id, new, by=caller.actor_id, at=at)
        days = {"first_day": new.first_day.isoformat(), "last_day": new.last_day.isoformat()}
        _record(connection, caller, row, "person.leave", {"leave": key, **days}, at=at)
        returned, handed = 0, 0
        if row.actor_id in away(connection, [row.actor_id], at=at):
            returned = queue.let_go(connection, row.actor_id, at=at)
            handed = len(stand_in_everywhere(connection, row.actor_id, at=at, has_left=False))
        done = {"leave_id": ask.ids.show("leave", key), "returned": returned, "handed_over": handed}
        return reply({**_shown(ask, connection, caller, row), **done}, 201)


@routes.delete("/people/{actor_id}/leave/{leave_id}", status_code=204)
def end_leave(ask: Ask, actor_id: str, leave_id: str) -> Response:
    """Take a leave back; what was handed over meanwhile stays where it is."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = _reach(ask, connection, caller, actor_id, change=True)
        key = ask.ids.key("leave", leave_id)
        if not withdraw_leave(connection, row.actor_id, key, at=at):
            raise NotFound("there is no such leave", found=leave_id[:60])
        _record(connection, caller, row, "person.back", {"leave": key}, at=at)
    return Response(status_code=204)


@routes.get("/programmes/{programme}/roster")
def programme_roster(ask: Ask, programme: str, days: Days = DAYS, format: Format = "json") -> Response:
    """Who is there to work in a programme in the coming days, their hours, and the hours by tier and skill."""
    at = now()
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="staff")
        found = attending(connection, row.id, at=at, days=days)
        absent = away(connection, [one.actor_id for one in found], at=at)
        hours = {one.actor_id: hours_of(connection, one.actor_id, at=at) for one in found}
    rows: list[dict[str, Any]] = [
        {
            "actor_id": ask.ids.show("actor", one.actor_id),
            "name": one.name,
            "simulated": one.simulated,
            "tiers": list(one.tiers),
            "skills": list(one.skills),
            "zone": one.roster.roster.zone if one.roster is not None else None,
            "weekly": one.roster.roster.weekly() if one.roster is not None else None,
            "hours": one.hours if one.roster is not None else None,
            "here": one.shared if one.roster is not None else None,
            "away_until": absent[one.actor_id].isoformat() if one.actor_id in absent else None,
            "leave": [_leave(ask, each) for each in one.leaves],
            **_hours(hours[one.actor_id]),
        }
        for one in found
    ]
    if format == "csv":
        return page(rows, format=format, name="roster")
    return reply({"rows": rows, "next": None, "days": days, "capacity": [one._asdict() for one in capacity(found)]})


def _reach(ask: Asking, connection: Connection, caller: Caller, public: str, *, change: bool) -> PersonRow:
    """A person for who may see when they work: themselves, owners, and who staffs their organisation or programme.

    It is changed by themselves, owners, and who staffs a programme for their organisation.
    """
    missing = NotFound("there is no such person", found=public[:60])
    key = ask.ids.key("actor", public)
    found = accounts.account_of_actor(connection, key)
    staffed = [at for at, mine in caller.memberships.items() if can(mine.roles, "staff")]
    if found is None:
        raise missing
    row = store_people.person_row(connection, key)
    own, ours = key == caller.actor_id, _staffs(caller, row)
    theirs = any(one.programme_id in staffed for one in seats(connection, [key], staffed)[key])
    if not (own or ours or theirs):
        raise missing
    if not change:
        caller.require_scope("read")
    elif own or ours:
        caller.require_scope("admin")
    else:
        raise Forbidden("their own organisation says when they work", expected="who staffs for their organisation")
    return row


def _shown(ask: Asking, connection: Connection, caller: Caller, row: PersonRow) -> dict[str, Any]:
    at, key = now(), row.actor_id
    found = rosters(connection, [key]).get(key)
    today = date.fromisoformat(iso(at)[:10])
    coming = leaves(connection, [key], since=date.fromordinal(today.toordinal() - 1)).get(key, [])
    seen = (
        None
        if caller.owner or key == caller.actor_id
        else [one for one in caller.memberships if caller.may(one, "see")]
    )
    account = accounts.account_of_actor(connection, key)
    absent = away(connection, [key], at=at)
    ahead = found.roster.hours_by_day(at, 14, [one.leave for one in coming]) if found is not None else {}
    return {
        "id": ask.ids.show("actor", key),
        "name": account.name if account else None,
        "display_name": row.person.display_name,
        "organisation": account.organisation if account else None,
        "simulated": row.person.simulated,
        "disabled_at": account.disabled_at if account else None,
        "tiers": list(row.person.tiers),
        "skills": list(row.person.skills),
        "languages": list(row.person.languages),
        "zone": found.roster.zone if found is not None else None,
        "week": found.roster.model_dump(mode="json")["week"] if found is not None else None,
        "weekly": found.roster.weekly() if found is not None else None,
        "rostered_at": found.set_at if found is not None else None,
        "ahead": [{"day": day.isoformat(), "hours": hours} for day, hours in ahead.items()],
        "away_until": absent[key].isoformat() if key in absent else None,
        "leave": [_leave(ask, one) for one in coming],
        **_hours(hours_of(connection, key, at=at)),
        "seats": [
            {
                "programme_id": ask.ids.show("programme", one.programme_id),
                "programme": one.programme,
                "role": one.role,
                "tiers": list(one.tiers),
            }
            for one in seats(connection, [key], seen)[key]
        ],
    }


def _staffs(caller: Caller, row: PersonRow) -> bool:
    """True for owners, and for who staffs a programme for a person's organisation."""
    staffed = any(can(mine.roles, "staff") for mine in caller.memberships.values())
    return caller.owner or (staffed and row.organisation_id == caller.organisation_id)


def _hours(found: Hours) -> dict[str, Any]:
    """The active hours that count against a cap, and why nothing new is handed out where it is reached."""
    rest = found.rest
    return {
        "cap": found.cap.model_dump(),
        "worked": found.worked._asdict(),
        "rests": rest.because if rest is not None else None,
        "rests_until": rest.until if rest is not None else None,
    }


def _leave(ask: Asking, one: LeaveRow) -> dict[str, Any]:
    days = {"first_day": one.leave.first_day.isoformat(), "last_day": one.leave.last_day.isoformat()}
    return {"id": ask.ids.show("leave", one.id), **days}


def _record(
    connection: Connection, caller: Caller, row: PersonRow, kind: str, data: dict[str, Any], *, at: int
) -> None:
    subject = str(row.actor_id)
    ledger.record(connection, kind, programme=None, actor=caller.actor_id, subject=subject, data=data, at=at)
