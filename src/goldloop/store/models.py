"""Versions of models: which one routes and who said so, what their runs used and cost, how two of them compare."""

import json
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, func, insert, select, update

from goldloop.core.canonical import canonical
from goldloop.store.schema import actor, comparison, model, model_run, promotion


class Promotion(NamedTuple):
    """A version that became the one that routes; `by` is None for the first of its name."""

    id: int
    name: str
    actor_id: int
    by_id: int | None
    by: str | None
    because: str
    comparison_id: int | None
    promoted_at: int


def promote(
    connection: Connection,
    programme_id: int,
    name: str,
    actor_id: int,
    *,
    by: int,
    because: str,
    comparison_id: int | None,
    at: int,
) -> None:
    """From now on this version of a model routes."""
    row = {
        "programme_id": programme_id,
        "name": name,
        "actor_id": actor_id,
        "by_id": by,
        "because": because,
        "comparison_id": comparison_id,
        "promoted_at": at,
    }
    connection.execute(insert(promotion), row)


def promotions(connection: Connection, programme_id: int, name: str | None = None) -> list[Promotion]:
    """Every promotion in a programme, newest first."""
    statement = (
        select(
            promotion.c.id,
            promotion.c.name,
            promotion.c.actor_id,
            promotion.c.by_id,
            actor.c.name,
            promotion.c.because,
            promotion.c.comparison_id,
            promotion.c.promoted_at,
        )
        .outerjoin(actor, actor.c.id == promotion.c.by_id)
        .where(promotion.c.programme_id == programme_id)
        .order_by(promotion.c.id.desc())
    )
    if name is not None:
        statement = statement.where(promotion.c.name == name)
    return [Promotion._make(row) for row in connection.execute(statement)]


def registered_at(connection: Connection, programme_id: int) -> dict[int, int]:
    """When every version of a programme's models was registered."""
    statement = select(actor.c.id, actor.c.created_at).join(model, model.c.actor_id == actor.c.id)
    return {key: at for key, at in connection.execute(statement.where(model.c.programme_id == programme_id))}


class Use(NamedTuple):
    """What runs of a version said and took. Tokens and cost are None where the endpoint or the price says nothing."""

    said: int = 0
    refused: int = 0
    requests: int = 0
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost: float | None = None
    currency: str | None = None


def begin_run(
    connection: Connection, programme_id: int, actor_id: int, purpose: str, *, job_id: int | None, at: int
) -> int:
    """A run of a version begins; its key."""
    row = {
        "programme_id": programme_id,
        "actor_id": actor_id,
        "job_id": job_id,
        "purpose": purpose,
        "said": 0,
        "refused": 0,
        "tally": "{}",
        "requests": 0,
        "began_at": at,
        "changed_at": at,
    }
    return int(connection.execute(insert(model_run).returning(model_run.c.id), row).scalar_one())


def note_run(connection: Connection, key: int, use: Use, tally: Mapping[str, Any], *, at: int) -> None:
    """How far a run is and what it took so far."""
    row = {**use._asdict(), "tally": canonical(dict(tally)), "changed_at": at}
    connection.execute(update(model_run).where(model_run.c.id == key).values(row))


def spent(connection: Connection, actor_id: int) -> float:
    """What all runs of a version cost, in minor units."""
    total = select(func.coalesce(func.sum(model_run.c.cost), 0.0)).where(model_run.c.actor_id == actor_id)
    return float(connection.execute(total).scalar_one())


def uses(connection: Connection, programme_id: int) -> dict[int, Use]:
    """What all runs of every version of a programme said and took."""
    kept = model_run.c.purpose != "preview"
    rows = connection.execute(
        select(
            model_run.c.actor_id,
            func.sum(case((kept, model_run.c.said), else_=0)),
            func.sum(case((kept, model_run.c.refused), else_=0)),
            func.sum(model_run.c.requests),
            func.sum(model_run.c.tokens_in),
            func.sum(model_run.c.tokens_out),
            func.sum(model_run.c.cost),
            func.max(model_run.c.currency),
        )
        .where(model_run.c.programme_id == programme_id)
        .group_by(model_run.c.actor_id)
    )
    out: dict[int, Use] = {}
    for key, said, refused, requests, tokens_in, tokens_out, cost, currency in rows:
        out[key] = Use(
            said=int(said),
            refused=int(refused),
            requests=int(requests),
            tokens_in=None if tokens_in is None else int(tokens_in),
            tokens_out=None if tokens_out is None else int(tokens_out),
            cost=cost,
            currency=currency,
        )
    return out


class RunRow(NamedTuple):
    """One run of a version, as it stands."""

    id: int
    actor_id: int
    job_id: int | None
    purpose: str
    use: Use
    tally: Mapping[str, Any]
    began_at: int
    changed_at: int


def run_row(connection: Connection, key: int) -> RunRow:
    """One run, as it stands."""
    return _run(connection.execute(_RUNS.where(model_run.c.id == key)).one())


def runs_of(connection: Connection, actor_id: int, *, limit: int = 50) -> list[RunRow]:
    """The newest runs of a version."""
    statement = _RUNS.where(model_run.c.actor_id == actor_id).order_by(model_run.c.id.desc()).limit(limit)
    return [_run(row) for row in connection.execute(statement)]


def _run(row: Any) -> RunRow:
    use = Use(*(getattr(row, name) for name in Use._fields))
    tally = json.loads(row.tally)
    return RunRow(row.id, row.actor_id, row.job_id, row.purpose, use, tally, row.began_at, row.changed_at)


_RUNS = select(
    model_run.c.id,
    model_run.c.actor_id,
    model_run.c.job_id,
    model_run.c.purpose,
    *(model_run.c[name] for name in Use._fields),
    model_run.c.tally,
    model_run.c.began_at,
    model_run.c.changed_at,
)


class ComparisonRow(NamedTuple):
    """Two versions on the same gold."""

    id: int
    programme_id: int
    first_id: int
    second_id: int
    release_id: int
    doc: dict[str, Any]
    by: str | None
    compared_at: int


def add_comparison(
    connection: Connection,
    programme_id: int,
    first_id: int,
    second_id: int,
    release_id: int,
    doc: Mapping[str, Any],
    *,
    by: int | None,
    at: int,
) -> int:
    """Keep a comparison; its key."""
    row = {
        "programme_id": programme_id,
        "first_id": first_id,
        "second_id": second_id,
        "release_id": release_id,
        "doc": canonical(dict(doc)),
        "compared_by": by,
        "compared_at": at,
    }
    return int(connection.execute(insert(comparison).returning(comparison.c.id), row).scalar_one())


def comparisons(
    connection: Connection, programme_id: int, *, keys: Collection[int] | None = None, limit: int = 50
) -> list[ComparisonRow]:
    """The newest comparisons of a programme, or a few by key."""
    statement = (
        select(
            comparison.c.id,
            comparison.c.programme_id,
            comparison.c.first_id,
            comparison.c.second_id,
            comparison.c.release_id,
            comparison.c.doc,
            actor.c.name,
            comparison.c.compared_at,
        )
        .outerjoin(actor, actor.c.id == comparison.c.compared_by)
        .where(comparison.c.programme_id == programme_id)
        .order_by(comparison.c.id.desc())
        .limit(limit)
    )
    if keys is not None:
        statement = statement.where(comparison.c.id.in_(keys))
    rows = [ComparisonRow._make(row) for row in connection.execute(statement)]
    return [row._replace(doc=json.loads(str(row.doc))) for row in rows]
