"""Who is asking: a session with its CSRF header, or an API token. Handlers reach rows only through an `Ask`."""

from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Request
from fastapi.responses import JSONResponse
from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.errors import Forbidden
from goldloop.core.ids import Ids
from goldloop.core.pseudonym import mark
from goldloop.core.settings import Settings
from goldloop.http.address import address_of
from goldloop.http.errors import NotSignedIn
from goldloop.loop.context import Contexts
from goldloop.store.caller import Caller, Place, SignedIn, caller_of_session, caller_of_token, same_secret
from goldloop.store.open import Store
from goldloop.store.seen import Way, note_seen

COOKIE = "goldloop_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PUBLIC = frozenset({"state", "set_up", "sign_in", "invitation", "take_up_invitation", "begin_oidc", "end_oidc"})
"""The routes, by name, that answer who is not signed in. There is no other list."""


class Asking(NamedTuple):
    """One request on one store."""

    request: Request
    store: Store
    contexts: Contexts

    @property
    def ids(self) -> Ids:
        """Public ids of this installation."""
        return self.store.ids

    def place(self) -> Place:
        """Where the request comes from; a list as CSV is a file."""
        address = address_of(self.request, self.store.settings.proxies)
        return Place(address, saves="csv" in self.request.query_params.getlist("format"))

    def caller(self, connection: Connection | None = None) -> Caller:
        """Who is asking. Raises NotSignedIn, and Forbidden for an unsafe request without its CSRF header."""
        if connection is None:
            with self.store.read() as fresh:
                return self.signed_in(fresh).caller
        return self.signed_in(connection).caller

    def signed_in(self, connection: Connection) -> SignedIn:
        """Who is asking, with the secret that their session's unsafe requests carry; it is empty for a token."""
        token = _bearer(self.request)
        if token is not None:
            by_token = caller_of_token(connection, token, at=now(), place=self.place)
            if by_token is None:
                raise NotSignedIn
            return SignedIn(by_token, "")
        secret = self.request.cookies.get(cookie_of(self.store.settings))
        found = caller_of_session(connection, secret, at=now(), place=self.place) if secret else None
        if found is None:
            raise NotSignedIn
        if self.request.method not in SAFE:
            _same_page(self.request, found.csrf)
        return found

    def mark(self, caller: Caller, programme_id: int) -> str | None:
        """What a programme with a workspace writes over the items that somebody reads; None without one."""
        return self.mark_of(programme_id, caller.actor_id) if programme_id in caller.spaces else None

    def mark_of(self, programme_id: int, actor_id: int) -> str:
        """The mark that leads to a person in a programme."""
        return mark(self.store.secret, self.ids.show("programme", programme_id), self.ids.show("actor", actor_id))

    def note_seen(
        self, connection: Connection, caller: Caller, programme_id: int, items: Iterable[int], way: Way
    ) -> None:
        """Record which items somebody is shown, where the programme declares a workspace."""
        if programme_id in caller.spaces and caller.place is not None:
            address = caller.place.address or ""
            note_seen(connection, programme_id, caller.actor_id, items, way, address, at=now())

    def seen(self, caller: Caller, programme_id: int, items: Iterable[int], way: Way) -> None:
        """The same for what only reads: after its transaction, before its answer."""
        if programme_id in caller.spaces:
            with self.store.write(durable=False) as connection:
                self.note_seen(connection, caller, programme_id, items, way)


async def _asking(request: Request) -> Asking:
    """Async, so that it runs in place instead of costing a hop to a thread.

    Whoever brings nothing at all is turned away here, before a handler could forget to ask who they are.
    """
    if request.scope["route"].name not in PUBLIC and _bearer(request) is None:
        if not request.cookies.get(cookie_of(request.app.state.store.settings)):
            raise NotSignedIn
        if request.method not in SAFE and not request.headers.get("x-csrf-token"):
            _same_page(request, "")
    return Asking(request, request.app.state.store, request.app.state.contexts)


Ask = Annotated[Asking, Depends(_asking)]


def reply(content: Any, status: int = 200) -> JSONResponse:
    """JSON as it is: the shapes are ours, and validating them again would cost the hot path half its time."""
    return JSONResponse(content, status_code=status)


def cookie_of(settings: Settings) -> str:
    """The name of the session's cookie."""
    return host_cookie(settings, COOKIE)


def host_cookie(settings: Settings, name: str) -> str:
    """The name of a cookie: behind TLS one that only this very host can set, and no neighbour of it."""
    return f"__Host-{name}" if settings.secure else name


def _bearer(request: Request) -> str | None:
    header = request.headers.get("authorization", "")
    return header[7:].strip() if header[:7].lower() == "bearer " else None


def _same_page(request: Request, csrf: str) -> None:
    given = request.headers.get("x-csrf-token", "")
    if not given or not same_secret(given, csrf):
        raise Forbidden("this request does not come from this page", field="X-CSRF-Token", expected="csrf of /api/me")
