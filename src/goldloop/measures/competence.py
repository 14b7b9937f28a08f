"""Competence: how likely a person answers rightly, where the truth itself is inferred from everybody's answers."""

from typing import TYPE_CHECKING

from pydantic import Field

from goldloop import statistics
from goldloop.core.families import Measure, Measured, Table, Task, measure
from goldloop.measures.say import nothing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from goldloop.stats.truth import Truth

MOST_ANSWERS = 300  # different answers; beyond, they are no categories, and a confusion matrix says nothing
METHOD = "posterior probability of a right answer, truth inferred"


@measure("competence.v1")
class Competence(Measure):
    """How likely each person's independent answers are right, by hierarchical Dawid-Skene over all of them.

    The whole is the mean over answers. It needs no reference, and is no accuracy: where people share a mistake the
    model believes them. Answers have to be categories; marked spans are not.
    """

    level: float = Field(default=0.95, gt=0, lt=1, description="level of the credible intervals")

    def measure(self, table: Table, task: Task) -> list[Measured]:
        """See `Measure.measure`. `n`: answers to items that several people answered; `eligible`: all answers."""
        import numpy as np

        rows = shared_rows(table)
        answers = int((table.first & (table.value >= 0)).sum())
        because = no_posterior(table, rows)
        if because:
            return [nothing(because, method=METHOD, n=len(rows), eligible=answers)]
        found = posterior_of(table, rows, level=self.level)
        weights = found.answered / found.answered.sum()
        whole = Measured(
            value=float(weights @ np.nan_to_num(found.skill)) if not found.because else None,
            n=len(rows),
            eligible=answers,
            method=f"{METHOD}, {found.method}",
            because=found.because or "the mean over people has no interval of its own",
        )
        if found.because:
            return [whole]
        each = np.bincount(table.actor[table.first & (table.value >= 0)], minlength=len(table.actors))
        people = []
        for n, code in enumerate(found.annotators.tolist()):
            interval = found.skill_of(code)
            people.append(
                Measured(
                    value=float(found.skill[n]),
                    low=interval.low if interval else None,
                    high=interval.high if interval else None,
                    level=interval.level if interval else None,
                    interval_method=interval.method if interval else None,
                    n=int(found.answered[n]),
                    eligible=max(int(each[code]), int(found.answered[n])),
                    method=f"{METHOD}, {found.method}",
                    slice={"person": table.actors[code]},
                    because=None if interval else "the model is not identified for so few answers",
                )
            )
        return [whole, *sorted(people, key=lambda one: one.slice["person"])]


def shared_rows(table: Table) -> "NDArray[np.int64]":
    """First independent answers to items that at least two people answered: the others say nothing of anybody."""
    import numpy as np

    rows = np.flatnonzero(table.first & (table.value >= 0))
    if not len(rows):
        return rows
    counts = np.bincount(table.item[rows])
    return rows[counts[table.item[rows]] > 1]


def no_posterior(table: Table, rows: "NDArray[np.int64]") -> str | None:
    """Why nothing can be inferred, or None where something can."""
    import numpy as np

    if not len(rows):
        return "no item has two independent answers"
    if len(np.unique(table.actor[rows])) < 2:
        return "only one person answered"
    used = len(np.unique(table.value[rows]))
    if used > MOST_ANSWERS:
        return f"{used} different answers are no categories (at most {MOST_ANSWERS})"
    return None


def posterior_of(table: Table, rows: "NDArray[np.int64]", *, level: float) -> "Truth":
    """The truth model over these answers; codes as in the table."""
    return statistics.truth.hierarchical(table.item[rows], table.actor[rows], table.value[rows], level=level)
