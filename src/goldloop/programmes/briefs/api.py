"""Routes of briefs: the board, one brief with its timeline, and what people do about it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement, Connection

from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Forbidden
from goldloop.core.nouns import Noun
from goldloop.core.roles import can
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.ordering import Way, next_of, order_of
from goldloop.http.paging import After, Format, Limit, long_list
from goldloop.http.routes.jobs import as_job
from goldloop.loop import repair
from goldloop.loop.repair import Remedy
from goldloop.loop.sign_off import SOURCE, ask_again
from goldloop.programmes.briefs.view import brief_lines, brief_view
from goldloop.programmes.briefs.work import items_to_judge
from goldloop.store import briefs, jobs
from goldloop.store.access import access_brief, access_programme, visible_items
from goldloop.store.accounts import account_of_actor
from goldloop.store.briefs import UNREPAIRED, BriefRow
from goldloop.store.caller import Caller
from goldloop.store.headings import brief_places
from goldloop.store.people import members
from goldloop.store.schema import brief

routes = APIRouter()
LAST = 7_258_118_400_000_000  # 2200: what lies behind it is a mistake of units
WHY = "We agreed on it in the meeting on 12 May."
State = Literal["open", "in_work", "waiting", "closed", "waived"]
States = Annotated[list[State] | None, Query(alias="state", description="once or several times; all if left out")]
Sort = Literal["opened", "due", "title", "source", "state", "since", "owner", "relapses"]


class Because(Noun):
    """A reason."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"because": WHY}]})

    because: str = Field(min_length=10, max_length=2000)


class Owner(Noun):
    """Who takes a brief: oneself, or somebody else who sees the programme."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"actor_id": None}]})

    actor_id: str | None = None


class Due(Noun):
    """Until when a brief is to be repaired, and why not sooner."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"due_at": 4_000_000_000_000_000, "because": WHY}]})

    due_at: int = Field(ge=0, lt=LAST, description="microseconds UTC")
    because: str = Field(min_length=10, max_length=2000)


class NewRemedy(Noun):
    """How a brief is repaired, and why so; `work`: open a batch in which the items it names are judged again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"remedy": "relabel", "because": WHY}]})

    remedy: Remedy
    because: str = Field(min_length=10, max_length=2000)
    work: bool = False


class NewBriefWaiver(Noun):
    """Why a finding is accepted; until a moment, or for as long as it stays unhealthy."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"because": WHY}]})

    because: str = Field(min_length=10, max_length=2000)
    until: int | None = Field(default=None, ge=0, lt=LAST, description="microseconds UTC")


@routes.get("/programmes/{programme}/briefs")
def programme_briefs(
    ask: Ask,
    programme: str,
    state: States = None,
    source: str | None = None,
    owner: Annotated[str | None, Query(description="actor whose briefs; `me` for one's own")] = None,
    overdue: bool = False,
    sort: Sort | None = None,
    order: Way = None,
    after: After = None,
    limit: Limit = 200,
    format: Format = "json",
) -> Response:
    """The briefs of a programme, filtered; newest first, or in the order that was asked for."""
    at = now()

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            caller = ask.caller(connection)
            row = access_programme(connection, ask.ids, caller, programme, may="see")
            where: list[ColumnElement[bool]] = [brief.c.state.in_(state)] if state else []
            where += [brief.c.source == source] if source else []
            if owner:
                where.append(brief.c.owner_id == (caller.actor_id if owner == "me" else ask.ids.key("actor", owner)))
            if overdue:
                where += [brief.c.state.in_(UNREPAIRED), brief.c.due_at < at]
            chosen = order_of(ask.ids, "brief", sort, order, cursor, usual=("opened", "desc"))
            found = brief_places(connection, row.id, where, chosen, limit=most)
            there = [briefs.brief_row(connection, one.key) for one in found]
            rows = brief_lines(connection, ask.ids, there, at=at)
        return rows, next_of(ask.ids, "brief", found, most)

    return long_list(fetch, after=after, limit=limit, format=format, name="briefs")


@routes.get("/briefs/{brief_id}")
def one_brief(ask: Ask, brief_id: str) -> JSONResponse:
    """A brief: what opened it with its numbers, scope, remedy, batches, timeline, and what repairing it bought."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        key = access_brief(connection, ask.ids, caller, brief_id)
        return _shown(ask, connection, caller, key)


@routes.put("/briefs/{brief_id}/owner")
def take_brief(ask: Ask, brief_id: str, body: Owner) -> JSONResponse:
    """Take a brief, or give it to somebody who sees the programme."""
    with ask.store.write() as connection:
        caller, row = _act(ask, connection, brief_id)
        owner = ask.ids.key("actor", body.actor_id) if body.actor_id else caller.actor_id
        if owner != caller.actor_id:
            _sees(connection, row.programme_id, owner)
        repair.take(connection, row.id, owner=owner, by=caller.actor_id, at=now())
        return _shown(ask, connection, caller, row.id)


@routes.put("/briefs/{brief_id}/due")
def postpone_brief(ask: Ask, brief_id: str, body: Due) -> JSONResponse:
    """Give a brief another day on which it is due."""
    with ask.store.write() as connection:
        caller, row = _act(ask, connection, brief_id)
        repair.postpone(connection, row.id, body.due_at, body.because, by=caller.actor_id, at=now())
        return _shown(ask, connection, caller, row.id)


@routes.put("/briefs/{brief_id}/remedy")
def choose_remedy(ask: Ask, brief_id: str, body: NewRemedy) -> JSONResponse:
    """Say how a brief is repaired; with `work`, a batch in which its items are judged again is opened as a job."""
    with ask.store.write() as connection:
        caller, row = _act(ask, connection, brief_id)
        repair.choose(connection, row.id, body.remedy, body.because, by=caller.actor_id, at=now())
        job = _work(ask, connection, caller, row, body.remedy) if body.work else None
        return _shown(ask, connection, caller, row.id, job=job)


@routes.post("/briefs/{brief_id}/repaired")
def brief_is_repaired(ask: Ask, brief_id: str, body: Because) -> JSONResponse:
    """Say that a brief is repaired and waits for its number to be measured again; nothing else closes it."""
    with ask.store.write() as connection:
        caller, row = _act(ask, connection, brief_id)
        at = now()
        repair.call_repaired(connection, row.id, body.because, by=caller.actor_id, at=at)
        if row.source == SOURCE:
            ask_again(connection, row.programme_id, row.key, at=at)
        return _shown(ask, connection, caller, row.id)


@routes.post("/briefs/{brief_id}/waiver", status_code=201)
def waive_brief(ask: Ask, brief_id: str, body: NewBriefWaiver) -> JSONResponse:
    """Accept a finding by name and with a reason; it stays on the brief for ever."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        key = access_brief(connection, ask.ids, caller, brief_id, may="waive")
        row = briefs.brief_row(connection, key)
        if row.source == "gate":
            raise Conflict(
                "a gate is waived as a whole, and its briefs with it",
                expected="goldloop gate waive BATCH",
                found=row.key,
            )
        at = now()
        until = at if row.source == SOURCE and body.until is None else body.until  # the next dispute is a new one
        repair.waive(connection, key, body.because, by=caller.actor_id, at=at, until=until)
        return _shown(ask, connection, caller, key, status=201)


def _act(ask: Asking, connection: Connection, public: str) -> tuple[Caller, BriefRow]:
    caller = ask.caller(connection)
    key = access_brief(connection, ask.ids, caller, public, may="gate")
    return caller, briefs.brief_row(connection, key)


def _sees(connection: Connection, programme_id: int, actor_id: int) -> None:
    """Raise Forbidden where a brief would go to somebody who cannot read it."""
    roles = [one.role for one in members(connection, programme_id) if one.actor_id == actor_id]
    found = account_of_actor(connection, actor_id)
    if not can(roles, "see") and not (found is not None and found.owner):  # type: ignore[arg-type]  # stored roles
        raise Forbidden(
            "who owns a brief has to see the programme",
            field="actor_id",
            expected="a role that sees it",
            found=str(roles),
        )


def _work(ask: Asking, connection: Connection, caller: Caller, row: BriefRow, remedy: Remedy) -> dict[str, Any]:
    if remedy not in ("relabel", "re_review"):
        raise Conflict("this remedy opens no work here", field="work", expected="relabel or re_review", found=remedy)
    if row.source == "gate":
        raise Conflict(
            "labels of a gated batch are sent back in the batch itself",
            field="work",
            expected="goldloop gate remediate BATCH",
        )
    items_to_judge(connection, row)
    args = {"brief": row.id}
    job = jobs.enqueue(connection, "work_brief", args, programme=row.programme_id, asked_by=caller.actor_id)
    return as_job(ask, jobs.find(connection, job))


def _shown(
    ask: Asking, connection: Connection, caller: Caller, key: int, *, status: int = 200, job: Any = None
) -> JSONResponse:
    row = briefs.brief_row(connection, key)
    visible = visible_items(caller) if caller.may(row.programme_id, "read_items") else None
    shown = brief_view(connection, ask.ids, row, visible, at=now())
    return reply({**shown, **({"job": job} if job else {})}, status)
