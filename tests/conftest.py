"""Fixtures that every test may ask for, and which tests stay together where several processes share them out."""

from typing import Any

import pytest
from tests.databases import postgres, sqlite_template, store

__all__ = ["postgres", "sqlite_template", "store"]
BROWSER = "tests/e2e/"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file's tests run in one process, for what they build once; so do all that share the browser's house."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):  # type: ignore[misc]  # without types
        def _split_scope(self, nodeid: str) -> str:
            return BROWSER if nodeid.startswith(BROWSER) else nodeid.partition("::")[0]

    return Together(config, log)
