"""Krippendorff's alpha: agreement beyond chance for any number of annotators, any metric, and missing ratings."""

import itertools
from typing import Any

import numpy as np

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.agreement import disagreement, distance, resampling
from goldloop.stats.agreement.disagreement import EXACT, MATRIX, Form
from goldloop.stats.agreement.pairing import Ratings, alone, ratings, scarcity
from goldloop.stats.agreement.resampling import METHODS, Method
from goldloop.stats.agreement.table import table
from goldloop.stats.arguments import Floats
from goldloop.stats.result import Estimate, undefined

METRICS = ("nominal", "ordinal", "interval", "ratio", "jaccard", "masi")
SETS = {"jaccard": distance.jaccard, "masi": distance.masi}


def krippendorff(
    item: Any,
    annotator: Any,
    value: Any,
    *,
    metric: str | distance.Distance = "nominal",
    cluster: Any = None,
    interval: Method = "bootstrap",
    level: float = 0.95,
    repeats: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Krippendorff's alpha, 1 - observed / expected disagreement: 1 perfect, 0 chance, negative systematic conflict.

    Equal-length columns, one row a rating; a value of None or NaN is a missing rating. Items with one rating do not
    count. Every row counts, also an annotator's second answer to an item (drop repeats first if they are not meant).
    metric: nominal, ordinal (order of the values), interval, ratio (numbers), jaccard or masi (sets of tags; masi is
    Passonneau 2006), or a function of two values that returns their squared distance.
    interval: "bootstrap" resamples items, or whole `cluster`s (one code per row, such as the document: needed where
    items of one cluster resemble each other); "analytic" linearises over the same units; "none".
    Source: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability; Hayes & Krippendorff (2007).

    With fewer than 5 items in disagreement, or 8 that hold any but the commonest answer, there is a value and no
    interval (`caution` says so).
    n: ratings that could be paired; eligible: rows given. None without ratings, without an item rated twice, with one
    annotator, or where only one answer was used (chance agreement is then certain and alpha is 0/0).
    """
    name = f"Krippendorff's alpha, {_label(metric)}"
    arguments.one_of("interval", interval, METHODS)
    level, repeats = arguments.share("level", level), arguments.whole("repeats", repeats, low=2)
    data = table(item, annotator, value, convert=distance.as_set if metric in SETS else None)
    because = alone(data)
    if because:
        return undefined(because, eligible=data.given, method=name)
    kept = ratings(data, cluster)
    if not (n := len(kept.item)):
        return undefined("no item has two ratings", eligible=data.given, method=name)
    if kept.values == 1:
        return undefined("only one answer was used", n=n, eligible=data.given, method=name)
    form = disagreement_form(kept, metric)
    if form is None:
        because = f"{kept.values} distinct answers: more than {distance.LIMIT} are too many for a table of distances"
        return undefined(because, n=n, eligible=data.given, method=name)
    observed, expected = (float(part) for part in form.observed_expected(form.units.total))
    if expected <= 0:
        return undefined("no two answers lie apart", n=n, eligible=data.given, method=name)
    caution = scarcity(kept)
    limits, details = resampling.interval(
        form.units, form.alpha, method="none" if caution else interval, level=level, repeats=repeats, seed=seed
    )
    details |= {"observed_disagreement": observed, "expected_disagreement": expected, "items": float(kept.items)}
    return Estimate(
        value=1 - observed / expected,
        n=n,
        eligible=data.given,
        method=name,
        interval=limits,
        caution=caution,
        details=details,
    )


def _label(metric: str | distance.Distance) -> str:
    if not callable(metric):
        return arguments.one_of("metric", metric, METRICS)
    return str(getattr(metric, "__name__", "custom"))


def disagreement_form(kept: Ratings, metric: str | distance.Distance) -> Form | None:
    """The form of the sums that fits the metric and the size; None where a table of distances would be too large."""
    small = kept.values <= MATRIX and kept.dense
    if metric == "nominal":
        if kept.values <= EXACT and kept.dense:
            return disagreement.nominal(kept.counts, kept.cluster)
        return disagreement.linear(kept, None)
    if metric == "ordinal":
        _numbers(kept.names, ordered=True)
        if small:
            return disagreement.coincidence(kept.counts, kept.cluster, None)
        return disagreement.moments(kept, disagreement.mid_ranks(kept.value, kept.values))
    if metric == "interval":
        numbers = _numbers(kept.names)
        if small:
            return disagreement.coincidence(kept.counts, kept.cluster, distance.interval(numbers))
        return disagreement.moments(kept, numbers[kept.value])
    if kept.values > distance.LIMIT:
        return None
    if metric == "ratio":
        squared = distance.ratio(_numbers(kept.names))
    else:
        squared = distance.tabulated(kept.names, SETS[metric] if isinstance(metric, str) else metric)
    if small:
        return disagreement.coincidence(kept.counts, kept.cluster, squared)
    return disagreement.linear(kept, squared)


def _numbers(names: Any, *, ordered: bool = False) -> Floats:
    """The values as numbers; with `ordered` anything that sorts will do and only the check is made."""
    if (isinstance(names, np.ndarray) and names.dtype.kind in "biuf") or all(
        isinstance(name, (int, float, np.number)) for name in names
    ):
        return arguments.numbers("value", names)
    if ordered and _sorted(names):
        return np.arange(len(names), dtype=np.float64)
    scale = "ordered" if ordered else "numeric"
    raise Invalid(f"is not {scale}", field="value", expected=f"{scale} values", found=type(names[0]).__name__)


def _sorted(names: Any) -> bool:
    try:
        return all(first < second for first, second in itertools.pairwise(names))
    except TypeError:
        return False
