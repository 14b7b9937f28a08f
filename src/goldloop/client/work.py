"""Work: taking it, answering it, keeping it, giving it back, taking an answer back."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID, uuid4

from goldloop.client.jobs import Job
from goldloop.client.wire import Row, Wire, address, read
from goldloop.core.nouns import Queue, Spec, Stance


class Shown(Row):
    """An answer that is put before a person: a suggestion, or a colleague's."""

    id: str
    answer: Any
    comment: str | None = None
    by: Literal["person", "model"] | None = None


class Asked(Row):
    """A question that a reviewer is to answer."""

    id: str
    text: str
    about: str | None = None
    asked_at: int


class Kind(Row):
    """A kind of mistake that a ruling may name."""

    id: str
    name: str


class Assignment(Row):
    """A work that one holds, with everything one may see of it."""

    work_id: str
    item_id: str
    programme_id: str
    programme: str
    queue: Queue
    tier: int
    body: dict[str, Any]
    task: Spec
    ontology_id: str
    guideline_id: str | None = None
    suggestion: Shown | None = None
    others: tuple[Shown, ...] = ()
    because: str | None = None
    human_only: bool = False
    expires_at: int
    due_at: int | None = None
    questions: tuple[Asked, ...] = ()
    errors: tuple[Kind, ...] = ()
    training: bool = False


class Lesson(Row):
    """After an answer in training: whether it was right, what is accepted, and why."""

    right: bool
    answer: Any
    named: str
    explanation: str


class Revealed(Row):
    """What a model had suggested, shown after the answer: one may revise."""

    judgement_id: str
    text: str
    answer: Any
    named: str
    same: bool


class Submitted(Row):
    """What became of an answer. `surplus`: kept, but outside the quota."""

    judgement_id: str
    surplus: bool
    state: Literal["open", "disputed", "decided"]
    lesson: Lesson | None = None
    revealed: Revealed | None = None


class OpenRow(Row):
    """Where one may take work from, how much is ready there, and how much of it one holds already."""

    programme_id: str
    programme: str
    queue: Queue
    tier: int
    open: int
    held: int


class RecentRow(Row):
    """One's own answer, and whether it can still be taken back."""

    work_id: str
    item_id: str
    programme: str
    text: str
    queue: str
    stance: Stance
    answer: Any = None
    said_at: int
    undoable: bool
    because_not: str | None = None
    mark: str | None = None


class Kept(Row):
    """Until when works are held now, and which of them are lost."""

    expires_at: int
    lost: tuple[str, ...] = ()


class DidRow(Row):
    """How often one said what, and the active time of those that were timed."""

    programme: str
    queue: Queue
    stance: Stance
    count: int
    active_ms: int | None = None
    timed: int


class CorrectedRow(Row):
    """An answer of one's own that a ruling put otherwise, and why."""

    item_id: str
    programme: str
    text: str
    stance: Stance
    mine: Any = None
    said_at: int
    ruled: Any = None
    reason: str | None = None
    comment: str | None = None
    ruled_at: int
    mark: str | None = None


class GoldRow(Row):
    """How many of one's answers to the gold hidden in a batch were right, once it has been through its gate."""

    batch: str
    programme: str
    right: int
    n: int


class QuestionRow(Row):
    """A question of one's own, with its answer where there is one."""

    id: str
    item_id: str
    programme: str
    text: str
    question: str | None = None
    asked_at: int
    state: Literal["open", "answered"]
    due_at: int | None = None
    answer: dict[str, Any] | None = None
    mark: str | None = None


class Mine(Row):
    """A person's own page."""

    days: int
    since: int
    did: tuple[DidRow, ...] = ()
    corrected: tuple[CorrectedRow, ...] = ()
    gold: tuple[GoldRow, ...] = ()
    gold_because: str | None = None
    questions: tuple[QuestionRow, ...] = ()


class ClauseRow(Row):
    """A clause of the guidelines; `unread` where it was changed since one last opened it."""

    id: str
    title: str
    text: str = ""
    label: str | None = None
    version: int
    changed_at: int
    unread: bool = False


class Guidance(Row):
    """The guidelines in force, clause by clause."""

    guideline_id: str | None = None
    number: int | None = None
    ontology_id: str
    clauses: tuple[ClauseRow, ...] = ()


class Work:
    """`client.work`. What a person says is theirs: a client works under one person's sign-in."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def claim(self, *, count: int = 1, programme_id: str | None = None, queue: Queue | None = None) -> list[Assignment]:
        """See to it that one holds `count` works: asking again gives the same ones."""
        asked = {"count": count, "programme_id": programme_id, "queue": queue}
        answer = self._wire.ask("POST", "work/claim", json=asked, again=True)
        return [read(Assignment, one) for one in answer["works"]]

    def submit(
        self,
        work_id: str,
        stance: Stance,
        *,
        answer: Any = None,
        comment: str | None = None,
        reason: str | None = None,
        active_ms: int | None = None,
        wall_ms: int | None = None,
        first_ms: int | None = None,
        note: dict[str, Any] | None = None,
        key: UUID | None = None,
    ) -> Submitted:
        """Say something of a work; stored durably when this returns. One `key` is one submission.

        `note` holds a `flag`; of a question or a ruling the label it is `about`; of a ruling the `clause` it cites,
        how it would put that otherwise (`amends`), and whether it is a `precedent`.
        """
        said = {
            "key": str(key or uuid4()),
            "stance": stance,
            "answer": answer,
            "comment": comment,
            "reason": reason,
            "active_ms": active_ms,
            "wall_ms": wall_ms,
            "first_ms": first_ms,
            "note": note,
        }
        return self._wire.one(Submitted, "POST", address("work", work_id, "submit"), json=said, again=True)

    def revise(self, work_id: str, answer: Any, *, active_ms: int | None = None, key: UUID | None = None) -> Submitted:
        """Replace one's answer, having seen the suggestion that was shown after it; both stay in the record."""
        said = {"key": str(key or uuid4()), "answer": answer, "active_ms": active_ms}
        return self._wire.one(Submitted, "POST", address("work", work_id, "revise"), json=said, again=True)

    def keep(self, work_ids: Sequence[str]) -> Kept:
        """Hold works for another lease."""
        return self._wire.one(Kept, "POST", "work/heartbeat", json={"work_ids": list(work_ids)}, again=True)

    def give_back(self, work_id: str) -> None:
        """Give a work back unanswered."""
        self._wire.ask("POST", address("work", work_id, "release"))

    def undo(self, work_id: str, *, key: UUID | None = None) -> dict[str, Any]:
        """Take one's last answer to a work back; the work is one's own again, with that answer in `mine`."""
        path = address("work", work_id, "undo")
        held: dict[str, Any] = self._wire.ask("POST", path, json={"key": str(key or uuid4())}, again=True)
        return held

    def recent(self, *, limit: int = 10) -> list[RecentRow]:
        """One's own last answers, newest first."""
        return list(self._wire.rows(RecentRow, "work/recent", params={"limit": limit}))

    def mine(self, *, days: int = 7) -> Mine:
        """What one did in the last days, what came back corrected, gold results, one's own questions."""
        return self._wire.one(Mine, "GET", f"work/mine?days={days}")

    def guidance(self, programme: str) -> Guidance:
        """The guidelines in force, and which clauses one has not opened since they were changed."""
        return self._wire.one(Guidance, "GET", address("work", "guidance", programme))

    def read_clause(self, programme: str, clause: str, version: int) -> None:
        """Record that one has opened a clause in this version."""
        read_now = {"clause": clause, "version": version}
        self._wire.ask("POST", address("work", "guidance", programme, "read"), json=read_now, again=True)

    def queues(self) -> list[OpenRow]:
        """Where one may take work from."""
        return list(self._wire.rows(OpenRow, "work/queues"))

    def open(self, programme: str) -> Job:
        """Form batches of what has come in, route every item and open the work, as a job."""
        return self._wire.one(Job, "POST", address("programmes", programme, "route"))
