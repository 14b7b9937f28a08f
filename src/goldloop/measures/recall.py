"""Recall: how much of what is there did people find? The number that agreement cannot give."""

from collections import Counter
from typing import ClassVar

from pydantic import Field

from goldloop import statistics
from goldloop.core.families import Measure, Measured, Table, Task, measure
from goldloop.measures.independent import SAYS
from goldloop.measures.say import measured, nothing

RARE = 1e-6  # of the chances that weigh units: the items with a reference are a few of many, never all there are
METHOD = "share of the reference's units that independent answers say alike"


@measure("recall.v1")
class Recall(Measure):
    """How much of what gold or an audit says is there did independent answers find, overall and per label.

    Counted on the task's units (the item for a choice, labelled tokens for spans), over every first independent
    answer. The interval takes the answers to one item together. People who all overlook the same thing agree
    perfectly: read this beside `agreement.v1`.
    """

    between: ClassVar = (0.0, 1.0)

    level: float = Field(default=0.95, gt=0, lt=1, description="confidence level of the intervals")
    per_label: bool = Field(default=True, description="also one value for every label of the reference")

    def measure(self, table: Table, task: Task) -> list[Measured]:
        """See `Measure.measure`. `n`: items with a reference and an answer; `eligible`: items of the batch."""
        import numpy as np

        rows = np.flatnonzero(table.first & np.isin(table.stance, SAYS) & (table.value >= 0) & (table.reference >= 0))
        if not len(rows):
            because = "no item has both a gold or audit answer and an independent one" if table.items else "no items"
            return [nothing(because, method=METHOD, eligible=table.items)]
        found = [_found(table, task, int(row)) for row in rows]
        items = table.item[rows]
        labels = sorted({label for there, _ in found for label in there}) if self.per_label else []
        out = []
        for label in (None, *labels):
            hit = np.array([got.total() if label is None else got[label] for _, got in found], np.float64)
            there = np.array([have.total() if label is None else have[label] for have, _ in found], np.float64)
            part = {} if label is None else {"label": label}
            use = there > 0
            n = len(set(items[use].tolist()))
            if not use.any():
                out.append(nothing("the reference labels nothing", method=METHOD, eligible=table.items, slice_=part))
                continue
            estimate = statistics.estimate.hajek(
                hit[use] / there[use], RARE / there[use], clusters=items[use], level=self.level
            )
            details = {"found": float(hit.sum()), "there": float(there.sum()), "answers": float(use.sum())}
            details["estimated_population"] = details["there"]
            out.append(measured(estimate, n=n, eligible=table.items, slice_=part, method=METHOD, details=details))
        return out


def _found(table: Table, task: Task, row: int) -> tuple[Counter[str], Counter[str]]:
    """Units of the reference by label, and those of them that this answer says alike."""
    body = table.bodies.get(int(table.item[row]), {})
    truth = {unit.where: unit.label for unit in task.units(table.values[int(table.reference[row])], body)}
    said = {unit.where: unit.label for unit in task.units(table.values[int(table.value[row])], body)}
    labelled = set(task.labels(table.values[int(table.reference[row])]))
    there = {where: label for where, label in truth.items() if labelled & set(_words(label))}
    names = {where: _words(label)[0] for where, label in there.items()}
    return Counter(names.values()), Counter(names[where] for where, label in there.items() if said.get(where) == label)


def _words(label: str) -> list[str]:
    """Ids in a unit's label: several are joined with `|`; a span's may carry where it opens and how it cuts."""
    return [part.lstrip(">").partition("~")[0] for part in label.split("|")]
