"""Agreement at 1M and 10M labels: `python -m bench.stats.bench_agreement [labels ...]`, one JSON line a case.

CPU seconds of the call, growth of its peak memory over the memory held before it (Linux), and the value.
"""

import json
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np

SIZES = {"1k": (200, 20), "1M": (200_000, 2_000), "10M": (2_000_000, 5_000)}
IMPORT = 0.6
BARS = {("alpha", "1M"): 0.5, ("alpha", "10M"): 3.0}


def crowd(items: int, people: int, *, per_item: int = 5, size: int = 5, seed: int = 7):
    """Item, annotator, value and truth: skewed classes, accuracies from Beta(8, 2), 5 % at random."""
    r = np.random.default_rng(seed)
    prior = 1 / np.arange(1, size + 1)
    truth = r.choice(size, items, p=prior / prior.sum()).astype(np.int32)
    confusion = np.empty((people, size, size))
    right = r.beta(8, 2, people)
    for k in range(size):
        other = r.dirichlet(np.ones(size - 1), people) * (1 - right)[:, None]
        confusion[:, k, np.arange(size) != k] = other
        confusion[:, k, k] = right
    confusion[r.random(people) < 0.05] = 1 / size
    item = np.repeat(np.arange(items, dtype=np.int32), per_item)
    start = r.integers(0, people, items)
    step = r.integers(1, max(2, people // per_item), items)
    annotator = ((start[:, None] + step[:, None] * np.arange(per_item)) % people).astype(np.int32).ravel()
    chance = confusion[annotator, truth[item]].cumsum(1)
    value = (r.random(len(item))[:, None] > chance).sum(1).clip(0, size - 1).astype(np.int32)
    return item, annotator, value, truth


def memory_mb(field: str) -> int:
    """A field of this process's memory in MB: VmRSS now, VmHWM at its peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) // 1024


def timed(
    case: str, size: str, call, *, bar: float | None = None, bar_mb: int | None = None, value=lambda result: result
) -> None:
    """Print one JSON line for one call."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before, wall, cpu = memory_mb("VmRSS"), time.perf_counter(), time.process_time()
    result = call()
    line = {
        "case": case,
        "size": size,
        "cpu_s": round(time.process_time() - cpu, 4),
        "wall_s": round(time.perf_counter() - wall, 4),
        "grown_mb": memory_mb("VmHWM") - before,
        "bar_s": bar,
        "bar_mb": bar_mb,
        "value": value(result),
    }
    print(json.dumps(line), flush=True)


def imported(module: str) -> None:
    """CPU seconds of a fresh import, the best of three, NumPy's own share beside it."""
    code = "import time; c = time.process_time(); import {}; print(time.process_time() - c)"

    def once(name: str) -> float:
        return float(subprocess.run([sys.executable, "-c", code.format(name)], capture_output=True, check=True).stdout)

    seconds = [min(once(name) for _ in range(3)) for name in (module, "numpy, scipy.special")]
    cost = {
        "case": f"import {module}",
        "size": "a fresh process",
        "cpu_s": round(seconds[0], 3),
        "bar_s": IMPORT,
        "numpy_and_scipy_special_s": round(seconds[1], 3),
    }
    print(json.dumps(cost), flush=True)


def peer(columns, size: str) -> None:
    """Fleiss' kappa of statsmodels, which has no interval, from the same rows."""
    from statsmodels.stats.inter_rater import fleiss_kappa

    def kappa():
        counts = np.zeros((columns[0].max() + 1, columns[2].max() + 1))
        np.add.at(counts, (columns[0], columns[2]), 1)
        return fleiss_kappa(counts)

    timed("peer: statsmodels fleiss, no interval", size, kappa, value=lambda found: round(float(found), 6))


def main(sizes: list[str]) -> None:
    """All cases of each size."""
    from goldloop.stats import agreement

    imported("goldloop.stats.agreement")
    for size in sizes:
        item, annotator, value, _ = crowd(*SIZES[size])
        columns = (item, annotator, value)

        def short(result):
            return [round(x, 6) for x in (result.value, result.interval.low, result.interval.high)]

        timed("alpha", size, lambda c=columns: agreement.krippendorff(*c), bar=BARS.get(("alpha", size)), value=short)
        others = {
            "alpha ordinal": partial(agreement.krippendorff, metric="ordinal"),
            "alpha interval": partial(agreement.krippendorff, metric="interval"),
            "fleiss": agreement.fleiss,
            "gwet": agreement.gwet,
        }
        for case, measure in others.items():
            timed(case, size, lambda c=columns, m=measure: m(*c), value=short)
        if size == "1M":
            peer(columns, size)
        timed("leave one out", size, lambda c=columns: agreement.leave_one_out(*c), value=len)
        if size == "1M":
            pairs = (np.repeat(np.arange(len(value)), 2), np.tile([0, 1], len(value)), np.repeat(value, 2))
            pairs[2][1::2] = np.roll(value, -1)
            timed("cohen", size, lambda c=pairs: agreement.cohen(*c), value=short)
            timed("pairwise", size, lambda c=columns: agreement.pairwise(*c), value=lambda found: len(found.pairs))


if __name__ == "__main__":
    main(sys.argv[1:] or ["1M", "10M"])
