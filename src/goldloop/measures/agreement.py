"""Agreement between people: do independent answers to one item say the same, beyond chance?"""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from goldloop import statistics
from goldloop.core.families import Measure, Measured, Table, Task, measure
from goldloop.measures.independent import Units, paired, units_of
from goldloop.measures.say import measured, nothing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from goldloop.stats.result import Estimate

MOST_SLICES = 200  # values of slices that are measured: an id in a slice would make one a value
_NAMES = {
    "alpha": "Krippendorff's alpha, {metric}",
    "cohen": "Cohen's kappa",
    "fleiss": "Fleiss' kappa",
    "gwet": "Gwet's AC, {metric}",
}
_WEIGHTS = {"nominal": None, "ordinal": "ordinal", "interval": "quadratic"}


@measure("agreement.v1")
class Agreement(Measure):
    """Agreement beyond chance over first independent answers, overall and per label.

    Counted on the task's units: the item for a choice, every token for spans (whole items are resampled then, because
    the tokens of one text resemble each other). On a scale alpha is ordinal: one step apart is less than two. A
    label's own value asks whether people agree on where it holds or, where labels are criteria, on that criterion. A
    rejected suggestion is no label and never enters. 1 is perfect, 0 is chance. People can agree on the same mistake:
    this is not accuracy.
    """

    between: ClassVar = (-1.0, 1.0)

    statistic: Literal["alpha", "cohen", "fleiss", "gwet"] = Field(
        default="alpha",
        description="alpha for nearly everything; gwet where one label is rare and all the others agree on it; cohen "
        "for exactly two people; fleiss to compare with the literature",
    )
    level: float = Field(default=0.95, gt=0, lt=1, description="confidence level of the intervals")
    per_label: bool = Field(default=True, description="also one value for every label")
    per_slice: bool = Field(default=True, description="also one value for every value of an item's slices")

    def measure(self, table: Table, task: Task) -> list[Measured]:
        """See `Measure.measure`. `n`: items with two or more independent answers; `eligible`: items of the batch."""
        name = _NAMES[self.statistic].format(metric=task.metric)
        rows = paired(table)
        items = len(set(table.item[rows].tolist()))
        if not items:
            because = f"none of the {table.items} items has two independent answers"
            return [nothing(because, method=name, eligible=table.items)]
        units = units_of(table, task, rows)
        values: NDArray[Any] = units.label
        metric = "nominal"
        if self.statistic in ("alpha", "gwet") and task.metric != "nominal":
            values, metric = _numbers(units), task.metric
        overall = self._estimate(units, values, metric)
        out = [measured(overall, n=items, eligible=table.items, details={"ratings": float(overall.n)})]
        if self.per_slice:
            out += self._per_slice(table, units, values, metric)
        if not self.per_label:
            return out
        for label in _labels(table, task, rows):
            about = _about(units, label)
            if about is not None:
                found = self._estimate(units.only(about), values[about], metric)
                details = {"said": float(about.sum())}
            else:
                says = _saying(units, label)
                found = self._estimate(units, says, "nominal")
                details = {"said": float(says.sum())}
            out.append(measured(found, n=items, eligible=table.items, slice_={"label": label}, details=details))
        return out

    def _per_slice(self, table: Table, units: Units, values: "NDArray[Any]", metric: str) -> list[Measured]:
        """Every value of every slice. `eligible`: items of it that have several answers."""
        import numpy as np

        parts: dict[tuple[str, str], set[int]] = {}
        for item in set(units.item.tolist()):
            for name, value in table.slices.get(item, {}).items():
                parts.setdefault((name, value), set()).add(item)
        out = []
        for (name, value), items in sorted(parts.items())[:MOST_SLICES]:
            mine = np.isin(units.item, sorted(items))
            found = self._estimate(units.only(mine), values[mine], metric)
            details = {"ratings": float(found.n)}
            out.append(measured(found, n=len(items), eligible=len(items), slice_={name: value}, details=details))
        return out

    def _estimate(self, units: Units, value: "NDArray[Any]", metric: str) -> "Estimate":
        cluster = units.item if units.many else None
        if self.statistic == "alpha":
            return statistics.agreement.krippendorff(
                units.unit, units.actor, value, metric=metric, cluster=cluster, level=self.level
            )
        if self.statistic == "gwet":
            weights: Any = _WEIGHTS[metric]
            return statistics.agreement.gwet(
                units.unit, units.actor, value, weights=weights, cluster=cluster, level=self.level
            )
        if self.statistic == "cohen":
            return statistics.agreement.cohen(units.unit, units.actor, value, cluster=cluster, level=self.level)
        return statistics.agreement.fleiss(units.unit, units.actor, value, cluster=cluster, level=self.level)


def _labels(table: Table, task: Task, rows: "NDArray[np.int64]") -> list[str]:
    """Ids of the labels that anyone said, sorted."""
    values = set(table.value[rows].tolist())
    return sorted({label for value in values for label in task.labels(table.values[value])})


def _numbers(units: Units) -> "NDArray[np.float64]":
    """The numbers that the entries' labels are, where the task has a scale; NaN, a missing rating, where one is not."""
    import numpy as np

    return np.array([_number(label) for label in units.labels], np.float64)[units.label]


def _number(label: str) -> float:
    try:
        return float(label)
    except ValueError:
        return float("nan")


def _about(units: Units, label: str) -> "NDArray[np.bool_] | None":
    """Which entries belong to a criterion; None where no unit does."""
    import numpy as np

    mine = np.array([about == label for about in units.abouts], np.bool_)
    return mine[units.unit] if mine.any() else None


def _saying(units: Units, label: str) -> "NDArray[np.bool_]":
    """Which entries say a label; a unit that says several joins them with `|`."""
    import numpy as np

    says = np.array([label in said.split("|") for said in units.labels], np.bool_)
    return says[units.label]
