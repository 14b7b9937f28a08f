"""Escalations: questions, the rulings that answer them, and the precedents among those."""

from collections.abc import Iterator
from typing import Any, Literal
from uuid import UUID, uuid4

from goldloop.client.wire import Row, Wire, address
from goldloop.client.work import Assignment, Submitted


class EscalationRow(Row):
    """A question, who is to answer it by when, and the answer."""

    id: str
    question: str | None = None
    about: str | None = None
    asked_by: str | None = None
    asked_at: int
    item_id: str | None = None
    text: str | None = None
    state: Literal["open", "answered"]
    tier: int | None = None
    due_at: int | None = None
    overdue: bool = False
    in_hand: bool = False
    may_answer: bool = False
    answer: dict[str, Any] | None = None


class PrecedentRow(Row):
    """A ruling that everybody who works in the programme may read."""

    id: str
    questions: tuple[str | None, ...] = ()
    text: str | None = None
    labels: tuple[str, ...] = ()
    about: str | None = None
    clause: str | None = None
    clause_title: str | None = None
    amends: str | None = None
    at: int
    may_withdraw: bool = False


class FlagRow(Row):
    """An item that somebody flagged while they answered."""

    id: str
    item_id: str
    text: str
    by: str
    comment: str | None = None
    at: int


class Escalations:
    """`client.escalations`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(
        self, programme: str, *, state: Literal["open", "answered"] | None = None, text: str | None = None
    ) -> Iterator[EscalationRow]:
        """The questions of a programme, newest first; who only works there gets those that wait for their answer."""
        path = address("programmes", programme, "escalations")
        return self._wire.rows(EscalationRow, path, params={"state": state, "q": text})

    def take(self, escalation: str) -> Assignment:
        """Take the work in which a question is answered."""
        return self._wire.one(Assignment, "POST", address("escalations", escalation, "take"), again=True)

    def answer(
        self,
        escalation: str,
        answer: Any,
        comment: str,
        *,
        reason: str | None = None,
        about: str | None = None,
        clause: str | None = None,
        amends: str | None = None,
        precedent: bool = False,
        key: UUID | None = None,
    ) -> Submitted:
        """Rule on the item that a question was asked of, and say why. One `key` is one answer."""
        said = {
            "key": str(key or uuid4()),
            "answer": answer,
            "comment": comment,
            "reason": reason,
            "about": about,
            "clause": clause,
            "amends": amends,
            "precedent": precedent,
        }
        return self._wire.one(Submitted, "POST", address("escalations", escalation, "answer"), json=said, again=True)

    def precedents(
        self, programme: str, *, text: str | None = None, clause: str | None = None
    ) -> Iterator[PrecedentRow]:
        """The precedents of a programme, newest first; those with these words, or on this clause."""
        path = address("programmes", programme, "precedents")
        return self._wire.rows(PrecedentRow, path, params={"q": text, "clause": clause})

    def withdraw(self, precedent: str, because: str) -> None:
        """A precedent holds for others no longer; its ruling stands."""
        self._wire.ask("POST", address("precedents", precedent, "withdraw"), json={"because": because})

    def flags(self, programme: str) -> Iterator[FlagRow]:
        """What people flagged while they answered."""
        return self._wire.rows(FlagRow, address("programmes", programme, "flags"))
