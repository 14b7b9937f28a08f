"""Suspected label errors: accepted labels that the answers behind them do not support."""

from typing import TYPE_CHECKING

from pydantic import Field

from goldloop.core.families import Measure, Measured, Table, Task, measure
from goldloop.measures.competence import no_posterior, posterior_of, shared_rows
from goldloop.measures.say import nothing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

METHOD = "posterior probability of the accepted label"


@measure("suspects.v1")
class Suspects(Measure):
    """The accepted labels least likely to be right, by the truth model over everybody's independent answers.

    The whole is the mean probability over accepted labels of items that several people answered; then the least
    probable, one a slice, to be reviewed in this order. A suspicion is no verdict: a person looks.
    """

    level: float = Field(default=0.95, gt=0, lt=1, description="level of the credible intervals behind it")
    most: int = Field(default=200, ge=1, le=5000, description="how many are named")

    def measure(self, table: Table, task: Task) -> list[Measured]:
        """See `Measure.measure`. `n`: accepted labels with a probability; `eligible`: accepted labels."""
        import numpy as np

        rows = shared_rows(table)
        because = no_posterior(table, rows)
        if because:
            return [nothing(because, method=METHOD, eligible=table.items_decided)]
        found = posterior_of(table, rows, level=self.level)
        accepted = rows[table.decided[rows]]
        _, first = np.unique(table.item[accepted], return_index=True)
        accepted = accepted[first]
        if found.because or not len(accepted):
            why = found.because or "no item with several answers is decided"
            return [nothing(why, method=METHOD, eligible=table.items_decided)]
        place = {int(code): n for n, code in enumerate(found.items.tolist())}
        column = {int(code): n for n, code in enumerate(found.classes.tolist())}
        at = [(place[int(table.item[row])], column[int(table.value[row])]) for row in accepted]
        likely = np.array([found.posterior[one] for one in at])
        counts = np.bincount(table.item[rows])
        whole = Measured(
            value=float(likely.mean()),
            n=len(likely),
            eligible=max(table.items_decided, len(likely)),
            method=f"{METHOD}, {found.method}",
            because="every probability is the model's own; their mean has no interval",
        )
        order = sorted(range(len(likely)), key=lambda n: (float(likely[n]), int(table.item[accepted[n]])))
        return [whole, *(self._one(table, int(accepted[n]), float(likely[n]), counts) for n in order[: self.most])]

    def _one(self, table: Table, row: int, likely: float, counts: "NDArray[np.int64]") -> Measured:
        answers = int(counts[table.item[row]])
        return Measured(
            value=likely,
            n=answers,
            eligible=answers,
            method=METHOD,
            slice={"item": str(int(table.item[row]))},
            because="a probability of the model, without an interval",
        )
