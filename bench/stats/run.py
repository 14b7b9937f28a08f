"""`python -m bench.stats.run [--small]`: every bar of the statistics, measured; the table is bench/stats/RESULTS.md.

Each bench is a process of one thread; CPU seconds of the call count, as the machine may be shared. `--small` takes
seconds and writes nothing: it shows that the benches work, not how fast the statistics are. Exits 1 over a bar.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("RESULTS.md")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
BENCHES = {  # module: sizes of the full form, sizes of the small one
    "bench_agreement": (["1M", "10M"], ["1k"]),
    "bench_truth": (["1M"], ["1k"]),
    "bench_spans": (["100k"], ["1k"]),
    "bench_ranking": (["1M"], ["1k"]),
}
Line = dict[str, Any]


def measured(module: str, sizes: list[str]) -> list[Line]:
    """The lines that one bench printed."""
    done = subprocess.run(
        [sys.executable, "-m", f"bench.stats.{module}", *sizes],
        env={**os.environ, **ONE_THREAD}, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def over(line: Line) -> bool:
    """Whether a line breaks a bar."""
    slow = line.get("bar_s") is not None and line["cpu_s"] > line["bar_s"]
    return slow or (line.get("bar_mb") is not None and line["grown_mb"] > line["bar_mb"])


def table(lines: list[Line]) -> str:
    """The results as a Markdown page."""
    head = (
        "# The statistics, measured\n\nMade by `python -m bench.stats.run`: one thread, CPU seconds of the call "
        "(with its interval, unless it says otherwise), and how far its peak memory rose. A peer runs in the same "
        f"process on the same data.\nPython {platform.python_version()}, {platform.machine()}.\n\n"
        "| case | size | CPU s | bar | MB | bar | kept |\n|---|---|---|---|---|---|---|\n"
    )
    return head + "".join(_row(line) for line in lines)


def _row(line: Line) -> str:
    bars = [line.get(name) for name in ("bar_s", "bar_mb")]
    kept = "" if bars == [None, None] else "no" if over(line) else "yes"
    cells = [line["case"], line["size"], f"{line['cpu_s']:.3f}", bars[0], line.get("grown_mb"), bars[1], kept]
    return "| " + " | ".join("" if cell is None else str(cell) for cell in cells) + " |\n"


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.stats.run", description=__doc__)
    parser.add_argument("--small", action="store_true", help="seconds instead of minutes")
    parser.add_argument("--only", action="append", choices=BENCHES, help="a bench; may be given again; no table then")
    asked = parser.parse_args(arguments)
    lines = [
        line
        for module, (full, small) in BENCHES.items()
        if asked.only is None or module in asked.only
        for line in measured(module, small if asked.small else full)
    ]
    print(table(lines))
    if asked.small:
        return 0
    if asked.only is None:
        RESULTS.write_text(table(lines), encoding="utf-8")
    return int(any(over(line) for line in lines))


if __name__ == "__main__":
    sys.exit(main())
