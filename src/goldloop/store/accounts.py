"""Accounts: credentials of a person. Passwords are argon2id hashes; sessions and links are kept as digests only."""

import hashlib
import json
import secrets
import threading
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from goldloop.core.clock import DAY, MINUTE
from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.store.schema import account, actor, attempt, installation, invitation, organisation, session, token

if TYPE_CHECKING:
    from pwdlib import PasswordHash

SHORTEST_PASSWORD = 10
ATTEMPT_WINDOW = 15 * MINUTE
INVITATION_DAYS = 7
_HASHING = threading.Semaphore(2)  # each hash takes 64 MiB: sign-ins queue rather than exhaust the memory


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


class NewSession(NamedTuple):
    """What the browser gets: the secret of the session and the secret of its forms."""

    secret: str
    csrf: str
    expires_at: int


def digest_of_secret(secret: str) -> bytes:
    """How a random secret is stored: it has 256 bits, so a plain digest cannot be searched."""
    return hashlib.sha256(secret.encode()).digest()


def hash_password(password: str) -> str:
    """An argon2id hash. Raises Invalid for a password that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(
            "the password is too short",
            field="password",
            expected=f"at least {SHORTEST_PASSWORD} characters",
            found=f"{len(password)}",
        )
    with _HASHING:
        return _hasher().hash(password)


def add_account(
    connection: Connection, actor_id: int, name: str, *, password: str | None, owner: bool = False, at: int
) -> int:
    """An account for a person; without a password it waits for an invitation to be taken up. Its key."""
    if connection.execute(select(account.c.id).where(account.c.name == name)).scalar() is not None:
        raise Conflict("there is an account of this name", field="name", expected="another name", found=name)
    row = {
        "actor_id": actor_id,
        "name": name,
        "password": hash_password(password) if password is not None else None,
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
    stored = row.password if row is not None and row.password is not None else _nobody()
    with _HASHING:
        good = _hasher().verify(password, stored)
    if not good or row is None or row.password is None:
        return None
    found = account_row(connection, row.id)
    return None if found.disabled_at is not None else found


def set_password(connection: Connection, key: int, password: str) -> None:
    """Change a password and end every session of the account."""
    connection.execute(update(account).where(account.c.id == key).values(password=hash_password(password)))
    connection.execute(delete(session).where(session.c.account_id == key))


def set_disabled(connection: Connection, key: int, at: int | None) -> None:
    """Close an account and end its sessions, or open it again."""
    connection.execute(update(account).where(account.c.id == key).values(disabled_at=at))
    if at is not None:
        connection.execute(delete(session).where(session.c.account_id == key))


def begin_session(connection: Connection, key: int, *, days: float, at: int) -> NewSession:
    """A server-side session; only digests of its secrets are kept."""
    new = NewSession(secrets.token_urlsafe(32), secrets.token_urlsafe(24), at + round(days * DAY))
    row = {
        "digest": digest_of_secret(new.secret),
        "account_id": key,
        "csrf": new.csrf.encode(),
        "created_at": at,
        "expires_at": new.expires_at,
    }
    connection.execute(insert(session), row)
    return new


def end_session(connection: Connection, secret: str) -> None:
    """Sign out."""
    connection.execute(delete(session).where(session.c.digest == digest_of_secret(secret)))


def invite(connection: Connection, key: int, *, at: int) -> str:
    """A one-time link's secret with which a person sets their password."""
    secret = secrets.token_urlsafe(32)
    row = {"digest": digest_of_secret(secret), "account_id": key, "expires_at": at + INVITATION_DAYS * DAY}
    connection.execute(insert(invitation), {**row, "used_at": None})
    return secret


def invited(connection: Connection, secret: str, *, at: int) -> int:
    """The account an unused, unexpired invitation is for. Raises NotFound."""
    found = connection.execute(
        select(invitation.c.account_id).where(
            invitation.c.digest == digest_of_secret(secret),
            invitation.c.used_at.is_(None),
            invitation.c.expires_at > at,
        )
    ).scalar()
    if found is None:
        raise NotFound("this invitation is not valid any more", expected="an unused link of the last 7 days")
    return int(found)


def take_up(connection: Connection, secret: str, password: str, *, at: int) -> int:
    """Set the password an invitation is for; the account's key. Raises NotFound, Invalid."""
    key = invited(connection, secret, at=at)
    connection.execute(update(invitation).where(invitation.c.digest == digest_of_secret(secret)).values(used_at=at))
    set_password(connection, key, password)
    return key


def failed_attempts(connection: Connection, subjects: Sequence[str], *, at: int) -> int:
    """The most failed sign-ins of any of these names or addresses in the last 15 minutes."""
    digests = [digest_of_secret(subject) for subject in subjects]
    rows = connection.execute(
        select(func.count())
        .where(attempt.c.subject.in_(digests), attempt.c.at > at - ATTEMPT_WINDOW)
        .group_by(attempt.c.subject)
    )
    return max((count for (count,) in rows), default=0)


def note_attempt(connection: Connection, subjects: Sequence[str], *, at: int) -> None:
    """Remember a failed sign-in, and forget those that no longer count."""
    connection.execute(delete(attempt).where(attempt.c.at <= at - ATTEMPT_WINDOW))
    connection.execute(insert(attempt), [{"subject": digest_of_secret(subject), "at": at} for subject in subjects])


class TokenRow(NamedTuple):
    """An API token, without its secret."""

    id: int
    name: str
    scopes: str
    created_at: int
    expires_at: int | None
    revoked_at: int | None


def add_token(
    connection: Connection, key: int, name: str, scopes: Sequence[str], *, expires_at: int | None, at: int
) -> tuple[int, str]:
    """A new API token: its key, and its secret, which is shown once."""
    secret = f"glt_{secrets.token_urlsafe(32)}"
    row = {
        "account_id": key,
        "name": name,
        "digest": digest_of_secret(secret),
        "scopes": json.dumps(sorted(scopes)),
        "created_at": at,
        "expires_at": expires_at,
        "revoked_at": None,
    }
    return int(connection.execute(insert(token).returning(token.c.id), row).scalar_one()), secret


def tokens(connection: Connection, key: int) -> list[TokenRow]:
    """The tokens of an account, newest first."""
    rows = connection.execute(
        select(token.c.id, token.c.name, token.c.scopes, token.c.created_at, token.c.expires_at, token.c.revoked_at)
        .where(token.c.account_id == key)
        .order_by(token.c.id.desc())
    )
    return [TokenRow._make(row) for row in rows]


def revoke_token(connection: Connection, account_id: int, key: int, *, at: int) -> bool:
    """End a token; False where the account has no such token."""
    statement = update(token).where(token.c.id == key, token.c.account_id == account_id).values(revoked_at=at)
    return connection.execute(statement).rowcount == 1


def setup_secret(connection: Connection) -> str:
    """The one-time token of the first start, made once."""
    found = connection.execute(select(installation.c.value).where(installation.c.name == "setup")).scalar()
    if found is None:
        found = secrets.token_urlsafe(18).encode()
        connection.execute(insert(installation), {"name": "setup", "value": found})
    return bytes(found).decode()


@cache
def _hasher() -> "PasswordHash":
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    return PasswordHash((Argon2Hasher(),))


@cache
def _nobody() -> str:
    """A hash that no password opens, so that unknown names cost as much time as known ones."""
    return _hasher().hash(secrets.token_urlsafe(32))


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
