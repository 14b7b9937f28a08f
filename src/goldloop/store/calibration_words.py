"""What was said of how somebody stands: passed, failed, lifted, contested, and by whom."""

from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from goldloop.store.schema import (
    actor,
    calibration_word,
)


class NewWord(NamedTuple):
    """What happened to somebody's calibration. `by_id` is None for the rule of the programme file."""

    programme_id: int
    person_id: int
    sitting: int
    kind: str
    because: str
    by_id: int | None
    right: int | None
    n: int | None
    low: float | None
    high: float | None
    at: int


class CalibrationWord(NamedTuple):
    """What happened to somebody's calibration, with the name of who did it."""

    id: int
    person_id: int
    sitting: int
    kind: str
    because: str
    by_id: int | None
    by: str | None
    right: int | None
    n: int | None
    low: float | None
    high: float | None
    at: int


def add_word(connection: Connection, new: NewWord) -> None:
    """Append what happened."""
    connection.execute(insert(calibration_word), new._asdict())


def words(connection: Connection, programme_id: int, *, person_id: int | None = None) -> list[CalibrationWord]:
    """What happened, oldest first: to everybody, or to one person."""
    statement = (
        select(
            calibration_word.c.id,
            calibration_word.c.person_id,
            calibration_word.c.sitting,
            calibration_word.c.kind,
            calibration_word.c.because,
            calibration_word.c.by_id,
            actor.c.name,
            calibration_word.c.right,
            calibration_word.c.n,
            calibration_word.c.low,
            calibration_word.c.high,
            calibration_word.c.at,
        )
        .outerjoin(actor, actor.c.id == calibration_word.c.by_id)
        .where(calibration_word.c.programme_id == programme_id)
        .order_by(calibration_word.c.id)
    )
    if person_id is not None:
        statement = statement.where(calibration_word.c.person_id == person_id)
    return [CalibrationWord._make(row) for row in connection.execute(statement)]
