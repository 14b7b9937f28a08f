"""`python -m bench.run [--only NAME ...] [--small]`: the bars, measured; `bench/out/` and `bench/RESULTS.md`.

`--small` takes seconds and writes nothing into the table: it shows that the benches work, not how fast goldloop is.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench import report
from bench.auditing import audits
from bench.beside import beside
from bench.bound import bounds
from bench.browser import browser
from bench.cycles import cycles
from bench.doubles import doubles, doubles_postgresql
from bench.everything import everything
from bench.explaining import explaining
from bench.exporting import export
from bench.gating import gate
from bench.kill9 import soak
from bench.learning import learning
from bench.lineage import lineage
from bench.moving import moving
from bench.planning import plan
from bench.record import impact, people
from bench.replaying import replaying
from bench.report import Line
from bench.saving import saving
from bench.scale import FULL, SMALL, Scale
from bench.sealing import sealing
from bench.starting import start
from bench.whole import whole

BENCHES: Mapping[str, Callable[[Path, Scale], list[Line]]] = {
    "start": start,
    "export": export,
    "gate": gate,
    "moving": moving,
    "audits": audits,
    "people": people,
    "impact": impact,
    "bound": bounds,
    "plan": plan,
    "replaying": replaying,
    "saving": saving,
    "whole": whole,
    "learning": learning,
    "lineage": lineage,
    "sealing": sealing,
    "cycles": cycles,
    "everything": everything,
    "explaining": explaining,
    "beside": beside,
    "desk": browser,
    "doubles": doubles,
    "doubles-postgresql": doubles_postgresql,
    "kill9": soak,
}


def run(names: Sequence[str], scale: Scale, *, out: Path = report.OUT) -> dict[str, list[Line]]:
    """Run benches, each in a folder that is gone afterwards; what they found is kept after each."""
    found = {}
    for name in names:
        with tempfile.TemporaryDirectory(prefix=f"goldloop-bench-{name}-") as folder:
            found[name] = BENCHES[name](Path(folder), scale)
        command = f"python -m bench.run --only {name}" + (" --small" if scale.small else "")
        report.say(name, found[name])
        report.keep(name, command, found[name], small=scale.small, folder=out)
    return found


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("--only", action="append", choices=BENCHES, help="a bench; may be given again")
    parser.add_argument("--runs", type=int, help="how often the benches of many runs run, whole and replaying")
    parser.add_argument("--small", action="store_true", help="seconds instead of an hour")
    asked = parser.parse_args(arguments)
    names = asked.only or list(BENCHES)
    if asked.small:
        with tempfile.TemporaryDirectory() as out:
            run(names, SMALL, out=Path(out))
        return 0
    run(names, FULL if asked.runs is None else FULL._replace(whole=asked.runs, replayed=asked.runs))
    report.write_table()
    return 0


if __name__ == "__main__":
    sys.exit(main())
