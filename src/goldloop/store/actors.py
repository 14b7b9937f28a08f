"""Actors: whoever says something. People, models of one version, and rules."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, exists, func, insert, select

from goldloop.core.clock import now
from goldloop.store.prepared import Prepared
from goldloop.store.schema import actor, judgement, model, model_run, promotion

FIRST = "no other version of its name had answered"


class ActorRow(NamedTuple):
    """An actor as it stands in its table."""

    id: int
    kind: str
    name: str
    version: str
    organisation_id: int | None
    simulated: bool
    left_at: int | None


def actor_key(
    connection: Connection,
    kind: str,
    name: str,
    version: str,
    organisation_id: int,
    *,
    at: int,
) -> int:
    """The actor of this kind, name and version in an organisation, added if new."""
    found = find_actor(connection, kind, name, version, organisation_id)
    if found is not None:
        return found
    row = {
        "kind": kind,
        "name": name,
        "version": version,
        "organisation_id": organisation_id,
        "simulated": False,
        "created_at": at,
        "left_at": None,
    }
    return int(connection.execute(insert(actor).returning(actor.c.id), row).scalar_one())


def find_actor(connection: Connection, kind: str, name: str, version: str, organisation_id: int) -> int | None:
    """The actor of this kind, name and version in an organisation, or None."""
    found = _NAMED.scalar(connection, kind=kind, name=name, version=version, organisation=organisation_id)
    return int(found) if found is not None else None


def actors(connection: Connection, keys: Sequence[int]) -> dict[int, ActorRow]:
    """Actors by key."""
    out: dict[int, ActorRow] = {}
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), 500):
        rows = connection.execute(
            select(
                actor.c.id,
                actor.c.kind,
                actor.c.name,
                actor.c.version,
                actor.c.organisation_id,
                actor.c.simulated,
                actor.c.left_at,
            ).where(actor.c.id.in_(wanted[start : start + 500]))
        )
        out |= {row.id: ActorRow._make(row) for row in rows}
    return out


class ModelRow(NamedTuple):
    """One version of a programme's model."""

    actor_id: int
    name: str
    version: str
    judge: str
    fingerprint: str
    trained_on: str | None


def add_model(
    connection: Connection, actor_id: int, programme_id: int, *, judge: str, fingerprint: str, trained_on: str | None
) -> None:
    """Register a model version: the first of its name routes at once, a later one when somebody promotes it.

    A declared version that nobody promoted and that never answered gives way: its address may have been mistyped.
    """
    connection.execute(
        insert(model),
        {
            "actor_id": actor_id,
            "programme_id": programme_id,
            "judge": judge,
            "fingerprint": fingerprint,
            "trained_on": trained_on,
        },
    )
    name = connection.execute(select(actor.c.name).where(actor.c.id == actor_id)).scalar_one()
    said = exists().where(judgement.c.actor_id == promotion.c.actor_id)
    answered = exists().where(model_run.c.actor_id == promotion.c.actor_id, model_run.c.said + model_run.c.refused > 0)
    holds = (
        select(promotion.c.id)
        .join(model, model.c.actor_id == promotion.c.actor_id)
        .where(promotion.c.programme_id == programme_id, promotion.c.name == name)
        .where(promotion.c.by_id.is_not(None) | model.c.trained_on.is_not(None) | said | answered)
    )
    if connection.execute(holds.limit(1)).first() is None:
        row = {"programme_id": programme_id, "name": name, "actor_id": actor_id, "because": FIRST, "promoted_at": now()}
        connection.execute(insert(promotion), row)


def models(connection: Connection, programme_id: int, name: str | None = None) -> list[ModelRow]:
    """The model versions of a programme, those that were promoted last first, then the newest.

    Of one name the first is therefore the version in force: the promoted one.
    """
    promoted = (
        select(func.coalesce(func.max(promotion.c.id), 0))
        .where(promotion.c.actor_id == model.c.actor_id)
        .correlate(model)
        .scalar_subquery()
    )
    statement = (
        select(model.c.actor_id, actor.c.name, actor.c.version, model.c.judge, model.c.fingerprint, model.c.trained_on)
        .join(actor, actor.c.id == model.c.actor_id)
        .where(model.c.programme_id == programme_id)
        .order_by(promoted.desc(), model.c.actor_id.desc())
    )
    if name is not None:
        statement = statement.where(actor.c.name == name)
    return [ModelRow._make(row) for row in connection.execute(statement)]


_NAMED = Prepared(
    select(actor.c.id).where(
        actor.c.kind == bindparam("kind"),
        actor.c.name == bindparam("name"),
        actor.c.version == bindparam("version"),
        actor.c.organisation_id == bindparam("organisation"),
    )
)
