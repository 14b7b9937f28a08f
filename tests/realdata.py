"""Where the real data lives: a setting, never the repository."""

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("GOLDLOOP_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def folder(name: str) -> Path:
    """The folder of one real data set; without it a test is excluded loudly, and fails where CI=true."""
    path = ROOT / name
    if not path.is_dir():
        message = f"real data {name!r} not found under {ROOT} (set GOLDLOOP_DATA)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path
