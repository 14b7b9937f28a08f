"""Recalibrations of model versions: numbered maps, and which of them a version is routed by."""

from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select

from goldloop.store.schema import recalibration, recalibration_use


class RecalibrationRow(NamedTuple):
    """One fitted map as it stands in its table; it never changes."""

    id: int
    model_id: int
    number: int
    map: str
    n: int
    sources: str
    losses: str
    because: str
    fitted_by: int
    fitted_at: int


class Use(NamedTuple):
    """Which map was put in force for a model version (None: none, as stated), by whom, and why."""

    recalibration_id: int | None
    because: str
    put_by: int
    put_at: int


def add_recalibration(
    connection: Connection,
    model_id: int,
    *,
    map_: str,
    n: int,
    sources: str,
    losses: str,
    because: str,
    by: int,
    at: int,
) -> RecalibrationRow:
    """The next version of a model version's map."""
    last = connection.execute(
        select(func.max(recalibration.c.number)).where(recalibration.c.model_id == model_id)
    ).scalar()
    row = {
        "model_id": model_id,
        "number": int(last or 0) + 1,
        "map": map_,
        "n": n,
        "sources": sources,
        "losses": losses,
        "because": because,
        "fitted_by": by,
        "fitted_at": at,
    }
    key = connection.execute(insert(recalibration).returning(recalibration.c.id), row).scalar_one()
    return RecalibrationRow(id=int(key), **row)  # type: ignore[arg-type]


def recalibrations(connection: Connection, model_id: int) -> list[RecalibrationRow]:
    """The maps of a model version, newest first."""
    rows = connection.execute(_ROWS.where(recalibration.c.model_id == model_id).order_by(recalibration.c.id.desc()))
    return [RecalibrationRow._make(row) for row in rows]


def put_in_force(
    connection: Connection, model_id: int, recalibration_id: int | None, *, because: str, by: int, at: int
) -> None:
    """Have a model version routed by a map from now on; None: by what it states."""
    row = {
        "model_id": model_id,
        "recalibration_id": recalibration_id,
        "because": because,
        "put_by": by,
        "put_at": at,
    }
    connection.execute(insert(recalibration_use), row)


def uses(connection: Connection, model_id: int) -> list[Use]:
    """What a model version was routed by, newest first."""
    use = recalibration_use.c
    rows = connection.execute(
        select(use.recalibration_id, use.because, use.put_by, use.put_at)
        .where(use.model_id == model_id)
        .order_by(use.id.desc())
    )
    return [Use._make(row) for row in rows]


def in_force(connection: Connection, model_id: int) -> RecalibrationRow | None:
    """The map that a model version is routed by now; None where it is routed by what it states."""
    newest = (
        select(recalibration_use.c.recalibration_id)
        .where(recalibration_use.c.model_id == model_id)
        .order_by(recalibration_use.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    row = connection.execute(_ROWS.where(recalibration.c.id == newest)).one_or_none()
    return RecalibrationRow._make(row) if row is not None else None


_ROWS = select(
    recalibration.c.id,
    recalibration.c.model_id,
    recalibration.c.number,
    recalibration.c.map,
    recalibration.c.n,
    recalibration.c.sources,
    recalibration.c.losses,
    recalibration.c.because,
    recalibration.c.fitted_by,
    recalibration.c.fitted_at,
)
