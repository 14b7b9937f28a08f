"""`python -m bench.peers FOLDER ...`: the driver that the other labelling servers were measured with, on goldloop.

FOLDER holds the driver (`bench.py` with `adapters/`), the rest are its own options. The driver is a module of the
same name as this package, so the package is loaded first and stays.
"""

import runpy
import sys
from pathlib import Path

import bench.goldloop_adapter  # noqa: F401  # loaded before the driver's folder hides it


def main(arguments: list[str]) -> None:
    """Run the driver as it runs itself."""
    driver = Path(arguments[0]) / "bench.py"
    sys.argv = [str(driver), "--system", "bench.goldloop_adapter:Goldloop", *arguments[1:]]
    runpy.run_path(str(driver), run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
