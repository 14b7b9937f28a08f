"""Errors: how many labels of a whole batch are wrong at most, as far as its audit shows."""

from typing import ClassVar

from pydantic import Field

from goldloop import statistics
from goldloop.core.families import Measure, Measured, Table, Task, measure
from goldloop.measures.judged import STAGES, Stage, judged
from goldloop.measures.say import nothing

METHOD = "share of wrong labels, by an audit"


@measure("errors.v1")
class Errors(Measure):
    """The share of wrong labels in the whole batch, and the most that the audit leaves possible.

    The upper limit is one-sided and counts whole labels: with this confidence at most so many of all are wrong. It is
    exact where one stratum of the sample is open, and over several (queues, annotators) it errs to the safe side.
    Items that an earlier audit judged are known and count as they stand. Under an acceptance plan `acceptance.v1`
    takes its stopping into account.
    """

    between: ClassVar = (0.0, 1.0)

    level: float = Field(default=0.95, ge=0.5, lt=1, description="confidence of the upper limit")
    stage: Stage = Field(default="final", description="labels as first submitted, or as accepted")

    def measure(self, table: Table, task: Task) -> list[Measured]:
        """See `Measure.measure`. `n`: items judged; `eligible`: items of the batch."""
        import numpy as np

        method = f"{METHOD}, {STAGES[self.stage]}"
        if not table.items:
            return [nothing("the batch holds no items", method=method)]
        found = judged(table, self.stage)
        if found is None:
            return [nothing("no audit was drawn", method=method, eligible=table.items)]
        sizes = np.array(table.cell_sizes, dtype=np.int64)
        n = np.bincount(found.cell, minlength=len(sizes))
        wrong = np.bincount(found.cell[found.wrong], minlength=len(sizes))
        estimate = statistics.estimate.at_most(wrong, n, sizes, level=self.level)
        details = {"wrong": float(found.wrong.sum())}
        if estimate.value is None or estimate.interval is None:
            empty = int(((n == 0) & (sizes > 0)).sum())
            because = f"nothing is known of {empty} of {len(sizes)} strata of the sample: no item of theirs is judged"
            return [nothing(because, method=method, n=len(found.wrong), eligible=table.items)]
        return [
            Measured(
                value=estimate.value,
                low=0.0,
                high=estimate.interval.high,
                level=self.level,
                interval_method=f"one-sided, {estimate.interval.method}",
                n=len(found.wrong),
                eligible=table.items,
                method=f"{method}, {estimate.method}",
                details={**details, **estimate.details},
            )
        ]

    def needed(self, line: float, *, batch: int) -> int | None:
        """See `Measure.needed`."""
        return statistics.sampling.size_for_ceiling(line, level=self.level, population=batch).n
