"""Export: the accepted labels of a programme sealed into a release, and its download."""

import time
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
        cuts = [house.cut(programme, f"r{n}") for n in range(ROUNDS)]
        downloads, size = [], 0
        for _ in range(ROUNDS):
            began = time.perf_counter()
            size = house.download(programme, folder / "release.zip")
            downloads.append(time.perf_counter() - began)
    assert all(one.result["rows"] == scale.exported for one in cuts), cuts
    here = f"{scale.exported:,} annotated"
    whole = median(one.wall_s for one in cuts) + median(downloads)
    return [
        Line(f"export {here}: sealed, signed and downloaded", whole, "s", BAR_S),
        Line(f"cut {here}", median(one.wall_s for one in cuts), "s", note="from asking to sealed"),
        Line(f"cut {here}, processor", median(one.cpu_s for one in cuts), "s"),
        Line(f"download {here}", median(downloads), "s"),
        Line(f"download {here}, size", size / 2**20, "MiB"),
    ]


def released(house: House, folder: Path, count: int) -> str:
    """A programme of items that a person has answered, its gate open."""
    programme = house.programme("answered")
    taken = house.take_in(programme, answered(folder, count))
    assert taken.result["judgements"] == count, taken.result
    house.route(programme)
    house.open_gates(programme)
    return programme
