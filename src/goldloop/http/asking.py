"""Who is asking: a session with its CSRF header, or an API token. Handlers reach rows only through an `Ask`."""

from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Request
from fastapi.responses import JSONResponse
from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.errors import Forbidden
from goldloop.core.ids import Ids
from goldloop.http.errors import NotSignedIn
from goldloop.loop.context import Contexts
from goldloop.store.access import Caller, caller_of_session, caller_of_token, same_secret
from goldloop.store.open import Store

COOKIE = "goldloop_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Asking(NamedTuple):
    """One request on one store."""

    request: Request
    store: Store
    contexts: Contexts

    @property
    def ids(self) -> Ids:
        """Public ids of this installation."""
        return self.store.ids

    def caller(self, connection: Connection | None = None) -> Caller:
        """Who is asking. Raises NotSignedIn, and Forbidden for an unsafe request without its CSRF header."""
        if connection is None:
            with self.store.read() as fresh:
                return self.caller(fresh)
        bearer = self.request.headers.get("authorization", "")
        if bearer.lower().startswith("bearer "):
            by_token = caller_of_token(connection, bearer[7:].strip(), at=now())
            if by_token is None:
                raise NotSignedIn
            return by_token
        secret = self.request.cookies.get(COOKIE)
        signed_in = caller_of_session(connection, secret, at=now()) if secret else None
        if signed_in is None:
            raise NotSignedIn
        if self.request.method not in SAFE:
            given = self.request.headers.get("x-csrf-token", "")
            if not same_secret(given, signed_in.csrf):
                raise Forbidden(
                    "this request does not come from this page", field="X-CSRF-Token", expected="csrf of /api/me"
                )
        return signed_in.caller

    def csrf(self, connection: Connection) -> str:
        """The secret that this session's unsafe requests carry; empty for a token."""
        secret = self.request.cookies.get(COOKIE)
        signed_in = caller_of_session(connection, secret, at=now()) if secret else None
        return signed_in.csrf if signed_in else ""


async def _asking(request: Request) -> Asking:
    """Async, so that it runs in place instead of costing a hop to a thread."""
    return Asking(request, request.app.state.store, request.app.state.contexts)


Ask = Annotated[Asking, Depends(_asking)]


def reply(content: Any, status: int = 200) -> JSONResponse:
    """JSON as it is: the shapes are ours, and validating them again would cost the hot path half its time."""
    return JSONResponse(content, status_code=status)
