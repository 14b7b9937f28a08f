"""What commands print: tables for people or JSON for machines on stdout, remarks on stderr."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

from goldloop.core.clock import iso

Json = Annotated[bool, typer.Option("--json", help="print JSON, for machines")]
NOTHING = "-"


def remark(text: str) -> None:
    """A remark beside the result."""
    print(text, file=sys.stderr)


def say_done(text: str, *, as_json: bool, **said: Any) -> None:
    """What was done, where there is nothing to show for it: a remark for people, what it was about for machines."""
    if as_json:
        say(said)
    else:
        remark(text)


def say(value: Any) -> None:
    """A result as JSON, one document."""
    print(json.dumps(plain(value), ensure_ascii=False, indent=1, default=str))


def plain(value: Any) -> Any:
    """Models as what JSON takes."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def say_rows(rows: Iterable[Any], columns: Sequence[str], *, as_json: bool, none: str = "none") -> None:
    """Rows as a table of some of their columns, or all of them as JSON. A dot in a column's name goes inside."""
    shown = [plain(row) for row in rows]
    if as_json:
        say(shown)
        return
    if not shown:
        print(none)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        numeric = all(isinstance(_in(row, name), int | float | None) and not name.endswith("_at") for row in shown)
        table.add_column(_head(name, columns), justify="right" if numeric else "left", overflow="fold")
    for row in shown:
        table.add_row(*(Text(_cell(name, _in(row, name))) for name in columns))  # text: never markup
    console = Console() if sys.stdout.isatty() else Console(width=1000)  # no line breaks where programs read
    console.print(table)


def say_one(value: Any, columns: Sequence[str], *, as_json: bool) -> None:
    """One thing, a line for each of some columns, or all of it as JSON."""
    shown = plain(value)
    if as_json:
        say(shown)
        return
    width = max(len(name.rpartition(".")[2]) for name in columns)
    for name in columns:
        print(f"{name.rpartition('.')[2]:<{width}}  {_cell(name, _in(shown, name))}")


def _head(name: str, columns: Sequence[str]) -> str:
    """The end of a column's name, as short as no other column has it."""
    parts = name.split(".")
    ends = (".".join(parts[-n:]) for n in range(1, len(parts)))
    return next((end for end in ends if sum(f".{one}".endswith(f".{end}") for one in columns) == 1), name)


def _in(row: Any, path: str) -> Any:
    for part in path.split("."):
        row = row.get(part) if isinstance(row, Mapping) else None
    return row


def _cell(name: str, value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and (name == "at" or name.endswith("_at")):
        return iso(value)
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple | Mapping):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
