"""Signing in through an identity provider: whose account it is, and what the provider's groups give them here.

An account is bound once, by the invitation that its person takes up, or made at the first sign-in where that is
configured. A name or a mail address is never enough: whoever may choose theirs at the provider would be somebody else
here.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core.errors import Conflict
from goldloop.core.groups import Group
from goldloop.core.id_token import Claims
from goldloop.loop.answers import check_answers
from goldloop.loop.seat_invited import seat_invited
from goldloop.store import accounts, ledger
from goldloop.store.identities import IdentityRow, bind, find_identity, note_seats
from goldloop.store.people import Person, add_person, find_organisation, grant, person_row, withdraw_grant
from goldloop.store.programmes import find_programme
from goldloop.store.rosters import seats

NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")


class Unknown(Exception):
    """Nobody here is this person; `code` says why, for the page that they come back to."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Rules(NamedTuple):
    """What the operator configured."""

    groups: Mapping[str, Group]
    new_people: bool


def signed_in(connection: Connection, said: Claims, rules: Rules, *, invitation: bytes | None, at: int) -> int:
    """The account of who a provider says is here, with the roles of their groups. Raises Unknown."""
    known = find_identity(connection, said.issuer, said.subject)
    if invitation is not None:
        known = _by_invitation(connection, said, known, invitation, at=at)
    elif known is None:
        known = _new(connection, said, rules, at=at)
    row = accounts.account_row(connection, known.account_id)
    if row.disabled_at is not None:
        raise Unknown("closed")
    _seat(connection, known, row.actor_id, said, rules, at=at)
    return row.id


def _by_invitation(
    connection: Connection, said: Claims, known: IdentityRow | None, invitation: bytes, *, at: int
) -> IdentityRow:
    found = accounts.take_up_by_digest(connection, invitation, at=at)
    if found is None or (known is not None and known.account_id != found.account_id):
        raise Unknown("invitation")
    seat_invited(connection, found, at=at)
    return known or bind(connection, found.account_id, said.issuer, said.subject, at=at)


def _new(connection: Connection, said: Claims, rules: Rules, *, at: int) -> IdentityRow:
    """An account for somebody new, where the operator wants that and a group says to which organisation they belong."""
    mapped = [rules.groups[one] for one in rules.groups if one in said.groups]
    name = (said.name or "").lower()
    belongs = next((one.organisation for one in mapped if one.organisation is not None), None)
    organisation = find_organisation(connection, belongs) if belongs is not None else None
    if not rules.new_people or organisation is None:
        raise Unknown("unknown")
    if not NAME.fullmatch(name):
        raise Unknown("name")
    tiers = tuple(sorted({tier for one in mapped for seat in one.seats for tier in seat.tiers})) or (1,)
    try:
        actor = _person(connection, organisation, said.display_name or name, name, tiers, at=at)
        key = accounts.add_account(connection, actor, name, password=None, at=at)
    except Conflict as error:
        raise Unknown("taken") from error
    data = {"account": key, "simulated": False, "owner": False, "issuer": said.issuer}
    ledger.record(connection, "person.added", programme=None, actor=None, subject=str(actor), data=data, at=at)
    return bind(connection, key, said.issuer, said.subject, at=at)


def _person(
    connection: Connection, organisation: int, display_name: str, name: str, tiers: tuple[int, ...], *, at: int
) -> int:
    try:
        return add_person(connection, organisation, Person(display_name, tiers=tiers), at=at)
    except Conflict:  # a namesake in the same organisation
        return add_person(connection, organisation, Person(f"{display_name} ({name})"[:200], tiers=tiers), at=at)


def _seat(connection: Connection, known: IdentityRow, actor_id: int, said: Claims, rules: Rules, *, at: int) -> None:
    """Give the roles of their groups, and take those that groups gave before and give no longer.

    A role that somebody gave by name stays as it was given.
    """
    wanted = _wanted(connection, said, rules, set(person_row(connection, actor_id).person.tiers))
    held = {(one.programme_id, one.role): one.tiers for one in seats(connection, [actor_id], None)[actor_id]}
    gone = {key for key in known.seats - wanted.keys() if key in held}
    given = {key for key in wanted if key in known.seats or key not in held}
    new = {key for key in given if held.get(key) != wanted[key]}
    for programme_id, role in sorted(gone):
        withdraw_grant(connection, programme_id, actor_id, role)
        _record(connection, programme_id, actor_id, "member.withdrawn", {"role": role, "by": "groups"}, at=at)
    for programme_id, role in sorted(new):
        tiers = wanted[programme_id, role]
        grant(connection, programme_id, actor_id, role, tiers, by=actor_id, at=at)
        data: dict[str, object] = {"role": role, "tiers": list(tiers), "by": "groups"}
        _record(connection, programme_id, actor_id, "member.granted", data, at=at)
    for programme_id in sorted({key for key, _ in gone | new}):
        check_answers(connection, programme_id, at=at, opens=any(key == programme_id for key, _ in gone))
    if given != known.seats:
        note_seats(connection, known.id, given)


def _wanted(
    connection: Connection, said: Claims, rules: Rules, works_at: set[int]
) -> dict[tuple[int, str], tuple[int, ...]]:
    """The roles of somebody's groups, with the tiers that they themselves may work at."""
    out: dict[tuple[int, str], set[int]] = {}
    for name, group in rules.groups.items():
        for seat in group.seats if name in said.groups else ():
            found = find_programme(connection, seat.programme)
            if found is not None:
                out.setdefault((found.id, seat.role), set()).update(works_at.intersection(seat.tiers))
    return {key: tuple(sorted(tiers)) for key, tiers in out.items()}


def _record(
    connection: Connection, programme_id: int, actor_id: int, kind: str, data: dict[str, object], *, at: int
) -> None:
    ledger.record(connection, kind, programme=programme_id, actor=None, subject=str(actor_id), data=data, at=at)
