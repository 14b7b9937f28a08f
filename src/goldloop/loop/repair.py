"""What people do about a brief: take it, choose its remedy, note what repairs it, call it repaired, waive it.

None of these closes a brief: a healthy number on newer data does (`brief.py`). A waiver is a named person's word that
nobody waits for one, and stays on the brief for ever.
"""

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Connection

from goldloop.core.clock import iso
from goldloop.core.errors import Conflict, Invalid
from goldloop.store import ledger, news
from goldloop.store.actors import actors
from goldloop.store.briefs import UNREPAIRED, BriefRow, NewWord, add_brief_word, lock_brief, set_brief

Remedy = Literal[
    "collect", "relabel", "clarify_guideline", "re_review", "generate", "retrain", "system_control", "accept"
]
REASON = 10  # characters of a reason


def take(connection: Connection, key: int, *, owner: int, by: int, at: int) -> None:
    """Make somebody the owner. Who takes a brief oneself has begun with it."""
    row = _unrepaired(connection, key)
    state = "in_work" if owner == by and row.state == "open" else row.state
    if (owner, state) == (row.owner_id, row.state):
        return
    name = actors(connection, [owner])[owner].name
    tell = [owner] if owner != by else []
    _step(connection, row, NewWord("owned", f"{name} owns it", at, by), tell, owner_id=owner, state=state)


def hand_over(connection: Connection, key: int, *, owner: int, because: str, at: int) -> None:
    """Make somebody else the owner by the rule: whose it was is not there for it."""
    row = _unrepaired(connection, key)
    _step(connection, row, NewWord("owned", because, at), [owner], owner_id=owner)


def postpone(connection: Connection, key: int, due_at: int, because: str, *, by: int, at: int) -> None:
    """Give a brief another day on which it is due, with the reason."""
    row = _unrepaired(connection, key)
    if due_at <= at:
        raise Invalid("a brief is due in the future", field="due_at", expected=f"after {iso(at)}", found=iso(due_at))
    said = f"due {iso(due_at)[:10]} instead of {iso(row.due_at)[:10]}: {_reason(because)}"
    _step(connection, row, NewWord("due", said, at, by), due_at=due_at)


def choose(connection: Connection, key: int, remedy: Remedy, because: str, *, by: int, at: int) -> None:
    """Choose how a brief is repaired, with the reason. To accept a finding is to waive it."""
    row = _unrepaired(connection, key)
    if remedy == "accept":
        raise Conflict(
            "a finding is accepted by name, with a waiver", field="remedy", expected="goldloop brief waive BRIEF"
        )
    new = NewWord("remedied", f"{remedy}: {_reason(because)}", at, by)
    _step(connection, row, new, remedy=remedy, state="in_work")


def note_batch(connection: Connection, key: int, batch_id: int, because: str, *, by: int | None, at: int) -> None:
    """Note a batch that repairs a brief."""
    row = _unrepaired(connection, key)
    _step(connection, row, NewWord("worked", because, at, by, batch_id=batch_id), state="in_work")


def call_repaired(connection: Connection, key: int, because: str, *, by: int | None, at: int) -> None:
    """Say that a brief is repaired: it waits for its number to be measured again. Raises Conflict without a remedy."""
    row = _unrepaired(connection, key)
    if row.remedy is None:
        raise Conflict("nobody has said how this was repaired", expected="goldloop brief remedy BRIEF first")
    _step(connection, row, NewWord("repaired", _reason(because), at, by), state="waiting")


def waive(connection: Connection, key: int, because: str, *, by: int, at: int, until: int | None = None) -> None:
    """Accept a finding by name and with a reason: until a moment, or (None) for as long as it stays unhealthy."""
    row = _unrepaired(connection, key)
    reason = _reason(because)
    said = reason if until is None or until <= at else f"{reason} (until {iso(until)[:10]})"
    _step(connection, row, NewWord("waived", said, at, by), state="waived", remedy="accept", waived_until=until)


def _unrepaired(connection: Connection, key: int) -> BriefRow:
    row = lock_brief(connection, key)
    if row.state not in UNREPAIRED:
        raise Conflict("this brief is over", field="state", expected=" or ".join(UNREPAIRED), found=row.state)
    return row


def _reason(because: str) -> str:
    because = because.strip()
    if len(because) < REASON:
        raise Invalid("this needs its reason", field="because", expected=f"at least {REASON} characters", found=because)
    return because


def _step(connection: Connection, row: BriefRow, new: NewWord, tell: Sequence[int] = (), /, **changed: Any) -> None:
    set_brief(connection, row.id, **changed)
    add_brief_word(connection, row.id, new)
    data = {"key": row.key, "because": new.because, "batch": new.batch_id}
    happened = ledger.NewEvent(f"brief.{new.kind}", row.programme_id, new.by_id, str(row.id), data, new.at)
    news.tell(connection, ledger.record_one(connection, happened), tell)
