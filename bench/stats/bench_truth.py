"""Truth inference at 1M labels: `python -m bench.stats.bench_truth [labels ...]`, one JSON line a case."""

import sys

from bench.stats.bench_agreement import SIZES, crowd, imported, timed

MOST_MB = 400
BARS = {"dawid_skene": 3.0, "hierarchical": 10.0, "mace": 10.0}


def main(sizes: list[str]) -> None:
    """Every model on the same labels; value: accuracy against the planted truth, iterations."""
    from goldloop.stats import truth

    imported("goldloop.stats.truth")
    models = (truth.majority, truth.dawid_skene, truth.hierarchical, truth.mace, truth.one_coin, truth.glad)
    for size in sizes:
        item, annotator, value, planted = crowd(*SIZES[size])
        for model in models:
            timed(
                model.__name__,
                size,
                lambda m=model, c=(item, annotator, value): m(*c),
                bar=BARS.get(model.__name__) if size == "1M" else None,
                bar_mb=MOST_MB if size == "1M" and model is truth.dawid_skene else None,
                value=lambda found, t=planted: [round(float((found.answers == t).mean()), 6), found.iterations],
            )
        if size == "1M":
            peer(item, annotator, value, size)


def peer(item, annotator, value, size: str) -> None:
    """crowd-kit on the same labels: Dawid-Skene with its 100 iterations, MACE with one of its ten restarts."""
    import pandas
    from crowdkit.aggregation import MACE, DawidSkene

    table = pandas.DataFrame({"task": item, "worker": annotator, "label": value})
    timed("peer: crowd-kit Dawid-Skene", size, lambda: DawidSkene(n_iter=100).fit_predict(table), value=len)
    timed("peer: crowd-kit MACE, one restart", size, lambda: MACE(n_restarts=1).fit_predict(table), value=len)


if __name__ == "__main__":
    main(sys.argv[1:] or ["1M"])
