"""Routes of harmful content: what one agrees to see, and refusing it."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection, select

from goldloop.core.clock import DAY
from goldloop.core.errors import Conflict, Forbidden, NotFound
from goldloop.core.nouns import Noun
from goldloop.core.protection import Content
from goldloop.http.asking import Ask, Asking, reply
from goldloop.store import work as queue
from goldloop.store.access import access_programme
from goldloop.store.caller import Caller
from goldloop.store.exposure import agree, agreed_to, handed_since, no_longer, not_seen
from goldloop.store.lanes import requirements_of
from goldloop.store.moment import now
from goldloop.store.programmes import ProgrammeRow, policy_in_force, programmes
from goldloop.store.schema import lane, lease

routes = APIRouter()


class Choice(Noun):
    """Whether one agrees to see a kind of content."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"programme_id": "desk", "content": "violence", "agree": True}]}
    )

    programme_id: str
    content: str = Field(max_length=63)
    agree: bool


@routes.get("/work/content")
def work_content(ask: Ask) -> JSONResponse:
    """The kinds of harmful content in the programmes that one works in, and which one has agreed to see."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        keys = [key for key in caller.memberships if caller.may(key, "work")]
        if not keys:
            raise Forbidden("you are not on any programme's roster", expected="a role that works")
        rows = [one for row in programmes(connection, sorted(keys)) for one in _rows(ask, connection, caller, row)]
    return reply({"rows": rows, "next": None})


@routes.put("/work/content")
def choose_content(ask: Ask, body: Choice) -> JSONResponse:
    """Agree to see a kind of content, or no longer. It is one's own choice: nobody is told, and no measure knows it."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, body.programme_id, may="work")
        known = [one.id for one in _content(connection, row).classes]
        if body.content not in known:
            raise NotFound(
                "this programme has no such content", field="content", expected=" or ".join(known), found=body.content
            )
        if body.agree:
            agree(connection, row.id, caller.actor_id, body.content, at=now(connection))
        else:
            no_longer(connection, row.id, caller.actor_id, [body.content])
        return reply({"rows": _rows(ask, connection, caller, row), "next": None})


@routes.post("/work/{work_id}/refuse")
def refuse_work(ask: Ask, work_id: str) -> JSONResponse:
    """Give a work back because of the kind of content it holds, and all else of that kind; nothing is said of it.

    One is handed no more of it until one agrees again.
    """
    key = ask.ids.key("work", work_id)
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        held = connection.execute(
            select(lease.c.work_id, lane.c.programme_id, lane.c.key)
            .join(lane, lane.c.id == lease.c.lane_id)
            .where(lease.c.person_id == caller.actor_id)
        ).all()
        mine = next((row for row in held if row.work_id == key), None)
        if mine is None:
            raise NotFound("there is no such work of yours", expected="a work that you hold")
        kinds = requirements_of(mine.key).content
        if not kinds:
            raise Conflict("this work is marked with no kind of content", expected="skip it, with a reason")
        no_longer(connection, mine.programme_id, caller.actor_id, kinds)
        same = [
            row.work_id
            for row in held
            if row.programme_id == mine.programme_id and not kinds.isdisjoint(requirements_of(row.key).content)
        ]
        for one in same:
            queue.give_back(connection, caller.actor_id, one)
        not_seen(connection, caller.actor_id, [one for one in same if one != key])
    return reply({"content": sorted(kinds), "work_ids": [ask.ids.show("work", one) for one in same]})


def _content(connection: Connection, row: ProgrammeRow) -> Content:
    content = policy_in_force(connection, row.id).policy.protection.content
    if content is None:
        raise NotFound("this programme names no harmful content", expected="protection.content in its file")
    return content


def _rows(ask: Asking, connection: Connection, caller: Caller, row: ProgrammeRow) -> list[dict[str, Any]]:
    content = policy_in_force(connection, row.id).policy.protection.content
    if content is None:
        return []
    agreed = agreed_to(connection, row.id, caller.actor_id)
    used = handed_since(connection, row.id, caller.actor_id, now(connection) - DAY)
    return [
        {
            "programme_id": ask.ids.show("programme", row.id),
            "programme": row.name,
            "content": one.id,
            "title": one.title,
            "agreed": one.id in agreed,
            "handed": used.get(one.id, 0),
            "daily": content.daily,
        }
        for one in content.classes
    ]
