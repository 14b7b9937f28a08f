"""Who signs in through an identity provider, and sign-ins that are on their way there and back."""

import json
import secrets
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from goldloop.core.clock import MINUTE
from goldloop.store.credentials import digest_of_secret
from goldloop.store.schema import identity, sign_in_flow

FLOW_MINUTES = 10
MOST_FLOWS = 10_000  # that may be on their way at once: whoever begins more is no person
GroupSeat = tuple[int, str]
"""A programme's key and a role in it."""


class Flow(NamedTuple):
    """A sign-in that came back: what it must prove. `invitation` is the digest of the link that it takes up."""

    nonce: str
    verifier: str
    invitation: bytes | None


class Begun(NamedTuple):
    """A sign-in that goes to the provider."""

    state: str
    nonce: str
    verifier: str


class IdentityRow(NamedTuple):
    """An account as a provider knows it, and what its groups gave at the last sign-in."""

    id: int
    account_id: int
    seats: frozenset[GroupSeat]


def begin_flow(connection: Connection, *, invitation: str | None, at: int) -> Begun:
    """Begin a sign-in; those that took too long are forgotten, and the oldest where too many are on their way.

    Anybody may begin one: were the newest refused, whoever begins them all day would keep everybody out.
    """
    connection.execute(delete(sign_in_flow).where(sign_in_flow.c.expires_at <= at))
    beyond = connection.execute(select(func.count()).select_from(sign_in_flow)).scalar_one() - MOST_FLOWS + 1
    if beyond > 0:
        oldest = select(sign_in_flow.c.digest).order_by(sign_in_flow.c.expires_at).limit(beyond)
        connection.execute(delete(sign_in_flow).where(sign_in_flow.c.digest.in_(oldest)))
    new = Begun(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))
    row = {
        "digest": digest_of_secret(new.state),
        "nonce": new.nonce,
        "verifier": new.verifier,
        "invitation": digest_of_secret(invitation) if invitation is not None else None,
        "expires_at": at + FLOW_MINUTES * MINUTE,
    }
    connection.execute(insert(sign_in_flow), row)
    return new


def end_flow(connection: Connection, state: str, *, at: int) -> Flow | None:
    """The sign-in of a state, which works once; None where there is none, or it took too long."""
    row = connection.execute(
        delete(sign_in_flow)
        .where(sign_in_flow.c.digest == digest_of_secret(state), sign_in_flow.c.expires_at > at)
        .returning(sign_in_flow.c.nonce, sign_in_flow.c.verifier, sign_in_flow.c.invitation)
    ).one_or_none()
    return Flow(row.nonce, row.verifier, bytes(row.invitation) if row.invitation is not None else None) if row else None


def find_identity(connection: Connection, issuer: str, subject: str) -> IdentityRow | None:
    """The account that a provider's person is bound to."""
    row = connection.execute(
        select(identity.c.id, identity.c.account_id, identity.c.seats).where(
            identity.c.issuer == issuer, identity.c.subject == subject
        )
    ).one_or_none()
    return IdentityRow(row.id, row.account_id, _seats(row.seats)) if row else None


def bind(connection: Connection, account_id: int, issuer: str, subject: str, *, at: int) -> IdentityRow:
    """Bind a provider's person to an account, from now on."""
    row = {"account_id": account_id, "issuer": issuer, "subject": subject, "seats": "[]", "bound_at": at}
    key = connection.execute(insert(identity).returning(identity.c.id), row).scalar_one()
    return IdentityRow(int(key), account_id, frozenset())


def note_seats(connection: Connection, key: int, seats: Collection[GroupSeat]) -> None:
    """Remember what the groups of a person give them."""
    written = json.dumps(sorted(list(one) for one in seats))
    connection.execute(update(identity).where(identity.c.id == key).values(seats=written))


def _seats(text: str) -> frozenset[GroupSeat]:
    return frozenset((key, role) for key, role in json.loads(text))
