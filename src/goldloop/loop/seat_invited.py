"""The roles that come with an invitation, granted when it is taken up, as far as who invited may still give them."""

from sqlalchemy import Connection

from goldloop.loop.answers import check_answers
from goldloop.store import ledger
from goldloop.store.accounts import Invitation, InvitedSeat, account_row
from goldloop.store.caller import caller_of_actor
from goldloop.store.people import grant, person_row


def seat_invited(connection: Connection, found: Invitation, *, at: int) -> list[InvitedSeat]:
    """Grant them; those that were granted. Who has left, or staffs the programme no more, gives nothing."""
    inviter = caller_of_actor(connection, found.invited_by) if found.invited_by is not None else None
    actor_id = account_row(connection, found.account_id).actor_id
    works_at = set(person_row(connection, actor_id).person.tiers)
    granted = []
    for seat in found.seats:
        if inviter is None or not inviter.may(seat.programme_id, "staff"):
            continue
        one = seat._replace(tiers=tuple(tier for tier in seat.tiers if tier in works_at))
        grant(connection, one.programme_id, actor_id, one.role, one.tiers, by=inviter.actor_id, at=at)
        ledger.record(
            connection,
            "member.granted",
            programme=one.programme_id,
            actor=inviter.actor_id,
            subject=str(actor_id),
            data={"role": one.role, "tiers": list(one.tiers)},
            at=at,
        )
        check_answers(connection, one.programme_id, at=at, opens=False)
        granted.append(one)
    return granted
