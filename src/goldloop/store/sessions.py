"""Sessions, and the failed sign-ins that close the door for a while. Only digests of secrets are kept."""

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from goldloop.core.clock import DAY, MINUTE
from goldloop.store.credentials import digest_of_secret
from goldloop.store.schema import attempt, session

ATTEMPT_WINDOW = 15 * MINUTE


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


def failed_attempts(connection: Connection, subjects: Sequence[str], *, at: int) -> int:
    """The most failed sign-ins of any of these names or addresses in the last 15 minutes."""
    digests = [digest_of_secret(subject) for subject in subjects]
    rows = connection.execute(
        select(func.count())
        .where(attempt.c.subject.in_(digests), attempt.c.at > at - ATTEMPT_WINDOW)
        .group_by(attempt.c.subject)
    )
    return max((count for (count,) in rows), default=0)


def note_attempt(connection: Connection, subjects: Sequence[str], *, at: int) -> list[int]:
    """Count a sign-in as failed before it is tried, so that guesses made at once count too; the keys to forget it by.

    Those that no longer count are forgotten.
    """
    connection.execute(delete(attempt).where(attempt.c.at <= at - ATTEMPT_WINDOW))
    rows = [{"subject": digest_of_secret(subject), "at": at} for subject in subjects]
    return list(connection.execute(insert(attempt).returning(attempt.c.id), rows).scalars())


def forget_attempt(connection: Connection, keys: Sequence[int]) -> None:
    """A counted attempt was none: it succeeded, or was never tried."""
    connection.execute(delete(attempt).where(attempt.c.id.in_(keys)))
