"""The workbench's routes: claim, submit, keep, give back, undo."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from goldloop.core.clock import SECOND
from goldloop.core.errors import Forbidden
from goldloop.core.headline import headline
from goldloop.core.nouns import Noun, Queue, Stance
from goldloop.http import show
from goldloop.http.asking import Ask, Asking, reply
from goldloop.loop import seating
from goldloop.loop.admit import admit
from goldloop.loop.hand_out import Assignment, assignments, hand_out, note_exposure
from goldloop.loop.revise import Revision, revise
from goldloop.loop.submit import Note, Submission, Submitted, submit
from goldloop.loop.undo import RECENT, Recent, recent, undo
from goldloop.store import work as queue
from goldloop.store.access import access_programme
from goldloop.store.caller import Caller
from goldloop.store.lanes import open_to
from goldloop.store.moment import now
from goldloop.store.programmes import programmes

routes = APIRouter()
KEY = "3f2b8c1e-5d7a-4e0b-9a61-0c5d2f7e8b94"  # of the examples
Milliseconds = Annotated[int | None, Field(ge=0, le=7 * 86_400_000)]


class Claim(Noun):
    """How much work a person wants to hold, from where."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"count": 3, "queue": "verify"}]})

    programme_id: str | None = None
    queue: Queue | None = None
    count: int = Field(
        default=1, ge=1, le=100, description="the server's settings say how many one may hold, more of them to verify"
    )
    beside: tuple[str, ...] = Field(
        default=(), max_length=200, description="works that one has in another window: neither counted nor given"
    )


class Said(Noun):
    """An answer, a refusal or a question. `key` is made by the client and makes the submission idempotent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"key": KEY, "stance": "answer", "answer": {"labels": ["card.lost"]}, "active_ms": 2400}]
        }
    )

    key: UUID
    stance: Stance
    answer: Any = None
    comment: str | None = None
    reason: str | None = Field(default=None, max_length=200)
    active_ms: Milliseconds = None
    wall_ms: Milliseconds = None
    first_ms: Milliseconds = None
    note: Note | None = None


class Revised(Noun):
    """What one says of a work after its suggestion was shown. `key` is made by the client."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"key": KEY, "answer": {"labels": ["card.lost"]}}]})

    key: UUID
    answer: Any
    active_ms: Milliseconds = None


class Keep(Noun):
    """Works to keep for longer."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"work_ids": ["wrk_4h8c2m7k9tq3x"]}]})

    work_ids: tuple[str, ...] = Field(max_length=200)


class Undo(Noun):
    """The client-made key of a withdrawal."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"key": KEY}]})

    key: UUID


@routes.post("/work/claim")
def claim_work(ask: Ask, body: Claim) -> JSONResponse:
    """See to it that one holds `count` works: asking again gives the same ones."""
    settings = ask.store.settings
    with ask.store.write(durable=False) as connection:
        caller = _worker(ask.caller(connection))
        hands = caller.hands()
        if body.programme_id is not None:
            key = access_programme(connection, ask.ids, caller, body.programme_id, may="work").id
            hands = {key: hands[key]}
        admitted = admit(connection, ask.contexts, caller.actor_id, hands)
        if body.programme_id is not None and admitted.barred:
            (bar,) = admitted.barred.values()
            raise Forbidden(bar.because, field=bar.field, expected=bar.expected)
        held = hand_out(
            connection,
            ask.contexts,
            caller.actor_id,
            admitted.hands,
            count=min(body.count, settings.bulk if body.queue == "verify" else settings.prefetch),
            at=now(connection),
            term=lambda: (at := now(connection), _lease_end(ask, at)),
            secret=ask.store.secret,
            queue_name=body.queue,
            beside={ask.ids.key("work", public) for public in body.beside},
            holds=admitted.holds,
            new=admitted.most,
        )
        note_exposure(connection, caller.actor_id, held)
        _note_seen(ask, connection, caller, held)
    why = {key: bar.because for key, bar in admitted.barred.items()}
    if body.programme_id is None:
        why |= {key: out.message for key in caller.spaces if (out := caller.kept_out(key, "work")) is not None}
    barred = [{"programme_id": ask.ids.show("programme", key), "because": because} for key, because in why.items()]
    return reply({"works": [_assignment(ask, caller, one) for one in held], "barred": barred})


@routes.get("/work/queues")
def work_queues(ask: Ask) -> JSONResponse:
    """Where one may take work from, and how much waits there: what is ready, and what one holds already."""
    with ask.store.read() as connection:
        caller = _worker(ask.caller(connection))
        hands = admit(connection, ask.contexts, caller.actor_id, caller.hands()).hands
        lanes = open_to(connection, hands)
        measured = seating.measured_in(connection, ask.contexts, caller.actor_id, hands)
        lanes = {key: one for key, one in lanes.items() if not measured.shuts(one)}
        ready = queue.waiting(connection, list(lanes))
        mine = Counter(one.lane_id for one in queue.held(connection, caller.actor_id, at=now(connection)))
        names = {row.id: row.name for row in programmes(connection, sorted(caller.memberships))}
    rows: dict[tuple[int, str, int], tuple[int, int]] = {}
    for key, wanted in lanes.items():
        at = (wanted.programme, wanted.queue, wanted.tier)
        count, holds = rows.get(at, (0, 0))
        rows[at] = (count + ready.get(key, 0), holds + mine[key])
    shown = [
        {
            "programme_id": ask.ids.show("programme", programme_id),
            "programme": names.get(programme_id, ""),
            "queue": queue_name,
            "tier": tier,
            "open": measured.rounded(programme_id, count),
            "held": holds,
        }
        for (programme_id, queue_name, tier), (count, holds) in sorted(rows.items())
    ]
    return reply({"rows": shown, "next": None})


@routes.post("/work/heartbeat")
def keep_work(ask: Ask, body: Keep) -> JSONResponse:
    """Keep works for another lease; those that are lost are named, and their answers are still taken."""
    with ask.store.write(durable=False) as connection:
        until = _lease_end(ask, now(connection))
        caller = _worker(ask.caller(connection))
        keys = {ask.ids.key("work", public): public for public in body.work_ids}
        kept = queue.extend(connection, caller.actor_id, list(keys), until=until)
    return reply({"expires_at": until, "lost": [public for key, public in keys.items() if key not in kept]})


@routes.get("/work/recent")
def recent_work(ask: Ask, limit: Annotated[int, Query(ge=1, le=50)] = RECENT) -> JSONResponse:
    """One's own last submissions, newest first, each with whether it can still be undone."""
    with ask.store.read() as connection:
        caller = _worker(ask.caller(connection))
        found, away = recent(connection, caller.actor_id, limit=limit), caller.out_of_reach()
        rows = [
            _recent(ask, one, ask.mark(caller, programme_id))
            for one in found
            if (programme_id := _programme(ask, connection, one.batch_id)) not in away
        ]
    return reply({"rows": rows, "next": None})


@routes.post("/work/{work_id}/submit")
def submit_work(ask: Ask, work_id: str, body: Said) -> JSONResponse:
    """Say something of a work; stored durably when this returns. The same key again gives the same answer."""
    key, said = ask.ids.key("work", work_id), Submission(**body.__dict__)
    with ask.store.write() as connection:
        caller = _worker(ask.caller(connection))
        done = submit(connection, ask.contexts, caller.actor_id, key, said, at=now(connection))
        away = caller.kept_out(_programme(ask, connection, done.batch_id), "work") is not None
    return reply(_done(ask, done, away=away))


@routes.post("/work/{work_id}/revise")
def revise_work(ask: Ask, work_id: str, body: Revised) -> JSONResponse:
    """Replace one's own answer, having seen the suggestion that was shown after it; both stay in the record."""
    key, said = ask.ids.key("work", work_id), Revision(**body.__dict__)
    with ask.store.write() as connection:
        caller = _worker(ask.caller(connection))
        done = revise(connection, ask.contexts, caller.actor_id, key, said, at=now(connection))
        away = caller.kept_out(_programme(ask, connection, done.batch_id), "work") is not None
    return reply(_done(ask, done, away=away))


@routes.post("/work/{work_id}/release", status_code=204)
def give_back_work(ask: Ask, work_id: str) -> Response:
    """Give a work back unanswered."""
    with ask.store.write(durable=False) as connection:
        caller = _worker(ask.caller(connection))
        queue.give_back(connection, caller.actor_id, ask.ids.key("work", work_id))
    return Response(status_code=204)


@routes.post("/work/{work_id}/undo")
def undo_work(ask: Ask, work_id: str, body: Undo) -> JSONResponse:
    """Take back one's last answer to a work; the work is one's own again, with that answer in `mine`."""
    key = ask.ids.key("work", work_id)
    with ask.store.write() as connection:
        at = now(connection)
        caller = _worker(ask.caller(connection))
        before = undo(connection, ask.contexts, caller.actor_id, key, body.key, at=at, until=_lease_end(ask, at))
        if (out := caller.kept_out(_programme(ask, connection, before.batch_id), "work")) is not None:
            raise out
        held = assignments(connection, ask.contexts, [key])
        _note_seen(ask, connection, caller, held)
    mine = {
        "stance": before.stance,
        "answer": before.answer,
        "comment": before.comment,
        "reason": before.reason,
        "note": before.note,
    }
    return reply({**(_assignment(ask, caller, held[0]) if held else {}), "mine": mine})


def _done(ask: Asking, done: Submitted, *, away: bool) -> dict[str, Any]:
    """What a statement became; nothing is shown of an item that is not read from where the person asks."""
    shown, lesson = (None, None) if away else (done.revealed, done.lesson)
    return {
        "judgement_id": ask.ids.show("judgement", done.judgement_id),
        "surplus": done.surplus,
        "state": done.state,
        "lesson": lesson._asdict() if lesson is not None else None,
        "revealed": {**shown._asdict(), "judgement_id": ask.ids.show("judgement", shown.judgement_id)}
        if shown
        else None,
    }


def _lease_end(ask: Asking, at: int) -> int:
    return at + round(ask.store.settings.lease_seconds * SECOND)


def _worker(caller: Caller) -> Caller:
    """Only people who work somewhere, and tokens that may."""
    if not any(caller.may(key, "work") for key in caller.memberships):
        out = next(filter(None, (caller.kept_out(key, "work") for key in caller.memberships)), None)
        raise out or Forbidden("you are not on any programme's roster", expected="a role that works")
    return caller


def _programme(ask: Asking, connection: Connection, batch_id: int) -> int:
    return ask.contexts.batch(connection, batch_id).row.programme_id


def _note_seen(ask: Asking, connection: Connection, caller: Caller, held: Sequence[Assignment]) -> None:
    for key in caller.spaces:
        ask.note_seen(connection, caller, key, [one.item_id for one in held if one.programme_id == key], "work")


def _assignment(ask: Asking, caller: Caller, one: Assignment) -> dict[str, Any]:
    context = ask.contexts.known(one.batch_id)
    mark = ask.mark(caller, one.programme_id)
    return show.assignment(ask.ids, one, programme_name=context.policy.programme, mark=mark)


def _recent(ask: Asking, one: Recent, mark: str | None) -> dict[str, Any]:
    text = headline(one.body)
    return {
        "work_id": ask.ids.show("work", one.work_id),
        "item_id": ask.ids.show("item", one.item_id),
        "programme": one.programme,
        "text": text[:200],
        "queue": one.queue,
        "stance": one.stance,
        "answer": one.answer,
        "said_at": one.said_at,
        "undoable": one.because_not is None,
        "because_not": one.because_not,
        "mark": mark,
    }
