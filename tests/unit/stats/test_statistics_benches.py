"""The benches of the statistics run in their smallest form, and break no bar there."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_every_bench_of_the_statistics_runs_small():
    command = [sys.executable, "-m", "bench.stats.run", "--small"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    cases = re.findall(r"^\| ([^|]+) \|", done.stdout, re.M)
    for case in ("alpha", "dawid_skene", "hierarchical", "mace", "span F1 exact", "Bradley-Terry, Wald intervals"):
        assert case in cases, (case, cases)
