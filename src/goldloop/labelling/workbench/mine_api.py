"""A person's own page and their guidelines: what they did, what came back, what they asked, what they have read."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from goldloop.core.clock import SECOND, now
from goldloop.core.errors import Forbidden, NotFound
from goldloop.core.families import STANCES
from goldloop.core.headline import headline
from goldloop.core.nouns import QUEUES, Noun
from goldloop.http.asking import Ask, Asking, reply
from goldloop.store import escalations, gold_results, ledger, mine
from goldloop.store.access import access_programme
from goldloop.store.caller import Caller
from goldloop.store.clauses import clauses, note_reading, unread
from goldloop.store.escalations import Question, Ruling, note_of
from goldloop.store.mine import Corrected
from goldloop.store.programmes import in_force, policy_row, programmes
from goldloop.store.releases import release_row_of

routes = APIRouter()
DAY = 24 * 3600 * SECOND
QUESTIONS = 200
CORRECTIONS = 100
TEXT = 200
Days = Annotated[int, Query(ge=1, le=366, description="how many days back")]


class Read(Noun):
    """A clause of the guidelines, in the version that was opened."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"clause": "1", "version": 2}]})

    clause: str = Field(max_length=200)
    version: int = Field(ge=1, le=(1 << 31) - 1)


@routes.get("/work/mine")
def my_work(ask: Ask, days: Days = 7) -> JSONResponse:
    """What one did in the last days, what came back corrected and why, gold results, and one's own questions."""
    since = now() - days * DAY
    with ask.store.read() as connection:
        caller = _worker(ask, connection)
        done = mine.did(connection, caller.actor_id, since=since)
        away = {row.name for row in programmes(connection, sorted(caller.out_of_reach()))}
        back = mine.corrected(connection, caller.actor_id, since=since, limit=CORRECTIONS)
        back = [one for one in back if one.programme not in away]
        kinds = {
            key: {one.id: one.name for one in policy_row(connection, key).policy.errors} for key in _policies(back)
        }
        gold = gold_results.tested(gold_results.results(connection, caller.actor_id, limit=mine.FAR))
        shown = {
            "days": days,
            "since": since,
            "did": [
                {
                    "programme": one.programme,
                    "queue": QUEUES[one.queue],
                    "stance": STANCES[one.stance],
                    "count": one.statements,
                    "active_ms": one.active_ms,
                    "timed": one.timed,
                }
                for one in done
            ],
            "corrected": [_corrected(ask, caller, one, kinds[one.policy_id]) for one in back],
            "gold": [
                {
                    "batch": one.batch,
                    "programme": one.programme,
                    "right": one.right,
                    "n": one.n,
                }
                for one in gold
            ],
            "gold_because": None if gold else "no batch with gold that you answered has been through its gate yet",
            "questions": _questions(ask, connection, caller),
        }
    return reply(shown)


@routes.get("/work/questions")
def my_questions(ask: Ask) -> JSONResponse:
    """One's own questions, newest first, each with its answer where there is one."""
    with ask.store.read() as connection:
        return reply({"rows": _questions(ask, connection, _worker(ask, connection)), "next": None})


@routes.get("/work/guidance/{programme}")
def guidance(ask: Ask, programme: str) -> JSONResponse:
    """The guidelines in force clause by clause, and which of them one has not opened since they were changed."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="see", or_may="work")
        found, force = clauses(connection, row.id), in_force(connection, row.id)
        works = caller.may(row.id, "work")
        new = unread(connection, row.id, caller.actor_id, found) if works else frozenset()
        number = release_row_of(connection, force.guideline_id).number if force.guideline_id is not None else None
        shown = {
            "guideline_id": ask.ids.show("release", force.guideline_id) if force.guideline_id is not None else None,
            "number": number,
            "mark": ask.mark(caller, row.id),
            "ontology_id": ask.ids.show("release", force.ontology_id),
            "clauses": [
                {
                    **one.body,
                    "version": one.version,
                    "changed_at": one.changed_at,
                    "before": one.before,
                    "unread": one.body["id"] in new,
                }
                for one in found
            ],
        }
    return reply(shown)


@routes.post("/work/guidance/{programme}/read")
def read_clause(ask: Ask, programme: str, body: Read) -> JSONResponse:
    """Record that one has opened a clause in this version."""
    with ask.store.write() as connection:
        caller, at = ask.caller(connection), now()
        row = access_programme(connection, ask.ids, caller, programme, may="work")
        found = {one.body["id"]: one for one in clauses(connection, row.id)}
        if body.clause not in found:
            raise NotFound("the guidelines have no such clause", field="clause", found=body.clause[:60])
        version = min(body.version, found[body.clause].version)
        note_reading(connection, row.id, caller.actor_id, body.clause, version, at=at)
        ledger.record(
            connection,
            "guideline.read",
            programme=row.id,
            actor=caller.actor_id,
            subject=body.clause,
            data={"version": version},
            at=at,
        )
    return reply({"clause": body.clause, "version": version})


def _policies(back: list[Corrected]) -> set[int]:
    return {one.policy_id for one in back}


def _corrected(ask: Asking, caller: Caller, one: Corrected, kinds: dict[str, str]) -> dict[str, Any]:
    return {
        "item_id": ask.ids.show("item", one.item_id),
        "programme": one.programme,
        "text": headline(json.loads(one.body))[:TEXT],
        "stance": STANCES[one.stance],
        "mine": json.loads(one.mine) if one.mine else None,
        "said_at": one.said_at,
        "ruled": json.loads(one.ruled) if one.ruled else None,
        "reason": kinds.get(one.reason, one.reason) if one.reason else None,
        "comment": one.comment,
        "ruled_at": one.ruled_at,
        "mark": ask.mark(caller, one.programme_id),
    }


def _questions(ask: Asking, connection: Connection, caller: Caller) -> list[dict[str, Any]]:
    away = caller.out_of_reach()
    asked = escalations.questions(connection, escalations.asked_by(caller.actor_id), limit=QUESTIONS)
    asked = [one for one in asked if one.programme_id not in away]
    answered, waiting = escalations.answers(connection, asked), escalations.slots(connection, asked)
    names = {row.id: row.name for row in programmes(connection, sorted({one.programme_id for one in asked}))}
    return [
        _question(
            ask,
            caller,
            one,
            names[one.programme_id],
            answered.get((one.batch_id, one.item_id)),
            waiting[one.batch_id, one.item_id].due_at if (one.batch_id, one.item_id) in waiting else None,
        )
        for one in asked
    ]


def _question(
    ask: Asking, caller: Caller, one: Question, programme: str, ruling: Ruling | None, due_at: int | None
) -> dict[str, Any]:
    note = note_of(ruling.note) if ruling is not None else {}
    return {
        "id": ask.ids.show("judgement", one.id),
        "item_id": ask.ids.show("item", one.item_id),
        "programme": programme,
        "text": headline(json.loads(one.body))[:TEXT],
        "mark": ask.mark(caller, one.programme_id),
        "question": one.comment,
        "asked_at": one.said_at,
        "state": "open" if ruling is None else "answered",
        "due_at": due_at if ruling is None else None,
        "answer": None
        if ruling is None
        else {
            "text": ruling.comment,
            "answer": json.loads(ruling.answer) if ruling.answer else None,
            "clause": note.get("clause"),
            "amends": note.get("amends"),
            "at": ruling.said_at,
        },
    }


def _worker(ask: Asking, connection: Connection) -> Caller:
    """Somebody who works in some programme: the rest have no such page."""
    caller = ask.caller(connection)
    if not any(caller.may(key, "work") for key in caller.memberships):
        out = next(filter(None, (caller.kept_out(key, "work") for key in caller.memberships)), None)
        raise out or Forbidden("you are not on any programme's roster", expected="a role that works")
    return caller
