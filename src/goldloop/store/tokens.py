"""API tokens: sign-ins for programs, with scopes and an end. Only digests of their secrets are kept."""

import json
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from goldloop.store.credentials import digest_of_secret
from goldloop.store.schema import token


class TokenRow(NamedTuple):
    """An API token, without its secret."""

    id: int
    name: str
    scopes: tuple[str, ...]
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
    return [TokenRow._make(row)._replace(scopes=tuple(json.loads(row.scopes))) for row in rows]


def revoke_token(connection: Connection, account_id: int, key: int, *, at: int) -> bool:
    """End a token; False where the account has no such token."""
    statement = update(token).where(token.c.id == key, token.c.account_id == account_id).values(revoked_at=at)
    return connection.execute(statement).rowcount == 1


def revoke_tokens(connection: Connection, account_id: int, *, at: int) -> int:
    """End every token of an account; how many were in force."""
    mine = (token.c.account_id == account_id, token.c.revoked_at.is_(None))
    return connection.execute(update(token).where(*mine).values(revoked_at=at)).rowcount
