"""Browsers in which somebody signed in before: each holds a random secret, of which the digest is kept."""

import secrets

from sqlalchemy import Connection, delete, insert, select, update

from goldloop.core.clock import DAY
from goldloop.store.credentials import digest_of_secret
from goldloop.store.schema import account, browser

DAYS = 180


def known_browser(connection: Connection, name: str, secret: str | None, *, at: int) -> bytes | None:
    """The digest of a browser in which the account of this name signed in; None where it did not."""
    if secret is None:
        return None
    mine = (account.c.name == name, browser.c.digest == digest_of_secret(secret), browser.c.seen_at > at - DAYS * DAY)
    found = connection.execute(select(browser.c.digest).join(account).where(*mine)).scalar()
    return bytes(found) if found is not None else None


def know_browser(connection: Connection, account_id: int, secret: str | None, *, at: int) -> str:
    """Remember where an account signed in; the secret to keep there, a new one unless somebody's is kept already."""
    connection.execute(delete(browser).where(browser.c.seen_at <= at - DAYS * DAY))
    digest = digest_of_secret(secret) if secret is not None else b""
    if secret is None or connection.execute(select(browser.c.digest).where(browser.c.digest == digest)).first() is None:
        secret = secrets.token_urlsafe(32)
        digest = digest_of_secret(secret)
    mine = (browser.c.digest == digest, browser.c.account_id == account_id)
    if connection.execute(update(browser).where(*mine).values(seen_at=at)).rowcount == 0:
        connection.execute(insert(browser), {"digest": digest, "account_id": account_id, "seen_at": at})
    return secret


def forget_browsers(connection: Connection, account_id: int) -> None:
    """No browser is known to an account any more."""
    connection.execute(delete(browser).where(browser.c.account_id == account_id))
