"""Programmes that move: an export of Label Studio comes in, and a programme leaves as one file and opens elsewhere."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.house import House
from bench.report import Line
from bench.scale import Scale
from bench.server import serving
from bench.texts import LABELS, File, rows

BAR_S = 15.0
PEOPLE = 8


def moving(folder: Path, scale: Scale) -> list[Line]:
    """Bring in annotated tasks, half of them with a prediction; then archive them and open the archive."""
    count, file = scale.moved, folder / "moved.zip"
    with serving(folder / "here") as server, closing(House(server)) as house:
        programme = house.programme("moved")
        taken = house.take_in(programme, exported(folder, count))
        assert taken.result["judgements"] == count + len(range(0, count, 2)), taken.result
        house.rest(programme)
        left = house.run(lambda: house.client.archives.write("moved"))
        job = next(one for one in house.client.jobs.all(programme) if one.kind == "archive")
        house.client.archives.save(job, file)
    with serving(folder / "there") as server, closing(House(server)) as house:
        sent = house.client.archives.send(file)
        mine = house.client.me().account
        opened = house.run(lambda: house.client.archives.open(sent, accounts={mine: mine}))
    assert opened.result["counts"]["judgement"] == taken.result["judgements"], opened.result
    name = f"{count:,} tasks of Label Studio"
    return [
        Line(f"{name} with annotations, half with predictions: upload and import", taken.wall_s, "s", _bar(scale)),
        Line(f"{name}: processor time of that import", taken.cpu_s, "s"),
        Line(f"{name}: written as an archive", left.wall_s, "s"),
        Line(f"{name}: the archive checked and opened elsewhere", opened.wall_s, "s"),
        Line(f"{name}: the archive", file.stat().st_size / 1e6, "MB"),
    ]


def exported(folder: Path, count: int) -> File:
    """Tasks as Label Studio exports them."""
    path = folder / "export.json"
    with path.open("w", encoding="utf-8") as out:
        out.write("[")
        for n, row in enumerate(rows(count)):
            out.write((",\n" if n else "") + json.dumps(_task(n, row)))
        out.write("]")
    return File(path, {"name": "label_studio.v1", "params": {}}, count)


def _task(n: int, row: dict[str, Any]) -> dict[str, Any]:
    at = {"created_at": "2024-03-01T10:00:00.000000Z", "updated_at": "2024-03-01T10:00:12.000000Z"}
    who = {"id": n % PEOPLE + 1, "email": f"p{n % PEOPLE}@example.org", "first_name": "", "last_name": ""}
    said = {
        "id": n + 1,
        "completed_by": who,
        "result": _result(LABELS[n % 5]),
        "was_cancelled": False,
        "lead_time": 9.5,
    }
    predictions: list[dict[str, Any]] = []
    if "prediction" in row:
        told = {"id": n + 1, "model_version": "m1", "score": row["confidence"], "result": _result(row["prediction"])}
        predictions.append(told | at)
    return {"id": n + 1, "data": {"text": row["text"]}, "annotations": [said | at], "predictions": predictions, **at}


def _result(label: str) -> list[dict[str, Any]]:
    value = {"choices": [label]}
    return [{"id": "r1", "from_name": "intent", "to_name": "text", "type": "choices", "value": value}]


def _bar(scale: Scale) -> float | None:
    return None if scale.small else BAR_S
