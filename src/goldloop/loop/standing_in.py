"""Who answers for a finding while people come and go: the accountable, else the first behind them who is there.

Whoever is on leave is not there. A brief that is due before its owner is back goes to the next in line, so that nothing
waits for an empty chair; what is due later waits for them.
"""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import Connection

from goldloop.core.clock import DAY, from_iso
from goldloop.core.policy import Policy
from goldloop.core.raci import obligation
from goldloop.loop.repair import hand_over
from goldloop.store.accounts import account_of_actor, actor_of_account
from goldloop.store.briefs import UNREPAIRED, BriefRow, briefs
from goldloop.store.programmes import policy_in_force, programmes
from goldloop.store.rosters import away
from goldloop.store.schema import brief


def who_answers(connection: Connection, policy: Policy, source: str, *, at: int) -> int:
    """The actor who owns what a source of briefs finds. Where all are away, one who has not left; else the first."""
    line = _line(connection, policy, source)
    here = [key for key in line if not _has_left(connection, key)]
    return next((key for key in here if key not in away(connection, here, at=at)), (here or line)[0])


def stand_in(connection: Connection, programme_id: int, *, at: int, gone: Collection[int] = ()) -> list[BriefRow]:
    """Hand the unrepaired briefs of who is away to somebody who is there, if they are due before their owner is back.

    `gone`: actors who do not come back. The briefs that were handed over; what nobody else answers for stays.
    """
    found = briefs(connection, programme_id, brief.c.state.in_(UNREPAIRED))
    absent = away(connection, {one.owner_id for one in found}, at=at)
    policy = policy_in_force(connection, programme_id).policy
    handed = []
    for one in found:
        until = absent.get(one.owner_id)
        if one.owner_id not in gone and (until is None or one.due_at >= _back(until)):
            continue
        line = [key for key in _line(connection, policy, one.source) if key != one.owner_id and key not in gone]
        there = [key for key in line if not _has_left(connection, key)]
        other = next((key for key in there if key not in away(connection, there, at=at)), None)
        if other is None:
            continue
        why = "has left" if one.owner_id in gone or until is None else f"is on leave until {until.isoformat()}"
        names = {key: account_of_actor(connection, key) for key in (one.owner_id, other)}
        was, is_ = (row.display_name if (row := names[key]) else "somebody" for key in (one.owner_id, other))
        hand_over(connection, one.id, owner=other, because=f"{was} {why}: {is_} owns it", at=at)
        handed.append(one)
    return handed


def stand_in_everywhere(connection: Connection, actor_id: int, *, at: int, has_left: bool) -> list[BriefRow]:
    """The same for what one person owns, in every programme."""
    mine = {
        row.id
        for row in programmes(connection, None)
        if briefs(connection, row.id, brief.c.owner_id == actor_id, brief.c.state.in_(UNREPAIRED), limit=1)
    }
    gone = (actor_id,) if has_left else ()
    return [one for key in sorted(mine) for one in stand_in(connection, key, at=at, gone=gone)]


def _line(connection: Connection, policy: Policy, source: str) -> list[int]:
    one = obligation(policy, f"briefs.{source}")
    behind = (one.accountable, *one.responsible, policy.raci.accountable, *policy.raci.responsible)
    return [actor_of_account(connection, name) for name in dict.fromkeys(behind)]


def _has_left(connection: Connection, actor_id: int) -> bool:
    row = account_of_actor(connection, actor_id)
    return row is None or row.disabled_at is not None


def _back(until: date) -> int:
    """The moment after a leave, a day of grace for the clocks of all zones in it."""
    return from_iso(f"{(until + timedelta(days=1)).isoformat()}T00:00:00Z") + DAY // 2
