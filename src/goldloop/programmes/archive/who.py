"""Who the people of an archive are here: people without a sign-in, but for those of whom somebody says who they are.

Nobody is taken for somebody. A name that anybody has here, with a sign-in or from elsewhere, must be answered for.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.core.nouns import Noun
from goldloop.programmes.archive.format import COLUMNS
from goldloop.store.accounts import accounts, actor_of_account
from goldloop.store.actors import actor_key
from goldloop.store.archive.arriving import add_actor, find_person, is_taken
from goldloop.store.people import find_organisation, organisation_key

MOST_NAMED = 20


class People(Noun):
    """What was said of an archive's people, by their sign-in name or name there: who signs in here, and other names."""

    accounts: dict[str, str] = {}
    names: dict[str, str] = {}


class Actor(NamedTuple):
    """A line of an archive's actors."""

    id: int
    kind: str
    name: str
    version: str
    organisation: str | None
    simulated: bool
    created_at: int
    left_at: int | None
    employment: str | None
    started_at: int | None
    tiers: str | None
    skills: str | None
    languages: str | None
    sign_in: str | None
    seats: Sequence[str]
    public_id: str

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Actor":
        """A line as it stands."""
        return cls(**dict(zip(COLUMNS["actor"], row, strict=True)))


class Found(NamedTuple):
    """Who is who: keys there and here, who came new, and the sign-in names of those who answer here."""

    keys: Mapping[int, int]
    made: Sequence[int]
    organisations: Sequence[int]
    answers: Mapping[str, str]


def check_people(connection: Connection, actors: Sequence[Actor], people: People, own: str, here: str) -> None:
    """Raise Conflict naming those of whom it must be said who they are, Invalid for who is not in the archive."""
    known = {name for one in actors if one.kind == "person" for name in _called(one)}
    for field, given in (("accounts", people.accounts), ("names", people.names)):
        if strange := sorted(given.keys() - known):
            raise Invalid(
                "nobody of this name is in the archive",
                field=f"people.{field}",
                expected="a name or sign-in name of the archive: goldloop programme check-archive",
                found=strange[0][:200],
            )
    if both := sorted(people.accounts.keys() & people.names.keys()):
        raise Invalid("somebody is told to be two people", field="people", expected="once", found=both[0][:200])
    sign_ins = {one.name for one in accounts(connection)}
    for name, account in people.accounts.items():
        if account not in sign_ins:
            raise NotFound(
                "there is no account of this name",
                field=f"people.accounts.{name}"[:200],
                expected="a sign-in name",
                found=account,
            )
    taken = []
    for one in actors:
        if one.kind != "person" or _said(one, people.accounts) is not None:
            continue
        name = _said(one, people.names) or one.name
        organisation = here if one.organisation == own else one.organisation
        key = find_organisation(connection, organisation) if organisation is not None else None
        there = (organisation is None or key is not None) and find_person(connection, name, key) is not None
        if there or (_said(one, people.names) is None and one.sign_in in sign_ins):
            taken.append(one.sign_in or one.name)
    if taken:
        raise Conflict(
            "people of this archive have names that somebody has here, and nobody is taken for somebody",
            field="people",
            expected="for each of them the account who they are (accounts), or the name they are kept under (names)",
            found=", ".join(taken[:MOST_NAMED])[:400],
            names=taken[:1000],
        )


def find_people(
    connection: Connection,
    actors: Sequence[Actor],
    organisations: Sequence[tuple[str, str]],
    people: People,
    *,
    own: str,
    here: str,
    at: int,
) -> Found:
    """The actor here of everybody in the archive, added without a sign-in where nobody said who they are."""
    keys: dict[int, int] = {}
    made: list[int] = []
    answers: dict[str, str] = {}
    new = []
    orgs: dict[str, int] = {}
    for name, kind in organisations:
        called = here if name == own else name
        if find_organisation(connection, called) is None:
            new.append(called)
        orgs[name] = organisation_key(connection, called, kind, at=at)  # type: ignore[arg-type]  # checked there
    for one in actors:
        organisation = orgs[one.organisation] if one.organisation is not None else None
        account = _said(one, people.accounts) if one.kind == "person" else None
        if account is not None:
            keys[one.id] = actor_of_account(connection, account)
            if one.sign_in is not None:
                answers[one.sign_in] = account
            continue
        if one.kind == "rule" and organisation is not None:
            keys[one.id] = actor_key(connection, one.kind, one.name, one.version, organisation, at=at)
            continue
        name, version = one.name, one.version
        if one.kind == "person":
            name = _said(one, people.names) or name
        else:
            version = _free_version(connection, one, organisation)
        row = {
            "kind": one.kind,
            "name": name,
            "version": version,
            "organisation_id": organisation,
            "simulated": one.simulated,
            "created_at": one.created_at,
            "left_at": one.left_at,
        }
        keys[one.id] = add_actor(connection, row, _brings(one))
        made.append(keys[one.id])
    added = [key for name in new if (key := find_organisation(connection, name)) is not None]
    return Found(keys, made, added, answers)


def _free_version(connection: Connection, one: Actor, organisation: int | None) -> str:
    """A model's version under which no other programme has one here."""
    version, n = one.version, 1
    while is_taken(connection, one.kind, one.name, version, organisation):
        n += 1
        version = f"{one.version}~{n}"
    return version


def _brings(one: Actor) -> dict[str, Any] | None:
    """What a person brings; what only concerns where they signed in did not come."""
    if one.employment is None:
        return None
    return {
        "employment": one.employment,
        "started_at": one.started_at,
        "tiers": one.tiers,
        "skills": one.skills,
        "languages": one.languages,
        "clearance": json.dumps([]),
    }


def _called(one: Actor) -> tuple[str, ...]:
    return (one.sign_in, one.name) if one.sign_in is not None else (one.name,)


def _said(one: Actor, given: Mapping[str, str]) -> str | None:
    return next((given[name] for name in _called(one) if name in given), None)
