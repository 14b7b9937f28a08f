"""Human-only: was every item that belongs to people labelled by people alone?"""

from goldloop.core.families import Measure, Measured, Table, Task, measure
from goldloop.measures.say import nothing

METHOD = "human-only items not labelled by people alone, all items looked at"


@measure("human_only.v1")
class HumanOnly(Measure):
    """The number of human-only items not labelled by people alone, of all items looked at; 0 is the only good one.

    Simulated people do not count as people. A batch without human-only items has 0 violations: every item was looked
    at, and `human_only` says how many belonged to people. `declared` counts those of them that people are said to have
    labelled elsewhere: who did, and that no suggestion was in sight, is the word of their source.
    """

    def measure(self, table: Table, task: Task) -> list[Measured]:
        """See `Measure.measure`. The value is a count; `n` and `eligible`: items."""
        if not table.items:
            return [nothing("there are no items", method=METHOD)]
        return [
            Measured(
                value=float(table.human_only_violations),
                n=table.items,
                eligible=table.items,
                method=METHOD,
                details={
                    "human_only": float(table.items_human_only),
                    "declared": float(table.human_only_declared),
                },
            )
        ]
