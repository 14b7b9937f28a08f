"""A table from a file, for `goldloop stats`: named columns, checked cell by cell, every complaint with its line."""

import csv
import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from goldloop.core.errors import Invalid, NotFound

YES = {"1", "1.0", "true", "yes", "y"}
NO = {"0", "0.0", "false", "no", "n"}
_LITERAL = {ord(character): f"[{character}]" for character in "*?["}


def known(option: str, found: str, expected: tuple[str, ...]) -> None:
    """Refuse a choice that is none of those expected."""
    if found not in expected:
        raise Invalid("is not a known choice", field=option, expected=" | ".join(expected), found=found)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a file, the line of each (Parquet: its row, from 1), and the names of the columns."""

    file: str
    names: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    lines: tuple[int, ...]

    def column(self, name: str, option: str) -> list[Any]:
        """A column as it stands; an empty cell is None."""
        if name not in self.names:
            raise Invalid(
                f"{self.file} has no such column", field=option, expected=", ".join(self.names) or "columns", found=name
            )
        return [_missing(row.get(name)) for row in self.rows]

    def names_of(self, name: str, option: str) -> list[Any]:
        """A column of names (items, people, queues): never empty, never a list."""
        return self._each(name, option, _name, "a name")

    def numbers(self, name: str, option: str) -> list[float]:
        """A column of finite numbers."""
        return self._each(name, option, _number, "a finite number")

    def numbers_or_none(self, name: str, option: str) -> list[float | None]:
        """A column of finite numbers, some of them missing."""
        return self._each(name, option, lambda cell: None if cell is None else _number(cell), "a finite number")

    def verdicts(self, name: str, option: str) -> list[bool]:
        """A column of yes and no."""
        return self._each(name, option, _verdict, "1 or 0, true or false, yes or no")

    def _each(self, name: str, option: str, read: Callable[[Any], Any], expected: str) -> list[Any]:
        cells = self.column(name, option)
        values = []
        for cell, line in zip(cells, self.lines, strict=True):
            try:
                values.append(read(cell))
            except (TypeError, ValueError) as error:
                found = "nothing" if cell is None else repr(cell)
                raise Invalid(
                    f"{self.file}, line {line}: column {name!r}",
                    field=option,
                    expected=expected,
                    found=found,
                    line=line,
                ) from error
        return values


def read_table(path: Path) -> Table:
    """The table in a .csv, .tsv, .jsonl or .parquet file. NotFound, or Invalid with the line."""
    if not path.is_file():
        raise NotFound("there is no such file", field="FILE", expected="a CSV, JSONL or Parquet file", found=str(path))
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return _parquet(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            if suffix in (".csv", ".tsv"):
                return _cells(path.name, csv.reader(file, delimiter="\t" if suffix == ".tsv" else ",", strict=True))
            if suffix == ".jsonl":
                return _objects(path.name, file)
    except UnicodeDecodeError as error:
        raise Invalid(f"{path.name} is not UTF-8 text", field="FILE", expected="UTF-8") from error
    raise Invalid(
        "this file's name does not say what it is", field="FILE", expected=".csv, .tsv, .jsonl, .parquet",
        found=path.name,
    )  # fmt: skip


def _cells(file: str, reader: Any) -> Table:
    rows, lines = [], []
    try:
        names: list[str] = next(reader, [])
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(names):
                _refuse(file, reader.line_num, f"{len(names)} cells", f"{len(cells)} cells")
            rows.append(dict(zip(names, cells, strict=True)))
            lines.append(reader.line_num)
    except csv.Error as error:
        raise Invalid(f"{file}, line {reader.line_num}: {error}", field="FILE", line=reader.line_num) from error
    if len(set(names)) != len(names) or not names:
        _refuse(file, 1, "a header line with different names", ", ".join(names) or "nothing")
    return Table(file, tuple(names), tuple(rows), tuple(lines))


def _objects(file: str, text: Iterable[str]) -> Table:
    rows, lines = [], []
    names: dict[str, None] = {}
    for number, line in enumerate(text, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise Invalid(
                f"{file}, line {number}: {error.msg}", field="FILE", expected="a JSON object", line=number
            ) from error
        if not isinstance(row, dict):
            _refuse(file, number, "a JSON object", type(row).__name__)
        names.update(dict.fromkeys(row))
        rows.append(row)
        lines.append(number)
    return Table(file, tuple(names), tuple(rows), tuple(lines))


def _parquet(path: Path) -> Table:
    import duckdb

    try:
        with duckdb.connect() as database:
            found = database.execute("SELECT * FROM read_parquet(?)", [str(path).translate(_LITERAL)])
            names = tuple(column[0] for column in found.description or ())
            rows = tuple(dict(zip(names, values, strict=True)) for values in found.fetchall())
    except duckdb.Error as error:
        raise Invalid(
            f"{path.name} cannot be read", field="FILE", expected="a whole Parquet file", found=str(error)
        ) from error
    return Table(path.name, names, rows, tuple(range(1, len(rows) + 1)))


def _refuse(file: str, line: int, expected: str, found: str) -> NoReturn:
    raise Invalid(f"{file}, line {line}:", field="FILE", expected=expected, found=found, line=line)


def _missing(cell: Any) -> Any:
    return None if cell == "" or (isinstance(cell, float) and math.isnan(cell)) else cell


def _name(cell: Any) -> Any:
    if cell is None or isinstance(cell, list | dict):
        raise TypeError("not a name")
    return cell


def _number(cell: Any) -> float:
    if isinstance(cell, bool):
        raise TypeError("not a number")
    value = float(cell)
    if not math.isfinite(value):
        raise ValueError("not finite")
    return value


def _verdict(cell: Any) -> bool:
    text = str(cell).strip().lower()
    if text in YES:
        return True
    if text in NO:
        return False
    raise ValueError("neither yes nor no")
