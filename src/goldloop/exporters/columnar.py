"""Writing rows as one Parquet file through DuckDB, in flat memory."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from goldloop.core.families import Row, Task
from goldloop.core.ontology import Ontology
from goldloop.exporters.losses import named_judgements, rest_of
from goldloop.exporters.shapes import Shape, answer_shape, sql_type

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=dict).encode
_ROW_GROUP = 10_240
_GLOB = str.maketrans({"[": "[[]", "*": "[*]", "?": "[?]"})


def columns_of(task: Task, *, judgements: bool) -> dict[str, Shape]:
    """Name -> shape of the columns that a release has for a task. Objects of no fixed shape are JSON text."""
    columns = {
        "id": str,
        "item_id": str,
        "text": str,
        "answer": answer_shape(task),
        "rest": str,
        "slices": str,
        "batch": str,
        "decided_by": str,
        "licence": str,
        "split": str,
    }
    return columns | ({"judgements": str} if judgements else {})


def as_columns(
    rows: Iterable[Row], columns: Mapping[str, Shape], *, task: Task, ontology: Ontology
) -> Iterator[dict[str, Any]]:
    """Rows as values of those columns."""
    for row in rows:
        answer, rest = task.named(row.answer, ontology), rest_of(row.body)
        text = row.body.get("text")
        values: dict[str, Any] = {
            "id": row.external_id,
            "item_id": row.item_id,
            "text": text,
            "answer": answer if columns["answer"] is not None else _ENCODE(answer),
            "rest": _ENCODE(rest) if rest else None,
            "slices": _ENCODE(row.slices) if row.slices else None,
            "batch": row.batch,
            "decided_by": row.decided_by,
            "licence": row.licence,
            "split": row.split,
        }
        if "judgements" in columns:
            values["judgements"] = _ENCODE(named_judgements(row, task.named, ontology)) if row.judgements else None
        yield values


def write_parquet(values: Iterable[Mapping[str, Any]], columns: Mapping[str, Shape], to: Path) -> int:
    """Write a Parquet file, rows in order; how many they were. Peak memory is one row group."""
    with _spooled(values, columns, to.parent) as (select, counts):
        _copy(select, to)
    return counts.total()


def write_splits(
    values: Iterable[Mapping[str, Any]], columns: Mapping[str, Shape], folder: Path, *, usual: str
) -> dict[str, Path]:
    """Write a Parquet file for every split, rows in order; rows without a split are of the `usual` one. Their files."""
    out = {}
    with _spooled(values, columns, folder) as (select, counts):
        for split in counts or {None: 0}:
            name = usual if split is None else split
            out[name] = folder / f"{name}-00000-of-00001.parquet"
            where = "split IS NULL" if split is None else f"split = {_literal(split)}"
            _copy(f"{select} WHERE {where}", out[name])
    return out


@contextmanager
def _spooled(
    values: Iterable[Mapping[str, Any]], columns: Mapping[str, Shape], near: Path
) -> Iterator[tuple[str, Counter[str | None]]]:
    """A query over rows, and how many there are of every split.

    The rows go through a file of JSON lines, which DuckDB reads several times faster than it takes rows from Python.
    """
    counts, longest = Counter[str | None](), 1 << 20
    with NamedTemporaryFile("w", encoding="utf-8", dir=near, suffix=".jsonl") as file:
        for row in values:
            line = _ENCODE(row) + "\n"
            longest = max(longest, 4 * len(line))
            file.write(line)
            counts[row["split"]] += 1
        file.flush()
        types = ", ".join(f"'{name}': '{sql_type(shape)}'" for name, shape in columns.items())
        select = (
            f"SELECT * FROM read_json({_literal(file.name.translate(_GLOB))}, format = 'newline_delimited', "  # noqa: S608
            f"columns = {{{types}}}, maximum_object_size = {longest})"
        )
        yield select, counts


def _copy(select: str, to: Path) -> None:
    import duckdb

    with duckdb.connect(config=_settings()) as database:
        options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP}"
        database.execute(f"COPY ({select}) TO {_literal(str(to))} ({options})")


def _settings() -> dict[str, str | bool | int | float | list[str]]:
    """One thread, so that equal rows make equal files; no extension is ever fetched."""
    return {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "1"}


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
