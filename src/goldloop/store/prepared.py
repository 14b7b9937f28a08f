"""Statements of the hot path: SQLAlchemy writes their SQL once, the driver runs it.

A claim and a submit are some 25 statements on rows found by key. The database needs 10 microseconds for one of them,
and what SQLAlchemy does around each execution several times that; here it is paid once a process.
"""

from collections import namedtuple
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.sql.compiler import SQLCompiler

Statement = Select[Any] | CompoundSelect[Any] | Insert | Update | Delete
Converter = Callable[[Any], Any]


class Prepared:
    """A statement whose every value is a named parameter; lists of unknown length are not for it.

    It runs in the transaction of the connection it is given. Rows are named tuples, with the types of their columns.
    `columns`: what an insert or an update sets, where the statement does not say so itself.
    """

    def __init__(self, statement: Statement, *, columns: Sequence[str] = ()) -> None:
        self._statement, self._columns = statement, list(columns)
        self._forms: dict[str, _Form] = {}

    def all(self, connection: Connection, **values: Any) -> list[Any]:
        """Every row."""
        form = self._form(connection.dialect)
        return form.rows(driver(connection).execute(form.sql, form.arguments(values)))

    def one(self, connection: Connection, **values: Any) -> Any:
        """The first row, or None where there is none."""
        found = self.all(connection, **values)
        return found[0] if found else None

    def scalar(self, connection: Connection, **values: Any) -> Any:
        """The first column of the first row, or None where there is none."""
        found = self.all(connection, **values)
        return found[0][0] if found else None

    def column(self, connection: Connection, **values: Any) -> list[Any]:
        """The first column of every row, as the driver gives it: whole numbers and text, many of them."""
        form = self._form(connection.dialect)
        return [row[0] for row in driver(connection).execute(form.sql, form.arguments(values)).fetchall()]

    def tuples(self, connection: Connection, **values: Any) -> list[tuple[Any, ...]]:
        """Every row as the driver gives it: whole numbers and text, many of them; what is true or not may be 1 or 0."""
        form = self._form(connection.dialect)
        return list(driver(connection).execute(form.sql, form.arguments(values)).fetchall())

    def run(self, connection: Connection, **values: Any) -> int:
        """How many rows were written."""
        form = self._form(connection.dialect)
        return int(driver(connection).execute(form.sql, form.arguments(values)).rowcount)

    def _form(self, dialect: Dialect) -> "_Form":
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = _Form(self._statement, dialect, self._columns)
        return form


class _Form:
    """A statement in the words of one database."""

    def __init__(self, statement: Statement, dialect: Dialect, columns: list[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns or None)
        assert isinstance(compiled, SQLCompiler)
        self.sql = compiled.string
        self._order = compiled.positiontup
        self._given = {name: value for name, value in compiled.params.items() if value is not None}
        returned = list(statement.exported_columns)
        row: Any = namedtuple("Row", tuple(str(one.key) for one in returned))  # type: ignore[misc]  # known at run time
        self._make: Converter = row._make
        self._dialect, self._types = dialect, [one.type.dialect_impl(dialect) for one in returned]
        self._converters: list[tuple[int, Converter]] | None = None

    def arguments(self, values: dict[str, Any]) -> Any:
        """The parameters as the driver takes them. A missing one is a KeyError."""
        if self._given:
            values = {**self._given, **values}
        return values if self._order is None else [values[name] for name in self._order]

    def rows(self, cursor: Any) -> list[Any]:
        """Rows with names, and values of their columns' types."""
        if self._converters is None:
            self._converters = self._read_with(cursor.description)
        found = cursor.fetchall()
        if not self._converters:
            return [self._make(row) for row in found]
        return [self._make(self._converted(list(row))) for row in found]

    def _read_with(self, description: Sequence[Sequence[Any]]) -> list[tuple[int, Converter]]:
        """The columns whose values the driver gives in another type, by place."""
        pairs = zip(self._types, description, strict=True)
        found = [one.result_processor(self._dialect, described[1]) for one, described in pairs]
        return [(n, one) for n, one in enumerate(found) if one is not None]

    def _converted(self, row: list[Any]) -> list[Any]:
        for n, converter in self._converters or ():
            row[n] = converter(row[n])
        return row


def driver(connection: Connection) -> Any:
    """The driver's own connection: both drivers have `execute(sql, parameters)`."""
    return connection.connection.driver_connection
