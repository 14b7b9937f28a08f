"""Fixtures that every test may ask for, and which tests stay together where several processes share them out."""

from pathlib import Path

import pytest
from tests.databases import postgres, sqlite_template, store

__all__ = ["postgres", "sqlite_template", "store"]
BROWSER = Path(__file__).parent / "e2e"


@pytest.hookimpl(tryfirst=True)  # the plug-in that shares tests out reads the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file's tests run in one process, for what they build once; so do all that share the browser's house."""
    for item in items:
        together = "browser" if BROWSER in item.path.parents else str(item.path)
        item.add_marker(pytest.mark.xdist_group(together))
