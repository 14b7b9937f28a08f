"""Cohen's kappa: two annotators, each with their own habits."""

import math
from typing import Any

import numpy as np

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.agreement import resampling
from goldloop.stats.agreement.pairing import DISAGREEING, VARIED, alone
from goldloop.stats.agreement.resampling import METHODS, Method
from goldloop.stats.agreement.table import Table, table
from goldloop.stats.agreement.units import LIMIT, Units, grouping
from goldloop.stats.agreement.weights import Weights, on_scale, weight_table
from goldloop.stats.arguments import Floats, Whole
from goldloop.stats.result import Estimate, Interval, undefined

CATEGORIES = 1000


def cohen(
    item: Any,
    annotator: Any,
    value: Any,
    *,
    weights: Weights = None,
    categories: Any = None,
    cluster: Any = None,
    interval: Method = "analytic",
    level: float = 0.95,
    repeats: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Cohen's kappa of two annotators over the items both judged: (po - pe) / (1 - pe), pe from each one's own shares.

    weights: None (Cohen 1960), "linear", "quadratic" (Cohen 1968), "ordinal", or a table of partial credit.
    Where an annotator judged an item more than once the first row counts (`repeated_rows` says how many others).
    interval: "analytic", the large-sample normal one of Fleiss, Cohen & Everitt (1969), with `cluster` linearised over
    clusters; "bootstrap" over items or clusters; below about 30 items prefer the bootstrap.
    n: items judged by both; eligible: items judged by either. None with other than two annotators, no common item, or
    where both used one and the same category.
    """
    arguments.one_of("interval", interval, METHODS)
    level, repeats = arguments.share("level", level), arguments.whole("repeats", repeats, low=2)
    name = "Cohen's kappa" if weights is None else "Cohen's weighted kappa"
    data = table(item, annotator, value)
    people = np.unique(data.annotator.codes)
    because = alone(data) or (f"{len(people)} annotators: Cohen's kappa compares two" if len(people) > 2 else None)
    if because:
        return undefined(because, eligible=data.item.size, method=name)
    common, first, second, repeated = first_answers(data, int(people[0]), int(people[1]))
    eligible, n = len(np.unique(data.item.codes)), len(common)
    if not n:
        return undefined("no common item", eligible=eligible, method=name)
    used = np.unique(np.concatenate([first, second]))
    if len(used) > CATEGORIES:
        because = f"{len(used)} categories: at most {CATEGORIES} can be compared"
        return undefined(because, n=n, eligible=eligible, method=name)
    scale, place = on_scale([data.value.names[int(k)] for k in used], categories)
    size = len(scale)
    credits = weight_table(weights, scale)
    of_row = _clusters(cluster, data)
    cells = place[np.searchsorted(used, first)] * size + place[np.searchsorted(used, second)]
    confusion = np.bincount(cells, minlength=size * size).reshape(size, size)
    observed, expected = observed_expected(confusion.reshape(-1).astype(np.float64), size, credits)
    if float(expected) >= 1:
        return undefined("both used one and the same category", n=n, eligible=eligible, method=name)
    kappa = (float(observed) - float(expected)) / (1 - float(expected))
    details = {"agreement": float(observed), "chance_agreement": float(expected), "repeated_rows": float(repeated)}
    caution = _scarcity(confusion)
    limits: Interval | None = None
    options: Any = {"method": interval, "level": level, "repeats": repeats, "seed": seed}
    if interval == "analytic" and of_row is None and not caution:
        error = standard_error(confusion, credits)
        limits = _normal(kappa, error, level=level)
        details["standard_error"] = error
    elif interval != "none" and not caution:
        units = _units(cells, size, None if of_row is None else of_row[common])
        limits, more = resampling.interval(units, lambda sums: kappas(sums, size, credits), **options)
        details |= more
    return Estimate(value=kappa, n=n, eligible=eligible, method=name, interval=limits, caution=caution, details=details)


def _normal(kappa: float, error: float, *, level: float) -> Interval:
    half = arguments.normal(level) * error
    low, high = kappa - half, min(1.0, kappa + half)
    return Interval(low=low, high=high, level=level, method="Fleiss, Cohen & Everitt 1969, normal")


def _clusters(cluster: Any, data: Table) -> Whole | None:
    """One cluster code for every row that was kept."""
    if cluster is None:
        return None
    of_row = arguments.codes("cluster", cluster)[0]
    if len(of_row) != data.given:
        raise Invalid("differs in length", field="cluster", expected=str(data.given), found=str(len(of_row)))
    return of_row if data.kept is None else of_row[data.kept]


def _scarcity(confusion: Whole) -> str | None:
    """The rule of `pairing.scarcity` on a confusion table."""
    split = int(confusion.sum() - np.trace(confusion))
    if split < DISAGREEING:
        return f"{split} items with disagreement: an interval needs {DISAGREEING}"
    common = int((confusion.sum(axis=0) + confusion.sum(axis=1)).argmax())
    varied = int(confusion.sum() - confusion[common, common])
    return f"{varied} items hold any answer but the commonest: an interval needs {VARIED}" if varied < VARIED else None


def first_answers(data: Table, one: int, other: int) -> tuple[Whole, Whole, Whole, int]:
    """Rows (of the first annotator) with a common item, both value codes, and how many repeated rows were left out."""
    found = []
    repeated = 0
    for person in (one, other):
        rows = np.flatnonzero(data.annotator.codes == person)
        items, where = np.unique(data.item.codes[rows], return_index=True)
        repeated += len(rows) - len(items)
        found.append((items, rows[where]))
    (mine, rows), (theirs, others) = found
    _, left, right = np.intersect1d(mine, theirs, assume_unique=True, return_indices=True)
    values = data.value.codes
    return rows[left], values[rows[left]].astype(np.int64), values[others[right]].astype(np.int64), repeated


def observed_expected(sums: Floats, size: int, credits: Floats | None) -> tuple[Floats, Floats]:
    """Observed and chance agreement from flattened confusion tables (..., size * size)."""
    tables = sums.reshape(*sums.shape[:-1], size, size)
    n = np.maximum(tables.sum(axis=(-1, -2)), 1e-300)
    rows, columns = tables.sum(axis=-1) / n[..., None], tables.sum(axis=-2) / n[..., None]
    if credits is None:
        return np.trace(tables, axis1=-2, axis2=-1) / n, (rows * columns).sum(axis=-1)
    return (tables * credits).sum(axis=(-1, -2)) / n, ((rows @ credits) * columns).sum(axis=-1)


def kappas(sums: Floats, size: int, credits: Floats | None) -> Floats:
    """Kappa of each flattened confusion table; NaN where chance agreement is 1."""
    observed, expected = observed_expected(sums, size, credits)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected < 1 - 1e-12, (observed - expected) / (1 - expected), np.nan)


def standard_error(confusion: Whole, credits: Floats | None) -> float:
    """The large-sample standard error of (weighted) kappa; Fleiss, Cohen & Everitt (1969), formula 13."""
    n = float(confusion.sum())
    share = confusion / n
    w = np.eye(len(share)) if credits is None else credits
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    observed, expected = float((w * share).sum()), float(rows @ w @ columns)
    mean = (w @ columns)[:, None] + (rows @ w)[None, :]
    inner = w * (1 - expected) - mean * (1 - observed)
    spread = float((share * inner**2).sum()) - (observed * expected - 2 * expected + observed) ** 2
    return math.sqrt(max(spread, 0.0) / n) / (1 - expected) ** 2


def _units(cells: Whole, size: int, cluster: Whole | None) -> Units:
    """Confusion tables to draw from: the cells themselves, or one table a cluster (few cells: dense rows)."""
    width = size * size
    if cluster is None and width <= LIMIT:
        return Units(np.eye(width), np.bincount(cells, minlength=width), "items")
    _, cluster = np.unique(np.arange(len(cells)) if cluster is None else cluster, return_inverse=True)
    labels, units, name = grouping(len(cells), cluster)
    flat = np.bincount(labels * width + cells, minlength=units * width).astype(np.float64)
    return Units(flat.reshape(units, width), np.ones(units, np.int64), name)
