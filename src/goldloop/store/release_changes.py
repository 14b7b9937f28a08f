"""What changed between two releases of one dataset: rows that came, rows that went, rows whose label is another."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, case, func, literal, or_, select

from goldloop.store.releases import ReleaseRow
from goldloop.store.schema import release_row

ADDED, RELABELLED, CONFIRMED, REMOVED = "added", "relabelled", "confirmed", "removed"
CHANGES = (ADDED, RELABELLED, CONFIRMED, REMOVED)
"""confirmed: decided again in another batch, with the same label."""


class Change(NamedTuple):
    """One row that is not as it was; `place` is where to go on after it."""

    place: int
    change: str
    item_id: int
    before_value: int | None
    before_batch: int | None
    after_value: int | None
    after_batch: int | None


class Counted(NamedTuple):
    """How many rows changed in one way, from one label to another where there are both."""

    change: str
    before_value: int | None
    after_value: int | None
    rows: int


def changes(
    connection: Connection, before: ReleaseRow, after: ReleaseRow, *, only: str | None, place: int, limit: int
) -> list[Change]:
    """A page of what changed, in the order it was written down, from the row after `place` on."""
    page = [
        Change(*row)
        for part in _parts(before, after, only, release_row.c.id)
        for row in connection.execute(part.where(release_row.c.id > place).order_by(release_row.c.id).limit(limit))
    ]
    return sorted(page, key=lambda one: one.place)[:limit]


def count_changes(connection: Connection, before: ReleaseRow, after: ReleaseRow) -> list[Counted]:
    """How many rows changed, by what happened and by label before and after; most first."""
    out: list[Counted] = []
    for part in _parts(before, after, None, literal(0)):
        rows = part.subquery()
        keys = (rows.c.change, rows.c.before_value, rows.c.after_value)
        out += [Counted(*row) for row in connection.execute(select(*keys, func.count()).group_by(*keys))]
    return sorted(out, key=lambda one: -one.rows)


def count_rows(connection: Connection, row: ReleaseRow) -> int:
    """How many rows a release holds."""
    return int(connection.execute(select(func.count()).select_from(release_row).where(holds(row))).scalar_one())


def holds(row: ReleaseRow, of: FromClause = release_row) -> ColumnElement[bool]:
    """True for a row that this release holds."""
    return and_(
        of.c.programme_id == row.programme_id,
        of.c.name == row.name,
        of.c.valid_from <= row.number,
        or_(of.c.valid_to.is_(None), of.c.valid_to > row.number),
    )


def came(before: ReleaseRow | None, after: ReleaseRow) -> ColumnElement[bool]:
    """True for a row of `after` that `before` does not hold as it is; for all of them where there is none before."""
    if before is None:
        return holds(after)
    same = release_row.alias("same")  # taken out in between and put back is no change
    there = (
        select(same.c.id)
        .where(
            same.c.item_id == release_row.c.item_id,
            same.c.value_id == release_row.c.value_id,
            same.c.batch_id == release_row.c.batch_id,
            holds(before, same),
        )
        .exists()
    )
    return and_(holds(after), release_row.c.valid_from > before.number, ~there)


def _parts(
    before: ReleaseRow, after: ReleaseRow, only: str | None, place: ColumnElement[int]
) -> list[Select[tuple[Any, ...]]]:
    parts = []
    if only != REMOVED:
        parts.append(_came(before, after, only, place))
    if only in (None, REMOVED):
        parts.append(_went(before, after, place))
    return parts


def _came(
    before: ReleaseRow, after: ReleaseRow, only: str | None, place: ColumnElement[int]
) -> Select[tuple[Any, ...]]:
    old = release_row.alias("old")
    is_ = {
        ADDED: old.c.id.is_(None),
        CONFIRMED: old.c.value_id == release_row.c.value_id,
        RELABELLED: old.c.value_id != release_row.c.value_id,
    }
    return (
        select(
            place.label("place"),
            case((is_[ADDED], ADDED), (is_[CONFIRMED], CONFIRMED), else_=RELABELLED).label("change"),
            release_row.c.item_id,
            old.c.value_id.label("before_value"),
            old.c.batch_id.label("before_batch"),
            release_row.c.value_id.label("after_value"),
            release_row.c.batch_id.label("after_batch"),
        )
        .select_from(release_row)
        .outerjoin(old, and_(old.c.item_id == release_row.c.item_id, holds(before, old)))
        .where(came(before, after), *([is_[only]] if only is not None else []))
    )


def _went(before: ReleaseRow, after: ReleaseRow, place: ColumnElement[int]) -> Select[tuple[Any, ...]]:
    new = release_row.alias("new")
    there = select(new.c.id).where(new.c.item_id == release_row.c.item_id, holds(after, new)).exists()
    return select(
        place.label("place"),
        literal(REMOVED).label("change"),
        release_row.c.item_id,
        release_row.c.value_id.label("before_value"),
        release_row.c.batch_id.label("before_batch"),
        literal(None).label("after_value"),
        literal(None).label("after_batch"),
    ).where(holds(before), release_row.c.valid_to <= after.number, ~there)
