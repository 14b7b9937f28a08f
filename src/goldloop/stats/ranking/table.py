"""From columns of comparisons to the cells of a design, with every argument checked."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.arguments import Floats, Whole
from goldloop.stats.ranking.design import Design

MOST_PARAMETERS = 6000


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Checked comparisons: the design of their cells, and what the codes stand for; `n` comparisons in all."""

    design: Design
    names: list[Hashable]
    columns: tuple[str, ...]
    rater_names: list[Hashable]
    cluster: Whole | None
    clusters: int
    n: int


def comparison_table(
    first: Any, second: Any, outcome: ArrayLike, counts: ArrayLike | None, order: bool,
    covariates: Mapping[str, ArrayLike] | None, raters: Any, clusters: Any, ties: str,
) -> Table:  # fmt: skip
    """The comparisons as cells, or Invalid naming the argument that is wrong."""
    one, two, names = _pairs(first, second)
    result = arguments.numbers("outcome", outcome, low=0, high=1)
    if not np.isin(result, (0.0, 0.5, 1.0)).all():
        raise Invalid("is no result", field="outcome", expected="1 first, 0 second, 0.5 tie", found="another number")
    times = np.ones(len(one)) if counts is None else arguments.counts("counts", counts).astype(np.float64)
    arguments.same_length(outcome=result, first=one)
    arguments.same_length(counts=times, first=one)
    columns = {"order": np.ones(len(one))} if order else {}
    for name, values in (covariates or {}).items():
        columns[name] = arguments.numbers(f"covariates[{name}]", values)
        arguments.same_length(**{f"covariates[{name}]": columns[name], "first": one})
    rater, rater_names = _labels("raters", raters, len(one))
    cluster, cluster_names = _labels("clusters", clusters, len(one))
    extra = np.column_stack(list(columns.values())) if columns else np.zeros((len(one), 0))
    keys = [one, two, *(x for x in (rater, cluster) if x is not None)]
    cell, at = _cells(keys, extra)
    size = len(at)
    design = Design(
        first=one[at], second=two[at], rater=None if rater is None else rater[at], extra=extra[at],
        wins=_summed(cell, times * (result == 1), size), losses=_summed(cell, times * (result == 0), size),
        ties=_summed(cell, times * (result == 0.5), size), items=len(names), raters=len(rater_names),
        davidson=ties == "davidson" and bool((times[result == 0.5] > 0).any()),
    )  # fmt: skip
    if design.size > MOST_PARAMETERS:
        raise Invalid(
            "has too many items and raters",
            field="first",
            expected=f"at most {MOST_PARAMETERS}",
            found=str(design.size),
        )
    return Table(
        design=design, names=names, columns=tuple(columns), rater_names=rater_names,
        cluster=None if cluster is None else cluster[at], clusters=len(cluster_names), n=int(times.sum()),
    )  # fmt: skip


def _pairs(first: Any, second: Any) -> tuple[Whole, Whole, list[Hashable]]:
    n = arguments.same_length(second=second, first=first)
    if all(isinstance(side, np.ndarray) and side.dtype.kind in "iu" for side in (first, second)):
        codes, names = arguments.codes("first", np.concatenate([first, second]))
    else:
        codes, names = arguments.codes("first", [*arguments.rows("first", first), *arguments.rows("second", second)])
    a, b = codes[:n], codes[n:]
    if (a == b).any():
        raise Invalid(
            "is compared with itself", field="second", expected="another item", found=repr(names[int(a[a == b][0])])
        )
    return a, b, names


def _labels(field: str, values: Any, n: int) -> tuple[Whole | None, list[Hashable]]:
    if values is None:
        return None, []
    codes, names = arguments.codes(field, values)
    if len(codes) != n:
        raise Invalid("arrays differ in length", field=field, expected=str(n), found=str(len(codes)))
    return codes, names


def _cells(keys: list[Whole], extra: Floats) -> tuple[Whole, Whole]:
    """The cell of every row and one row of every cell; varying covariates keep every row apart."""
    if len(keys[0]) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    if any(np.ptp(extra[:, c]) > 0 for c in range(extra.shape[1])):
        return np.arange(len(keys[0])), np.arange(len(keys[0]))
    code = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        code = code * (int(key.max()) + 1) + key
    _, at, cell = np.unique(code, return_index=True, return_inverse=True)
    return cell.reshape(-1).astype(np.int64), at.astype(np.int64)


def _summed(cell: Whole, values: Floats, size: int) -> Floats:
    return np.bincount(cell, values, size).astype(np.float64)
