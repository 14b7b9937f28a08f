"""JSON Lines: everything of a row, one object a line."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import Field

from goldloop.core.families import Exported, Exporter, Row, Task, exporter
from goldloop.core.ontology import Ontology
from goldloop.exporters.losses import JUDGEMENTS, Tally, named_judgements

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


@exporter("jsonl.v1")
class Jsonl(Exporter):
    """One JSON object a line, in `data.jsonl`: the item's whole body, its accepted answer with label names, the rest.

    Reading it back takes the source jsonl.v1 with `gold: answer`, `judgements: judgements`, `slices: [slices]`,
    `licence: licence` and `ignore: [item_id, batch, decided_by]`.
    """

    judgements: bool = Field(default=True, description="write the judgements behind every label")

    def write(self, rows: Iterable[Row], to: Path, *, task: Task, ontology: Ontology) -> Exported:
        """Write `data.jsonl`."""
        tally, count = Tally(), 0
        with (to / "data.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            for row in rows:
                count += 1
                line: dict[str, Any] = {
                    "id": row.external_id,
                    "item_id": row.item_id,
                    "body": row.body,
                    "answer": task.named(row.answer, ontology),
                    "slices": row.slices,
                    "batch": row.batch,
                    "decided_by": row.decided_by,
                    "licence": row.licence,
                }
                if row.sources:
                    line["sources"] = list(row.sources)
                if row.split is not None:
                    line["split"] = row.split
                if self.judgements:
                    line["judgements"] = named_judgements(row, task.named, ontology)
                tally.add(JUDGEMENTS, when=bool(row.judgements) and not self.judgements)
                file.write(_ENCODE(line) + "\n")
        return Exported(files=("data.jsonl",), rows=count, losses=tally.losses())
