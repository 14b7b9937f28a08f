"""What the lists of a programme are put in order by: one expression for each heading, and the rows in that order."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Float, Select, case, cast, func, or_, select, type_coerce

from goldloop.store.briefs import STATES
from goldloop.store.ordered import Order, Place, places
from goldloop.store.progress import STEPS
from goldloop.store.schema import (
    account,
    actor,
    batch,
    brief,
    job,
    member,
    organisation,
    person,
    progress,
    release,
    verdict,
)

_NEWEST = select(func.max(verdict.c.id)).where(verdict.c.batch_id == batch.c.id).correlate(batch).scalar_subquery()
_OUTCOME = select(verdict.c.outcome).where(verdict.c.id == _NEWEST).correlate(batch).scalar_subquery()
_STEPS = STEPS.subquery("steps")
_DECIDED = func.coalesce(progress.c.decided, 0) + func.coalesce(_STEPS.c.decided, 0)
Headings = Mapping[str, ColumnElement[Any]]
BATCHES: Headings = {
    "created": batch.c.id,
    "name": batch.c.name,
    "purpose": batch.c.purpose,
    "items": batch.c.item_count,
    "progress": type_coerce(cast(_DECIDED, Float(53)) / func.nullif(batch.c.item_count, 0), Float()),
    "due": batch.c.due_at,
    "owner": actor.c.name,
    "gate": _OUTCOME,
}
PEOPLE: Headings = {
    "name": actor.c.name,
    "sign_in": account.c.name,
    "organisation": organisation.c.name,
    "employment": person.c.employment,
    "tiers": person.c.tiers,
    "skills": person.c.skills,
    "languages": person.c.languages,
}
RELEASES: Headings = {"sealed": release.c.id, "name": release.c.name, "number": release.c.number}
BRIEFS: Headings = {
    "opened": brief.c.id,
    "due": brief.c.due_at,
    "title": brief.c.title,
    "source": brief.c.source,
    "state": case({state: n for n, state in enumerate(STATES)}, value=brief.c.state),
    "since": brief.c.since_at,
    "owner": actor.c.name,
    "relapses": brief.c.relapses,
}
JOBS: Headings = {
    "created": job.c.id,
    "finished": job.c.finished_at,
    "kind": job.c.kind,
    "state": job.c.state,
}


def batch_places(connection: Connection, programme_id: int, order: Order, *, limit: int) -> list[Place]:
    """Batches of a programme."""
    found = _found(batch.c.id, BATCHES, order).join(actor, actor.c.id == batch.c.owner_id)
    if order.by == "progress":
        counted = found.outerjoin(progress, progress.c.batch_id == batch.c.id)
        found = counted.outerjoin(_STEPS, _STEPS.c.batch_id == batch.c.id)
    return places(connection, found.where(batch.c.programme_id == programme_id), order, limit=limit)


def release_places(connection: Connection, programme_id: int, order: Order, *, limit: int) -> list[Place]:
    """Datasets that a programme sealed."""
    mine = (release.c.programme_id == programme_id) & (release.c.kind == "dataset")
    return places(connection, _found(release.c.id, RELEASES, order).where(mine), order, limit=limit)


def brief_places(
    connection: Connection, programme_id: int, where: Sequence[ColumnElement[bool]], order: Order, *, limit: int
) -> list[Place]:
    """Briefs of a programme that meet every condition."""
    found = _found(brief.c.id, BRIEFS, order).join(actor, actor.c.id == brief.c.owner_id)
    return places(connection, found.where(brief.c.programme_id == programme_id, *where), order, limit=limit)


def job_places(
    connection: Connection, programme_id: int, where: Sequence[ColumnElement[bool]], order: Order, *, limit: int
) -> list[Place]:
    """Jobs of a programme that meet every condition."""
    found = _found(job.c.id, JOBS, order).where(job.c.programme_id == programme_id, *where)
    return places(connection, found, order, limit=limit)


def people_places(
    connection: Connection, near: tuple[int | None, Sequence[int]] | None, order: Order, *, limit: int
) -> list[Place]:
    """People with an account: all, or those of an organisation and whoever has a role in one of these programmes."""
    found = (
        _found(actor.c.id, PEOPLE, order)
        .join(person, person.c.actor_id == actor.c.id)
        .join(account, account.c.actor_id == actor.c.id)
        .join(organisation, organisation.c.id == actor.c.organisation_id)
    )
    if near is not None:
        home, programmes = near
        there = select(member.c.actor_id).where(member.c.programme_id.in_(programmes))
        found = found.where(or_(actor.c.organisation_id == home, actor.c.id.in_(there)))
    return places(connection, found, order, limit=limit)


def _found(key: ColumnElement[Any], headings: Headings, order: Order) -> Select[Any]:
    return select(key.label("key"), headings[order.by].label("by")).select_from(key.table)
