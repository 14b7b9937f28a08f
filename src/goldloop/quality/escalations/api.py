"""Routes of escalations: questions and who is to answer them, rulings, precedents, what was flagged."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from goldloop.core.clock import SECOND, now
from goldloop.core.headline import headline
from goldloop.core.nouns import Noun
from goldloop.http import show
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import After, Format, Limit, long_list, page
from goldloop.loop.admit import admit
from goldloop.loop.hand_out import assignments
from goldloop.loop.submit import Note, Submission
from goldloop.quality.escalations.rule import answer, question, take, withdraw
from goldloop.store import escalations as store
from goldloop.store.access import access_precedent, access_programme, access_question, visible_items
from goldloop.store.caller import Caller
from goldloop.store.escalations import OpenSlot, Question, Ruling, note_of
from goldloop.store.lanes import Hands, open_to
from goldloop.store.releases import release_row_of

routes = APIRouter()
TEXT = 200  # characters of an item in a list
State = Annotated[Literal["open", "answered"] | None, Query(description="open: nobody has ruled on the item yet")]
Words = Annotated[str | None, Query(max_length=200, description="words of the question or of the ruling")]


class Answer(Noun):
    """A ruling that answers a question: the item's label, and why, with the clause that it cites or would change."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "key": "3f2b8c1e-5d7a-4e0b-9a61-0c5d2f7e8b94",
                    "answer": {"labels": ["fraud"]},
                    "comment": "A payment that the customer did not make is fraud, stolen card or not.",
                    "precedent": True,
                }
            ]
        }
    )

    key: UUID
    answer: Any
    comment: str = Field(min_length=1, max_length=10_000)
    reason: str | None = None
    about: str | None = None
    clause: str | None = None
    amends: str | None = None
    precedent: bool = False

    def submission(self) -> Submission:
        """What is said of the item."""
        given = {name: getattr(self, name) for name in ("about", "clause", "amends", "precedent")}
        note = Note(**{name: value for name, value in given.items() if value})
        return Submission(self.key, "adjudicate", self.answer, self.comment, self.reason, note=note)


class Withdrawal(Noun):
    """Why a precedent holds no longer."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"because": "Rule 4 now says it."}]})

    because: str = Field(min_length=1, max_length=2000, pattern=r"\S")


@routes.get("/programmes/{programme}/escalations")
def escalations(
    ask: Ask,
    programme: str,
    state: State = None,
    q: Words = None,
    after: After = None,
    limit: Limit = 50,
    format: Format = "json",
) -> Response:
    """The questions of a programme, newest first; who only works there sees those that wait for their answer."""

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            caller = ask.caller(connection)
            row = access_programme(connection, ask.ids, caller, programme, may="read_items", or_may="work")
            everything = caller.may(row.id, "read_items")
            found = store.questions(
                connection,
                store.in_programme(row.id),
                visible=visible_items(caller),
                state=state if everything else "open",
                text=q,
                before=ask.ids.key("judgement", cursor) if cursor else None,
                limit=most,
            )
            rows = _shown(ask, connection, caller, found, everything=everything)
        if everything:
            ask.seen(caller, row.id, [one.item_id for one in found], "list")
        return rows, ask.ids.show("judgement", found[-1].id) if len(found) == most else None

    return long_list(fetch, after=after, limit=limit, format=format, name="escalations")


@routes.post("/escalations/{judgement}/take")
def take_escalation(ask: Ask, judgement: str) -> JSONResponse:
    """Take the work in which a question is answered; asking again gives the same."""
    with ask.store.write(durable=False) as connection:
        caller = ask.caller(connection)
        asked = question(connection, access_question(connection, ask.ids, caller, judgement, may="work"))
        work = take(
            connection,
            ask.contexts,
            caller.actor_id,
            _hands(ask, connection, caller),
            asked,
            at=now(),
            term=lambda: _term(ask),
        )
        (held,) = assignments(connection, ask.contexts, [work])
        ask.note_seen(connection, caller, held.programme_id, [held.item_id], "work")
    context = ask.contexts.known(held.batch_id)
    mark = ask.mark(caller, held.programme_id)
    return reply(show.assignment(ask.ids, held, programme_name=context.policy.programme, mark=mark))


@routes.post("/escalations/{judgement}/answer")
def answer_escalation(ask: Ask, judgement: str, body: Answer) -> JSONResponse:
    """Rule on the item that a question was asked of; stored durably when this returns."""
    with ask.store.write() as connection:
        caller, at = ask.caller(connection), now()
        asked = question(connection, access_question(connection, ask.ids, caller, judgement, may="work"))
        done = answer(
            connection,
            ask.contexts,
            caller.actor_id,
            _hands(ask, connection, caller),
            asked,
            body.submission(),
            at=at,
            term=lambda: _term(ask),
        )
    return reply(
        {"judgement_id": ask.ids.show("judgement", done.judgement_id), "surplus": done.surplus, "state": done.state}
    )


@routes.get("/programmes/{programme}/precedents")
def precedents(
    ask: Ask,
    programme: str,
    q: Words = None,
    clause: str | None = None,
    after: After = None,
    limit: Limit = 50,
    format: Format = "json",
) -> Response:
    """Rulings that were released as precedents, newest first, without the items they were made on."""

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            caller = ask.caller(connection)
            row = access_programme(connection, ask.ids, caller, programme, may="see", or_may="work")
            before = ask.ids.key("judgement", cursor) if cursor else None
            found = store.precedents(connection, row.id, text=q, clause=clause, before=before, limit=most)
            labels = store.labels_of(connection, [one.id for one in found])
            rows = [
                {
                    **_ruling(ask, connection, one),
                    "answer": None,  # it may hold words of the item
                    "questions": [asked.comment for asked in store.questions_of(connection, one.batch_id, one.item_id)],
                    "labels": labels.get(one.id, []),
                    "may_withdraw": caller.may(row.id, "gate"),
                }
                for one in found
            ]
        return rows, rows[-1]["id"] if len(rows) == most else None

    return long_list(fetch, after=after, limit=limit, format=format, name="precedents")


@routes.post("/precedents/{judgement}/withdraw")
def withdraw_precedent(ask: Ask, judgement: str, body: Withdrawal) -> JSONResponse:
    """Withdraw a precedent, by name and with a reason: the ruling stands, and holds for other items no longer."""
    with ask.store.write() as connection:
        caller, at = ask.caller(connection), now()
        key = access_precedent(connection, ask.ids, caller, judgement, may="gate")
        withdraw(connection, key, by=caller.actor_id, because=body.because.strip(), at=at)
    return reply({"id": judgement, "withdrawn": body.because.strip()})


@routes.get("/programmes/{programme}/flags")
def flags(ask: Ask, programme: str, limit: Limit = 200, format: Format = "json") -> Response:
    """What people flagged while they answered, newest first, with what they remarked."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="read_items")
        found = store.flagged(connection, row.id, visible_items(caller), limit=limit)
        rows = [
            {
                "id": ask.ids.show("judgement", one.id),
                "item_id": ask.ids.show("item", one.item_id),
                "text": _text(one.body),
                "by": one.asker,
                "comment": one.comment,
                "at": one.said_at,
            }
            for one in found
        ]
    ask.seen(caller, row.id, [one.item_id for one in found], "list")
    return page(rows, format=format, name="flags")


def _shown(
    ask: Asking, connection: Connection, caller: Caller, found: Sequence[Question], *, everything: bool
) -> list[dict[str, Any]]:
    answered, waiting, at = store.answers(connection, found), store.slots(connection, found), now()
    mine, said = open_to(connection, caller.hands()), store.judged_by(connection, caller.actor_id, found)
    rows = []
    for one in found:
        ruling, slot = answered.get((one.batch_id, one.item_id)), waiting.get((one.batch_id, one.item_id))
        may_answer = ruling is None and slot is not None and slot.lane_id in mine and one.item_id not in said
        if not everything and not may_answer:
            continue
        rows.append(_row(ask, connection, one, ruling, slot, at=at, may_answer=may_answer, everything=everything))
    return rows


def _row(
    ask: Asking,
    connection: Connection,
    one: Question,
    ruling: Ruling | None,
    slot: OpenSlot | None,
    *,
    at: int,
    may_answer: bool,
    everything: bool,
) -> dict[str, Any]:
    due_at = slot.due_at if slot is not None and ruling is None else None
    return {
        "id": ask.ids.show("judgement", one.id),
        "question": one.comment,
        "about": note_of(one.note).get("about"),
        "asked_by": one.asker if everything else None,
        "asked_at": one.said_at,
        "item_id": ask.ids.show("item", one.item_id) if everything else None,
        "text": _text(one.body) if everything else None,
        "state": "open" if ruling is None else "answered",
        "tier": slot.tier if slot is not None else None,
        "due_at": due_at,
        "overdue": due_at is not None and due_at < at,
        "in_hand": slot is not None and slot.holder_id is not None,
        "may_answer": may_answer,
        "answer": {**_ruling(ask, connection, ruling), "by": ruling.ruler} if ruling is not None else None,
    }


def _ruling(ask: Asking, connection: Connection, one: Ruling) -> dict[str, Any]:
    """A ruling with what it cites. The clause is told as it was worded when it was cited."""
    note = note_of(one.note)
    clause = None
    if one.guideline_id is not None and "clause" in note:
        release = release_row_of(connection, one.guideline_id)
        cited = next((each for each in json.loads(release.body)["clauses"] if each["id"] == note["clause"]), None)
        clause = {"title": cited["title"] if cited else "", "label": cited["label"] if cited else None}
    return {
        "id": ask.ids.show("judgement", one.id),
        "text": one.comment,
        "answer": json.loads(one.answer) if one.answer else None,
        "reason": one.reason,
        "about": note.get("about") or (clause["label"] if clause else None),
        "clause": note.get("clause"),
        "clause_title": clause["title"] if clause else None,
        "amends": note.get("amends"),
        "precedent": one.precedent,
        "withdrawn": one.withdrawn,
        "at": one.said_at,
    }


def _text(body: str) -> str:
    return headline(json.loads(body))[:TEXT]


def _hands(ask: Asking, connection: Connection, caller: Caller) -> dict[int, Hands]:
    """What one brings to the programmes that hand one work now."""
    return admit(connection, ask.contexts, caller.actor_id, caller.hands()).hands


def _term(ask: Asking) -> tuple[int, int]:
    at = now()
    return at, at + round(ask.store.settings.lease_seconds * SECOND)
