"""Routes of the calendar: what a programme owes and to when; what one owes oneself, in all of them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlalchemy import Connection

from goldloop.core.clock import iso, now
from goldloop.core.errors import Invalid
from goldloop.core.policy import Policy
from goldloop.core.pseudonym import pseudonym
from goldloop.core.raci import obligations
from goldloop.core.working_time import WorkingTime
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import page
from goldloop.rhythm.calendar import calendar, exams
from goldloop.rhythm.duties import Duty, Kind, State, counted, in_window
from goldloop.rhythm.ical import Entry, as_ical
from goldloop.store.access import access_programme
from goldloop.store.accounts import account_row
from goldloop.store.actors import actors
from goldloop.store.briefs import UNREPAIRED, briefs
from goldloop.store.calibrations import programmes_of
from goldloop.store.caller import Caller
from goldloop.store.programmes import ProgrammeRow, policy_in_force, programmes
from goldloop.store.schema import brief

routes = APIRouter()
BACK, AHEAD = timedelta(days=30), timedelta(days=60)
MOST = timedelta(days=400)
Since = Annotated[str | None, Query(description="first day, such as 2026-05-12; 30 days back if left out")]
Until = Annotated[str | None, Query(description="last day; 60 days ahead if left out")]
Kinds = Annotated[list[Kind] | None, Query(alias="kind", description="once or several times; all if left out")]
States = Annotated[list[State] | None, Query(alias="state", description="once or several times; all if left out")]
CalendarFormat = Annotated[str, Query(pattern="^(json|csv|ics)$", description="json, csv, or ics for a calendar")]
ROOMS = {"batch": "/b/{id}", "brief": "/brief/{id}"}


@routes.get("/programmes/{programme}/calendar")
def programme_calendar(
    ask: Ask,
    programme: str,
    since: Since = None,
    until: Until = None,
    kind: Kinds = None,
    state: States = None,
    format: CalendarFormat = "json",
) -> Response:
    """What a programme owes, by day: audits, exams, promises, questions, briefs, batches, erasure; who answers for it.

    What lapsed before the first day and still waits is listed, too. People are named to who runs gates; others read
    their pseudonyms.
    """
    at = now()
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="see")
        clock = policy_in_force(connection, row.id).policy.clock
        first, last = _window(clock, since, until, at=at)
        found = calendar(connection, ask.ids, row.id, since=first, until=last, at=at)
        rows = _rows(ask, connection, caller, row, clock, _asked(found, kind, state))
    return _answer(ask, rows, found, clock, (first, last), name=row.name, format=format, at=at)


@routes.get("/me/calendar")
def my_calendar(
    ask: Ask,
    since: Since = None,
    until: Until = None,
    kind: Kinds = None,
    state: States = None,
    format: CalendarFormat = "json",
) -> Response:
    """What one answers for oneself in all programmes, and one's own exams; days are those of each programme."""
    at, utc = now(), WorkingTime()
    rows: list[dict[str, Any]] = []
    found: list[Duty] = []
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        caller.require_scope("read")
        first, last = _window(utc, since, until, at=at)
        name = account_row(connection, caller.account_id).name
        examined = set(programmes_of(connection, caller.actor_id))
        for row in programmes(connection, caller.programmes()):
            policy = policy_in_force(connection, row.id).policy
            mine = _mine(ask, connection, caller, row, policy, name, examined, window=(first, last), at=at)
            found += mine
            rows += _rows(ask, connection, caller, row, policy.clock, _asked(mine, kind, state))
    rows.sort(key=lambda one: (one["due_at"], one["programme"], one["key"]))
    return _answer(ask, rows, found, utc, (first, last), name=f"{name}-calendar", format=format, at=at)


def _mine(
    ask: Asking,
    connection: Connection,
    caller: Caller,
    row: ProgrammeRow,
    policy: Policy,
    name: str,
    examined: set[int],
    *,
    window: tuple[int, int],
    at: int,
) -> list[Duty]:
    """A person's part of a programme's calendar; all of it is read only where something of it can be theirs."""
    since, until = window
    own: list[Duty] = []
    if row.id in examined:
        every = in_window(exams(connection, ask.ids, row.id, policy, at=at), since=since, until=until)
        own = [one for one in every if caller.actor_id in one.people]
    if not caller.may(row.id, "see"):
        return own
    named = any(one.accountable == name for one in obligations(policy))
    taken = (brief.c.owner_id == caller.actor_id, brief.c.state.in_(UNREPAIRED))
    if not named and not briefs(connection, row.id, *taken, limit=1):
        return own
    answers = calendar(connection, ask.ids, row.id, since=since, until=until, at=at)
    return [one for one in answers if one.accountable == name or caller.actor_id in one.people]


def _asked(found: Sequence[Duty], kinds: Sequence[Kind] | None, states: Sequence[State] | None) -> list[Duty]:
    return [one for one in found if (not kinds or one.kind in kinds) and (not states or one.state in states)]


def _rows(
    ask: Asking, connection: Connection, caller: Caller, row: ProgrammeRow, clock: WorkingTime, found: Sequence[Duty]
) -> list[dict[str, Any]]:
    names = actors(connection, sorted({key for one in found for key in one.people}))
    knows = caller.may(row.id, "gate")

    def who(key: int) -> str:
        public = ask.ids.show("actor", key)
        return names[key].name if knows or key == caller.actor_id else pseudonym(ask.store.secret, public)

    return [
        {
            "day": clock.local_day(one.due_at).isoformat(),
            "programme": row.name,
            "kind": one.kind,
            "key": one.key,
            "title": one.title,
            "state": one.state,
            "due_at": one.due_at,
            "done_at": one.done_at,
            "accountable": one.accountable,
            "people": [who(key) for key in one.people],
            "count": one.n,
            "because": one.because,
            "href": _href(ask, row, one),
        }
        for one in found
    ]


def _href(ask: Asking, row: ProgrammeRow, one: Duty) -> str:
    room, key = one.place
    if key is not None:
        return ROOMS[room].format(id=ask.ids.show(room, key))
    return f"/p/{row.name}/{room}"


def _answer(
    ask: Asking,
    rows: list[dict[str, Any]],
    found: Sequence[Duty],
    clock: WorkingTime,
    window: tuple[int, int],
    *,
    name: str,
    format: str,
    at: int,
) -> Response:
    if format == "csv":
        return page(rows, format="csv", name=f"{name}-calendar")
    if format == "ics":
        headers = {"content-disposition": f'attachment; filename="{name}.ics"'}
        content = as_ical([_entry(ask, one) for one in rows], name=f"goldloop: {name}", at=at)
        return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)
    return reply(
        {
            "zone": clock.zone,
            "first_day": clock.local_day(window[0]).isoformat(),
            "last_day": clock.local_day(window[1] - 1).isoformat(),
            "as_of": at,
            "counts": counted(found),
            "rows": rows,
            "next": None,
        }
    )


def _entry(ask: Asking, one: Mapping[str, Any]) -> Entry:
    base = ask.store.settings.public_url.rstrip("/") or str(ask.request.base_url).rstrip("/")
    people = f"\nFor: {', '.join(one['people'])}" if one["people"] else ""
    return Entry(
        uid=f"{one['programme']}/{one['key']}/{one['due_at']}@goldloop",
        title=f"{one['programme']}: {one['title']}",
        about=f"{one['because']}\nAnswers for it: {one['accountable']}{people}\nDue {iso(one['due_at'])}",
        due_at=one["due_at"],
        state=one["state"],
        url=f"{base}{one['href']}",
        kind=one["kind"],
    )


def _window(clock: WorkingTime, since: str | None, until: str | None, *, at: int) -> tuple[int, int]:
    today = clock.local_day(at)
    first, last = _day(since, "since") or today - BACK, _day(until, "until") or today + AHEAD
    if last < first or last - first > MOST:
        expected = f"from `since`, at most {MOST.days} days on"
        raise Invalid("these are no days of a calendar", field="until", expected=expected, found=f"{first} to {last}")
    return clock.begins(first), clock.begins(last + timedelta(days=1))


def _day(said: str | None, field: str) -> date | None:
    if said is None:
        return None
    try:
        found = date.fromisoformat(said)
    except ValueError as error:
        raise Invalid("this is no day", field=field, expected="a day such as 2026-05-12", found=said[:40]) from error
    if not 1971 <= found.year <= 2199:
        raise Invalid("no calendar reaches so far", field=field, expected="1971 to 2199", found=said[:40])
    return found
