"""Bradley-Terry over a million comparisons of a thousand items: `python -m bench.stats.bench_ranking [1M | 1k]`."""

import sys
from functools import partial

import numpy as np
from bench.stats.bench_agreement import imported, timed

SIZES = {"1M": (1_000_000, 1_000), "1k": (1_000, 20)}
BAR = 10.0
PEER = 100_000


def votes(comparisons: int, items: int, *, seed: int = 7):
    """Comparisons of items with normal abilities, a tenth of them ties, in clusters of about a hundred."""
    r = np.random.default_rng(seed)
    ability = r.normal(size=items)
    first = r.integers(0, items, comparisons)
    second = (first + r.integers(1, items, comparisons)) % items
    outcome = (r.random(comparisons) < 1 / (1 + np.exp(ability[second] - ability[first]))).astype(float)
    outcome[r.random(comparisons) < 0.1] = 0.5
    return first, second, outcome, r.integers(0, max(2, comparisons // 100), comparisons), ability


def main(sizes: list[str]) -> None:
    """Ours with intervals, and choix without any on a tenth of the decided comparisons."""
    import choix

    from goldloop.stats.ranking import bradley_terry

    imported("goldloop.stats.ranking")
    for size in sizes:
        comparisons, items = SIZES[size]
        first, second, outcome, cluster, ability = votes(comparisons, items)

        def accuracy(found, items=items, ability=ability):
            values = [found.abilities[i].value for i in range(items)]
            return round(float(np.corrcoef(values, ability)[0, 1]), 4)

        bar = BAR if size == "1M" else None
        timed(
            "Bradley-Terry, Wald intervals",
            size,
            partial(bradley_terry, first, second, outcome),
            bar=bar,
            value=accuracy,
        )
        clustered = partial(bradley_terry, first, second, outcome, order=True, clusters=cluster)
        timed("Bradley-Terry, order, cluster bootstrap (300)", size, clustered, bar=bar, value=accuracy)
        few = min(comparisons, PEER)
        decided = np.flatnonzero(outcome[:few] != 0.5)
        sides = np.where(outcome[decided] == 1, (first[decided], second[decided]), (second[decided], first[decided]))
        wins = [(int(won), int(lost)) for won, lost in sides.T]
        there = f"{len(wins):,} decided"
        timed("peer: choix, no interval", there, partial(choix.ilsr_pairwise, items, wins, alpha=1e-6), value=len)
        ours = partial(bradley_terry, first[decided], second[decided], outcome[decided])
        timed("Bradley-Terry on the same", there, ours, value=accuracy)


if __name__ == "__main__":
    main(sys.argv[1:] or ["1M"])
