"""Gates: what it costs to measure and judge a large batch, the overlap of its consensus share included."""

import json
from contextlib import closing
from pathlib import Path

from bench.house import House
from bench.report import Line
from bench.scale import Scale
from bench.server import serving
from bench.texts import LABELS, File

BAR_S = 2.0
OVERLAP = 10  # every tenth item has a second answer: 1.1 judgements an item


def gate(folder: Path, scale: Scale) -> list[Line]:
    """Run the gate of one batch of items that people have answered."""
    with serving(folder / "gate") as server, closing(House(server)) as house:
        programme = house.programme("gated")
        taken = house.take_in(programme, _twice(folder, scale.gated))
        assert taken.result["judgements"] == scale.gated + len(range(0, scale.gated, OVERLAP)), taken.result
        house.route(programme)
        (row,) = house.client.batches.all(programme)
        jobs = [house.client.jobs.wait(house.client.batches.gate(row.batch.id)) for _ in range(3)]
    took = []
    for job in jobs:
        assert job.result["outcome"] == "pass", job.result
        assert job.started_at is not None
        assert job.finished_at is not None
        took.append((job.finished_at - job.started_at) / 1e6)
    name = f"gate of {scale.gated:,} items x 1.1 judgements"
    return [
        Line(f"{name}: measured, checked, verdict written", min(took), "s", None if scale.small else BAR_S),
        Line(f"{name}, the slowest of 3", max(took), "s"),
    ]


def _twice(folder: Path, count: int) -> File:
    """Items that one person has answered, and every tenth a second one."""
    path = folder / "twice.jsonl"
    with path.open("w", encoding="utf-8") as out:
        for n in range(count):
            label = LABELS[n % len(LABELS)]
            said = [{"actor": f"p{n % 20}", "kind": "person", "answer": label}]
            if n % OVERLAP == 0:
                said.append({"actor": f"q{n % 20}", "kind": "person", "answer": label})
            out.write(json.dumps({"id": f"t{n}", "text": f"text number {n}", "judgements": said}) + "\n")
    return File(path, {"name": "jsonl.v1", "params": {"judgements": "judgements"}}, count)
