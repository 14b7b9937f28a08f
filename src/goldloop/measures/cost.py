"""Cost: what an item has cost so far, and where."""

from typing import TYPE_CHECKING

from pydantic import Field

from goldloop import statistics
from goldloop.core.families import Measure, Measured, Table, Task, measure
from goldloop.measures.say import measured, nothing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

METHOD = "minor units of money an item"


@measure("cost.v1")
class Cost(Measure):
    """Money an item, over all its judgements, and an item of each queue; in minor units of the programme's currency.

    Work counts whether or not its answer was accepted: rework costs. An item with work of unknown cost is left out, and
    shows in the denominator. What a model said without a known cost is no human work and counts as nothing. The
    interval is that of items like these, for forecasts; the amount spent on these is in `total`.
    """

    level: float = Field(default=0.95, gt=0, lt=1, description="confidence level of the intervals")

    def measure(self, table: Table, task: Task) -> list[Measured]:
        """See `Measure.measure`. `n`: items all of whose work has a known cost; `eligible`: items with work."""
        rows = (table.queue >= 0) | (table.cost >= 0)
        out = [self._mean(table, rows, {})]
        for k, name in enumerate(table.queues):
            here = table.queue == k
            if here.any():
                out.append(self._mean(table, here, {"queue": name}))
        return out

    def _mean(self, table: Table, rows: "NDArray[np.bool_]", part: dict[str, str]) -> Measured:
        import numpy as np

        items, place = np.unique(table.item[rows], return_inverse=True)
        cost, took = table.cost[rows], table.active_ms[rows]
        unknown = np.bincount(place[cost < 0], minlength=len(items)) > 0
        spent = np.bincount(place, np.maximum(cost, 0), minlength=len(items))[~unknown]
        if not len(spent):
            because = f"no work on any of {len(items)} items has a known cost" if len(items) else "no work was done"
            return nothing(because, method=METHOD, eligible=len(items), slice_=part)
        details = {"total": float(spent.sum())}
        if (took >= 0).any():
            details["active_seconds_a_judgement"] = float(took[took >= 0].mean()) / 1000
        found = statistics.estimate.mean(spent, level=self.level)
        return measured(found, eligible=len(items), slice_=part, method=METHOD, details=details)
