"""Whatever has lapsed is a finding: a brief of its own, closed when it was done after all, or is asked for no more.

Briefs that are overdue and promises that are broken are findings already, and make no second one.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core.clock import minute
from goldloop.core.ids import Ids
from goldloop.loop.brief import Reading, heard
from goldloop.rhythm.duties import Duty
from goldloop.store.accounts import account_of_actor, actor_of_account
from goldloop.store.briefs import UNREPAIRED, briefs
from goldloop.store.programmes import policy_in_force
from goldloop.store.schema import brief

SOURCE = "lapse"
TOGETHER = {"exam": "exams", "question": "questions"}
"""What people owe one by one, and is one thing to repair."""
ALONE = ("audit", "batch", "erasure")
TITLES = {
    "audit": "An audit has lapsed: {title}",
    "batch": "A batch is late: {title}",
    "erasure": "What is too old is not erased",
    "exam": "Exams have lapsed: people were not examined again in time",
    "question": "Questions wait for an answer longer than they may",
}


class Lapse(NamedTuple):
    """Everything that has lapsed of one key, oldest first."""

    key: str
    duties: tuple[Duty, ...]


def lapses(found: Sequence[Duty]) -> list[Lapse]:
    """What has lapsed and is a finding, by the key of its brief."""
    groups: dict[str, list[Duty]] = defaultdict(list)
    for one in found:
        if one.state == "lapsed" and (one.kind in TOGETHER or one.kind in ALONE):
            groups[_key(one)].append(one)
    return [Lapse(key, tuple(sorted(group, key=lambda one: one.due_at))) for key, group in sorted(groups.items())]


def hear_lapses(connection: Connection, ids: Ids, programme_id: int, found: Sequence[Duty], *, at: int) -> list[str]:
    """Say of everything that lapsed that it did, and of what is a brief already that it was done; the lapsed keys."""
    lapsed = lapses(found)
    policy = policy_in_force(connection, programme_id).policy
    for one in lapsed:
        first, n = one.duties[0], sum(duty.n for duty in one.duties)
        because = f"due on {minute(first.due_at)}; {first.because}"
        if first.kind == "exam":
            because = f"{n:,} {'person' if n == 1 else 'people'}; the first was due on {minute(first.due_at)}"
        elif first.kind == "question":
            because = f"{n:,} {'waits' if n == 1 else 'wait'}; the first was due on {minute(first.due_at)}"
        scope: dict[str, object] = {"obligation": one.key.partition(":")[2]}
        if people := [ids.show("actor", key) for duty in one.duties for key in duty.people]:
            scope["people"] = people
        reading = Reading(
            programme_id,
            one.key,
            SOURCE,
            TITLES[first.kind].format(title=first.title),
            False,
            because,
            batch_id=first.place[1] if first.place[0] == "batch" else None,
            scope=scope,
            owner_id=None if SOURCE in policy.raci.obligations.briefs else _there(connection, first.accountable),
        )
        heard(connection, reading, at=at)
    _hear_done(connection, programme_id, found, {one.key for one in lapsed}, at=at)
    return [one.key for one in lapsed]


def _hear_done(connection: Connection, programme_id: int, found: Sequence[Duty], lapsed: set[str], *, at: int) -> None:
    known = (brief.c.source == SOURCE, brief.c.state.in_((*UNREPAIRED, "waived")))
    for row in briefs(connection, programme_id, *known):
        if row.key in lapsed:
            continue
        mine = [one for one in found if _key(one) == row.key]
        done = max((one for one in mine if one.done_at is not None), key=lambda one: one.done_at or 0, default=None)
        if done is not None and done.done_at is not None and done.done_at > row.since_at:
            because, data_at = f"done on {minute(done.done_at)}; {done.because}", done.done_at
        else:
            because, data_at = _asked(mine), at
        heard(connection, Reading(programme_id, row.key, SOURCE, row.title, True, because, data_at=data_at), at=at)


def _asked(mine: Sequence[Duty]) -> str:
    """Why something that had lapsed is no finding any more although nobody did it."""
    due = min((one.due_at for one in mine if one.state == "due"), default=None)
    return "nothing asks for it any more" if due is None else f"nothing of it is late; next due on {minute(due)}"


def _key(one: Duty) -> str:
    return f"{SOURCE}:{TOGETHER.get(one.kind, one.key)}"


def _there(connection: Connection, name: str) -> int | None:
    """The actor behind a sign-in name; None where they have left: then the next of the programme takes it."""
    key = actor_of_account(connection, name)
    row = account_of_actor(connection, key)
    return key if row is not None and row.disabled_at is None else None
