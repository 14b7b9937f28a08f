"""First start, signing in and out, invitations, one's own password."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from goldloop import __version__
from goldloop.core.clock import now
from goldloop.core.errors import Forbidden, Invalid
from goldloop.core.nouns import Noun
from goldloop.http.asking import COOKIE, Ask, Asking, reply
from goldloop.http.errors import NotSignedIn, TooMany
from goldloop.store import accounts, ledger
from goldloop.store.access import Caller, same_secret
from goldloop.store.people import Person, add_person, organisation_key
from goldloop.store.programmes import programmes

routes = APIRouter()


class SetUp(Noun):
    """The first owner. `token` is printed where the server was started."""

    token: str
    name: str
    password: str
    organisation: str
    display_name: str


class SignIn(Noun):
    """Credentials."""

    name: str
    password: str


class NewPassword(Noun):
    """A password to set by an invitation."""

    password: str


class ChangePassword(Noun):
    """One's own password, from old to new."""

    old: str
    new: str


@routes.get("/state")
def state(ask: Ask) -> JSONResponse:
    """Version, and whether the first owner is still to be set up."""
    with ask.store.read() as connection:
        return reply({"version": __version__, "needs_setup": not accounts.any_account(connection)})


@routes.post("/setup")
def set_up(ask: Ask, body: SetUp) -> JSONResponse:
    """Create the first owner; possible once, with the token of the first start."""
    at = now()
    with ask.store.write() as connection:
        if accounts.any_account(connection) or not same_secret(body.token, accounts.setup_secret(connection)):
            raise Forbidden("this set-up token is not valid", field="token", expected="the token of the first start")
        organisation = organisation_key(connection, body.organisation, "enterprise", at=at)
        actor = add_person(connection, organisation, Person(body.display_name, tiers=(3,)), at=at)
        key = accounts.add_account(connection, actor, body.name, password=body.password, owner=True, at=at)
        data = {"account": key}
        ledger.record(
            connection, "installation.set_up", programme=None, actor=actor, subject=str(key), data=data, at=at
        )
    return _signed_in(ask, key)


@routes.post("/session")
def sign_in(ask: Ask, body: SignIn) -> JSONResponse:
    """Begin a session. Ten failures of a name or an address in 15 minutes close the door for the rest of them."""
    at, store = now(), ask.store
    subjects = (f"name:{body.name}", f"from:{_address(ask.request)}")
    with store.read() as connection:
        if accounts.failed_attempts(connection, subjects, at=at) >= store.settings.sign_in_attempts:
            raise TooMany(accounts.ATTEMPT_WINDOW // 1_000_000)
        found = accounts.check_password(connection, body.name, body.password)
    if found is None:
        with store.write(durable=False) as connection:
            accounts.note_attempt(connection, subjects, at=at)
        raise Invalid("name or password is wrong", field="password", expected="the right name and password")
    return _signed_in(ask, found.id)


@routes.delete("/session", status_code=204)
def sign_out(ask: Ask) -> Response:
    """End the session."""
    ask.caller()
    secret = ask.request.cookies.get(COOKIE)
    if secret:
        with ask.store.write() as connection:
            accounts.end_session(connection, secret)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE)
    return response


@routes.get("/me")
def me(ask: Ask) -> JSONResponse:
    """Who is signed in, with their roles and the secret for unsafe requests."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        return reply(_me(ask, connection, caller, ask.csrf(connection)))


@routes.post("/me/password", status_code=204)
def change_password(ask: Ask, body: ChangePassword) -> Response:
    """Change one's own password; every session ends."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = accounts.account_row(connection, caller.account_id)
        if accounts.check_password(connection, row.name, body.old) is None:
            raise Invalid("the old password is wrong", field="old", expected="the password in force")
        accounts.set_password(connection, caller.account_id, body.new)
    return Response(status_code=204)


@routes.get("/invitations/{secret}")
def invitation(ask: Ask, secret: str) -> JSONResponse:
    """Who an invitation is for."""
    with ask.store.read() as connection:
        key = accounts.invited(connection, secret, at=now())
        return reply({"name": accounts.account_row(connection, key).name})


@routes.post("/invitations/{secret}")
def take_up_invitation(ask: Ask, secret: str, body: NewPassword) -> JSONResponse:
    """Set the password an invitation is for, and sign in."""
    with ask.store.write() as connection:
        key = accounts.take_up(connection, secret, body.password, at=now())
    return _signed_in(ask, key)


def _signed_in(ask: Asking, account_id: int) -> JSONResponse:
    settings = ask.store.settings
    with ask.store.write() as connection:
        new = accounts.begin_session(connection, account_id, days=settings.session_days, at=now())
        row = accounts.account_row(connection, account_id)
    request = Request(
        {**ask.request.scope, "headers": [(b"cookie", f"{COOKIE}={new.secret}".encode())], "method": "GET"}
    )
    again = Asking(request, ask.store, ask.contexts)
    with ask.store.read() as connection:
        caller = again.caller(connection)
        if caller.account_id != row.id:
            raise NotSignedIn
        response = reply(_me(again, connection, caller, new.csrf))
    response.set_cookie(
        COOKIE,
        new.secret,
        max_age=round(settings.session_days * 86_400),
        httponly=True,
        samesite="lax",
        secure=settings.public_url.startswith("https://"),
    )
    return response


def _me(ask: Asking, connection: Any, caller: Caller, csrf: str) -> dict[str, Any]:
    row = accounts.account_row(connection, caller.account_id)
    names = {one.id: one.name for one in programmes(connection, sorted(caller.memberships))}
    ids = ask.ids
    return {
        "actor": {
            "id": ids.show("actor", row.actor_id),
            "kind": "person",
            "name": row.display_name,
            "version": None,
            "simulated": row.simulated,
        },
        "account": row.name,
        "owner": row.owner,
        "organisation": row.organisation,
        "csrf": csrf,
        "roles": [
            {"programme_id": ids.show("programme", key), "programme": names[key], "role": role}
            for key, mine in sorted(caller.memberships.items())
            for role in sorted(mine.roles)
        ],
        "tiers": {ids.show("programme", key): sorted(mine.tiers) for key, mine in caller.memberships.items()},
    }


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
