"""Lists in an order that a reader chose: by one expression, ties by key, what has no value last.

A page says where it ended, and the next goes on behind that place whatever was added or taken away in between.
"""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from goldloop.core.errors import Invalid

ORDERED = 100_000  # rows of a list of items that are put in order; more would need an index for each heading
LETTERS = 200  # of a text that count for its place
Value = str | int | float | None


class Place(NamedTuple):
    """Where a row stands in an order: what it is ordered by, and its key."""

    value: Value
    key: int


class Order(NamedTuple):
    """What was asked for: by which name, downwards or not, and behind which place."""

    by: str
    down: bool = False
    after: Place | None = None


def places(connection: Connection, found: Select[Any], order: Order, *, limit: int) -> list[Place]:
    """The next rows of `found`, which selects a `key` and what it is ordered `by`."""
    inner = found.subquery()
    by: ColumnElement[Any] = inner.c.by
    key = inner.c.key
    kind = by.type.python_type
    if kind is str:
        by = func.substr(by, 1, LETTERS, type_=inner.c.by.type)
    statement = select(by.label("by"), key)
    if order.after is not None:
        value = _checked(order.after.value, kind)
        behind: ColumnElement[bool] = by.is_(None) & (key > order.after.key)
        if value is not None:
            further = by < value if order.down else by > value
            behind = or_(further, and_(by == value, key > order.after.key), by.is_(None))
        statement = statement.where(behind)
    rows = connection.execute(statement.order_by(by.is_(None), by.desc() if order.down else by.asc(), key).limit(limit))
    return [Place(row.by, row.key) for row in rows]


def _checked(value: Value, kind: type) -> Value:
    """A cursor comes from outside: only what the database can compare goes there."""
    fits = value is None or type(value) is kind or (kind is float and type(value) is int)
    if isinstance(value, str):
        fits = fits and len(value) <= LETTERS and not any(one == "\0" or "\ud800" <= one <= "\udfff" for one in value)
    if isinstance(value, int):
        fits = fits and -(1 << 63) <= value < 1 << 63
    if not fits:
        raise Invalid("this is not where a page of this order ended", field="after", expected="`next` of a page")
    return value
