"""Labels as they stand: the accepted labels of a programme in any format, now, without a gate, a seal or a proof."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from sqlalchemy import ColumnElement, Connection

from goldloop.core.errors import Conflict
from goldloop.core.families import Exported, Exporter, Row
from goldloop.core.ids import Ids
from goldloop.programmes.releases.reading import leaving
from goldloop.programmes.releases.rows import labelled_rows
from goldloop.store.batches import BatchRow

MOST_ROWS = 100_000  # of one answer: some seconds of work that is done while the reader waits


def write_labels(
    connection: Connection,
    ids: Ids,
    batches: Sequence[BatchRow],
    to: Path,
    *,
    exporter: Exporter,
    visible: ColumnElement[bool],
) -> Exported:
    """Write the accepted labels of batches into the folder `to`. Raises Conflict where there are none, or too many."""
    rows = labelled_rows(connection, ids, batches, visible=visible)
    first = next(rows, None)
    if first is None:
        raise Conflict("nothing is labelled yet", expected="at least one item with an accepted label", found="none")
    out = leaving(connection, batches)
    return exporter.write(_bounded(chain([first], rows)), to, task=out.task, ontology=out.ontology)


def _bounded(rows: Iterator[Row]) -> Iterator[Row]:
    yield from islice(rows, MOST_ROWS)
    if next(rows, None) is not None:
        raise Conflict(
            "there are too many labels for one answer",
            field="batch_id",
            expected=f"at most {MOST_ROWS:,} labels: ask batch by batch, or cut a release",
            found="more",
        )
