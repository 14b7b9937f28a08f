"""People and their invitations."""

from collections.abc import Collection
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.errors import Forbidden, Invalid, NotFound
from goldloop.core.nouns import Noun, Role
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.ordering import Way, next_of, order_of
from goldloop.http.paging import After, Format, Limit, long_list
from goldloop.http.routes.organisations import staff, staffed
from goldloop.http.routes.session import Line, SignInName
from goldloop.loop.offboard import offboard, take_back
from goldloop.store import accounts, ledger
from goldloop.store import people as store_people
from goldloop.store.access import access_programme
from goldloop.store.caller import Caller
from goldloop.store.headings import people_places
from goldloop.store.people import Person, PersonRow
from goldloop.store.rosters import Seat

routes = APIRouter()
Words = Annotated[tuple[Line, ...], Field(max_length=200)]
Employment = Literal["permanent", "contract", "gig"]
Tiers = tuple[Literal[1, 2, 3], ...]
Rate = Annotated[int, Field(ge=0, le=10**12, description="minor units an hour")]
Expiry = Annotated[float, Field(gt=0, le=90)]
Sort = Literal["name", "sign_in", "organisation", "employment", "tiers", "skills", "languages"]
Moment = Annotated[int, Field(ge=0, lt=2**62, description="microseconds, UTC")]
PAID = ("rate", "currency")


class NewSeat(Noun):
    """A role in a programme, by its name or id, that comes with an invitation."""

    programme: Line
    role: Role
    tiers: Tiers = ()


class NewPerson(Noun):
    """A person with an account that waits for its invitation to be taken up."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "ben", "display_name": "Ben Ode", "organisation": "Acme", "languages": ["en"]}]
        }
    )

    name: SignInName
    display_name: Line
    organisation: Line
    employment: Employment = "permanent"
    started_at: Moment = 0
    tiers: Tiers = (1,)
    skills: Words = ()
    languages: Words = ()
    residency: Line | None = None
    clearance: Words = ()
    rate: Rate | None = None
    currency: Line | None = None
    simulated: bool = Field(default=False, description="a fact of the record: certificates print it")
    owner: bool = False
    seats: Annotated[tuple[NewSeat, ...], Field(max_length=100)] = ()
    days: Expiry = Field(default=accounts.INVITATION_DAYS, description="how long the link can be taken up")


class ChangedPerson(Noun):
    """What changed about what a person brings; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"tiers": [1, 2], "skills": ["banking"]}]})

    employment: Employment = "permanent"
    started_at: Moment = 0
    tiers: Tiers = (1,)
    skills: Words = ()
    languages: Words = ()
    residency: Line | None = None
    clearance: Words = ()
    rate: Rate | None = None
    currency: Line | None = None


class FreshLink(Noun):
    """How long a fresh link lasts, and which roles come with it; left out, those of the link before."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"days": 7}]})

    days: Expiry = accounts.INVITATION_DAYS
    seats: Annotated[tuple[NewSeat, ...], Field(max_length=100)] = ()


@routes.get("/people")
def people(
    ask: Ask,
    sort: Sort | None = None,
    order: Way = None,
    after: After = None,
    limit: Limit = 200,
    format: Format = "json",
) -> Response:
    """Everybody who has an account for an owner, by name or in the order that was asked for.

    Who staffs a programme sees their own organisation and their programmes' people, and what others pay is no concern
    of theirs.
    """

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            caller = staff(ask.caller(connection))
            near = None if caller.owner else (caller.organisation_id, staffed(caller))
            found = people_places(
                connection, near, order_of(ask.ids, "actor", sort, order, cursor, usual=("name", "asc")), limit=most
            )
            keys = [one.key for one in found]
            brings = {row.actor_id: row for row in store_people.people(connection, keys)}
            names = accounts.accounts_of(connection, keys)
            waiting = accounts.pending(connection, at=now())
            rows = [
                {
                    **_person(ask, caller, brings[key], names[key]),
                    "invitation_ends_at": waiting[names[key].id].expires_at if names[key].id in waiting else None,
                }
                for key in keys
            ]
        return rows, next_of(ask.ids, "actor", found, most)

    return long_list(fetch, after=after, limit=limit, format=format, name="people")


@routes.post("/people", status_code=201)
def add_person(ask: Ask, body: NewPerson) -> JSONResponse:
    """Add a person; the answer holds the one-time link with which they set their password."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        organisation = store_people.find_organisation(connection, body.organisation)
        seats = _may_invite(ask, connection, caller, body, organisation)
        if organisation is None:
            raise Invalid(
                "there is no such organisation", field="organisation", expected="its name", found=body.organisation
            )
        fields = body.model_dump(exclude={"name", "organisation", "owner", "seats", "days"})
        actor = store_people.add_person(connection, organisation, Person(**fields), at=at)
        key = accounts.add_account(connection, actor, body.name, password=None, owner=body.owner, at=at)
        secret = accounts.invite(connection, key, at=at, days=body.days, seats=seats, by=caller.actor_id)
        ledger.record(
            connection,
            "person.added",
            programme=None,
            actor=caller.actor_id,
            subject=str(actor),
            data={"account": key, "simulated": body.simulated, "owner": body.owner, "seats": len(seats)},
            at=at,
        )
        row = store_people.person_row(connection, actor)
        shown = _person(ask, caller, row, accounts.account_row(connection, key))
    return reply({"person": shown, "invitation": _link(ask, secret)}, 201)


@routes.patch("/people/{actor_id}")
def change_person(ask: Ask, actor_id: str, body: ChangedPerson) -> JSONResponse:
    """Change what a person brings; being simulated is a fact that stays."""
    changed = body.model_dump(exclude_unset=True)
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        caller.require_owner()
        account = _account(ask, connection, actor_id)
        before = store_people.person_row(connection, account.actor_id)
        store_people.change_person(connection, account.actor_id, before.person._replace(**changed))
        ledger.record(
            connection,
            "person.changed",
            programme=None,
            actor=caller.actor_id,
            subject=str(account.actor_id),
            data={"fields": sorted(changed)},
            at=now(),
        )
        row = store_people.person_row(connection, account.actor_id)
        return reply(_person(ask, caller, row, account))


@routes.post("/people/{actor_id}/invitation", status_code=201)
def invite_again(ask: Ask, actor_id: str, body: FreshLink | None = None) -> JSONResponse:
    """A fresh one-time link, for who lost theirs or their password; it voids the one before, and keeps its roles."""
    at, asked = now(), body or FreshLink()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        caller.require_owner()
        row = _account(ask, connection, actor_id)
        before = accounts.pending(connection, at=at).get(row.id)
        person_tiers = store_people.person_row(connection, row.actor_id).person.tiers
        seats = (
            before.seats
            if before is not None and not asked.seats
            else _seats(ask, connection, caller, asked.seats, person_tiers)
        )
        secret = accounts.invite(connection, row.id, at=at, days=asked.days, seats=seats, by=caller.actor_id)
        return reply({"invitation": _link(ask, secret)}, 201)


@routes.delete("/people/{actor_id}/invitation", status_code=204)
def revoke_invitation(ask: Ask, actor_id: str) -> Response:
    """Make a link that waits to be taken up worth nothing."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = _account(ask, connection, actor_id)
        waiting = accounts.pending(connection, at=at).get(row.id)
        if waiting is None or not (caller.owner or waiting.invited_by == caller.actor_id):
            staff(caller)
            raise NotFound("no invitation of this person waits", found=actor_id[:60])
        caller.require_scope("admin")
        accounts.void_invitations(connection, row.id, at=at)
        subject = str(row.actor_id)
        ledger.record(
            connection, "invitation.revoked", programme=None, actor=caller.actor_id, subject=subject, data={}, at=at
        )
    return Response(status_code=204)


@routes.delete("/people/{actor_id}")
def offboard_person(ask: Ask, actor_id: str) -> JSONResponse:
    """Somebody leaves: sign-ins end, work goes back, obligations surface; what they said stays. Says what it did."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        caller.require_owner()
        done = offboard(connection, _account(ask, connection, actor_id), by=caller.actor_id, at=at)
        return reply(
            {
                **done._asdict(),
                "seats": [_seat(ask, one) for one in done.seats],
                **{
                    name: [ask.ids.show("brief", key) for key in getattr(done, name)]
                    for name in ("handed_over", "kept", "resting")
                },
                "left_at": at,
            }
        )


@routes.post("/people/{actor_id}/return", status_code=201)
def take_person_back(ask: Ask, actor_id: str) -> JSONResponse:
    """Take a leaving back: the account opens and the roles return. Sessions, tokens and returned work do not."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        caller.require_owner()
        back = take_back(connection, _account(ask, connection, actor_id), by=caller.actor_id, at=at)
        return reply({"seats": [_seat(ask, one) for one in back]}, 201)


def _may_invite(
    ask: Asking, connection: Connection, caller: Caller, body: NewPerson, organisation: int | None
) -> list[accounts.InvitedSeat]:
    """The seats that come with an invitation. Owners invite anybody; who staffs a programme, their own colleagues."""
    if not caller.owner:
        staff(caller)
        if body.owner or not body.seats or organisation != caller.organisation_id:
            raise Forbidden(
                "who staffs a programme invites people of their own organisation into it",
                field="seats",
                expected="roles in programmes that you staff",
            )
        if beyond := sorted(set(body.clearance) - caller.clearance):
            raise Forbidden("nobody gives a clearance that they lack", field="clearance", found=", ".join(beyond))
        if body.residency not in (None, caller.residency):
            raise Forbidden("an owner says where others' data stay", field="residency", found=body.residency)
    caller.require_scope("admin")
    return _seats(ask, connection, caller, body.seats, body.tiers)


def _seats(
    ask: Asking, connection: Connection, caller: Caller, asked: tuple[NewSeat, ...], tiers: Collection[int]
) -> list[accounts.InvitedSeat]:
    if beyond := sorted({tier for one in asked for tier in one.tiers} - set(tiers)):
        raise Invalid(
            "this person does not work at that tier",
            field="seats",
            expected=f"tiers among {sorted(tiers)}",
            found=str(beyond),
        )
    return [
        accounts.InvitedSeat(
            access_programme(connection, ask.ids, caller, one.programme, may="staff").id, one.role, one.tiers
        )
        for one in asked
    ]


def _seat(ask: Asking, one: Seat) -> dict[str, Any]:
    return {
        "programme_id": ask.ids.show("programme", one.programme_id),
        "programme": one.programme,
        "role": one.role,
        "tiers": list(one.tiers),
    }


def _account(ask: Asking, connection: Connection, actor_id: str) -> accounts.AccountRow:
    found = accounts.account_of_actor(connection, ask.ids.key("actor", actor_id))
    if found is None:
        raise NotFound("there is no such person", found=actor_id[:60])
    return found


def _person(ask: Asking, caller: Caller, row: PersonRow, found: accounts.AccountRow) -> dict[str, Any]:
    brings = {key: list(value) if isinstance(value, tuple) else value for key, value in row.person._asdict().items()}
    if not caller.owner and row.organisation_id != caller.organisation_id:
        brings |= dict.fromkeys(PAID)
    return {
        "id": ask.ids.show("actor", row.actor_id),
        "name": found.name,
        "organisation": found.organisation,
        "owner": found.owner,
        "disabled_at": found.disabled_at,
        **brings,
    }


def _link(ask: Asking, secret: str) -> str:
    base = ask.store.settings.public_url.rstrip("/") or str(ask.request.base_url).rstrip("/")
    return f"{base}/invitation/{secret}"
