"""Progress: how much of a batch has an accepted label."""

from typing import TYPE_CHECKING

from goldloop.core.families import Measure, Measured, Table, Task, measure
from goldloop.measures.say import nothing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

METHOD = "share of items decided, all items counted"


@measure("progress.v1")
class Progress(Measure):
    """The share of items whose label is accepted, for the batch and per stratum. A count of everything: no interval."""

    def measure(self, table: Table, task: Task) -> list[Measured]:
        """See `Measure.measure`. `n` and `eligible`: items."""
        decided = _decided_per_stratum(table)
        parts = zip(table.strata, decided.tolist(), table.strata_sizes.tolist(), strict=True)
        return [
            _share(table.items_decided, table.items, {}),
            *(_share(done, held, {"stratum": name}) for name, done, held in parts),
        ]


def _decided_per_stratum(table: Table) -> "NDArray[np.int64]":
    import numpy as np

    rows = np.flatnonzero(table.decided & (table.stratum >= 0))
    _, first = np.unique(table.item[rows], return_index=True)
    return np.bincount(table.stratum[rows[first]], minlength=len(table.strata))


def _share(decided: int, items: int, part: dict[str, str]) -> Measured:
    if not items:
        return nothing("there are no items", method=METHOD, slice_=part)
    return Measured(
        value=decided / items,
        n=items,
        eligible=items,
        method=METHOD,
        slice=part,
        details={"decided": float(decided), "open": float(items - decided)},
    )
