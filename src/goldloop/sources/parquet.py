"""Parquet: a table in columns, one row an item."""

import datetime
import decimal
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Task, source
from goldloop.sources.columns import Columns
from goldloop.sources.lines import place, text_problem, too_long
from goldloop.sources.objects import Object
from goldloop.sources.rows import reader, wrong

# No extension is ever fetched: an installation without a network must behave like one with.
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "512MB",
    "threads": "1",
}
_BATCH = 1024
_GLOB = str.maketrans({"[": "[[]", "*": "[*]", "?": "[?]"})


@source("parquet.v1")
class Parquet(Columns):
    """A Parquet file: one row an item. Lists and structs arrive as JSON lists and objects, times as ISO 8601 text.

    Reading needs no more than half a GiB of memory, however large the file.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".parquet",)

    def read(
        self, path: Path, *, task: Task | None = None, resume: str = "", max_line: int = 8 << 20
    ) -> Iterator[Record | Reject]:
        """Stream records and rejects. The token is the number of rows read; a `line` is a row's number from 1."""
        read = reader(self)
        for one in read_table(path, resume=resume, max_line=max_line, check=self.require):
            yield one if isinstance(one, Reject) else read(*one)

    @classmethod
    def sample(cls) -> tuple[str, bytes]:
        """Questions to a bank, one with a prediction."""
        import duckdb

        rows = (
            "VALUES ('q1', 'Where is my card?', 'card', 0.9), ('q2', 'Thanks', NULL, NULL), ('q3', 'Euros?', 'rate', 1)"
        )
        with TemporaryDirectory() as folder, duckdb.connect(config=_SETTINGS) as database:
            file = Path(folder) / "questions.parquet"
            select = f"SELECT * FROM ({rows}) AS t(id, text, prediction, confidence)"  # noqa: S608  # text of ours
            database.execute(f"COPY ({select}) TO '{file}' (FORMAT parquet)")
            return file.name, file.read_bytes()


def read_table(
    path: Path, *, resume: str, max_line: int, check: Callable[[list[str]], None] | None = None
) -> Iterator[Object | Reject]:
    """The rows of a file as objects, and rejects. The token is the number of rows read. Raises Invalid."""
    import duckdb

    (done,) = place(resume or "0", 1)
    _refuse_what_is_not_parquet(path)
    query = f"SELECT * FROM read_parquet(?) OFFSET {done}"  # noqa: S608  # a number of ours
    try:
        with duckdb.connect(config=_SETTINGS) as database:
            rows = database.execute(query, [str(path).translate(_GLOB)])
            names = [column[0] for column in rows.description or ()]
            if check is not None:
                check(names)
            while batch := rows.fetchmany(_BATCH):
                for values in batch:
                    done += 1
                    yield _taken(dict(zip(names, values, strict=True)), done, max_line)
    except duckdb.Error as error:
        raise Invalid(
            "this Parquet file cannot be read",
            field=path.name,
            expected="a whole Parquet file",
            found=str(error).partition("\n")[0].replace(str(path), path.name)[:200],
        ) from error


def _refuse_what_is_not_parquet(path: Path) -> None:
    if not path.is_file():
        raise Invalid("there is no such file", field=path.name, expected="a file", found=str(path))
    with path.open("rb") as file:
        head = file.read(4)
        size = file.seek(0, 2)
        file.seek(max(size - 4, 0))
        tail = file.read(4)
    if head != b"PAR1":
        raise Invalid("this is not a Parquet file", field=path.name, expected="PAR1 at its start", found=repr(head))
    if tail != b"PAR1":
        raise Invalid("this Parquet file is truncated", field=path.name, expected="PAR1 at its end", found=repr(tail))


def _taken(row: dict[str, Any], number: int, max_line: int) -> Object | Reject:
    """A row with JSON values, or why it cannot be read."""
    size = sum(len(value) for value in row.values() if isinstance(value, str | bytes))
    if size > max_line:
        return too_long(number, max_line, str(number))
    try:
        plain = {name: _plain(value, name) for name, value in row.items()}
    except Invalid as error:
        return Reject(number, error.field or "row", error.expected or "", error.found or "", str(number))
    return Object(plain, number, str(number))


def _plain(value: Any, where: str) -> Any:
    """A value of DuckDB's as JSON has it; decimals as text, so that no digit is lost. Raises Invalid."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        if problem := text_problem(value):
            raise Invalid("this text cannot be stored", field=where, expected=problem[0], found=problem[1])
        return value
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(part, f"{where}.{n}") for n, part in enumerate(value)]
    if isinstance(value, dict):
        return {str(key): _plain(part, f"{where}.{key}") for key, part in value.items()}
    raise wrong(where, "text, numbers, times, lists or structs", type(value).__name__)
