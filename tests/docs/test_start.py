"""docs/start.md, run as it stands: every fenced block, against a real server, on real data."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.realdata import folder

PAGE = Path(__file__).parents[2] / "docs" / "start.md"
BLOCKS = re.findall(r"^```(sh|python|yaml)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
BIN = Path(sys.executable).parent


@pytest.fixture
def place(tmp_path: Path) -> Path:
    shutil.copy(folder("banking77") / "train.csv", tmp_path)
    return tmp_path


def _environment(place: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GOLDLOOP_")}
    own = {"HOME": str(place), "XDG_CONFIG_HOME": str(place / "config"), "NO_COLOR": "1"}
    return {**kept, **own, "PATH": f"{BIN}{os.pathsep}{kept.get('PATH', '')}"}


def _run(place: Path, command: list[str]) -> str:
    done = subprocess.run(command, cwd=place, env=_environment(place), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, (command[-1], done.stdout, done.stderr)
    return done.stdout


def _served(place: Path) -> Iterator[str]:
    words = [str(BIN / "goldloop"), "serve", "--port", "0"]
    server = subprocess.Popen(words, cwd=place, env=_environment(place), stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("goldloop serves")
        yield json.loads((place / "goldloop-data" / "server.json").read_text())["url"]
    finally:
        server.terminate()
        server.wait(20)


def test_the_page_leads_from_a_raw_file_to_a_verified_release(place: Path):
    (_, first), *rest = BLOCKS
    _run(place, ["bash", "-ec", first])
    said = []
    for url in _served(place):
        for language, text in rest:
            if language == "yaml":
                (place / "banking.yaml").write_text(text)
            elif language == "sh":
                said.append(_run(place, ["bash", "-ec", text]))
            else:
                said.append(_run(place, [sys.executable, "-c", text.replace("http://127.0.0.1:8800", url)]))
    assert any(one.startswith("verified") for one in said)
    assert re.search(r"n = \d+ of \d+", said[-1])
