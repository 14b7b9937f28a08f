"""Export: the accepted labels of a programme in a file as they stand, and sealed into a release."""

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median

from bench.house import House
from bench.report import Line
from bench.scale import Scale
from bench.server import serving
from bench.texts import answered

BAR_S = 0.5
ROUNDS = 3


def export(folder: Path, scale: Scale) -> list[Line]:
    """Cut and download a release of annotated items."""
    with serving(folder / "export") as server, closing(House(server)) as house:
        programme = released(house, folder, scale.exported)
        plain = [_timed(lambda: house.labels(programme, folder / "labels.jsonl")) for _ in range(ROUNDS)]
        cuts = [house.cut(programme, f"r{n}") for n in range(ROUNDS)]
        downloads = [_timed(lambda: house.download(programme, folder / "release.zip")) for _ in range(ROUNDS)]
    assert all(rows == scale.exported for _, rows in plain), plain
    assert all(one.result["rows"] == scale.exported for one in cuts), cuts
    here = f"{scale.exported:,} annotated"
    return [
        Line(f"export {here}: JSON Lines, from asking to the whole file", median(s for s, _ in plain), "s", BAR_S),
        Line(f"cut {here}: sealed and signed with all lineage", median(one.wall_s for one in cuts), "s"),
        Line(f"cut {here}, processor", median(one.cpu_s for one in cuts), "s"),
        Line(f"download {here}", median(s for s, _ in downloads), "s"),
        Line(f"download {here}, size", downloads[0][1] / 2**20, "MiB"),
    ]


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def released(house: House, folder: Path, count: int) -> str:
    """A programme of items that a person has answered, its gate open."""
    programme = house.programme("answered")
    taken = house.take_in(programme, answered(folder, count))
    assert taken.result["judgements"] == count, taken.result
    house.route(programme)
    house.open_gates(programme)
    return programme
