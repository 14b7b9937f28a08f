"""Fixtures that every test may ask for, what no test leaves to chance, and who runs which tests in which order."""

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))  # a core each

from typing import Any

import pytest
from hypothesis import settings
from tests.databases import postgres, sqlite_template, store
from tests.forks import forks
from tests.passwords import cheap_passwords

__all__ = ["cheap_passwords", "forks", "postgres", "sqlite_template", "store"]

settings.register_profile("the same in every run", deadline=None, database=None, derandomize=True)
settings.register_profile("exploring", deadline=None)
settings.load_profile("exploring" if os.environ.get("GOLDLOOP_FULL") == "1" else "the same in every run")

BROWSER = "tests/e2e/"
LONG = (
    BROWSER,
    "tests/contract/test_bench_small.py",
    "tests/story/test_cli.py",
    "tests/docs/test_pages.py",
    "tests/contract/test_kill9.py",
    "tests/story/test_wnut17.py",
    "tests/story/test_banking77.py",
    "tests/simulation/stats/test_spans_coverage.py",
    "tests/story/test_calibration.py",
    "tests/unit/stats/test_statistics_benches.py",
    "tests/story/test_people_and_ontology.py",
    "tests/contract/test_jobs.py",
    "tests/contract/test_search.py",
    "tests/contract/test_doors.py",
    "tests/story/test_crowd_replay.py",
    "tests/unit/judges/test_spans_baseline.py",
    "tests/unit/stats/test_truth_crowds.py",
)
"""What takes longest, the longest first: begun last, it would leave one process waiting for another."""


def scope(nodeid: str) -> str:
    """What stays together: a file's tests, for what they build once; and all that share the browser's house."""
    return BROWSER if nodeid.startswith(BROWSER) else nodeid.partition("::")[0]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their argument: an archive holds the time it was made, and every process must agree."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first; every other file keeps its place."""
    place = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(scope(item.nodeid), len(LONG)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """What stays together runs in one process, in the order it was collected in."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):  # type: ignore[misc]  # without types
        def _split_scope(self, nodeid: str) -> str:
            return scope(nodeid)

    config.option.loadscopereorder = False
    return Together(config, log)
