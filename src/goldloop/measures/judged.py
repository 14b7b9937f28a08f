"""What an audit found, item by item: shared by the measures that prove something about a batch."""

from typing import TYPE_CHECKING, Literal, NamedTuple

from goldloop.core.families import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Stage = Literal["first", "final"]
STAGES = {"first": "labels as first submitted", "final": "accepted labels"}


class Judged(NamedTuple):
    """One entry an item with a reference: is its label wrong, in which sampling stratum and turn did it come in."""

    wrong: "NDArray[np.bool_]"
    cell: "NDArray[np.int64]"
    place: "NDArray[np.int64]"


def judged(table: Table, stage: Stage) -> Judged | None:
    """The sampled items that were judged; None where no sample was drawn."""
    import numpy as np

    if table.cell is None or table.place is None or table.submitted is None or not table.cell_sizes:
        return None
    rows = np.flatnonzero((table.submitted if stage == "first" else table.decided) & (table.cell >= 0))
    rows = rows[table.reference[rows] >= 0]
    _, one_each = np.unique(table.item[rows], return_index=True)
    rows = rows[one_each]
    return Judged(table.value[rows] != table.reference[rows], table.cell[rows], table.place[rows])
