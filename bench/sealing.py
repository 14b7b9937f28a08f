"""Sealing and verifying a large dataset: the whole cut out of the database, and the folder checked without it.

A few items are imported and decided as usual; then their rows are repeated in the database, one judgement an item. Each
step runs in a process of its own, so that the most memory it held is its own.
"""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from bench.lineage import handful, repeated
from bench.report import Line
from bench.scale import Scale
from sqlalchemy import select

from goldloop import kinds
from goldloop.core.clock import SECOND
from goldloop.core.settings import Settings
from goldloop.jobs.running import Running
from goldloop.programmes.cut import cut
from goldloop.programmes.release import verify_release
from goldloop.store import jobs
from goldloop.store.open import open_store
from goldloop.store.schema import actor, decision, programme

SEAL_BAR_S, VERIFY_BAR_S = 60.0, 20.0
FLAT = 1.5  # times the memory of a tenth of the rows
TENTH = 10


def sealing(folder: Path, scale: Scale) -> list[Line]:
    """Seal and verify a tenth of the rows and all of them; of a small bench all of them alone."""
    lines: list[Line] = []
    memory: dict[str, float] = {}
    for count in (scale.released,) if scale.small else (scale.released // TENTH, scale.released):
        home = folder / f"sealing-{count}"
        handful(home)
        store = open_store(Settings(home=home))
        with store.write(durable=False) as connection:
            repeated(connection, count, said=1)
        store.close()
        full = count == scale.released and not scale.small
        sealed = _alone("seal", home)
        checked = _alone("verify", Path(sealed["folder"]))
        assert checked["outcome"] == "intact, signer unknown", checked
        rows = f"{sealed['rows']:,} rows"
        lines.append(Line(f"seal {rows} out of the database", sealed["took"], "s", SEAL_BAR_S if full else None))
        lines.append(Line(f"verify {rows}", checked["took"], "s", VERIFY_BAR_S if full else None))
        for what, found in (("seal", sealed), ("verify", checked)):
            lines.append(Line(f"{what} {rows}: most memory", found["rss_mb"], "MiB"))
            if what in memory:
                grown = found["rss_mb"] / memory[what]
                lines.append(Line(f"{what}: memory over that of a tenth", grown, "x", FLAT))
            memory[what] = found["rss_mb"]
    return lines


def _alone(step: str, at: Path) -> dict[str, Any]:
    """A step in a process of its own; what it took."""
    said = subprocess.run([sys.executable, "-m", "bench.sealing", step, str(at)], capture_output=True, check=True)
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def _seal(home: Path) -> dict[str, Any]:
    kinds.load()
    store = open_store(Settings(home=home))
    with store.write() as connection:
        batches = list(connection.execute(select(decision.c.batch_id).distinct()).scalars())
        about = connection.execute(select(programme.c.id)).scalars().first()
        by = connection.execute(select(actor.c.id).where(actor.c.kind == "person")).scalars().first()
        args = {"programme": about, "name": "sealed", "batches": batches, "exports": [], "waive": None}
        jobs.enqueue(connection, "cut_release", args, programme=about, asked_by=by)
        job = jobs.claim(connection, ["cut_release"], runner="bench", lease=3600 * SECOND)
    assert job is not None
    began = time.perf_counter()
    done = cut(Running(store, job, runner="bench", stop=threading.Event()))
    return {"rows": done["rows"], "folder": done["folder"], "took": time.perf_counter() - began}


def _verify(folder: Path) -> dict[str, Any]:
    began = time.perf_counter()
    found = verify_release(folder)
    return {"outcome": found.outcome, "took": time.perf_counter() - began}


def _most_mb() -> float:
    """The most memory that this process held. `ru_maxrss` would count that of the one that started it, too."""
    (line,) = (one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    made = {"seal": _seal, "verify": _verify}[sys.argv[1]](Path(sys.argv[2]))
    made["rss_mb"] = _most_mb()
    print(json.dumps(made))
