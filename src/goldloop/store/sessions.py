"""Sessions: on the server, by the digest of a random secret."""

import secrets
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert

from goldloop.core.clock import DAY
from goldloop.store.credentials import digest_of_secret
from goldloop.store.schema import session


class NewSession(NamedTuple):
    """What the browser gets: the secret of the session and the secret of its forms."""

    secret: str
    csrf: str
    expires_at: int


def begin_session(connection: Connection, key: int, *, days: float, at: int) -> NewSession:
    """A server-side session; only the digest of its secret is kept. Sessions that are over are forgotten."""
    connection.execute(delete(session).where(session.c.expires_at <= at))
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


def end_sessions(connection: Connection, key: int) -> int:
    """Sign an account out everywhere; how many sessions ended."""
    return connection.execute(delete(session).where(session.c.account_id == key)).rowcount
