"""Benches that take hours, run by run: each run is kept when it ends, and what was stopped goes on with the next one.

Ctrl-C, a kill or a restart of the machine cost the run that was under way. Runs are kept beside the results until all
of them are there, and belong to one commit and one size: another one begins anew.
"""

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench import report

Found = dict[str, Any]


def resumed(bench: str, names: Iterable[str], run: Callable[[str], Found], *, size: object, keep: bool) -> list[Found]:
    """What each run found, in order, those that were kept read back; how far it is, and how long it takes, on stderr.

    `size` is what the runs are made of. Without `keep`, as in a bench of seconds, nothing is written.
    """
    folder, wanted, out, took = report.OUT / "runs" / bench, list(names), [], list[float]()
    of = {"commit": report.commit(), "size": repr(size)}
    for n, name in enumerate(wanted, 1):
        file = folder / f"{name}.json"
        found = _kept(file, of) if keep else None
        if found is None:
            began = time.monotonic()
            found = run(name)
            took.append(time.monotonic() - began)
            if keep:
                _write(file, {**of, "found": found})
        out.append(found)
        if keep:
            left = f", about {(len(wanted) - n) * sum(took) / len(took) / 60:,.0f} min to go" if took else ", kept"
            print(f"{bench}: {name}, {n:,} of {len(wanted):,}{left}", file=sys.stderr, flush=True)
    return out


def over(bench: str) -> None:
    """All of it is told: the next time begins anew."""
    shutil.rmtree(report.OUT / "runs" / bench, ignore_errors=True)


def _kept(file: Path, of: Found) -> Found | None:
    if not file.exists():
        return None
    told = json.loads(file.read_text())
    return dict(told["found"]) if {name: told.get(name) for name in of} == of else None


def _write(file: Path, told: Found) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(json.dumps(told))
    part.replace(file)
