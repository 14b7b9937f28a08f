"""Somebody leaves, in one action: nobody can sign in as them, nothing waits for them, and it is said what was done.

What they said stays, under the pseudonym it always had. Taking it back opens the account and gives the roles again;
ended sessions, tokens and returned work do not come back by themselves.
"""

import json
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core.errors import Conflict
from goldloop.loop.answers import check_everywhere
from goldloop.loop.standing_in import stand_in_everywhere
from goldloop.store import accounts, ledger
from goldloop.store import work as queue
from goldloop.store.accounts import AccountRow
from goldloop.store.briefs import UNREPAIRED, briefs
from goldloop.store.offboardings import add_offboarding, end_offboarding, last_offboarding
from goldloop.store.people import grant, set_left, withdraw_grants
from goldloop.store.programmes import programmes
from goldloop.store.rosters import Seat, seats
from goldloop.store.schema import brief
from goldloop.store.sessions import end_sessions
from goldloop.store.tokens import revoke_tokens


class Offboarded(NamedTuple):
    """What somebody's leaving did. `resting` are briefs on what rests on them now; `handed_over`, on whose went on."""

    sessions: int
    tokens: int
    invitations: int
    works: int
    seats: tuple[Seat, ...]
    handed_over: tuple[int, ...]
    kept: tuple[int, ...]
    resting: tuple[int, ...]


def offboard(connection: Connection, row: AccountRow, *, by: int, at: int) -> Offboarded:
    """Close an account and everything that hangs on it. Raises Conflict for the last owner and who has left."""
    if row.disabled_at is not None:
        raise Conflict(
            "this person has left before", field="actor_id", expected="somebody who is there", found=row.name
        )
    if row.owner and not accounts.other_owners(connection, row.id):
        raise Conflict("this is the only owner", field="actor_id", expected="another owner first", found=row.name)
    actor = row.actor_id
    ended = end_sessions(connection, row.id)
    tokens = revoke_tokens(connection, row.id, at=at)
    invitations = accounts.void_invitations(connection, row.id, at=at)
    works = queue.let_go(connection, actor, at=at)
    held = tuple(seats(connection, [actor], None)[actor])
    for key in sorted({one.programme_id for one in held}):
        withdraw_grants(connection, key, actor)
    accounts.set_disabled(connection, row.id, at)
    set_left(connection, actor, at)
    handed = tuple(one.id for one in stand_in_everywhere(connection, actor, at=at, has_left=True))
    check_everywhere(connection, row.name, at=at)
    kept, resting = _left_behind(connection, row)
    done = Offboarded(ended, tokens, invitations, works, held, handed, kept, resting)
    did = done._asdict() | {"seats": [[one.programme_id, one.role, list(one.tiers)] for one in held]}
    add_offboarding(connection, actor, json.dumps(did), by=by, at=at)
    data = {"sessions": ended, "tokens": tokens, "works": works, "seats": len(held), "briefs": len(handed) + len(kept)}
    ledger.record(connection, "person.left", programme=None, actor=by, subject=str(actor), data=data, at=at)
    return done


def take_back(connection: Connection, row: AccountRow, *, by: int, at: int) -> tuple[Seat, ...]:
    """Open the account again and give back the roles that leaving took; these roles. Raises Conflict where it is open.

    Who had no password yet, or whose sessions and tokens ended, signs in anew.
    """
    last = last_offboarding(connection, row.actor_id)
    if row.disabled_at is None or last is None:
        raise Conflict("this person has not left", field="actor_id", expected="somebody who has", found=row.name)
    accounts.set_disabled(connection, row.id, None)
    set_left(connection, row.actor_id, None)
    end_offboarding(connection, last.id, at=at)
    there = {one.id: one.name for one in programmes(connection, None)}
    back = tuple(
        Seat(key, there[key], role, tuple(tiers)) for key, role, tiers in json.loads(last.did)["seats"] if key in there
    )
    for one in back:
        grant(connection, one.programme_id, row.actor_id, one.role, one.tiers, by=by, at=at)
    data = {"seats": len(back)}
    ledger.record(connection, "person.came_back", programme=None, actor=by, subject=str(row.actor_id), data=data, at=at)
    check_everywhere(connection, row.name, at=at)
    return back


def _left_behind(connection: Connection, row: AccountRow) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Unrepaired briefs that they own still, and those that say what rests on them."""
    kept: list[int] = []
    resting: list[int] = []
    for one in programmes(connection, None):
        open_ = brief.c.state.in_(UNREPAIRED)
        kept += [each.id for each in briefs(connection, one.id, open_, brief.c.owner_id == row.actor_id)]
        resting += [each.id for each in briefs(connection, one.id, open_, brief.c.key == f"raci:{row.name}")]
    return tuple(kept), tuple(resting)
