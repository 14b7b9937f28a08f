"""What changed between two releases of one dataset: rows that came, rows that went, rows whose label is another."""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    null,
    or_,
    select,
)

from goldloop.store.prepared import Prepared
from goldloop.store.releases import ReleaseRow
from goldloop.store.schema import release_row

ADDED, RELABELLED, CONFIRMED, REMOVED = "added", "relabelled", "confirmed", "removed"
CHANGES = (ADDED, RELABELLED, CONFIRMED, REMOVED)
"""confirmed: decided again in another batch, with the same label."""
CAME, WENT = 0, 1  # the parts of a walk


class Place(NamedTuple):
    """Where a walk through the changes goes on: in which part, from which release's rows, after which row."""

    part: int = 0
    number: int = 0
    row: int = 0


class Change(NamedTuple):
    """One row that is not as it was, and its place."""

    part: int
    number: int
    row: int
    change: str
    item_id: int
    before_value: int | None
    before_batch: int | None
    after_value: int | None
    after_batch: int | None

    @property
    def place(self) -> Place:
        """Where a walk goes on behind this row."""
        return Place(self.part, self.number, self.row)


class Counted(NamedTuple):
    """How many rows changed in one way, from one label to another where there are both."""

    change: str
    before_value: int | None
    after_value: int | None
    rows: int


def changes(
    connection: Connection, before: ReleaseRow, after: ReleaseRow, *, only: str | None, place: Place, limit: int
) -> list[Change]:
    """A page of what changed after a place: what came, release by release, then what went.

    Release by release, so that every page begins in the middle of an index, however much has changed.
    """
    out: list[Change] = []
    for part in _asked(only):
        for number in range(before.number + 1, after.number + 1):
            if (part, number) < place[:2]:
                continue
            first = place.row if (part, number) == place[:2] else 0
            rows = _page(part, only).tuples(
                connection,
                programme=after.programme_id,
                name=after.name,
                before=before.number,
                after=after.number,
                number=number,
                first=first,
                limit=limit - len(out),
            )
            out += [Change(part, number, *row) for row in rows]
            if len(out) == limit:
                return out
    return out


def count_changes(connection: Connection, before: ReleaseRow, after: ReleaseRow) -> list[Counted]:
    """How many rows changed, by what happened and by label before and after; most first."""
    out: list[Counted] = []
    for part in _asked(None):
        rows = _part(part, before, after, None, None).subquery()
        keys = (rows.c.change, rows.c.before_value, rows.c.after_value)
        out += [Counted(*row) for row in connection.execute(select(*keys, func.count()).group_by(*keys))]
    return sorted(out, key=lambda one: -one.rows)


def count_rows(connection: Connection, row: ReleaseRow) -> int:
    """How many rows a release holds."""
    return int(connection.execute(select(func.count()).select_from(release_row).where(holds(row))).scalar_one())


def holds(row: ReleaseRow) -> ColumnElement[bool]:
    """True for a row that this release holds."""
    return and_(_of_name(row), _in_force(row, release_row))


def came(before: ReleaseRow | None, after: ReleaseRow) -> ColumnElement[bool]:
    """True for a row of `after` that `before` does not hold as it is; for all of them where there is none before."""
    if before is None:
        return holds(after)
    same = release_row.alias("same")  # taken out in between and put back is no change
    alike = (same.c.value_id == release_row.c.value_id, same.c.batch_id == release_row.c.batch_id)
    there = select(same.c.id).where(_holds_item(before, same), *alike).exists()
    return and_(_since(before, after, None), ~there)


def _since(before: ReleaseRow, after: ReleaseRow, number: int | None) -> ColumnElement[bool]:
    """True for a row of `after` that was written after `before`.

    `number`: of those the ones that came with this release. One number, and not a range, is what an index ends on.
    """
    stays = or_(release_row.c.valid_to.is_(None), release_row.c.valid_to > after.number)
    return and_(_of_name(after), _when(release_row.c.valid_from, before, after, number), stays)


def _of_name(row: ReleaseRow) -> ColumnElement[bool]:
    return and_(release_row.c.programme_id == row.programme_id, release_row.c.name == row.name)


def _when(column: ColumnElement[int], before: ReleaseRow, after: ReleaseRow, number: int | None) -> ColumnElement[bool]:
    return column == number if number is not None else and_(column > before.number, column <= after.number)


def _holds_item(row: ReleaseRow, of: FromClause) -> ColumnElement[bool]:
    """True for what this release holds of a row's item. The item's programme goes without saying: named, it would
    lead SQLite to walk the whole dataset for each item."""
    return and_(of.c.item_id == release_row.c.item_id, of.c.name == row.name, _in_force(row, of))


def _in_force(row: ReleaseRow, of: FromClause) -> ColumnElement[bool]:
    return and_(of.c.valid_from <= row.number, or_(of.c.valid_to.is_(None), of.c.valid_to > row.number))


def _asked(only: str | None) -> tuple[int, ...]:
    """The parts in which a kind of change is found."""
    return (CAME, WENT) if only is None else (WENT,) if only == REMOVED else (CAME,)


def _part(
    part: int, before: ReleaseRow, after: ReleaseRow, only: str | None, number: int | None
) -> Select[tuple[Any, ...]]:
    return _came(before, after, only, number) if part == CAME else _went(before, after, number)


@cache
def _page(part: int, only: str | None) -> Prepared:
    """The statement that reads a page of a part: two releases, the number whose rows are read, after which row."""
    before, after = (
        ReleaseRow(0, _given("programme"), "dataset", _given("name"), _given(number), b"", "", 0, 0)
        for number in ("before", "after")
    )
    rows = _part(part, before, after, only, _given("number")).where(release_row.c.id > _given("first"))
    return Prepared(rows.order_by(release_row.c.id).limit(_given("limit")))


def _given(name: str) -> Any:
    """What is said when a statement runs."""
    return bindparam(name)


def _came(before: ReleaseRow, after: ReleaseRow, only: str | None, number: int | None) -> Select[tuple[Any, ...]]:
    old = release_row.alias("old")
    another = or_(old.c.value_id != release_row.c.value_id, old.c.batch_id != release_row.c.batch_id)
    is_ = {
        ADDED: old.c.id.is_(None),
        CONFIRMED: old.c.value_id == release_row.c.value_id,
        RELABELLED: old.c.value_id != release_row.c.value_id,
    }
    return (
        select(
            release_row.c.id,
            case((is_[ADDED], ADDED), (is_[CONFIRMED], CONFIRMED), else_=RELABELLED).label("change"),
            release_row.c.item_id,
            old.c.value_id.label("before_value"),
            old.c.batch_id.label("before_batch"),
            release_row.c.value_id.label("after_value"),
            release_row.c.batch_id.label("after_batch"),
        )
        .select_from(release_row)
        .outerjoin(old, _holds_item(before, old))
        .where(
            _since(before, after, number),
            or_(is_[ADDED], another),  # what `came` says, without a second look: a release holds an item once
            *([is_[only]] if only is not None else []),
        )
    )


def _went(before: ReleaseRow, after: ReleaseRow, number: int | None) -> Select[tuple[Any, ...]]:
    new = release_row.alias("new")
    there = select(new.c.id).where(_holds_item(after, new)).exists()
    return select(
        release_row.c.id,
        literal(REMOVED).label("change"),
        release_row.c.item_id,
        release_row.c.value_id.label("before_value"),
        release_row.c.batch_id.label("before_batch"),
        null().label("after_value"),
        null().label("after_batch"),
    ).where(
        _of_name(before),
        release_row.c.valid_from <= before.number,
        _when(release_row.c.valid_to, before, after, number),
        ~there,
    )
