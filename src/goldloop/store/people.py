"""People and the organisations that own them and their programmes."""

import json
from typing import Literal, NamedTuple

from sqlalchemy import Connection, insert, select, update

from goldloop.core.errors import Conflict, NotFound
from goldloop.store.schema import actor, member, organisation, person

OrganisationKind = Literal["enterprise", "provider", "client"]


class Person(NamedTuple):
    """What a person brings, in every programme."""

    display_name: str
    employment: str = "permanent"
    started_at: int = 0
    tiers: tuple[int, ...] = (1,)
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    residency: str | None = None
    clearance: tuple[str, ...] = ()
    rate: int | None = None
    currency: str | None = None
    simulated: bool = False


class PersonRow(NamedTuple):
    """A person with their key and organisation."""

    actor_id: int
    organisation_id: int
    person: Person


class MemberRow(NamedTuple):
    """One role of a person in a programme."""

    actor_id: int
    name: str
    role: str
    tiers: str
    simulated: bool


def organisation_key(connection: Connection, name: str, kind: OrganisationKind, *, at: int) -> int:
    """The organisation of a name, added if new. Raises Conflict where it is of another kind."""
    row = connection.execute(
        select(organisation.c.id, organisation.c.kind).where(organisation.c.name == name)
    ).one_or_none()
    if row is None:
        new = {"name": name, "kind": kind, "created_at": at}
        return int(connection.execute(insert(organisation).returning(organisation.c.id), new).scalar_one())
    if row.kind != kind:
        raise Conflict(f"{name} is there as another kind of organisation", field="kind", expected=row.kind, found=kind)
    return int(row.id)


def find_organisation(connection: Connection, name: str) -> int | None:
    """The key of an organisation, or None."""
    found = connection.execute(select(organisation.c.id).where(organisation.c.name == name)).scalar()
    return int(found) if found is not None else None


def organisations(connection: Connection) -> list[tuple[int, str, str]]:
    """(key, name, kind) of every organisation, by name."""
    rows = connection.execute(
        select(organisation.c.id, organisation.c.name, organisation.c.kind).order_by(organisation.c.name)
    )
    return [(key, name, kind) for key, name, kind in rows]


def organisation_name(connection: Connection, key: int) -> str:
    """The name of an organisation."""
    return str(connection.execute(select(organisation.c.name).where(organisation.c.id == key)).scalar_one())


def add_person(connection: Connection, organisation_id: int, new: Person, *, at: int) -> int:
    """A person; the key of their actor. Raises Conflict where the organisation has one of this name."""
    twin = select(actor.c.id).where(
        actor.c.kind == "person", actor.c.name == new.display_name, actor.c.organisation_id == organisation_id
    )
    if connection.execute(twin).scalar() is not None:
        raise Conflict(
            "this organisation has a person of this name",
            field="display_name",
            expected="another",
            found=new.display_name,
        )
    row = {
        "kind": "person",
        "name": new.display_name,
        "version": "",
        "organisation_id": organisation_id,
        "simulated": new.simulated,
        "created_at": at,
        "left_at": None,
    }
    key = int(connection.execute(insert(actor).returning(actor.c.id), row).scalar_one())
    connection.execute(insert(person), {"actor_id": key, **_columns(new)})
    return key


def change_person(connection: Connection, key: int, new: Person) -> None:
    """Replace what a person brings."""
    connection.execute(update(person).where(person.c.actor_id == key).values(_columns(new)))


def set_left(connection: Connection, key: int, at: int | None) -> None:
    """Note when a person left, or that they are back."""
    connection.execute(update(actor).where(actor.c.id == key).values(left_at=at))


def people(connection: Connection, keys: list[int] | None = None) -> list[PersonRow]:
    """People by name: those of `keys`, or all."""
    statement = _PEOPLE.order_by(actor.c.name)
    if keys is not None:
        statement = statement.where(actor.c.id.in_(keys))
    return [_person(row) for row in connection.execute(statement)]


def person_row(connection: Connection, key: int) -> PersonRow:
    """A person by key. Raises NotFound."""
    row = connection.execute(_PEOPLE.where(actor.c.id == key)).one_or_none()
    if row is None:
        raise NotFound("there is no such person")
    return _person(row)


def grant(
    connection: Connection, programme_id: int, actor_id: int, role: str, tiers: tuple[int, ...], *, by: int, at: int
) -> None:
    """Give a person a role and the tiers they work at; a second time replaces the tiers."""
    values = {"tiers": json.dumps(sorted(tiers)), "granted_by": by, "granted_at": at}
    where = (member.c.programme_id == programme_id, member.c.actor_id == actor_id, member.c.role == role)
    if connection.execute(update(member).where(*where).values(values)).rowcount == 0:
        row = {"programme_id": programme_id, "actor_id": actor_id, "role": role, **values}
        connection.execute(insert(member), row)


def withdraw_grant(connection: Connection, programme_id: int, actor_id: int, role: str) -> bool:
    """Take one role of a person in a programme; False where they had it not."""
    mine = (member.c.programme_id == programme_id, member.c.actor_id == actor_id, member.c.role == role)
    return connection.execute(member.delete().where(*mine)).rowcount == 1


def withdraw_grants(connection: Connection, programme_id: int, actor_id: int) -> int:
    """Take every role of a person in a programme; how many they had."""
    statement = member.delete().where(member.c.programme_id == programme_id, member.c.actor_id == actor_id)
    return connection.execute(statement).rowcount


def members(connection: Connection, programme_id: int) -> list[MemberRow]:
    """Who has which role in a programme, by name."""
    rows = connection.execute(
        select(member.c.actor_id, actor.c.name, member.c.role, member.c.tiers, actor.c.simulated)
        .join(actor, actor.c.id == member.c.actor_id)
        .where(member.c.programme_id == programme_id)
        .order_by(actor.c.name, member.c.role)
    )
    return [MemberRow._make(row) for row in rows]


def _columns(new: Person) -> dict[str, object]:
    return {
        "employment": new.employment,
        "started_at": new.started_at,
        "tiers": json.dumps(sorted(new.tiers)),
        "skills": json.dumps(sorted(new.skills)),
        "languages": json.dumps(sorted(new.languages)),
        "residency": new.residency,
        "clearance": json.dumps(sorted(new.clearance)),
        "rate": new.rate,
        "currency": new.currency,
    }


def _person(row: object) -> PersonRow:
    found = row._mapping  # type: ignore[attr-defined]  # a Row of _PEOPLE
    return PersonRow(
        found["id"],
        found["organisation_id"],
        Person(
            display_name=found["name"],
            employment=found["employment"],
            started_at=found["started_at"],
            tiers=tuple(json.loads(found["tiers"])),
            skills=tuple(json.loads(found["skills"])),
            languages=tuple(json.loads(found["languages"])),
            residency=found["residency"],
            clearance=tuple(json.loads(found["clearance"])),
            rate=found["rate"],
            currency=found["currency"],
            simulated=found["simulated"],
        ),
    )


_PEOPLE = select(
    actor.c.id,
    actor.c.organisation_id,
    actor.c.name,
    actor.c.simulated,
    person.c.employment,
    person.c.started_at,
    person.c.tiers,
    person.c.skills,
    person.c.languages,
    person.c.residency,
    person.c.clearance,
    person.c.rate,
    person.c.currency,
).join(person, person.c.actor_id == actor.c.id)
