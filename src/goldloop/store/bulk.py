"""Many rows at once, as tuples straight to the driver: a third of the cost of naming every column in every row."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Table

from goldloop.store.prepared import driver

MOST_LISTED = 500
TOGETHER = 50  # rows of one INSERT on SQLite, which opens tables, indexes and parents once for them all
UNLESS_THERE = " ON CONFLICT DO NOTHING"
MARKS = {"qmark": "?", "format": "%s", "pyformat": "%s"}


def add_rows(connection: Connection, table: Table, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows whose values stand in the order of `columns`; the other columns stay empty."""
    listed, style = list(rows), connection.dialect.paramstyle
    whole = len(listed) - len(listed) % TOGETHER if connection.dialect.name == "sqlite" else 0
    if whole:
        together, run = _insert(style, table, columns, TOGETHER), driver(connection).execute
        for start in range(0, whole, TOGETHER):
            run(together, list(chain.from_iterable(listed[start : start + TOGETHER])))
    if listed[whole:]:
        connection.exec_driver_sql(_insert(style, table, columns), listed[whole:])


def add_missing(connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> int:
    """Insert the rows whose key is not there yet; how many were inserted."""
    if not rows:
        return 0
    style, written, cursor = connection.dialect.paramstyle, 0, driver(connection).cursor()
    whole = len(rows) - len(rows) % TOGETHER if connection.dialect.name == "sqlite" else 0
    if whole:
        together = _insert(style, table, columns, TOGETHER) + UNLESS_THERE
        for start in range(0, whole, TOGETHER):
            written += cursor.execute(together, list(chain.from_iterable(rows[start : start + TOGETHER]))).rowcount
    if rows[whole:]:
        cursor.executemany(_insert(style, table, columns) + UNLESS_THERE, list(rows[whole:]))
        written += cursor.rowcount
    return int(written)


def drop_rows(connection: Connection, table: Table, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """Delete the rows whose `columns` hold these values; what is not there is no matter."""
    listed = list(rows)
    if listed:
        connection.exec_driver_sql(_delete(connection.dialect.paramstyle, table, columns), listed)


def find_rows(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    *,
    among: str,
    of: Sequence[Any],
    where: tuple[str, Any] | None = None,
) -> list[tuple[Any, ...]]:
    """The rows in which `among` has any value `of` a list, as the driver gives them; `where` is (column, its value)."""
    out: list[tuple[Any, ...]] = []
    fixed, values = (where[0], where[1:]) if where else (None, ())
    for start in range(0, len(of), MOST_LISTED):
        listed = of[start : start + MOST_LISTED]
        statement = _select(connection.dialect.paramstyle, table, columns, fixed, among, len(listed))
        out += driver(connection).execute(statement, (*values, *listed)).fetchall()
    return out


@lru_cache(maxsize=64)
def _insert(style: str, table: Table, columns: tuple[str, ...], rows: int = 1) -> str:
    marks = ", ".join([f"({', '.join([MARKS[style]] * len(columns))})"] * rows)
    return f'INSERT INTO "{table.name}" ({_names(table, columns)}) VALUES {marks}'  # noqa: S608 - from the schema


@lru_cache(maxsize=64)
def _delete(style: str, table: Table, columns: tuple[str, ...]) -> str:
    which = " AND ".join(f'"{table.c[name].name}" = {MARKS[style]}' for name in columns)
    return f'DELETE FROM "{table.name}" WHERE {which}'  # noqa: S608 - names come from the schema


@lru_cache(maxsize=64)
def _select(style: str, table: Table, columns: tuple[str, ...], where: str | None, among: str, count: int) -> str:
    mark = MARKS[style]
    which = f'"{table.c[where].name}" = {mark} AND ' if where else ""
    which += f'"{table.c[among].name}" IN ({", ".join([mark] * count)})'
    return f'SELECT {_names(table, columns)} FROM "{table.name}" WHERE {which}'  # noqa: S608 - from the schema


def _names(table: Table, columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{table.c[name].name}"' for name in columns)
