"""Accuracy against a reference, for the full dataset and for each of its parts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from goldloop import statistics
from goldloop.core.families import Measure, Measured, Table, Task, measure
from goldloop.measures.say import measured, nothing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

METHOD = "share of accepted labels equal to the reference"
REPRESENTS = 0.5  # of a stratum's decided items: what the drawn items must stand for, or the sample is not finished


@measure("accuracy.v1")
class Accuracy(Measure):
    """How many accepted labels are right, judged by gold or by an audit: for all items, per stratum, per queue.

    Right means equal as a whole. The full dataset comes first: strata are weighted by the items they hold, not by how
    many of them were audited, so that queues audited at different rates do not distort it. Where items of one stratum
    had different chances to be drawn, each is weighted by its own. Agreement of a verifier with a suggestion never
    enters: without a reference there is no value.
    """

    between: ClassVar = (0.0, 1.0)

    level: float = Field(default=0.95, gt=0, lt=1, description="confidence level of the intervals")

    def measure(self, table: Table, task: Task) -> list[Measured]:
        """See `Measure.measure`. `n`: decided items with a reference; `eligible`: items of the part."""
        audited = _audited(table)
        whole = self._whole(table, audited)
        return [whole, *self._per_stratum(table, audited), *self._per_queue(table, audited)]

    def needed(self, line: float, *, batch: int) -> int | None:
        """See `Measure.needed`."""
        return statistics.sampling.size_for_floor(line, level=self.level, population=batch).n

    def _whole(self, table: Table, audited: "_Audited") -> Measured:
        n, held = len(audited.right), int(audited.sizes.sum())
        because = _no_reference(table, audited)
        parts = range(len(audited.names))
        if because is None:
            because = (
                audited.unfinished() if table.looks else next(filter(None, (audited.hole(k) for k in parts)), None)
            )
        if because:
            return nothing(because, method=METHOD, n=n, eligible=held)
        details = {"undecided": float(table.items - table.items_decided)}
        method = METHOD + _stopped(table)
        if table.looks:  # drawn in proportion over everything: a small stratum may hold none of it, and is in the whole
            found = statistics.estimate.hajek(
                audited.right, audited.probability, population=held, strata=audited.probability, level=self.level
            )
        elif audited.equal_chances():
            found = statistics.estimate.stratified(
                audited.counts(audited.right), audited.counts(), audited.sizes, level=self.level
            )
        else:
            found = statistics.estimate.hajek(
                audited.right, audited.probability, population=held, strata=audited.stratum, level=self.level
            )
        return measured(found, method=f"{method}, {found.method}", details=details)

    def _per_stratum(self, table: Table, audited: "_Audited") -> list[Measured]:
        out = []
        for k, name in enumerate(table.strata):
            rows, held, part = audited.stratum == k, int(audited.sizes[k]), {"stratum": name}
            n = int(rows.sum())
            because = _no_reference(table, audited) or audited.hole(k) or ("it holds no items" if not held else None)
            if because:
                out.append(nothing(because, method=METHOD, n=n, eligible=held, slice_=part))
                continue
            right = audited.right[rows]
            if audited.equal_chances(k):
                found = statistics.estimate.stratified([right.sum()], [n], [held], level=self.level)
            else:
                found = statistics.estimate.hajek(right, audited.probability[rows], population=held, level=self.level)
            out.append(measured(found, method=f"{METHOD}, {found.method}", slice_=part))
        return out

    def _per_queue(self, table: Table, audited: "_Audited") -> list[Measured]:
        """The queue that each label was accepted from. Its items were not a stratum, so each counts by its chance."""
        out = []
        for k, name in enumerate(table.queues):
            rows, part = audited.queue == k, {"queue": name}
            n, held = int(rows.sum()), int((audited.decided_queue == k).sum())
            if not held:
                continue
            because = _no_reference(table, audited) or (f"none of its {held} items has a reference" if not n else None)
            because = because or next((hole for s in range(len(audited.names)) if (hole := audited.hole(s))), None)
            if because:
                out.append(nothing(because, method=METHOD, n=n, eligible=held, slice_=part))
                continue
            right, chances = audited.right[rows], audited.probability[rows]
            if (chances == chances[0]).all():  # known gold has a chance of 1 each, and is not all there is
                found = statistics.estimate.stratified([right.sum()], [n], [held], level=self.level)
            else:
                found = statistics.estimate.hajek(
                    right, chances, population=held, strata=audited.stratum[rows], level=self.level
                )
            out.append(measured(found, method=f"{METHOD}, {found.method}", slice_=part))
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class _Audited:
    """One entry per decided item with a reference; strata and queues as codes.

    `sizes`, `decided` and `names` are per stratum: items held, items decided, name. `decided_queue` is per decided
    item.
    """

    right: "NDArray[np.bool_]"
    stratum: "NDArray[np.int64]"
    queue: "NDArray[np.int64]"
    probability: "NDArray[np.float64]"
    sizes: "NDArray[np.int64]"
    decided: "NDArray[np.int64]"
    decided_queue: "NDArray[np.int64]"
    names: tuple[str, ...]

    def counts(self, weights: "NDArray[np.bool_] | None" = None) -> "NDArray[np.int64]":
        """Entries, or the true ones among them, per stratum."""
        import numpy as np

        chosen = self.stratum if weights is None else self.stratum[weights]
        return np.bincount(chosen, minlength=len(self.sizes)).astype(np.int64)

    def equal_chances(self, stratum: int | None = None) -> bool:
        """True where all items of a stratum (of every stratum) had one chance to be drawn."""
        import numpy as np

        for k in range(len(self.sizes)) if stratum is None else (stratum,):
            chances = self.probability[self.stratum == k]
            if len(chances) and not np.allclose(chances, chances[0], rtol=1e-9):
                return False
        return True

    def unfinished(self) -> str | None:
        """Why a sample over everything says nothing yet, or None where it does."""
        stands_for, decided = float((1 / self.probability).sum()), int(self.decided.sum())
        if stands_for >= REPRESENTS * decided:
            return None
        n = len(self.right)
        return (
            f"the {n} items with a reference stand for {stands_for:.0f} of {decided} decided ones: it is not finished"
        )

    def hole(self, k: int) -> str | None:
        """Why a stratum that holds items says nothing, or None where it does."""
        if not self.sizes[k]:
            return None
        rows = self.stratum == k
        n, name = int(rows.sum()), self.names[k]
        if not n:
            return f"no decided item of {name!r} has a gold or audit answer"
        stands_for = float((1 / self.probability[rows]).sum())
        if stands_for < REPRESENTS * min(self.decided[k], self.sizes[k]):
            return (
                f"the {n} items of {name!r} with a reference stand for {stands_for:.0f} of its {int(self.decided[k])} "
                "decided ones: the sample is not finished, or was not drawn at random"
            )
        return None


def _audited(table: Table) -> _Audited:
    import numpy as np

    rows = np.flatnonzero(table.decided)
    _, first = np.unique(table.item[rows], return_index=True)
    rows = rows[first]  # one row an item: they hold the same accepted label
    stratum, sizes, names = table.stratum, table.strata_sizes, table.strata
    if not len(sizes):
        stratum, sizes, names = np.zeros_like(table.item), np.array([table.items]), ("the batch",)
    rows = rows[stratum[rows] >= 0]
    checked = rows[table.reference[rows] >= 0]
    return _Audited(
        right=table.value[checked] == table.reference[checked],
        stratum=stratum[checked],
        queue=table.queue[checked],
        probability=table.probability[checked],
        sizes=sizes,
        decided=np.bincount(stratum[rows], minlength=len(sizes)),
        decided_queue=table.queue[rows],
        names=names,
    )


def _stopped(table: Table) -> str:
    """Where a plan stopped the audit before its last look: a share of what was judged until then is not unbiased."""
    if not table.looks or table.place is None:
        return ""
    turns = table.item[(table.place >= 0) & (table.reference >= 0)]
    n, most = len(set(turns.tolist())), table.looks[-1][0]
    if n >= most:
        return ""
    return f" (judged under a plan that may stop early, {n} of {most}: lower where it rejects; its bound is exact)"


def _no_reference(table: Table, audited: _Audited) -> str | None:
    if not table.items:
        return "the batch holds no items"
    if not len(audited.decided_queue):
        return f"none of the {table.items} items is decided"
    if not len(audited.right):
        return f"none of the {len(audited.decided_queue)} decided items has a gold or audit answer"
    return None
