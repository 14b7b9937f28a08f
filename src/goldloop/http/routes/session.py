"""First start, signing in and out, invitations, one's own password."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict
from sqlalchemy import Connection

from goldloop import __version__
from goldloop.core.clock import now
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Noun
from goldloop.http.asking import Ask, Asking, cookie_of, host_cookie, reply
from goldloop.http.errors import NotSignedIn, TooMany
from goldloop.loop.seat_invited import seat_invited
from goldloop.store import accounts, attempts, ledger, sessions
from goldloop.store.browsers import DAYS as BROWSER_DAYS
from goldloop.store.browsers import know_browser, known_browser
from goldloop.store.caller import SignedIn, caller_of_session
from goldloop.store.credentials import hash_password
from goldloop.store.people import Person, add_person, organisation_key
from goldloop.store.programmes import programmes

routes = APIRouter()
SignInName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._@+-]{0,99}$", description="sign-in name")]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Password = Annotated[str, Field(max_length=1000)]
BROWSER = "goldloop_browser"
PERSON: JsonDict = {"name": "mira", "password": "correct horse battery"}


class SetUp(Noun):
    """The first owner. `token` is printed where the server was started."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**PERSON, "token": "s3cr3t", "organisation": "Acme", "display_name": "Mira Lindt"}]
        }
    )

    token: Line
    name: SignInName
    password: Password
    organisation: Line
    display_name: Line


class SignIn(Noun):
    """Credentials."""

    model_config = ConfigDict(json_schema_extra={"examples": [PERSON]})

    name: Line
    password: Password


class NewPassword(Noun):
    """A password to set by an invitation."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"password": "correct horse battery"}]})

    password: Password


class ChangePassword(Noun):
    """One's own password, from old to new."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"old": "correct horse battery", "new": "staple in its place"}]}
    )

    old: Password
    new: Password


@routes.get("/state")
def state(ask: Ask) -> JSONResponse:
    """Version, whether the first owner is still to be set up, and who is signed in: null where nobody is.

    So a page can ask who is there without a refusal, which a browser would write down as a failure.
    """
    with ask.store.read() as connection:
        settings = ask.store.settings
        try:
            signed_in = ask.signed_in(connection)
        except NotSignedIn:
            signed_in = None
        shown = {
            "version": __version__,
            "needs_setup": not accounts.any_account(connection),
            "sso": settings.oidc_label if settings.oidc_issuer else None,
            "me": _me(ask, connection, signed_in) if signed_in is not None else None,
        }
    return reply(shown)


@routes.post("/setup")
def set_up(ask: Ask, body: SetUp) -> JSONResponse:
    """Create the first owner; possible once, with the token of the first start."""
    at, store = now(), ask.store
    with store.read() as connection:
        accounts.check_setup_secret(connection, body.token)
    password = hash_password(body.password)
    with store.write() as connection:
        accounts.spend_setup_secret(connection, body.token)
        organisation = organisation_key(connection, body.organisation, "enterprise", at=at)
        actor = add_person(connection, organisation, Person(body.display_name, tiers=(1, 2, 3)), at=at)
        key = accounts.add_account(connection, actor, body.name, password=password, owner=True, at=at)
        data = {"account": key}
        ledger.record(
            connection, "installation.set_up", programme=None, actor=actor, subject=str(key), data=data, at=at
        )
    return _begin(ask, key)


@routes.post("/session")
def sign_in(ask: Ask, body: SignIn) -> JSONResponse:
    """Begin a session. Too many failures close the door for a while, but not in a browser that signed in before."""
    found = _checked(ask, body.name, body.password)
    if found is None:
        raise Invalid("name or password is wrong", field="password", expected="the right name and password")
    return _begin(ask, found.id)


@routes.delete("/session", status_code=204)
def sign_out(ask: Ask) -> Response:
    """End the session."""
    ask.caller()
    settings = ask.store.settings
    secret = ask.request.cookies.get(cookie_of(settings))
    if secret:
        with ask.store.write() as connection:
            sessions.end_session(connection, secret)
    response = Response(status_code=204)
    response.delete_cookie(cookie_of(settings), secure=settings.secure)
    return response


@routes.get("/me")
def me(ask: Ask) -> JSONResponse:
    """Who is signed in, with their roles and the secret for unsafe requests."""
    with ask.store.read() as connection:
        return reply(_me(ask, connection, ask.signed_in(connection)))


@routes.post("/me/password", status_code=204)
def change_password(ask: Ask, body: ChangePassword) -> Response:
    """Change one's own password; every session ends."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        caller.require_scope("admin")
        name = accounts.account_row(connection, caller.account_id).name
    if _checked(ask, name, body.old) is None:
        raise Invalid("the old password is wrong", field="old", expected="the password in force")
    password = hash_password(body.new)
    with ask.store.write() as connection:
        accounts.set_password(connection, caller.account_id, password)
        secret = know_browser(connection, caller.account_id, _browser(ask), at=now())
    response = Response(status_code=204)
    _keep_browser(ask, response, secret)
    return response


@routes.get("/invitations/{secret}")
def invitation(ask: Ask, secret: str) -> JSONResponse:
    """Who an invitation is for."""
    with ask.store.read() as connection:
        key = accounts.invited(connection, secret, at=now())
        row = accounts.account_row(connection, key)
        return reply({"name": row.name, "display_name": row.display_name})


@routes.post("/invitations/{secret}")
def take_up_invitation(ask: Ask, secret: str, body: NewPassword) -> JSONResponse:
    """Set the password an invitation is for, and sign in."""
    at = now()
    with ask.store.read() as connection:
        accounts.invited(connection, secret, at=at)
    password = hash_password(body.password)
    with ask.store.write() as connection:
        found = accounts.take_up(connection, secret, password, at=at)
        seat_invited(connection, found, at=at)
    return _begin(ask, found.account_id)


def _checked(ask: Asking, name: str, password: str) -> accounts.AccountRow | None:
    """The account these credentials open, or None. Raises TooMany, before the password is looked at."""
    at, store = now(), ask.store
    with store.read() as connection:
        known = known_browser(connection, name, _browser(ask), at=at)
    against = attempts.limits(name, ask.place().address, browser=known, most=store.settings.sign_in_attempts)
    with store.write(durable=False) as connection:
        noted = attempts.note_attempt(connection, against, at=at)
    with store.read() as connection:  # after the commit, so that every guess made at the same time is counted
        shut = attempts.closed(connection, against, at=at)
        found = None if shut else accounts.check_password(connection, name, password)
    if shut or found is not None:
        with store.write(durable=False) as connection:
            attempts.forget_attempt(connection, noted)
    if shut:
        elsewhere = "a browser in which you signed in before, or a new invitation"
        raise TooMany(shut.seconds, otherwise=elsewhere if shut.everywhere else "")
    return found


def _begin(ask: Asking, account_id: int) -> JSONResponse:
    """A session in place of the one before, if there was one; the browser is known from now on."""
    at = now()
    with ask.store.write() as connection:
        new = begin_in_place(ask, connection, account_id, at=at)
        secret = know_browser(connection, account_id, _browser(ask), at=at)
        signed_in = caller_of_session(connection, new.secret, at=at)
        if signed_in is None:
            raise NotSignedIn
        response = reply(_me(ask, connection, signed_in))
    keep(ask, response, new)
    _keep_browser(ask, response, secret)
    return response


def _browser(ask: Asking) -> str | None:
    return ask.request.cookies.get(host_cookie(ask.store.settings, BROWSER))


def _keep_browser(ask: Asking, response: Response, secret: str) -> None:
    settings = ask.store.settings
    response.set_cookie(
        host_cookie(settings, BROWSER),
        secret,
        max_age=BROWSER_DAYS * 86_400,
        httponly=True,
        samesite="lax",
        secure=settings.secure,
    )


def begin_in_place(ask: Asking, connection: Connection, account_id: int, *, at: int) -> sessions.NewSession:
    """A new session of an account; the one that the browser had before is over."""
    before = ask.request.cookies.get(cookie_of(ask.store.settings))
    if before:
        sessions.end_session(connection, before)
    return sessions.begin_session(connection, account_id, days=ask.store.settings.session_days, at=at)


def keep(ask: Asking, response: Response, new: sessions.NewSession) -> None:
    """Have the browser keep a session."""
    settings = ask.store.settings
    response.set_cookie(
        cookie_of(settings),
        new.secret,
        max_age=round(settings.session_days * 86_400),
        httponly=True,
        samesite="lax",
        secure=settings.secure,
    )


def _me(ask: Asking, connection: Connection, signed_in: SignedIn) -> dict[str, Any]:
    caller, ids = signed_in.caller, ask.ids
    row = accounts.account_row(connection, caller.account_id)
    names = {one.id: one.name for one in programmes(connection, sorted(caller.memberships))}
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
        "csrf": signed_in.csrf,
        "roles": [
            {"programme_id": ids.show("programme", key), "programme": names[key], "role": role}
            for key, mine in sorted(caller.memberships.items())
            for role in sorted(mine.roles)
        ],
        "tiers": {ids.show("programme", key): sorted(mine.tiers) for key, mine in caller.memberships.items()},
    }
