"""The one door from a public id to a row. What a caller may not see does not exist: the error is the same."""

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select

from goldloop.core.errors import Forbidden, GoldloopError, NotFound
from goldloop.core.ids import PREFIXES, Ids
from goldloop.core.nouns import Role
from goldloop.core.roles import BODIES, DOORS, NOT_BY_OWNING, Action, can, in_scope
from goldloop.core.workspace import Workspace
from goldloop.store.batches import BatchRow, batch_row
from goldloop.store.codes import STANCE
from goldloop.store.credentials import digest_of_secret
from goldloop.store.escalations import one_precedent
from goldloop.store.lanes import Hands
from goldloop.store.old_ids import key_behind
from goldloop.store.plans import PlanRow, plan_row
from goldloop.store.prepared import Prepared
from goldloop.store.programmes import ProgrammeRow, find_programme, programme_of_key
from goldloop.store.releases import ReleaseRow, release_row_of
from goldloop.store.schema import (
    account,
    actor,
    batch,
    brief,
    item,
    item_attribute,
    job,
    judgement,
    member,
    person,
    programme,
    proposal,
    release,
    session,
    take_in,
    token,
    training_run,
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


def access_programme(
    connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action, or_may: Action | None = None
) -> ProgrammeRow:
    """A programme by public id or name. Raises NotFound where the caller has no role in it, Forbidden without `may`.

    `or_may` is a second door to the same thing.
    """
    if public.startswith(f"{PREFIXES['programme']}_"):
        row = programme_of_key(connection, key_behind(connection, ids, "programme", public))
    else:
        row = find_programme(connection, public)
    if row is None:
        raise _none("programme", public)
    door = or_may if or_may is not None and caller.may(row.id, or_may) else may
    enter(caller, row.id, door, _none("programme", public))
    return row


def access_batch(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action) -> BatchRow:
    """A batch by public id. Who may receive deliveries may gate them, and read what their gate says."""
    key = key_behind(connection, ids, "batch", public)
    row = connection.execute(select(batch.c.programme_id, batch.c.purpose).where(batch.c.id == key)).one_or_none()
    delivered = row is not None and row.purpose == "delivery" and caller.may(row.programme_id, "deliver")
    door: Action = "deliver" if may == "gate" and delivered else may
    enter(caller, row.programme_id if row is not None else None, door, _none("batch", public))
    return batch_row(connection, key)


def access_release(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action) -> ReleaseRow:
    """A release by public id; an annotator may read the ontology and guidelines they work with."""
    key = key_behind(connection, ids, "release", public)
    row = connection.execute(select(release.c.programme_id, release.c.kind).where(release.c.id == key)).one_or_none()
    door = may
    if row and may == "see" and row.kind in ("ontology", "guideline") and _works(caller, row.programme_id):
        door = "work"
    enter(caller, row.programme_id if row else None, door, _none("release", public))
    return release_row_of(connection, key)


def access_item(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action = "read_items") -> int:
    """An item's key by public id, within the caller's residency and clearance."""
    key = key_behind(connection, ids, "item", public)
    statement = select(item.c.programme_id).where(item.c.id == key, visible_items(caller))
    enter(caller, connection.execute(statement).scalar(), may, _none("item", public))
    return key


def access_judgement(connection: Connection, ids: Ids, caller: Caller, public: str) -> int:
    """A judgement's key by public id, for who may read all that is said of its item."""
    key = key_behind(connection, ids, "judgement", public)
    of = connection.execute(select(judgement.c.item_id).where(judgement.c.id == key)).scalar()
    if of is None:
        raise _none("judgement", public)
    statement = select(item.c.programme_id).where(item.c.id == of, visible_items(caller))
    enter(caller, connection.execute(statement).scalar(), "read_items", _none("judgement", public))
    return key


def access_take_in(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action) -> int:
    """A take-in's key by public id."""
    key = key_behind(connection, ids, "take_in", public)
    owner = connection.execute(select(take_in.c.programme_id).where(take_in.c.id == key)).scalar()
    enter(caller, owner, may, _none("take_in", public))
    return key


def access_run(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action) -> int:
    """A training run's key by public id."""
    key = key_behind(connection, ids, "run", public)
    owner = connection.execute(select(training_run.c.programme_id).where(training_run.c.id == key)).scalar()
    enter(caller, owner, may, _none("training run", public))
    return key


def access_proposal(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action = "see") -> int:
    """A proposal's key by public id."""
    key = key_behind(connection, ids, "proposal", public)
    owner = connection.execute(select(proposal.c.programme_id).where(proposal.c.id == key)).scalar()
    enter(caller, owner, may, _none("proposal", public))
    return key


def access_brief(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action = "see") -> int:
    """A brief's key by public id. Its owner may do with it what `gate` allows, whatever their role."""
    key = key_behind(connection, ids, "brief", public)
    row = connection.execute(select(brief.c.programme_id, brief.c.owner_id).where(brief.c.id == key)).one_or_none()
    owns = row is not None and row.owner_id == caller.actor_id and may == "gate"
    if owns:
        caller.require_scope("write")
    enter(caller, row.programme_id if row else None, "see" if owns else may, _none("brief", public))
    return key


def access_plan(connection: Connection, ids: Ids, caller: Caller, public: str) -> PlanRow:
    """A plan by public id; one of a programme that was not there yet is an owner's."""
    row = plan_row(connection, key_behind(connection, ids, "plan", public))
    if row is None or (row.programme_id is None and not caller.owner):
        raise _none("plan", public)
    if row.programme_id is not None:
        enter(caller, row.programme_id, "see", _none("plan", public))
    return row


def access_job(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action = "see") -> int:
    """A job's key by public id; a job of no programme is an owner's."""
    key = ids.key("job", public)
    row = connection.execute(select(job.c.id, job.c.programme_id).where(job.c.id == key)).one_or_none()
    if row is None or (row.programme_id is None and not caller.owner):
        raise _none("job", public)
    if row.programme_id is not None:
        enter(caller, row.programme_id, may, _none("job", public))
    return key


def enter(caller: Caller, programme_id: int | None, may: Action, missing: GoldloopError) -> None:
    """Let a caller through a door, or raise: `missing` where they have no part in the programme at all."""
    if programme_id is None:
        raise missing
    if caller.may(programme_id, may):
        return
    if (because := caller.kept_out(programme_id, may)) is not None:
        raise because
    mine = caller.memberships.get(programme_id)
    if mine is None or not any("see" in DOORS[role] for role in mine.roles):
        raise missing
    raise Forbidden("your role does not allow this", expected=may, found=", ".join(sorted(mine.roles)))


def visible_items(caller: Caller) -> ColumnElement[bool]:
    """The condition under which an item may be shown: every list, count and search of items starts from it."""
    if caller.owner:
        return item.c.id == item.c.id
    newest = (
        select(func.max(item_attribute.c.number))
        .where(item_attribute.c.item_id == item.c.id)
        .correlate(item)
        .scalar_subquery()
    )
    closed_to = select(item_attribute.c.item_id).where(
        item_attribute.c.item_id == item.c.id,
        item_attribute.c.number == newest,
        or_(
            item_attribute.c.access.is_not(None) & item_attribute.c.access.not_in(sorted(caller.clearance)),
            item_attribute.c.residency.is_not(None) & (item_attribute.c.residency != (caller.residency or "")),
        ),
    )
    return ~closed_to.exists()


def access_question(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action) -> int:
    """The key of a question that was asked of an item, by the public id of its judgement."""
    key = key_behind(connection, ids, "judgement", public)
    statement = (
        select(batch.c.programme_id)
        .join(judgement, judgement.c.batch_id == batch.c.id)
        .join(item, item.c.id == judgement.c.item_id)
        .where(judgement.c.id == key, judgement.c.stance == STANCE["escalate"], visible_items(caller))
    )
    missing = NotFound("there is no such question", found=public[:60])
    enter(caller, connection.execute(statement).scalar(), may, missing)
    return key


def access_precedent(connection: Connection, ids: Ids, caller: Caller, public: str, *, may: Action) -> int:
    """The key of a ruling that was released as a precedent, by the public id of its judgement."""
    key = key_behind(connection, ids, "judgement", public)
    found = one_precedent(connection, key)
    enter(caller, found[0] if found else None, may, NotFound("there is no such precedent", found=public[:60]))
    return key


def _works(caller: Caller, programme_id: int) -> bool:
    return caller.may(programme_id, "work")


def _none(noun: str, public: str) -> NotFound:
    return NotFound(f"there is no such {noun.replace('_', '-')}", found=public[:60])


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
