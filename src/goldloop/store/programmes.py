"""Programmes and the versions of their policy."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select, update

from goldloop.core.canonical import canonical, digest
from goldloop.core.errors import NotFound
from goldloop.core.policy import Policy
from goldloop.store.prepared import Prepared
from goldloop.store.schema import policy, programme


class PolicyRow(NamedTuple):
    """A version of a programme's policy and the releases it put in force."""

    id: int
    programme_id: int
    number: int
    policy: Policy
    ontology_id: int
    guideline_id: int | None
    applied_at: int


class ProgrammeRow(NamedTuple):
    """A programme as it stands in its table."""

    id: int
    name: str
    organisation_id: int
    created_at: int


def add_programme(connection: Connection, name: str, organisation_id: int, *, at: int) -> int:
    """A new programme; its first policy follows in the same transaction."""
    row = {"name": name, "organisation_id": organisation_id, "created_at": at}
    return int(connection.execute(insert(programme).returning(programme.c.id), row).scalar_one())


def find_programme(connection: Connection, name: str) -> ProgrammeRow | None:
    """The programme of a name, or None."""
    row = _BY_NAME.one(connection, name=name)
    return ProgrammeRow(*row) if row else None


def programme_row(connection: Connection, key: int) -> ProgrammeRow:
    """A programme by key, which is there."""
    return ProgrammeRow(*_BY_KEY.one(connection, programme=key))


def programme_of_key(connection: Connection, key: int) -> ProgrammeRow | None:
    """The programme of a key, or None."""
    row = _BY_KEY.one(connection, programme=key)
    return ProgrammeRow(*row) if row else None


def programmes(connection: Connection, keys: Sequence[int] | None = None) -> list[ProgrammeRow]:
    """Programmes by name: those of `keys`, or all."""
    statement = _PROGRAMMES.order_by(programme.c.name)
    if keys is not None:
        statement = statement.where(programme.c.id.in_(keys))
    return [ProgrammeRow(*row) for row in connection.execute(statement)]


def add_policy(
    connection: Connection,
    programme_id: int,
    text: str,
    doc: Policy,
    *,
    ontology_id: int,
    guideline_id: int | None,
    by: int,
    at: int,
) -> int:
    """The next version of a programme's policy; its number."""
    last = connection.execute(select(func.max(policy.c.number)).where(policy.c.programme_id == programme_id)).scalar()
    stored = canonical(doc.model_dump(mode="json", by_alias=True))
    number = int(last or 0) + 1
    row = {
        "programme_id": programme_id,
        "number": number,
        "yaml": text,
        "doc": stored,
        "digest": digest(stored),
        "ontology_id": ontology_id,
        "guideline_id": guideline_id,
        "applied_by": by,
        "applied_at": at,
    }
    connection.execute(insert(policy), row)
    space = doc.protection.workspace
    declared = canonical(space.model_dump(mode="json")) if space is not None else None
    connection.execute(update(programme).where(programme.c.id == programme_id).values(workspace=declared))
    return number


def policy_in_force(connection: Connection, programme_id: int) -> PolicyRow:
    """The newest policy of a programme. Raises NotFound where nothing was applied yet."""
    statement = _POLICIES.where(policy.c.programme_id == programme_id).order_by(policy.c.number.desc()).limit(1)
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise NotFound("this programme has no policy yet", expected="goldloop programme apply FILE")
    return _noun(row)


def policy_at(connection: Connection, programme_id: int, at: int) -> PolicyRow:
    """The policy that was in force at a moment; the first one for a moment before it."""
    mine = _POLICIES.where(policy.c.programme_id == programme_id)
    row = connection.execute(
        mine.where(policy.c.applied_at < at).order_by(policy.c.number.desc()).limit(1)
    ).one_or_none()
    return _noun(row or connection.execute(mine.order_by(policy.c.number).limit(1)).one())


class InForce(NamedTuple):
    """The newest policy of a programme and its releases, without the policy itself."""

    id: int
    ontology_id: int
    guideline_id: int | None


def in_force(connection: Connection, programme_id: int) -> InForce:
    """Which policy and releases hold now; light enough for every hand-out."""
    return InForce._make(_IN_FORCE.one(connection, programme=programme_id))


def policy_row(connection: Connection, key: int) -> PolicyRow:
    """A version of a policy by key; it never changes."""
    return _noun(connection.execute(_POLICIES.where(policy.c.id == key)).one())


def policy_text(connection: Connection, programme_id: int, number: int) -> str:
    """The YAML of one version, as it was applied. Raises NotFound."""
    found = connection.execute(
        select(policy.c.yaml).where(policy.c.programme_id == programme_id, policy.c.number == number)
    ).scalar()
    if found is None:
        raise NotFound("there is no such version of the policy", field="number", found=str(number))
    return str(found)


class Version(NamedTuple):
    """One line of a policy's history."""

    number: int
    applied_by: int
    applied_at: int


def versions(connection: Connection, programme_id: int) -> list[Version]:
    """The history of a programme's policy, newest first."""
    rows = connection.execute(
        select(policy.c.number, policy.c.applied_by, policy.c.applied_at)
        .where(policy.c.programme_id == programme_id)
        .order_by(policy.c.number.desc())
    )
    return [Version(*row) for row in rows]


_PROGRAMMES = select(programme.c.id, programme.c.name, programme.c.organisation_id, programme.c.created_at)
_BY_KEY = Prepared(_PROGRAMMES.where(programme.c.id == bindparam("programme")))
_BY_NAME = Prepared(_PROGRAMMES.where(programme.c.name == bindparam("name")))
_IN_FORCE = Prepared(
    select(policy.c.id, policy.c.ontology_id, policy.c.guideline_id)
    .where(policy.c.programme_id == bindparam("programme"))
    .order_by(policy.c.number.desc())
    .limit(1)
)
_POLICIES = select(
    policy.c.id,
    policy.c.programme_id,
    policy.c.number,
    policy.c.doc,
    policy.c.ontology_id,
    policy.c.guideline_id,
    policy.c.applied_at,
)


def _noun(row: tuple[int, int, int, str, int, int | None, int]) -> PolicyRow:
    key, programme_id, number, doc, ontology_id, guideline_id, applied_at = row
    return PolicyRow(key, programme_id, number, Policy.model_validate_json(doc), ontology_id, guideline_id, applied_at)
