"""The statistics load light: NumPy and scipy.special, nothing heavier."""

import json
import subprocess
import sys

import pytest

HEAVY = ("scipy.stats", "scipy.sparse", "scipy.optimize", "sklearn", "pandas", "sqlalchemy", "duckdb", "pydantic")
CODE = """
import sys, json, numpy, scipy.special
before = set(sys.modules)
import goldloop.stats.{area}
print(json.dumps(sorted(set(sys.modules) - before)))
"""


@pytest.mark.parametrize("area", ["estimate", "agreement", "truth", "spans", "boxes", "rankings", "transcripts"])
def test_importing_an_area_loads_nothing_but_numpy_scipy_special_and_goldloop(area):
    done = subprocess.run([sys.executable, "-c", CODE.format(area=area)], capture_output=True, check=True, text=True)
    loaded = json.loads(done.stdout)
    assert not [name for name in loaded if name.startswith(HEAVY)]
    outside = {name.partition(".")[0] for name in loaded} - {"goldloop"} - set(sys.stdlib_module_names)
    assert outside <= {"numpy", "scipy"}
