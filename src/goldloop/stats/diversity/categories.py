"""How varied categorical data are: which combinations occur, and how many categories there effectively are."""

import itertools
import math
from collections.abc import Collection, Hashable, Mapping
from typing import Any

import numpy as np
from scipy.special import ndtri

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.result import Estimate, Interval, undefined


def coverage(
    columns: Mapping[str, Any], *, ways: int = 1, possible: Mapping[str, Collection[Hashable]] | None = None
) -> Estimate:
    """The share of all combinations of `ways` columns' values that occur at least once (Kuhn et al. 2013).

    1-way: values, 2-way: pairs of values, 3-way: triples. `possible` names the values a column could have (default:
    those seen, which then hides what is missing everywhere). A census of the data: no interval. None where there are
    fewer columns than ways or nothing is possible. Invalid for a value that is not possible.
    """
    ways = arguments.whole("ways", ways, low=1)
    coded, sizes = {}, {}
    for name, values in arguments.mapping("columns", columns).items():
        codes, labels = arguments.codes(f"columns[{name}]", values)
        allowed = set((possible or {}).get(name, labels))
        strange = [label for label in labels if label not in allowed]
        if strange:
            raise Invalid(
                "is not possible",
                field=f"columns[{name}]",
                expected=str(sorted(map(str, allowed))),
                found=repr(strange[0]),
            )
        coded[name], sizes[name] = codes, len(allowed)
    if len({len(codes) for codes in coded.values()}) > 1:
        raise Invalid("columns differ in length", field="columns", expected="equal lengths")
    method = f"{ways}-way coverage of combinations"
    n = len(next(iter(coded.values()))) if coded else 0
    total = seen = 0
    for names in itertools.combinations(coded, ways):
        total += math.prod(sizes[name] for name in names)
        seen += len(np.unique(np.column_stack([coded[name] for name in names]), axis=0)) if n else 0
    if not total:
        because = f"{len(coded)} columns for {ways}-way combinations" if len(coded) < ways else "nothing is possible"
        return undefined(because, n=n, eligible=n, method=method)
    return Estimate(
        value=seen / total, n=n, eligible=n, method=method, details={"seen": float(seen), "possible": float(total)}
    )


def effective_number(values: Any, *, level: float = 0.95) -> Estimate:
    """How many equally common categories would be as varied: exp(entropy) (Hill 1973, order 1).

    Entropy with the correction (k - 1) / 2n of Miller and Madow (1955), so it may exceed the number seen; interval
    by the delta method on the log scale (Basharin 1959), at least 1. Independent items: near copies are not, and
    raise n without telling anything. None for no values.
    """
    codes, labels = arguments.codes("values", values)
    level = arguments.share("level", level)
    n, k = len(codes), len(labels)
    method = "exp(entropy), Miller-Madow"
    if not n:
        return undefined("no values", method=method)
    p = np.bincount(codes) / n
    entropy = float(-(p * np.log(p)).sum())
    corrected = entropy + (k - 1) / (2 * n)
    if k == 1:
        caution = "one category was seen: rarer ones may have been missed"
        return Estimate(
            value=1.0, n=n, eligible=n, method=method, caution=caution, details={"plug_in": 1.0, "categories": 1.0}
        )
    error = math.sqrt(max(0.0, float((p * np.log(p) ** 2).sum()) - entropy**2) / n + (k - 1) / (2 * n * n))
    half = float(ndtri((1 + level) / 2)) * error
    return Estimate(
        value=math.exp(corrected),
        n=n,
        eligible=n,
        method=method,
        interval=Interval(
            low=max(1.0, math.exp(corrected - half)),
            high=math.exp(corrected + half),
            level=level,
            method="delta, log scale",
        ),
        details={"plug_in": math.exp(entropy), "categories": float(k)},
    )
