"""Hearing a reading: the one verb by which a finding becomes a brief, is measured again, and is closed or reopened.

Every capability calls it in the transaction that wrote its numbers. A brief has one key, so that what opened it is also
what closes it: the same measure by the same rule, on newer data. Nobody closes a brief by hand.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.clock import DAY
from goldloop.loop.brief_rules import Followed, Standing, what_follows
from goldloop.loop.standing_in import who_answers
from goldloop.store import ledger, news
from goldloop.store.briefs import (
    BriefRow,
    NewWord,
    add_brief,
    add_brief_word,
    lock_brief_of,
    newest_reading,
    set_brief,
)
from goldloop.store.programmes import policy_in_force

MOST_ITEMS = 1000  # external ids that a scope names


class Reading(NamedTuple):
    """One look at something that can be healthy: the same `key` opens a brief, closes it, and reopens it on relapse."""

    programme_id: int
    key: str  # stable within the programme: "gate:<batch key>:<check>", "evaluation:<name>:<measure>:<slice>"
    source: str  # "gate", "audit", "cluster", "threshold", "anchoring", "evaluation" ...
    title: str  # one sentence a manager understands
    healthy: bool | None  # None is unknown: it never closes, and it opens nothing
    because: str  # the numbers in words: value, n of eligible, interval, bar
    evidence_ids: tuple[int, ...] = ()
    verdict_id: int | None = None
    batch_id: int | None = None
    scope: Mapping[str, Any] = {}  # {"labels": [...], "slices": {...}, "items": [external ids, at most 1,000] ...}
    owner_id: int | None = None  # actor; None: who is accountable for what was read
    data_at: int | None = None  # when the newest of what was measured was said; None: just now


def heard(connection: Connection, reading: Reading, *, at: int) -> int | None:
    """Say what was read; the key of the brief it opened, reopened or closed, None where it changed no state.

    The first unhealthy reading of a key opens a brief, a later one joins its timeline, a healthy one on newer data
    closes it, and an unhealthy one after that reopens it as a relapse.
    """
    before = lock_brief_of(connection, reading.programme_id, reading.key)
    if before is None and reading.healthy is not False:
        return None
    if before is None:
        key = _open(connection, reading, at=at)
        if key is not None:
            return key
        before = lock_brief_of(connection, reading.programme_id, reading.key)
        assert before is not None  # another transaction has just opened it
    standing = Standing(before.state, before.since_at, before.waived_until)
    data_at = at if reading.data_at is None else reading.data_at
    followed = what_follows(standing, reading.healthy, data_at=data_at, at=at)
    if followed is None or (followed == Followed("heard", before.state) and _is_known(connection, before, reading)):
        return None  # a nightly look fills no timeline with itself
    _follow(connection, before, reading, followed, at=at)
    return None if followed.step == "heard" else before.id


def _open(connection: Connection, reading: Reading, *, at: int) -> int | None:
    new: dict[str, Any] = {
        "programme_id": reading.programme_id,
        "key": reading.key,
        "source": reading.source,
        "title": reading.title,
        "state": "open",
        "owner_id": _owner(connection, reading, at=at),
        "due_at": _due(connection, reading.programme_id, at=at),
        "because": reading.because,
        "scope": _scope(reading),
        "remedy": None,
        "relapses": 0,
        "opened_at": at,
        "since_at": at,
        "heard_at": at,
        "waived_until": None,
    }
    key = add_brief(connection, new)
    if key is not None:
        _write(connection, key, reading, "opened", reading.because, at=at, tell=new["owner_id"])
    return key


def _follow(connection: Connection, before: BriefRow, reading: Reading, followed: Followed, *, at: int) -> None:
    changed: dict[str, Any] = {
        "state": followed.state,
        "because": reading.because,
        "heard_at": at,
        "title": reading.title,
        "scope": _scope(reading),
    }
    if followed.step == "reopened":
        changed |= {
            "since_at": at,
            "due_at": _due(connection, reading.programme_id, at=at),
            "owner_id": _owner(connection, reading, at=at),
            "remedy": None,
            "waived_until": None,
            "relapses": before.relapses + followed.relapse,
        }
    if followed.step == "closed":
        del changed["scope"]  # what was repaired
    set_brief(connection, before.id, **changed)
    because = f"{reading.because} ({followed.remark})" if followed.remark else reading.because
    _write(connection, before.id, reading, followed.step, because, at=at, tell=changed.get("owner_id"))


def _write(
    connection: Connection, key: int, reading: Reading, step: str, because: str, *, at: int, tell: int | None
) -> None:
    """The step and its event, which its owner is told of where it is theirs to begin with."""
    new = NewWord(
        step,
        because,
        at,
        healthy=reading.healthy,
        evidence=reading.evidence_ids,
        verdict_id=reading.verdict_id,
        batch_id=reading.batch_id,
    )
    add_brief_word(connection, key, new)
    data: dict[str, Any] = {"key": reading.key, "source": reading.source, "title": reading.title, "because": because}
    data |= {"evidence": list(reading.evidence_ids), "verdict": reading.verdict_id}
    happened = ledger.NewEvent(f"brief.{step}", reading.programme_id, None, str(key), data, at)
    event_id = ledger.record_one(connection, happened)
    news.tell(connection, event_id, [tell] if tell is not None else [])


def _is_known(connection: Connection, before: BriefRow, reading: Reading) -> bool:
    """True where the last reading said the same."""
    last = newest_reading(connection, before.id)
    return last is not None and (last.healthy, last.because) == (reading.healthy, reading.because)


def _owner(connection: Connection, reading: Reading, *, at: int) -> int:
    if reading.owner_id is not None:
        return reading.owner_id
    policy = policy_in_force(connection, reading.programme_id).policy
    return who_answers(connection, policy, reading.source, at=at)


def _due(connection: Connection, programme_id: int, *, at: int) -> int:
    return at + round(policy_in_force(connection, programme_id).policy.briefs.due_days * DAY)


def _scope(reading: Reading) -> str:
    scope = dict(reading.scope)
    if "items" in scope:
        scope["items"] = list(scope["items"])[:MOST_ITEMS]
    return canonical(scope)
