"""Independent answers on a task's units: what agreement and the inference of truth are counted on."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from goldloop.core.families import STANCES, Table, Task, Unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAYS = tuple(STANCES.index(stance) for stance in ("answer", "accept"))


class Units(NamedTuple):
    """One entry a unit judged: codes of the unit (about `abouts[code]`), its item, the actor, the label said."""

    unit: "NDArray[np.int64]"
    item: "NDArray[np.int64]"
    actor: "NDArray[np.int64]"
    label: "NDArray[np.int64]"
    labels: tuple[str, ...]
    abouts: tuple[str, ...]
    many: bool
    codes: dict[tuple[int, str], int]

    def only(self, rows: "NDArray[np.bool_]") -> "Units":
        """The entries of some units."""
        return self._replace(unit=self.unit[rows], item=self.item[rows], actor=self.actor[rows], label=self.label[rows])


def paired(table: Table) -> "NDArray[np.int64]":
    """Rows of first independent answers to items that have two or more of them."""
    import numpy as np

    rows = np.flatnonzero(table.first & np.isin(table.stance, SAYS) & (table.value >= 0) & (table.actor >= 0))
    answers = np.bincount(table.item[rows], minlength=1)
    return rows[answers[table.item[rows]] > 1]


def units_of(table: Table, task: Task, rows: "NDArray[np.int64]", *, like: Units | None = None) -> Units:
    """What these rows say of every unit of their items; `like` gives the same codes to what it knows already."""
    import numpy as np

    units: dict[tuple[int, str], int] = dict(like.codes) if like else {}
    abouts: list[str] = list(like.abouts) if like else []
    labels: dict[str, int] = {name: n for n, name in enumerate(like.labels)} if like else {}
    said: dict[tuple[int, int], list[tuple[int, int]]] = {}
    entries: list[tuple[int, int, int, int]] = []
    alike: dict[int, Sequence[Unit]] = {}  # by value, where an answer's units do not depend on the item
    columns = (table.item[rows].tolist(), table.actor[rows].tolist(), table.value[rows].tolist())
    for item, actor, value in zip(*columns, strict=True):
        if (item, value) not in said:
            said[item, value] = []
            if task.reads_body or value not in alike:
                alike[value] = task.units(table.values[value], table.bodies.get(item, {}))
            for unit in alike[value]:
                if (item, unit.where) not in units:
                    units[item, unit.where] = len(units)
                    abouts.append(unit.about)
                said[item, value].append((units[item, unit.where], labels.setdefault(unit.label, len(labels))))
        entries.extend((unit, item, actor, label) for unit, label in said[item, value])
    codes = np.array(entries, np.int64).reshape(-1, 4)
    many = len(units) > len({item for item, _ in units})
    return Units(codes[:, 0], codes[:, 1], codes[:, 2], codes[:, 3], tuple(labels), tuple(abouts), many, units)
