"""CSV: the text and its label, for people with spreadsheets."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from goldloop.core.families import Exported, Exporter, Row, Task, exporter
from goldloop.core.formula import as_text, starts_formula
from goldloop.core.ontology import Ontology
from goldloop.exporters.losses import JUDGEMENTS, LICENCE, SPLIT, Tally, rest_of

HEADER = ("id", "text", "answer", "slices", "batch", "decided_by", "rest")


@exporter("csv.v1")
class Csv(Exporter):
    """One row an item, in `data.csv` or `data.tsv`: its text, its accepted answer with label names, the rest as JSON.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front, and the export says how many rows
    have one.
    """

    delimiter: Literal[",", "\t", ";"] = Field(default=",", description="what parts cells; a tab makes `data.tsv`")

    def write(self, rows: Iterable[Row], to: Path, *, task: Task, ontology: Ontology) -> Exported:
        """Write `data.csv`."""
        name = "data.tsv" if self.delimiter == "\t" else "data.csv"
        tally, count = Tally(), 0
        with (to / name).open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, delimiter=self.delimiter, lineterminator="\n")
            out.writerow(HEADER)
            for row in rows:
                count += 1
                cells = [_cell(value) for value in _values(row, task.named(row.answer, ontology))]
                tally.add(
                    "cells that start like a formula, now behind an apostrophe", when=any(map(starts_formula, cells))
                )
                tally.add(JUDGEMENTS, when=bool(row.judgements))
                tally.add(LICENCE, when=bool(row.licence))
                tally.add(SPLIT, when=row.split is not None)
                out.writerow(as_text(cell) for cell in cells)
        return Exported(files=(name,), rows=count, losses=tally.losses())


def _values(row: Row, answer: Any) -> tuple[Any, ...]:
    text = row.body.get("text")
    rest = rest_of(row.body)
    return row.external_id, text, answer, row.slices or None, row.batch, row.decided_by, rest or None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=dict)
