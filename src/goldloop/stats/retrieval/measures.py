"""The measures of one ranked list, with trec_eval's definitions.

`gains` are the relevance grades of the retrieved documents in order (0 for unjudged ones), `judged` says which of
them were judged at all, `all_gains` the grades of every judged document of the query. Relevant: grade >= `least`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from goldloop.core.errors import Invalid
from goldloop.stats.arguments import Flags, Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One query: what was retrieved, best first, and what there was to find."""

    gains: Floats
    judged: Flags
    all_gains: Floats
    least: float

    @property
    def hits(self) -> Flags:
        """Which of the retrieved documents are relevant."""
        return np.asarray(self.judged & (self.gains >= self.least))

    @property
    def relevant(self) -> int:
        """How many relevant documents the query has."""
        return int((self.all_gains >= self.least).sum())


def precision(ranked: Ranked, k: int) -> float:
    """Relevant among the first k, over k (also where fewer were retrieved)."""
    return float(ranked.hits[:k].sum()) / k


def recall(ranked: Ranked, k: int) -> float:
    """Relevant among the first k, over all relevant."""
    return float(ranked.hits[:k].sum()) / ranked.relevant


def success(ranked: Ranked, k: int) -> float:
    """Whether anything relevant is among the first k."""
    return float(ranked.hits[:k].any())


def reciprocal_rank(ranked: Ranked) -> float:
    """One over the place of the first relevant document, 0 without one."""
    hits = np.flatnonzero(ranked.hits)
    return 1 / (int(hits[0]) + 1) if len(hits) else 0.0


def average_precision(ranked: Ranked) -> float:
    """The mean, over all relevant documents, of precision at their place (0 for those not retrieved)."""
    places = np.flatnonzero(ranked.hits) + 1
    return float((np.arange(1, len(places) + 1) / places).sum()) / ranked.relevant


def r_precision(ranked: Ranked) -> float:
    """Precision after as many documents as there are relevant ones."""
    return precision(ranked, ranked.relevant)


def ndcg(ranked: Ranked, k: int | None = None) -> float:
    """Discounted cumulated gain over the best possible (Jarvelin & Kekalainen 2002): gain = grade, log2(place + 1).

    Grades below 1 gain nothing; with k both lists are cut.
    """
    ideal = np.sort(np.maximum(ranked.all_gains, 0))[::-1][:k]
    gained = np.maximum(np.where(ranked.judged, ranked.gains, 0), 0)[:k]
    best = float((ideal / np.log2(np.arange(2, len(ideal) + 2))).sum())
    return float((gained / np.log2(np.arange(2, len(gained) + 2))).sum()) / best if best > 0 else 0.0


def bpref(ranked: Ranked) -> float:
    """How seldom judged irrelevant documents precede relevant ones (Buckley & Voorhees 2004); unjudged: ignored."""
    hits = ranked.hits
    irrelevant = ranked.judged & ~hits & (ranked.gains >= 0)
    relevant = ranked.relevant
    bound = min(int(((ranked.all_gains >= 0) & (ranked.all_gains < ranked.least)).sum()), relevant)
    before = np.minimum(np.cumsum(irrelevant)[hits], relevant)
    return float((1 - before / max(1, bound)).sum()) / relevant


Measure = Callable[[Ranked], float]
WHOLE: dict[str, Measure] = {
    "map": average_precision,
    "recip_rank": reciprocal_rank,
    "ndcg": ndcg,
    "Rprec": r_precision,
    "bpref": bpref,
}
CUT: dict[str, Callable[[Ranked, int], float]] = {
    "P": precision,
    "recall": recall,
    "success": success,
    "ndcg_cut": ndcg,
}


def named(name: str) -> Measure:
    """The measure of a trec_eval name: map, recip_rank, ndcg, Rprec, bpref, P_k, recall_k, success_k, ndcg_cut_k."""
    if name in WHOLE:
        return WHOLE[name]
    stem, _, depth = name.rpartition("_")
    if stem not in CUT or not depth.isdigit() or int(depth) < 1:
        expected = ", ".join([*WHOLE, *(f"{cut}_k" for cut in CUT)])
        raise Invalid("is not a measure", field="measures", expected=expected, found=repr(name))
    cut, k = CUT[stem], int(depth)
    return lambda ranked: cut(ranked, k)
