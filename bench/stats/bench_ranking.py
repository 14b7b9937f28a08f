"""Bradley-Terry with intervals over a million comparisons of a thousand items, beside choix on the same data.

Run: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python bench/stats/bench_ranking.py [comparisons] [items]
Prints CPU seconds of the process, all threads together: the bar is 10 for 1,000,000 x 1,000 with an interval.
"""

import sys
import time

import choix
import numpy as np

from goldloop.stats.ranking import bradley_terry

BAR = 10.0


def votes(comparisons, items, *, seed=7):
    """Comparisons of items with normal abilities, a tenth of them ties, in clusters of about a hundred."""
    r = np.random.default_rng(seed)
    ability = r.normal(size=items)
    first = r.integers(0, items, comparisons)
    second = (first + r.integers(1, items, comparisons)) % items
    outcome = (r.random(comparisons) < 1 / (1 + np.exp(ability[second] - ability[first]))).astype(float)
    outcome[r.random(comparisons) < 0.1] = 0.5
    return first, second, outcome, r.integers(0, max(2, comparisons // 100), comparisons), ability


def timed(name, call):
    """The result of a call, its CPU seconds printed."""
    start, wall = time.process_time(), time.perf_counter()
    result = call()
    spent = time.process_time() - start
    print(f"{name:<46} {spent:8.2f} CPU s {time.perf_counter() - wall:8.2f} wall s", flush=True)
    return result, spent


def main():
    comparisons, items = (int(float(x)) for x in (sys.argv[1:3] or (1_000_000, 1000)))
    first, second, outcome, cluster, ability = votes(comparisons, items)
    plain, spent = timed("davidson, Wald intervals, rank sets", lambda: bradley_terry(first, second, outcome))
    found = np.array([plain.abilities[i].value for i in range(items)])
    print(f"  correlation with the truth {np.corrcoef(found, ability)[0, 1]:.4f}")
    _, clustered = timed(
        "davidson, order, cluster bootstrap (300)",
        lambda: bradley_terry(first, second, outcome, order=True, clusters=cluster),
    )
    few = min(comparisons, 100_000)
    decided = outcome[:few] != 0.5
    wins = [
        (a, b) if y else (b, a)
        for a, b, y in zip(first[:few][decided], second[:few][decided], outcome[:few][decided], strict=True)
    ]
    timed(
        f"choix.ilsr_pairwise, {len(wins)} decided, no interval", lambda: choix.ilsr_pairwise(items, wins, alpha=1e-6)
    )
    timed(
        f"ours, the same {len(wins)}, with intervals",
        lambda: bradley_terry(first[:few][decided], second[:few][decided], outcome[:few][decided]),
    )
    if comparisons >= 1_000_000 and max(spent, clustered) > BAR:
        sys.exit(f"over the bar of {BAR} CPU s")


if __name__ == "__main__":
    main()
