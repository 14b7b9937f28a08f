"""Who is asking: what a session, a token or a person may do, read once a request."""

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, or_, select

from goldloop.core.errors import Forbidden
from goldloop.core.nouns import Role
from goldloop.core.roles import BODIES, NOT_BY_OWNING, Action, can, in_scope
from goldloop.core.workspace import Workspace
from goldloop.store.credentials import digest_of_secret
from goldloop.store.lanes import Hands
from goldloop.store.prepared import Prepared
from goldloop.store.schema import (
    account,
    actor,
    member,
    person,
    programme,
    session,
    token,
)


class Membership(NamedTuple):
    """What a person is in one programme."""

    roles: frozenset[Role]
    tiers: frozenset[int]


class Place(NamedTuple):
    """Where a request comes from, and whether its answer is a file that is kept. None is no request: a job."""

    address: str | None
    saves: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: made once a request. `scopes` is None for a session and limits a token.

    `spaces` are the workspaces that programmes declare, `place` is where the request comes from.
    """

    account_id: int
    actor_id: int
    organisation_id: int | None
    owner: bool
    scopes: frozenset[str] | None
    skills: frozenset[str]
    languages: frozenset[str]
    residency: str | None
    clearance: frozenset[str]
    memberships: Mapping[int, Membership]
    spaces: Mapping[int, Workspace] = field(default_factory=dict)
    place: Place | None = None

    def may(self, programme_id: int, action: Action) -> bool:
        """True where this caller may go through a door of a programme."""
        return self._granted(programme_id, action) and self._shut(programme_id, action) is None

    def kept_out(self, programme_id: int, action: Action) -> Forbidden | None:
        """Why a door that their role opens stays shut where they ask from; None where it does not."""
        return self._shut(programme_id, action) if self._granted(programme_id, action) else None

    def out_of_reach(self) -> set[int]:
        """The programmes whose items they may not read from here, whatever they said of them before."""
        return {key for key in self.spaces if self.kept_out(key, "work") or self.kept_out(key, "read_items")}

    def _granted(self, programme_id: int, action: Action) -> bool:
        if self.scopes is not None and not in_scope(self.scopes, action):
            return False
        mine = self.memberships.get(programme_id)
        return (self.owner and action not in NOT_BY_OWNING) or (mine is not None and can(mine.roles, action))

    def _shut(self, programme_id: int, action: Action) -> Forbidden | None:
        """What a programme's workspace says against a door behind which item bodies are."""
        space = self.spaces.get(programme_id)
        if space is None or self.place is None or action not in BODIES:
            return None
        if not space.opens_from(self.place.address):
            return Forbidden(
                "this programme's items are read from its own networks only",
                field="protection.workspace.networks",
                expected="one of the networks that its file names",
                found=self.place.address or "no address",
            )
        mine = self.memberships.get(programme_id)
        roles = mine.roles if mine is not None else frozenset[Role]()
        takes = action == "export" or self.place.saves or self.scopes is not None
        if takes and roles.isdisjoint(space.download):
            return Forbidden(
                "this programme's items are read in the browser and not taken out of it",
                field="protection.workspace.download",
                expected=" or ".join(space.download) or "a role that the programme file names",
                found=", ".join(sorted(roles)) or "none",
            )
        return None

    def require_owner(self) -> None:
        """Raise Forbidden unless this is an owner of the installation with full scope."""
        if not self.owner:
            raise Forbidden("only an owner of this installation may do this", expected="an owner")
        self.require_scope("admin")

    def require_scope(self, scope: str) -> None:
        """Raise Forbidden for a token without this scope; a session has all."""
        if self.scopes is not None and scope not in self.scopes:
            found = ", ".join(sorted(self.scopes))
            raise Forbidden("this token may not do this", field="scopes", expected=scope, found=found)

    def hands(self) -> dict[int, Hands]:
        """What they bring to every programme whose work they may do."""
        return {
            key: Hands(
                tiers=mine.tiers,
                skills=self.skills,
                languages=self.languages,
                residency=self.residency,
                clearance=self.clearance,
                person=self.actor_id,
            )
            for key, mine in self.memberships.items()
            if self.may(key, "work")
        }

    def programmes(self) -> list[int] | None:
        """Keys of the programmes a caller has any role in; None is all of them."""
        return None if self.owner else sorted(self.memberships)


class SignedIn(NamedTuple):
    """A caller who came with a session, and the digest that guards its forms."""

    caller: Caller
    csrf: str


def caller_of_session(
    connection: Connection, secret: str, *, at: int, place: Callable[[], Place] | None = None
) -> SignedIn | None:
    """Who holds this session, or None where it is over. `place` is asked for where a workspace wants to know it."""
    rows = _BY_SESSION.all(connection, digest=digest_of_secret(secret), at=at)
    return SignedIn(_caller(connection, rows, None, place), bytes(rows[0].csrf).decode()) if rows else None


def caller_of_token(
    connection: Connection, secret: str, *, at: int, place: Callable[[], Place] | None = None
) -> Caller | None:
    """Who holds this API token, or None where it is over."""
    rows = _BY_TOKEN.all(connection, digest=digest_of_secret(secret), at=at)
    return _caller(connection, rows, frozenset(json.loads(rows[0].scopes)), place) if rows else None


def caller_of_actor(connection: Connection, actor_id: int) -> Caller | None:
    """A person as they may act now, for what a job does in their name; None where their account is closed."""
    rows = _BY_ACTOR.all(connection, actor=actor_id)
    return _caller(connection, rows, None, None) if rows else None


def same_secret(a: str, b: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(a.encode(), b.encode())


def _caller(
    connection: Connection, rows: Sequence[Any], scopes: frozenset[str] | None, place: Callable[[], Place] | None
) -> Caller:
    """A caller of their account's row, repeated for each of their roles.

    An owner of the installation sees programmes that they have no role in, and their workspaces hold for them, too.
    """
    first, granted = rows[0], dict[int, Membership]()
    for row in rows:
        if row.role is not None:
            before = granted.get(row.programme_id, Membership(frozenset(), frozenset()))
            granted[row.programme_id] = Membership(before.roles | {row.role}, before.tiers | set(json.loads(row.tiers)))
    declared = {row.programme_id: row.workspace for row in rows if row.workspace is not None}
    if first.owner:
        declared = {row.id: row.workspace for row in _WORKSPACES.all(connection)}
    return Caller(
        account_id=first.id,
        actor_id=first.actor_id,
        organisation_id=first.organisation_id,
        owner=first.owner,
        scopes=scopes,
        skills=frozenset(json.loads(first.skills or "[]")),
        languages=frozenset(json.loads(first.languages or "[]")),
        residency=first.residency,
        clearance=frozenset(json.loads(first.clearance or "[]")),
        memberships=granted,
        spaces={key: _workspace(text) for key, text in declared.items()},
        place=place() if declared and place is not None else None,
    )


@lru_cache(maxsize=256)
def _workspace(text: str) -> Workspace:
    return Workspace.model_validate_json(text)


_WHO = (
    account.c.id,
    account.c.actor_id,
    actor.c.organisation_id,
    account.c.owner,
    person.c.skills,
    person.c.languages,
    person.c.residency,
    person.c.clearance,
    member.c.programme_id,
    member.c.role,
    member.c.tiers,
    programme.c.workspace,
)

_BY_SESSION = Prepared(
    select(*_WHO, session.c.csrf)
    .select_from(session)
    .join(account, account.c.id == session.c.account_id)
    .join(actor, actor.c.id == account.c.actor_id)
    .outerjoin(person, person.c.actor_id == account.c.actor_id)
    .outerjoin(member, member.c.actor_id == account.c.actor_id)
    .outerjoin(programme, programme.c.id == member.c.programme_id)
    .where(
        session.c.digest == bindparam("digest"), session.c.expires_at > bindparam("at"), account.c.disabled_at.is_(None)
    )
)

_BY_TOKEN = Prepared(
    select(*_WHO, token.c.scopes)
    .select_from(token)
    .join(account, account.c.id == token.c.account_id)
    .join(actor, actor.c.id == account.c.actor_id)
    .outerjoin(person, person.c.actor_id == account.c.actor_id)
    .outerjoin(member, member.c.actor_id == account.c.actor_id)
    .outerjoin(programme, programme.c.id == member.c.programme_id)
    .where(
        token.c.digest == bindparam("digest"),
        token.c.revoked_at.is_(None),
        or_(token.c.expires_at.is_(None), token.c.expires_at > bindparam("at")),
        account.c.disabled_at.is_(None),
    )
)

_BY_ACTOR = Prepared(
    select(*_WHO)
    .select_from(account)
    .join(actor, actor.c.id == account.c.actor_id)
    .outerjoin(person, person.c.actor_id == account.c.actor_id)
    .outerjoin(member, member.c.actor_id == account.c.actor_id)
    .outerjoin(programme, programme.c.id == member.c.programme_id)
    .where(account.c.actor_id == bindparam("actor"), account.c.disabled_at.is_(None))
)

_WORKSPACES = Prepared(select(programme.c.id, programme.c.workspace).where(programme.c.workspace.is_not(None)))
