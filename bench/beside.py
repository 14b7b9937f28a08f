"""What annotators feel while a large file comes in and a release is downloaded again and again."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from bench.exporting import released
from bench.house import House
from bench.report import Line
from bench.scale import Scale
from bench.server import serving
from bench.shift import percentile, shift
from bench.texts import fresh

BAR_MS = 60
THINK_S = 0.5
WORKED = 40_000


def beside(folder: Path, scale: Scale) -> list[Line]:
    """People who answer an item about every half second, beside an import and an export that never pause."""
    over = threading.Event()
    downloads: list[int] = []
    lines: list[Line] = []
    with serving(folder / "beside") as server, closing(House(server)) as house:
        sealed = released(house, folder, scale.exported)
        house.cut(sealed, "r")
        worked = house.programme("worked")
        house.take_in(worked, fresh(folder, min(WORKED, scale.beside), seed=5))
        house.route(worked)
        desks = house.hire(worked, scale.users)
        shift(server, desks, cycles=scale.users * 4)

        def come_in() -> None:
            try:
                imported = house.programme("imported")
                taken = house.take_in(imported, fresh(folder, scale.beside, seed=7))
                assert taken.result["items"] == scale.beside, taken.result
                lines.append(Line(f"import {scale.beside:,} items beside people and an export", taken.wall_s, "s"))
                lines.append(Line("most memory", taken.rss_mb, "MiB"))
            finally:
                over.set()

        def go_out() -> None:
            while not over.is_set():
                downloads.append(house.download(sealed, folder / "beside.zip"))

        with ThreadPoolExecutor(2) as others:
            busy = [others.submit(come_in), others.submit(go_out)]
            done = shift(server, desks, pause_s=THINK_S, over=over)
            for one in busy:
                one.result()
    how = f"{scale.users} people, {done.rate:.0f} cycles a second, {len(downloads)} exports"
    return [
        Line("next p95 beside an import and an export", percentile(done.next_s, 0.95), "ms", BAR_MS, note=how),
        Line("submit p95 beside an import and an export", percentile(done.submit_s, 0.95), "ms", BAR_MS),
        Line("next p99", percentile(done.next_s, 0.99), "ms"),
        Line("submit p99", percentile(done.submit_s, 0.99), "ms"),
        *lines,
    ]
