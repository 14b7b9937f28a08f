"""What a cycle costs with everything on: gold, planted errors, consensus, a blind share, residency, harmful content.

Two programmes of one server hold the same items and have as many people; one asks for nothing of it. Their rounds are
interleaved, so that whatever else the machine does falls on both.
"""

import time
from contextlib import closing
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from bench.desk import Desk, answer
from bench.house import House
from bench.report import Line
from bench.scale import Scale
from bench.server import serving
from bench.shift import Worked, percentile, shift
from bench.texts import File, fresh, rows

BAR, EXPLAIN_MS = 1.15, 50
ROUND = 8  # parts of a house's cycles that one round takes: many short turns part the two from a busy machine's moods
GOLD, GOLD_SEED = 1_000, 13
CONTENT = "violence"
ON: dict[str, Any] = {
    "blind": {"share": 0.05},
    "consensus": {"share": 0.05},
    "residency": "EU",
    "protection": {"content": {"daily": 100_000, "classes": [{"id": CONTENT, "title": "Violence"}]}},
    "calibration": {
        "gold": "known",
        "exam": {"size": 20, "limit": 60, "floor": 0.5, "level": 0.8},
        "hidden": 0.05,
        "probes": {"share": 0.05},
    },
}


def everything(folder: Path, scale: Scale) -> list[Line]:
    """Processor time of a cycle with all of it on over all of it off, and explaining an item in the largest house."""
    count = scale.houses[1]
    with serving(folder / "everything") as server, closing(House(server)) as house:
        desks = {name: _staffed(house, folder, name, count, scale, more) for name, more in (("off", {}), ("on", ON))}
        for name in desks:
            shift(server, desks[name], cycles=scale.cycles // 10)  # exams are over and caches warm when it counts
        worked: dict[str, list[Worked]] = {name: [] for name in desks}
        for _ in range(2 * scale.rounds):
            for name in desks:
                worked[name].append(shift(server, desks[name], cycles=scale.cycles // ROUND))
        cpu = {name: median(one.cpu_ms for one in found) for name, found in worked.items()}
        over = [on.cpu_ms / off.cpu_ms for off, on in zip(worked["off"], worked["on"], strict=True)]
        here = f"{count:,} items, {scale.users} users"
        judged = None if scale.small else BAR
        lines = [
            Line(f"processor a cycle, nothing on, {here}", cpu["off"], "ms"),
            Line(f"processor a cycle, everything on, {here}", cpu["on"], "ms"),
            Line("everything on over nothing on, median of turns", median(over), "x", judged),
        ]
        for name, found in worked.items():
            waits = [one for round_ in found for one in round_.next_s]
            lines.append(Line(f"fresh next p95, {name}", percentile(waits, 0.95), "ms"))
        return [*lines, _explained(house, scale, count)]


def _staffed(house: House, folder: Path, name: str, count: int, scale: Scale, more: dict[str, Any]) -> list[Desk]:
    """A programme with its items as work, and people who may take it and have passed what it asks for."""
    programme = house.programme(name)
    if more:
        known = fresh(folder / "known", min(GOLD, count), seed=GOLD_SEED, name="g")
        house.take_in(programme, known)
        house.client.calibration.seal(name, "known", _answers(known), seed=1)
        programme = house.programme(name, **more)
    file = fresh(folder / name, count)
    assert house.take_in(programme, file).result["items"] == count
    house.route(programme)
    desks = house.hire(programme, scale.users, prefix=name, residency="EU")
    for desk in desks if more else ():
        desk.agree(CONTENT)
        _examined(desk)
    return desks


def _answers(known: File) -> list[dict[str, Any]]:
    """Gold says what a desk says of the text."""
    said = []
    for row in rows(known.rows, seed=GOLD_SEED, name="g"):
        (label,) = answer({"body": {"text": row["text"]}})["labels"]
        said.append({"id": row["id"], "answer": label})
    return said


def _examined(desk: Desk) -> None:
    """Answer the exam: everything that a desk says of gold is right."""
    for _ in range(ON["calibration"]["exam"]["size"]):
        for work in desk.claim():
            desk.submit(work, uuid4())


def _explained(house: House, scale: Scale, count: int) -> Line:
    """Why one of so many items goes where it goes: the slowest of a hundred."""
    took = []
    for one in islice(house.client.items.all("on"), scale.keys):
        began = time.perf_counter()
        house.client.policies.explain(one.id)
        took.append(time.perf_counter() - began)
    bar = None if scale.small else EXPLAIN_MS
    return Line(f"explaining one of {count:,} items, the slowest of {len(took)}", 1000 * max(took), "ms", bar)
