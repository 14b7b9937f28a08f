"""Agreement between people: do independent answers to one item say the same, beyond chance?"""

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pydantic import Field

from goldloop.core.families import STANCES, Measure, Measured, Table, Task, measure
from goldloop.measures.say import measured, nothing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from goldloop.stats.result import Estimate

_SAYS = tuple(STANCES.index(stance) for stance in ("answer", "accept"))
_NAMES = {"alpha": "Krippendorff's alpha, {metric}", "cohen": "Cohen's kappa", "fleiss": "Fleiss' kappa"}


@measure("agreement.v1")
class Agreement(Measure):
    """Agreement beyond chance over first independent answers, overall and per label.

    Counted on the task's units: the item for a choice, every token for spans (whole items are resampled then, because
    the tokens of one text resemble each other). On a scale alpha is ordinal: one step apart is less than two. A
    label's own value asks whether people agree on where it holds or, where labels are criteria, on that criterion. A
    rejected suggestion is no label and never enters. 1 is perfect, 0 is chance. People can agree on the same mistake:
    this is not accuracy.
    """

    statistic: Literal["alpha", "cohen", "fleiss"] = Field(
        default="alpha",
        description="alpha for nearly everything; cohen for exactly two people; fleiss to compare with the literature",
    )
    level: float = Field(default=0.95, gt=0, lt=1, description="confidence level of the intervals")
    per_label: bool = Field(default=True, description="also one value for every label")

    def measure(self, table: Table, task: Task) -> list[Measured]:
        """See `Measure.measure`. `n`: items with two or more independent answers; `eligible`: items of the batch."""
        name = _NAMES[self.statistic].format(metric=task.metric)
        rows = _paired(table)
        items = len(set(table.item[rows].tolist()))
        if not items:
            because = f"none of the {table.items} items has two independent answers"
            return [nothing(because, method=name, eligible=table.items)]
        units = _units(table, task, rows)
        values: NDArray[Any] = units.label
        metric = "nominal"
        if self.statistic == "alpha" and task.metric != "nominal":
            values, metric = _numbers(units), task.metric
        overall = self._estimate(units, values, metric)
        out = [measured(overall, n=items, eligible=table.items, details={"ratings": float(overall.n)})]
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

    def _estimate(self, units: "_Units", value: "NDArray[Any]", metric: str) -> "Estimate":
        from goldloop.stats.agreement import cohen, fleiss, krippendorff

        cluster = units.item if units.many else None
        if self.statistic == "alpha":
            return krippendorff(units.unit, units.actor, value, metric=metric, cluster=cluster, level=self.level)
        if self.statistic == "cohen":
            return cohen(units.unit, units.actor, value, cluster=cluster, level=self.level)
        return fleiss(units.unit, units.actor, value, cluster=cluster, level=self.level)


class _Units(NamedTuple):
    """One entry a unit judged: codes of the unit (about `abouts[code]`), its item, the actor, the label said."""

    unit: "NDArray[np.int64]"
    item: "NDArray[np.int64]"
    actor: "NDArray[np.int64]"
    label: "NDArray[np.int64]"
    labels: tuple[str, ...]
    abouts: tuple[str, ...]
    many: bool

    def only(self, rows: "NDArray[np.bool_]") -> "_Units":
        """The entries of some units."""
        return self._replace(unit=self.unit[rows], item=self.item[rows], actor=self.actor[rows], label=self.label[rows])


def _paired(table: Table) -> "NDArray[np.int64]":
    """First independent answers to items that have two or more of them."""
    import numpy as np

    rows = np.flatnonzero(table.first & np.isin(table.stance, _SAYS) & (table.value >= 0) & (table.actor >= 0))
    answers = np.bincount(table.item[rows], minlength=1)
    return rows[answers[table.item[rows]] > 1]


def _units(table: Table, task: Task, rows: "NDArray[np.int64]") -> _Units:
    import numpy as np

    units: dict[tuple[int, str], int] = {}
    abouts: list[str] = []
    labels: dict[str, int] = {}
    said: dict[tuple[int, int], list[tuple[int, int]]] = {}
    entries: list[tuple[int, int, int, int]] = []
    columns = (table.item[rows].tolist(), table.actor[rows].tolist(), table.value[rows].tolist())
    for item, actor, value in zip(*columns, strict=True):
        if (item, value) not in said:
            said[item, value] = []
            for unit in task.units(table.values[value], table.bodies.get(item, {})):
                if (item, unit.where) not in units:
                    units[item, unit.where] = len(units)
                    abouts.append(unit.about)
                said[item, value].append((units[item, unit.where], labels.setdefault(unit.label, len(labels))))
        entries.extend((unit, item, actor, label) for unit, label in said[item, value])
    codes = np.array(entries, np.int64).reshape(-1, 4)
    many = len(units) > len({item for item, _ in units})
    return _Units(codes[:, 0], codes[:, 1], codes[:, 2], codes[:, 3], tuple(labels), tuple(abouts), many)


def _labels(table: Table, task: Task, rows: "NDArray[np.int64]") -> list[str]:
    """Ids of the labels that anyone said, sorted."""
    values = set(table.value[rows].tolist())
    return sorted({label for value in values for label in task.labels(table.values[value])})


def _numbers(units: _Units) -> "NDArray[np.float64]":
    """The numbers that the entries' labels are, where the task has a scale; NaN, a missing rating, where one is not."""
    import numpy as np

    return np.array([_number(label) for label in units.labels], np.float64)[units.label]


def _number(label: str) -> float:
    try:
        return float(label)
    except ValueError:
        return float("nan")


def _about(units: _Units, label: str) -> "NDArray[np.bool_] | None":
    """Which entries belong to a criterion; None where no unit does."""
    import numpy as np

    mine = np.array([about == label for about in units.abouts], np.bool_)
    return mine[units.unit] if mine.any() else None


def _saying(units: _Units, label: str) -> "NDArray[np.bool_]":
    """Which entries say a label; a unit that says several joins them with `|`."""
    import numpy as np

    says = np.array([label in said.split("|") for said in units.labels], np.bool_)
    return says[units.label]
