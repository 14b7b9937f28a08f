"""Starting: on an empty folder, again on what is there, and what an idle server holds."""

import time
from pathlib import Path
from statistics import median

from bench.house import House
from bench.report import Line
from bench.scale import Scale
from bench.server import Server

FIRST_S, WARM_S, IDLE_MB = 4, 2, 150
SETTLE_S = 3


def start(folder: Path, scale: Scale) -> list[Line]:
    """First start, warm starts, memory after a little use and rest."""
    firsts, warms, idles = [], [], []
    if not scale.small:
        _compiled(folder)
    for number in range(scale.starts):
        server = Server(folder / f"start-{number}")
        try:
            firsts.append(server.start())
            House(server).close()
            server.stop()
            warms.append(server.start())
            time.sleep(0 if scale.small else SETTLE_S)
            idles.append(server.rss_mb())
        finally:
            server.stop()
    return [
        Line("first start, empty folder", median(firsts), "s", FIRST_S),
        Line("warm start", median(warms), "s", WARM_S),
        Line("idle memory", median(idles), "MiB", IDLE_MB, note="all processes"),
    ]


def _compiled(folder: Path) -> None:
    """One start beforehand: an installed package has its bytecode."""
    server = Server(folder / "before")
    try:
        server.start()
    finally:
        server.stop()
