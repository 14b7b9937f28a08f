"""Accounts: credentials of a person, how they come by them, and the first of all."""

import hmac
import secrets
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from goldloop.core.clock import DAY
from goldloop.core.errors import Conflict, Forbidden, NotFound
from goldloop.store.credentials import Hashed, digest_of_secret, opens
from goldloop.store.schema import account, actor, installation, invitation, organisation, session

INVITATION_DAYS = 7


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
    """Change a password and end every session of the account."""
    connection.execute(update(account).where(account.c.id == key).values(password=password))
    connection.execute(delete(session).where(session.c.account_id == key))


def other_owners(connection: Connection, key: int) -> bool:
    """True where somebody else who can sign in owns the installation."""
    able = (account.c.owner, account.c.disabled_at.is_(None), account.c.password.is_not(None), account.c.id != key)
    return connection.execute(select(account.c.id).where(*able).limit(1)).scalar() is not None


def set_disabled(connection: Connection, key: int, at: int | None) -> None:
    """Close an account and end its sessions, or open it again."""
    connection.execute(update(account).where(account.c.id == key).values(disabled_at=at))
    if at is not None:
        connection.execute(delete(session).where(session.c.account_id == key))


def invite(connection: Connection, key: int, *, at: int) -> str:
    """A one-time link's secret with which a person sets their password; it voids the links before it."""
    _void_invitations(connection, key, at=at)
    secret = secrets.token_urlsafe(32)
    row = {"digest": digest_of_secret(secret), "account_id": key, "expires_at": at + INVITATION_DAYS * DAY}
    connection.execute(insert(invitation), {**row, "used_at": None})
    return secret


def invited(connection: Connection, secret: str, *, at: int) -> int:
    """The account, if it is not closed, that an unused, unexpired invitation is for. Raises NotFound."""
    found = connection.execute(
        select(invitation.c.account_id)
        .join(account, account.c.id == invitation.c.account_id)
        .where(
            invitation.c.digest == digest_of_secret(secret),
            invitation.c.used_at.is_(None),
            invitation.c.expires_at > at,
            account.c.disabled_at.is_(None),
        )
    ).scalar()
    if found is None:
        raise NotFound("this invitation is not valid any more", expected="an unused link of the last 7 days")
    return int(found)


def take_up(connection: Connection, secret: str, password: Hashed, *, at: int) -> int:
    """Set the password an invitation is for; the account's key. Raises NotFound, also where another was first."""
    key = invited(connection, secret, at=at)
    if _void_invitations(connection, key, at=at) == 0:
        raise NotFound("this invitation is not valid any more", expected="an unused link of the last 7 days")
    set_password(connection, key, password)
    return key


def _void_invitations(connection: Connection, key: int, *, at: int) -> int:
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
