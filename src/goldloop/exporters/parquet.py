"""Parquet: everything of a row, in typed columns."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import Field

from goldloop.core.families import Exported, Exporter, Row, Task, exporter
from goldloop.core.ontology import Ontology
from goldloop.exporters.columnar import as_columns, columns_of, write_parquet
from goldloop.exporters.losses import JUDGEMENTS, Tally


@exporter("parquet.v1")
class Parquet(Exporter):
    """One row an item, in `data.parquet`, the accepted answer typed and with label names.

    What has no fixed shape (further parts of the body, slices, judgements) is JSON text.
    """

    judgements: bool = Field(default=True, description="write the judgements behind every label")

    def write(self, rows: Iterable[Row], to: Path, *, task: Task, ontology: Ontology) -> Exported:
        """Write `data.parquet`."""
        tally = Tally()

        def counted() -> Iterator[Row]:
            for row in rows:
                tally.add(JUDGEMENTS, when=bool(row.judgements) and not self.judgements)
                yield row

        columns = columns_of(task, judgements=self.judgements)
        values = as_columns(counted(), columns, task=task, ontology=ontology)
        count = write_parquet(values, columns, to / "data.parquet")
        return Exported(files=("data.parquet",), rows=count, losses=tally.losses())
