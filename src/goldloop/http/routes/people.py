"""Organisations, people, invitations and API tokens."""

from typing import Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from goldloop.core.clock import DAY, iso, now
from goldloop.core.errors import Forbidden, Invalid, NotFound
from goldloop.core.nouns import Noun
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import Format, page
from goldloop.store import accounts, ledger
from goldloop.store import people as store_people
from goldloop.store.people import Person, PersonRow

routes = APIRouter()


class NewOrganisation(Noun):
    """An organisation that owns people and programmes."""

    name: str = Field(min_length=1, max_length=200)
    kind: Literal["enterprise", "provider", "client"]


class NewPerson(Noun):
    """A person with an account that waits for its invitation to be taken up."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._@+-]{0,99}$", description="sign-in name")
    display_name: str = Field(min_length=1, max_length=200)
    organisation: str
    employment: Literal["permanent", "contract", "gig"] = "permanent"
    started_at: int = 0
    tiers: tuple[Literal[1, 2, 3], ...] = (1,)
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    residency: str | None = None
    clearance: tuple[str, ...] = ()
    rate: int | None = Field(default=None, ge=0, description="minor units an hour")
    currency: str | None = None
    simulated: bool = Field(default=False, description="a fact of the record: certificates print it")
    owner: bool = False


class NewToken(Noun):
    """An API token with a purpose and an end."""

    name: str = Field(min_length=1, max_length=100)
    scopes: tuple[Literal["read", "write", "work", "admin"], ...] = ("read",)
    days: float | None = Field(default=90, gt=0, le=3650)


@routes.get("/organisations")
def organisations(ask: Ask) -> JSONResponse:
    """Every organisation."""
    with ask.store.read() as connection:
        _staff(ask.caller(connection))
        rows = store_people.organisations(connection)
        shown = [{"id": ask.ids.show("organisation", key), "name": name, "kind": kind} for key, name, kind in rows]
        return reply({"rows": shown, "next": None})


@routes.post("/organisations", status_code=201)
def add_organisation(ask: Ask, body: NewOrganisation) -> JSONResponse:
    """Add an organisation."""
    with ask.store.write() as connection:
        ask.caller(connection).require_owner()
        key = store_people.organisation_key(connection, body.name, body.kind, at=now())
        return reply({"id": ask.ids.show("organisation", key), "name": body.name, "kind": body.kind}, 201)


@routes.get("/people")
def people(ask: Ask, format: Format = "json") -> Response:
    """Everybody who has an account."""
    with ask.store.read() as connection:
        _staff(ask.caller(connection))
        names = {row.actor_id: row for row in accounts.accounts(connection)}
        rows = [_person(ask, row, names) for row in store_people.people(connection) if row.actor_id in names]
    return page(rows, format=format, name="people")


@routes.post("/people", status_code=201)
def add_person(ask: Ask, body: NewPerson) -> JSONResponse:
    """Add a person; the answer holds the one-time link with which they set their password."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        caller.require_owner()
        organisation = store_people.find_organisation(connection, body.organisation)
        if organisation is None:
            raise Invalid(
                "there is no such organisation", field="organisation", expected="its name", found=body.organisation
            )
        fields = body.model_dump(exclude={"name", "organisation", "owner"})
        actor = store_people.add_person(connection, organisation, Person(**fields), at=at)
        key = accounts.add_account(connection, actor, body.name, password=None, owner=body.owner, at=at)
        secret = accounts.invite(connection, key, at=at)
        ledger.record(
            connection,
            "person.added",
            programme=None,
            actor=caller.actor_id,
            subject=str(actor),
            data={"account": key, "simulated": body.simulated, "owner": body.owner},
            at=at,
        )
        row = store_people.person_row(connection, actor)
        names = {actor: accounts.account_row(connection, key)}
        shown = _person(ask, row, names)
    return reply({"person": shown, "invitation": _link(ask, secret)}, 201)


@routes.post("/people/{actor_id}/invitation", status_code=201)
def invite_again(ask: Ask, actor_id: str) -> JSONResponse:
    """A fresh one-time link, for who lost theirs or their password."""
    with ask.store.write() as connection:
        ask.caller(connection).require_owner()
        row = accounts.account_of_actor(connection, ask.ids.key("actor", actor_id))
        if row is None:
            raise NotFound("there is no such person", found=actor_id[:60])
        return reply({"invitation": _link(ask, accounts.invite(connection, row.id, at=now()))}, 201)


@routes.delete("/people/{actor_id}", status_code=204)
def close_account(ask: Ask, actor_id: str) -> Response:
    """Close an account: its sessions end, its record stays."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        caller.require_owner()
        row = accounts.account_of_actor(connection, ask.ids.key("actor", actor_id))
        if row is None:
            raise NotFound("there is no such person", found=actor_id[:60])
        accounts.set_disabled(connection, row.id, at)
        subject = str(row.actor_id)
        ledger.record(connection, "person.left", programme=None, actor=caller.actor_id, subject=subject, data={}, at=at)
    return Response(status_code=204)


@routes.get("/tokens")
def tokens(ask: Ask) -> JSONResponse:
    """One's own API tokens, without their secrets."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        rows = accounts.tokens(connection, caller.account_id)
    shown = [{**row._asdict(), "id": ask.ids.show("token", row.id)} for row in rows]
    return reply({"rows": shown, "next": None})


@routes.post("/tokens", status_code=201)
def add_token(ask: Ask, body: NewToken) -> JSONResponse:
    """A new API token; its secret is shown this once."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        if caller.scopes is not None and not set(body.scopes) <= caller.scopes:
            raise Forbidden("a token cannot give more than it has", field="scopes", expected=", ".join(caller.scopes))
        expires = at + round(body.days * DAY) if body.days is not None else None
        key, secret = accounts.add_token(
            connection, caller.account_id, body.name, body.scopes, expires_at=expires, at=at
        )
    shown = {"id": ask.ids.show("token", key), "token": secret, "scopes": sorted(body.scopes)}
    return reply({**shown, "expires_at": iso(expires) if expires else None}, 201)


@routes.delete("/tokens/{token_id}", status_code=204)
def revoke_token(ask: Ask, token_id: str) -> Response:
    """End one of one's own tokens."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        key = ask.ids.key("token", token_id)
        if not accounts.revoke_token(connection, caller.account_id, key, at=now()):
            raise NotFound("there is no such token", found=token_id[:60])
    return Response(status_code=204)


def _staff(caller: Any) -> None:
    """The roster is for owners and for those who staff a programme."""
    if not caller.owner and not any(caller.may(key, "staff") for key in caller.memberships):
        raise Forbidden("your role does not allow this", expected="staff")


def _person(ask: Asking, row: PersonRow, names: dict[int, accounts.AccountRow]) -> dict[str, Any]:
    found = names[row.actor_id]
    return {
        "id": ask.ids.show("actor", row.actor_id),
        "name": found.name,
        "organisation": found.organisation,
        "owner": found.owner,
        "disabled_at": found.disabled_at,
        **{key: list(value) if isinstance(value, tuple) else value for key, value in row.person._asdict().items()},
    }


def _link(ask: Asking, secret: str) -> str:
    base = ask.store.settings.public_url.rstrip("/") or str(ask.request.base_url).rstrip("/")
    return f"{base}/invitation/{secret}"
