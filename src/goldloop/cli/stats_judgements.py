"""A table of judgements, one a row, as `goldloop stats` is asked about it."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from goldloop.cli.stats_table import Table
from goldloop.core.errors import Invalid

File = Annotated[Path, typer.Argument(help="a .csv, .tsv, .jsonl or .parquet table with a header")]
Level = Annotated[float, typer.Option(help="confidence of the intervals, 0-1")]
Item = Annotated[str, typer.Option(help="the column that names the item")]
Annotator = Annotated[str, typer.Option(help="the column that names who judged")]
Value = Annotated[str, typer.Option(help="the column with the answer; an empty cell is no answer")]
Answers = Literal["labels", "numbers", "sets"]


def judgements(
    table: Table, item: str, annotator: str, value: str, *, answers: Answers = "labels", separator: str | None = None
) -> tuple[list[Any], list[Any], list[Any]]:
    """The columns (item, annotator, answer). `separator` parts the labels in a cell where answers are sets."""
    cells = table.numbers_or_none(value, "--value") if answers == "numbers" else table.column(value, "--value")
    if answers == "sets":
        cells = [
            cell if cell is None else _labels(cell, separator, f"{table.file}, line {line}: column {value!r}", line)
            for cell, line in zip(cells, table.lines, strict=True)
        ]
    else:
        for cell, line in zip(cells, table.lines, strict=True):
            if isinstance(cell, list | dict):
                raise Invalid(
                    f"{table.file}, line {line}: column {value!r}", field="--value",
                    expected="one label or number; for sets of labels --scale jaccard or masi",
                    found=type(cell).__name__, line=line,
                )  # fmt: skip
    return table.names_of(item, "--item"), table.names_of(annotator, "--annotator"), cells


def _labels(cell: Any, separator: str | None, where: str, line: int) -> list[str]:
    """The labels of one cell: a list, a JSON list, or text with the separator between them."""
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        try:
            cell = json.loads(cell)
        except ValueError as error:
            raise Invalid(where, field="--value", expected="a JSON list", found=cell[:80], line=line) from error
    if isinstance(cell, str):
        return [part for label in (cell.split(separator) if separator else [cell]) if (part := label.strip())]
    if not isinstance(cell, list) or not all(isinstance(label, str) for label in cell):
        raise Invalid(where, field="--value", expected="a list of labels", found=repr(cell)[:80], line=line)
    return cell
