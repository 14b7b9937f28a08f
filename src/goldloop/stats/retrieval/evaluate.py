"""How well a retriever answers a set of queries, with an interval over queries."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.special import stdtrit

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.estimate.proportion import limits
from goldloop.stats.result import Estimate, Interval, undefined
from goldloop.stats.retrieval.measures import Ranked, named

MEASURES = ("recall_10", "P_10", "recip_rank", "map", "ndcg_cut_10")
Run = Iterable[tuple[Hashable, str, float]]
Judgements = Iterable[tuple[Hashable, str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """The mean of every measure over queries, and its value for each query (for paired comparisons)."""

    means: Mapping[str, Estimate]
    by_query: Mapping[str, Mapping[Hashable, float]]
    unanswered: int
    without_relevant: int


def evaluate(
    run: Run,
    judgements: Judgements,
    *,
    measures: Sequence[str] = MEASURES,
    unanswered: Literal["zero", "skip"] = "zero",
    least: float = 1,
    depth: int | None = None,
    level: float = 0.95,
) -> Retrieval:
    """trec_eval's measures: `run` rows (query, document, score), `judgements` rows (query, document, grade).

    Documents are ordered by descending score and, where scores tie, by descending document id, as trec_eval does;
    stated ranks are ignored. `least` is the lowest grade that counts as relevant; `depth` cuts every list. Judged
    queries without results score 0 ("zero", trec_eval -c) or are left out ("skip", its default, which flatters).
    Queries without any relevant document have no recall and are left out and counted (trec_eval gives them 0).
    Interval: t over queries, cut to [0, 1]; queries are the sample. Invalid for a document twice in a query.
    """
    arguments.one_of("unanswered", unanswered, ("zero", "skip"))
    level = arguments.share("level", level)
    depth = None if depth is None else arguments.whole("depth", depth, low=1)
    found, truth = _by_query("run", run), _by_query("judgements", judgements)
    functions = {name: named(name) for name in measures}
    by_query: dict[str, dict[Hashable, float]] = {name: {} for name in functions}
    missing = empty = 0
    for query, grades in truth.items():
        if query not in found:
            missing += 1
            if unanswered == "skip":
                continue
        ranked = _ranked(found.get(query, {}), grades, least, depth)
        if not ranked.relevant:
            empty += 1
            continue
        for name, function in functions.items():
            by_query[name][query] = function(ranked)
    return Retrieval(
        means={name: _mean(name, list(values.values()), len(truth), level) for name, values in by_query.items()},
        by_query=by_query,
        unanswered=missing,
        without_relevant=empty,
    )


def _by_query(field: str, rows: Iterable[tuple[Hashable, str, float]]) -> dict[Hashable, dict[str, float]]:
    table: dict[Hashable, dict[str, float]] = {}
    for row in arguments.rows(field, rows):
        query, document, number = _row(field, row)
        documents = table.setdefault(query, {})
        if document in documents:
            found = f"{document!r} twice for {query!r}"
            raise Invalid("names a document twice", field=field, expected="one row a document", found=found)
        documents[document] = arguments.number(field, number)
    return table


def _row(field: str, row: Any) -> tuple[Hashable, str, float]:
    if not isinstance(row, (tuple, list)) or len(row) != 3:
        raise Invalid("is no row", field=field, expected="(query, document, number)", found=repr(row)[:80])
    query, document, number = row
    if not isinstance(document, str):
        raise Invalid("is no document id", field=field, expected="a string", found=repr(document)[:80])
    return query, document, number


def _ranked(scores: Mapping[str, float], grades: Mapping[str, float], least: float, depth: int | None) -> Ranked:
    """Ordered by document id first, so that the stable sort by score leaves ties in descending id."""
    by_id = sorted(scores, reverse=True)
    order = sorted(by_id, key=lambda document: -scores[document])[:depth]
    return Ranked(
        gains=np.array([grades.get(document, 0.0) for document in order], dtype=np.float64),
        judged=np.array([document in grades for document in order], dtype=bool),
        all_gains=np.array(list(grades.values()), dtype=np.float64),
        least=least,
    )


def _alike(name: str, value: float, n: int, eligible: int, level: float) -> Estimate:
    """Queries without spread: at 0 or 1 the share of queries that differ is still bounded, exactly; else nothing is."""
    if n == 1 or value not in (0.0, 1.0):
        return Estimate(value=value, n=n, eligible=eligible, method=name, caution="no spread between queries")
    low, high = limits(value * n, n, method="clopper-pearson", level=level)
    method = "clopper-pearson: queries that are not alike"
    interval = Interval(low=low, high=high, level=level, method=method)
    return Estimate(value=value, n=n, eligible=eligible, method=name, interval=interval)


def _mean(name: str, values: list[float], eligible: int, level: float) -> Estimate:
    n = len(values)
    if not n:
        return undefined("no judged query with a relevant document", eligible=eligible, method=name)
    value = float(np.mean(values))
    if n == 1 or min(values) == max(values):
        return _alike(name, value, n, eligible, level)
    error = float(np.std(values, ddof=1) / np.sqrt(n))
    half = float(stdtrit(n - 1, (1 + level) / 2)) * error
    interval = Interval(low=max(0.0, value - half), high=min(1.0, value + half), level=level, method="t over queries")
    return Estimate(
        value=value, n=n, eligible=eligible, method=name, interval=interval, details={"standard_error": error}
    )
