"""The wheel: built from the tree, installed by plain pip, it serves its pages with no Node and no network."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from zipfile import ZipFile

import httpx2
import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("src", "pyproject.toml", "README.md", "LICENSE", "hatch_build.py")
"""The tree but for `ui`: what is built of it stands in the package already, and no Node is asked to build it again."""

BUILD = "from hatchling.build import build_wheel; build_wheel('dist')"
ALONE = """
import sys

def alone(event, arguments):
    if event == "subprocess.Popen" and str(arguments[0]).rpartition("/")[2] in ("node", "npm", "npx"):
        sys.exit("Node was asked for")
    if event == "socket.connect" and not str(arguments[1]).startswith(("('127.0.0.1'", "/")):
        sys.exit(f"the network was asked for: {arguments[1]}")

sys.addaudithook(alone)
"""
MOST_PACKAGES, MOST_BYTES = 70, 500 << 20


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree."""
    if not (ROOT / "src" / "goldloop" / "static" / "index.html").is_file():
        pytest.skip("the interface is not built: run `make ui`")
    tree = tmp_path_factory.mktemp("tree")
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tree / part)
    subprocess.run([sys.executable, "-c", BUILD], cwd=tree, check=True, capture_output=True)
    (built,) = (tree / "dist").iterdir()
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """A folder into which plain pip put the wheel; what it depends on is there already."""
    target = wheel.parent.parent / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--no-compile", "--target", str(target), str(wheel)], check=True)
    (target / "sitecustomize.py").write_text(ALONE)
    return target


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel: Path) -> None:
    package = ROOT / "src"
    there = {path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file()}
    with ZipFile(wheel) as held:
        names = {name for name in held.namelist() if ".dist-info/" not in name}
    assert names == {name for name in there if "__pycache__" not in name}


def test_what_was_installed_serves_its_pages_with_no_node_and_no_network(installed: Path, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GOLDLOOP_")}
    environment = {**kept, "PYTHONPATH": str(installed), "PATH": str(installed / "bin"), "HOME": str(tmp_path)}
    command = [str(installed / "bin" / "goldloop"), "--home", str(tmp_path / "home")]
    server = subprocess.Popen(
        [*command, "serve", "--port", "0", "--json"],
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with httpx2.Client(base_url=_served(server)["url"]) as browser:
            page = browser.get("/")
            assert page.status_code == 200
            assets = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text)
            assert assets
            assert all(browser.get(asset).status_code == 200 for asset in assets)
            assert browser.get("/api/state").json()["needs_setup"] is True
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0, server.stderr
    finally:
        server.kill()
        server.communicate()


def test_the_base_install_stays_small(wheel: Path) -> None:
    listed = re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements" / "base.txt").read_text(), re.M)
    assert 0 < len(set(listed)) <= MOST_PACKAGES
    with ZipFile(wheel) as held:
        ours = sum(one.file_size for one in held.infolist())
    assert ours + sum(size for name in sorted(set(listed)) for size in _sizes(name)) <= MOST_BYTES


def _sizes(name: str) -> Iterator[int]:
    """Bytes of a package's files, with what Python compiled of them; nothing where another platform needs it."""
    found: Distribution | None
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return
    for path in {Path(str(one.locate())) for one in found.files or ()}:
        if path.is_file():
            yield path.stat().st_size


def _served(server: "subprocess.Popen[str]") -> dict[str, str]:
    """What a server says once it answers."""
    assert server.stdout is not None
    assert server.stderr is not None
    text = ""
    while not text.rstrip().endswith("}"):
        line = server.stdout.readline()
        assert line, server.stderr.read()
        text += line
    said: dict[str, str] = json.loads(text)
    return said
