"""Coefficients that set mean agreement per item against a model of chance: percent, Fleiss' kappa, Gwet's AC1 and AC2.

    percent    pa
    Fleiss     (pa - pe) / (1 - pe),  pe = sum w_kl pi_k pi_l            (Fleiss 1971; unequal numbers: Gwet 2014)
    AC1, AC2   (pa - pe) / (1 - pe),  pe = T_w / (K (K-1)) sum pi (1-pi) (Gwet 2008, 2014)

pa: mean over items with two or more ratings of the share of agreeing pairs. pi: mean over items of the share of their
ratings in each category. w: 1 for equal answers, partial credit off the diagonal (AC2); T_w: the sum of w.
"""

from typing import Any, Literal

import numpy as np

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.agreement import resampling
from goldloop.stats.agreement.pairing import alone, ratings, scarcity
from goldloop.stats.agreement.resampling import METHODS, Method
from goldloop.stats.agreement.table import table
from goldloop.stats.agreement.units import DENSE, counted, of_items
from goldloop.stats.agreement.weights import Weights, on_scale, weight_table
from goldloop.stats.arguments import Floats, Whole
from goldloop.stats.result import Estimate, undefined

LIMIT = 1000
Chance = Literal["none", "fleiss", "gwet"]


def percent(item: Any, annotator: Any, value: Any, **options: Any) -> Estimate:
    """Percent agreement, 0-1: the share of agreeing pairs of ratings, averaged over items. Not corrected for chance.

    Options as for `gwet`, without `weights` and `categories`.
    """
    return _coefficient(item, annotator, value, chance="none", name="percent agreement", **options)


def fleiss(item: Any, annotator: Any, value: Any, *, categories: Any = None, **options: Any) -> Estimate:
    """Fleiss' kappa for many annotators, whoever they are; items may have different numbers of ratings.

    Options as for `gwet`. Collapses where one category is rare although annotators agree (the kappa paradox).
    """
    return _coefficient(item, annotator, value, chance="fleiss", name="Fleiss' kappa", categories=categories, **options)


def gwet(
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
    """Gwet's AC1; with `weights` ("linear", "quadratic", "ordinal" or a table) AC2. Steady where a category is rare.

    Equal-length columns, one row a rating; None or NaN as a value is a missing rating; an annotator's second answer to
    an item counts as another rating. `categories` names the whole scale, of which some values may be unused (AC1
    depends on how many there are; default: those used). interval and cluster: see `krippendorff`; the analytic one is
    the linearised variance of Gwet (2008) with Student's t.
    n: ratings; eligible: rows given. None without an item rated twice, with one annotator or one category.
    """
    name = "Gwet's AC1" if weights is None else "Gwet's AC2"
    return _coefficient(
        item,
        annotator,
        value,
        chance="gwet",
        name=name,
        weights=weights,
        categories=categories,
        cluster=cluster,
        interval=interval,
        level=level,
        repeats=repeats,
        seed=seed,
    )


def _coefficient(
    item: Any,
    annotator: Any,
    value: Any,
    *,
    chance: Chance,
    name: str,
    weights: Weights = None,
    categories: Any = None,
    cluster: Any = None,
    interval: Method = "analytic",
    level: float = 0.95,
    repeats: int = 1000,
    seed: int = 0,
) -> Estimate:
    arguments.one_of("interval", interval, METHODS)
    level, repeats = arguments.share("level", level), arguments.whole("repeats", repeats, low=2)
    data = table(item, annotator, value)
    because = alone(data)
    if because:
        return undefined(because, eligible=data.given, method=name)
    kept = ratings(data, cluster, minimum=1)
    n = len(kept.item)
    if kept.values > LIMIT or kept.items * kept.values > DENSE:
        because = f"{kept.values} categories: at most {LIMIT} can be compared"
        return undefined(because, n=n, eligible=data.given, method=name)
    scale, place = on_scale(kept.names, categories)
    size = len(scale)
    if size > LIMIT:
        raise Invalid("is too large a scale", field="categories", expected=f"at most {LIMIT}", found=str(size))
    if size == 1 and chance != "none":
        return undefined("only one answer was used", n=n, eligible=data.given, method=name)
    credits = weight_table(weights, scale)
    counts = counted(kept.item, place[kept.value], items=kept.items, values=size)
    units = of_items(counts, lambda rows: _features(rows, credits), kept.cluster)
    if units.total[1] == 0:
        return undefined("no item has two ratings", n=n, eligible=data.given, method=name)

    def coefficient(sums: Floats) -> Floats:
        agreed, expected = _agreed_expected(sums, credits, chance=chance, size=size)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(expected < 1, (agreed - expected) / (1 - expected), np.nan)

    value_found = float(coefficient(units.total))
    if not np.isfinite(value_found):
        return undefined("only one answer was used", n=n, eligible=data.given, method=name)
    caution = scarcity(kept)
    limits, details = resampling.interval(
        units, coefficient, method="none" if caution else interval, level=level, repeats=repeats, seed=seed
    )
    agreed, expected = _agreed_expected(units.total, credits, chance=chance, size=size)
    details |= {"agreement": float(agreed), "chance_agreement": float(expected), "items": float(kept.items)}
    return Estimate(
        value=value_found, n=n, eligible=data.given, method=name, interval=limits, caution=caution, details=details
    )


def _features(rows: Whole, weights: Floats | None) -> Floats:
    n = rows.sum(axis=1)
    credit = rows if weights is None else rows @ weights
    agreeing = (rows * credit).sum(axis=1) - n
    pairs = n * (n - 1)
    columns = [np.ones(len(rows)), pairs > 0, agreeing / np.maximum(pairs, 1), rows / np.maximum(n, 1)[:, None]]
    return np.column_stack(columns).astype(np.float64)


def _agreed_expected(sums: Floats, weights: Floats | None, *, chance: Chance, size: int) -> tuple[Floats, Floats]:
    agreed = np.where(sums[..., 1] > 0, sums[..., 2] / np.maximum(sums[..., 1], 1e-300), np.nan)
    share = sums[..., 3:] / sums[..., :1]
    if chance == "none":
        return agreed, np.zeros_like(agreed)
    if chance == "fleiss":
        credit = share if weights is None else share @ weights
        return agreed, (share * credit).sum(axis=-1)
    total = size if weights is None else float(weights.sum())
    return agreed, total / (size * (size - 1)) * (share * (1 - share)).sum(axis=-1)
