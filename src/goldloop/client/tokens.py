"""API tokens: sign-ins for programs, with a purpose and an end."""

from collections.abc import Sequence
from typing import Literal

from goldloop.client.wire import Row, Wire, address

Scope = Literal["read", "write", "work", "admin"]
SCOPES: tuple[Scope, ...] = ("read", "write", "work", "admin")


class TokenRow(Row):
    """A token, without its secret."""

    id: str
    name: str
    created_at: int
    expires_at: int | None = None
    revoked_at: int | None = None


class NewToken(Row):
    """A new token; `token` is its secret, shown this once."""

    id: str
    token: str


class Tokens:
    """`client.tokens`: one's own."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(self) -> list[TokenRow]:
        """One's own tokens, newest first."""
        return list(self._wire.rows(TokenRow, "tokens"))

    def add(self, name: str, *, scopes: Sequence[Scope] = ("read",), days: float | None = 90) -> NewToken:
        """A new token; `days` None never ends."""
        return self._wire.one(NewToken, "POST", "tokens", json={"name": name, "scopes": list(scopes), "days": days})

    def revoke(self, token_id: str) -> None:
        """End a token."""
        self._wire.ask("DELETE", address("tokens", token_id))
