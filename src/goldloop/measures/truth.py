"""Truth: what a model of the annotators makes of their answers. A second opinion, never a ruling."""

from pydantic import Field

from goldloop import statistics
from goldloop.core.families import Measure, Measured, Table, Task, measure
from goldloop.measures.independent import paired, units_of
from goldloop.measures.say import nothing

METHOD = "mean probability of the accepted labels, Dawid-Skene with shrinkage"
CAUTION = "a model's estimate, not a measurement: where annotators share a mistake it believes them"


@measure("truth.v1")
class Truth(Measure):
    """How probable the accepted labels are to a model of who confuses what, over items that several people answered.

    The model (regularised Dawid-Skene) reads independent answers only. It helps to prioritise and to estimate; a
    dispute is ruled on by a person, whatever it says. An audit measures what this only infers.
    """

    most: int = Field(default=200, ge=2, description="labels of a unit above which nothing is inferred")

    def measure(self, table: Table, task: Task) -> list[Measured]:
        """See `Measure.measure`. `n`: decided items with two or more independent answers."""
        import numpy as np

        rows = paired(table)
        if not len(rows):
            because = f"none of the {table.items} items has two independent answers"
            return [nothing(because, method=METHOD, eligible=table.items)]
        units = units_of(table, task, rows)
        if len(units.labels) > self.most:
            because = f"{len(units.labels)} different answers are too many to tell who confuses what"
            return [nothing(because, method=METHOD, eligible=table.items)]
        found = statistics.truth.hierarchical(units.unit, units.actor, units.label)
        if found.because:
            return [nothing(found.because, method=METHOD, eligible=table.items)]
        items = set(table.item[rows].tolist())
        decided = np.flatnonzero(table.decided & np.isin(table.item, sorted(items)))
        _, one_each = np.unique(table.item[decided], return_index=True)
        accepted = units_of(table, task, decided[one_each], like=units)
        known = {int(name): n for n, name in enumerate(found.items)}
        classes = {int(name): n for n, name in enumerate(found.classes)}
        shares = [
            float(found.posterior[known[unit], classes[label]]) if label in classes else 0.0
            for unit, label in zip(accepted.unit.tolist(), accepted.label.tolist(), strict=True)
            if unit in known
        ]
        if not shares:
            because = f"none of the {len(items)} items with several answers is decided"
            return [nothing(because, method=METHOD, eligible=table.items)]
        return [
            Measured(
                value=float(np.mean(shares)),
                n=len(one_each),
                eligible=table.items,
                method=METHOD,
                because=found.caution or CAUTION,
                details={"units": float(len(shares)), "doubtful": float(sum(share < 0.5 for share in shares))},
            )
        ]
