"""The pages that people follow, run as they stand: every fenced block, against a real server, on real data."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.databases import make
from tests.forks import Forks
from tests.realdata import folder

from goldloop.core.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
BIN = Path(sys.executable).parent
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
SAVED = re.compile(r"[Ss]ave this as `([\w.]+)`[^`]*\Z")
ADDRESS = "http://127.0.0.1:8800"


class Block(NamedTuple):
    """One fenced block, and the file that the text before it names for it."""

    language: str
    text: str
    saved: str | None


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    out = []
    for found in BLOCK.finditer(text):
        named = SAVED.search(text[: found.start()])
        out.append(Block(found[1], found[2], named[1] if named else None))
    return out


def _environment(place: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GOLDLOOP_")}
    own = {"HOME": str(place), "XDG_CONFIG_HOME": str(place / "config"), "NO_COLOR": "1"}
    programs = (place / "bin", BIN, kept.get("PATH", ""))
    return {**kept, **own, "PATH": os.pathsep.join(map(str, programs))}


@contextmanager
def _served(place: Path, forks: Forks) -> Iterator[str]:
    runs = {**_environment(place), "GOLDLOOP_JOBS": "thread"}  # a job process would have to import everything again
    server = forks.start(["serve", "--port", "0"], environment=runs, folder=place)
    try:
        assert server.stdout.readline().startswith("goldloop serves")
        yield json.loads((place / "goldloop-data" / "server.json").read_text())["url"]
    finally:
        server.terminate()
        server.wait(60)


def _run(place: Path, block: Block, url: str = ADDRESS) -> str:
    """What a block prints. A page's commands and programs must all end well."""
    if block.saved:
        (place / block.saved).write_text(block.text, encoding="utf-8")
        if block.language != "python":
            return ""
    text = block.text.replace(ADDRESS, url)
    command = {"sh": ["bash", "-ec", text], "python": [sys.executable, "-c", text]}[block.language]
    done = subprocess.run(command, cwd=place, env=_environment(place), capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, (text, done.stdout, done.stderr)
    return done.stdout


def pages_of(page: Path) -> list[Path]:
    """A page and those that go on from it, in the order in which it names them."""
    named = re.findall(rf"\(({page.stem}-\w+\.md)\)", page.read_text(encoding="utf-8"))
    return [page, *(page.with_name(name) for name in named)]


def follow(page: Path, place: Path, forks: Forks) -> list[str]:
    """Do what a page says: its first block before the server runs, the others while it does; what each printed."""
    forks.install(place / "bin")
    make(Settings(home=place / "goldloop-data"))
    first, *rest = [block for one in pages_of(page) for block in blocks(one)]
    said = [_run(place, first)]
    with _served(place, forks) as url:
        return said + [_run(place, block, url) for block in rest]


def test_the_first_page_leads_from_a_raw_file_to_a_verified_release(tmp_path: Path, forks: Forks) -> None:
    shutil.copy(folder("banking77") / "train.csv", tmp_path)
    said = follow(DOCS / "start.md", tmp_path, forks)
    assert any(one.startswith("verified") for one in said)
    assert re.search(r"n = \d+ of \d+", said[-1])


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("manager", "2 rejected|rejects"),
        ("administrator", "pia"),
        ("developer", r"2 labels"),
    ],
)
def test_a_guide_does_what_it_says(page: str, expected: str, tmp_path: Path, forks: Forks) -> None:
    said = follow(DOCS / "guide" / f"{page}.md", tmp_path, forks)
    assert re.search(expected, "\n".join(said)), said
