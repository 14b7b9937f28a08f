"""Accounts: credentials of a person, how they come by them, and the first of all."""

import hmac
import json
import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from goldloop.core.clock import DAY
from goldloop.core.errors import Conflict, Forbidden, NotFound
from goldloop.store.browsers import forget_browsers
from goldloop.store.credentials import Hashed, digest_of_secret, opens
from goldloop.store.schema import account, actor, installation, invitation, organisation, session

INVITATION_DAYS = 7
UNUSED = "an unused link that is not over"


class AccountRow(NamedTuple):
    """An account with its actor."""

    id: int
    actor_id: int
    name: str
    display_name: str
    organisation: str
    organisation_kind: str
    owner: bool
    simulated: bool
    disabled_at: int | None


def add_account(
    connection: Connection, actor_id: int, name: str, *, password: Hashed | None, owner: bool = False, at: int
) -> int:
    """An account for a person; without a password it waits for an invitation to be taken up. Its key."""
    if connection.execute(select(account.c.id).where(account.c.name == name)).scalar() is not None:
        raise Conflict("there is an account of this name", field="name", expected="another name", found=name)
    row = {
        "actor_id": actor_id,
        "name": name,
        "password": password,
        "owner": owner,
        "disabled_at": None,
        "created_at": at,
    }
    return int(connection.execute(insert(account).returning(account.c.id), row).scalar_one())


def any_account(connection: Connection) -> bool:
    """True where the first owner has been set up."""
    return connection.execute(select(account.c.id).limit(1)).scalar() is not None


def account_row(connection: Connection, key: int) -> AccountRow:
    """An account by key."""
    return AccountRow._make(connection.execute(_ROWS.where(account.c.id == key)).one())


def account_of_actor(connection: Connection, actor_id: int) -> AccountRow | None:
    """The account of a person, or None."""
    row = connection.execute(_ROWS.where(account.c.actor_id == actor_id)).one_or_none()
    return AccountRow._make(row) if row else None


def accounts(connection: Connection) -> list[AccountRow]:
    """Every account by name."""
    return [AccountRow._make(row) for row in connection.execute(_ROWS.order_by(account.c.name))]


def accounts_of(connection: Connection, actor_ids: Sequence[int]) -> dict[int, AccountRow]:
    """The accounts of some people, by actor."""
    rows = connection.execute(_ROWS.where(account.c.actor_id.in_(actor_ids)))
    return {row.actor_id: AccountRow._make(row) for row in rows}


def actor_of_account(connection: Connection, name: str) -> int:
    """The actor behind a sign-in name. Raises NotFound."""
    found = connection.execute(select(account.c.actor_id).where(account.c.name == name)).scalar()
    if found is None:
        raise NotFound("there is no account of this name", field="name", expected="a sign-in name", found=name)
    return int(found)


def check_password(connection: Connection, name: str, password: str) -> AccountRow | None:
    """The account these credentials open, or None. Takes as long for a name that does not exist."""
    row = connection.execute(select(account.c.id, account.c.password).where(account.c.name == name)).one_or_none()
    if not opens(password, row.password if row is not None else None) or row is None:
        return None
    found = account_row(connection, row.id)
    return None if found.disabled_at is not None else found


def set_password(connection: Connection, key: int, password: Hashed) -> None:
    """Change a password, end every session of the account, and know none of its browsers any more."""
    connection.execute(update(account).where(account.c.id == key).values(password=password))
    connection.execute(delete(session).where(session.c.account_id == key))
    forget_browsers(connection, key)


def other_owners(connection: Connection, key: int) -> bool:
    """True where somebody else who can sign in owns the installation."""
    able = (account.c.owner, account.c.disabled_at.is_(None), account.c.password.is_not(None), account.c.id != key)
    return connection.execute(select(account.c.id).where(*able).limit(1)).scalar() is not None


def set_disabled(connection: Connection, key: int, at: int | None) -> None:
    """Close an account and end its sessions, or open it again."""
    connection.execute(update(account).where(account.c.id == key).values(disabled_at=at))
    if at is not None:
        connection.execute(delete(session).where(session.c.account_id == key))


class InvitedSeat(NamedTuple):
    """A role in a programme that somebody gets with their invitation."""

    programme_id: int
    role: str
    tiers: tuple[int, ...]


class Invitation(NamedTuple):
    """An invitation that waits to be taken up."""

    account_id: int
    seats: tuple[InvitedSeat, ...]
    invited_by: int | None
    expires_at: int


def invite(
    connection: Connection,
    key: int,
    *,
    at: int,
    days: float = INVITATION_DAYS,
    seats: Sequence[InvitedSeat] = (),
    by: int | None = None,
) -> str:
    """A one-time link's secret with which a person sets their password; it voids the links before it."""
    void_invitations(connection, key, at=at)
    secret = secrets.token_urlsafe(32)
    row = {
        "digest": digest_of_secret(secret),
        "account_id": key,
        "seats": json.dumps([[one.programme_id, one.role, list(one.tiers)] for one in seats]),
        "invited_by": by,
        "expires_at": at + round(days * DAY),
        "used_at": None,
    }
    connection.execute(insert(invitation), row)
    return secret


def invited(connection: Connection, secret: str, *, at: int) -> int:
    """The account, if it is not closed, that an unused, unexpired invitation is for. Raises NotFound."""
    return _waiting(connection, secret, at=at).account_id


def pending(connection: Connection, *, at: int) -> dict[int, Invitation]:
    """The invitations that wait to be taken up, by account."""
    rows = connection.execute(
        _INVITATIONS.where(
            invitation.c.used_at.is_(None), invitation.c.expires_at > at, account.c.disabled_at.is_(None)
        )
    )
    return {row.account_id: _invitation(row) for row in rows}


def take_up(connection: Connection, secret: str, password: Hashed, *, at: int) -> Invitation:
    """Set the password an invitation is for; the invitation. Raises NotFound, also where another was first."""
    found = _waiting(connection, secret, at=at)
    if void_invitations(connection, found.account_id, at=at) == 0:
        raise NotFound("this invitation is not valid any more", expected=UNUSED)
    set_password(connection, found.account_id, password)
    return found


def take_up_by_digest(connection: Connection, digest: bytes, *, at: int) -> Invitation | None:
    """Take an invitation up without a password, for who signs in elsewhere; None where it is not valid any more."""
    found = _by_digest(connection, digest, at=at)
    if found is None or void_invitations(connection, found.account_id, at=at) == 0:
        return None
    return found


def _waiting(connection: Connection, secret: str, *, at: int) -> Invitation:
    found = _by_digest(connection, digest_of_secret(secret), at=at)
    if found is None:
        raise NotFound("this invitation is not valid any more", expected=UNUSED)
    return found


def _by_digest(connection: Connection, digest: bytes, *, at: int) -> Invitation | None:
    row = connection.execute(
        _INVITATIONS.where(
            invitation.c.digest == digest,
            invitation.c.used_at.is_(None),
            invitation.c.expires_at > at,
            account.c.disabled_at.is_(None),
        )
    ).one_or_none()
    return _invitation(row) if row else None


def _invitation(row: Any) -> Invitation:
    seats = tuple(InvitedSeat(key, role, tuple(tiers)) for key, role, tiers in json.loads(row.seats))
    return Invitation(row.account_id, seats, row.invited_by, row.expires_at)


def void_invitations(connection: Connection, key: int, *, at: int) -> int:
    """Make every link of an account that waits worth nothing; how many."""
    unused = (invitation.c.account_id == key, invitation.c.used_at.is_(None))
    return connection.execute(update(invitation).where(*unused).values(used_at=at)).rowcount


def setup_secret(connection: Connection) -> str:
    """The one-time token of the first start, made once."""
    found = connection.execute(select(installation.c.value).where(installation.c.name == "setup")).scalar()
    if found is None:
        found = secrets.token_urlsafe(18).encode()
        connection.execute(insert(installation), {"name": "setup", "value": found})
    return bytes(found).decode()


def check_setup_secret(connection: Connection, given: str) -> None:
    """Raise Forbidden for anything but the unspent token of the first start."""
    kept = connection.execute(select(installation.c.value).where(installation.c.name == "setup")).scalar()
    if any_account(connection) or kept is None or not hmac.compare_digest(given.encode(), bytes(kept)):
        raise Forbidden("this set-up token is not valid", field="token", expected="the token of the first start")


def spend_setup_secret(connection: Connection, given: str) -> None:
    """Make sure that the token of the first start is used once. Raises Forbidden where another was first."""
    check_setup_secret(connection, given)
    if connection.execute(delete(installation).where(installation.c.name == "setup")).rowcount == 0:
        raise Forbidden("this set-up token was used just now", field="token", expected="the token of the first start")


_ROWS = (
    select(
        account.c.id,
        account.c.actor_id,
        account.c.name,
        actor.c.name.label("display_name"),
        organisation.c.name.label("organisation"),
        organisation.c.kind.label("organisation_kind"),
        account.c.owner,
        actor.c.simulated,
        account.c.disabled_at,
    )
    .join(actor, actor.c.id == account.c.actor_id)
    .join(organisation, organisation.c.id == actor.c.organisation_id)
)
_INVITATIONS = select(
    invitation.c.account_id, invitation.c.seats, invitation.c.invited_by, invitation.c.expires_at
).join(account, account.c.id == invitation.c.account_id)
