"""The benches work, and what they count beside times is zero. No test asserts a time: machines differ."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bench import doubles, server
from bench.report import Line, keep, write_table
from bench.run import BENCHES, run
from bench.scale import SMALL
from tests.databases import Postgres
from tests.forks import Forks
from tests.realdata import folder

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = {"bound", "saving", "desk", "doubles", "doubles-postgresql", "kill9", "whole"}  # `whole` is a story
QUICK = sorted(set(BENCHES) - ELSEWHERE)


@pytest.fixture(autouse=True)
def servers(request: pytest.FixtureRequest, forks: Forks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers have their imports and run their jobs themselves, but where the start is what is measured."""
    if "start" not in request.node.name:
        monkeypatch.setattr(server, "begun", forks.start)
        monkeypatch.setenv("GOLDLOOP_JOBS", "thread")


@pytest.mark.parametrize("name", QUICK)
def test_a_small_bench_measures_every_line(name: str, tmp_path: Path) -> None:
    lines = run([name], SMALL, out=tmp_path)[name]
    assert lines, "a bench that finds nothing measures nothing"
    assert all(line.value > 0 for line in lines), lines
    kept = json.loads((tmp_path / f"{name}.json").read_text())
    assert [line["what"] for line in kept["lines"]] == [line.what for line in lines]


@pytest.mark.browser
def test_a_small_bench_of_the_desk_measures_every_line() -> None:
    """In a process of its own: a browser's stories hold the loop of this one."""
    command = [sys.executable, "-m", "bench.run", "--only", "desk", "--small"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "next item in view after a submission, p95" in done.stdout
    assert "key to next frame, p95" in done.stdout


def test_the_bound_is_kept_on_real_data(tmp_path: Path) -> None:
    for name in ("banking77", "clinc150"):
        folder(name)
    lines = run(["bound"], SMALL, out=tmp_path)["bound"]
    promised = [line for line in lines if line.bar is not None]
    assert len(promised) == 2
    assert all(line.met for line in promised), promised
    passes = [line.value for line in lines if "passes to verify" in line.what]
    assert min(passes) > 0.3, "a bound that lets nothing pass is no use"


def test_time_is_saved_on_real_data_at_no_more_errors(tmp_path: Path) -> None:
    folder("clinc150")
    lines = {line.what: line for line in run(["saving"], SMALL, out=tmp_path)["saving"]}
    saved = [line for what, line in lines.items() if "human time saved" in what]
    assert len(saved) == 3
    assert saved[1].value <= saved[0].value <= saved[2].value
    assert any("if to verify takes" in what for what in lines), "the saving says what it hangs on"


@pytest.mark.parametrize("name", ["doubles", pytest.param("doubles-postgresql", marks=pytest.mark.postgres)])
def test_no_item_is_in_two_hands(
    name: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def running(_: Path) -> Iterator[Postgres]:
        """The session's, instead of one more."""
        here: Postgres = request.getfixturevalue("postgres")
        try:
            yield here
        finally:
            here.drop("bench")

    monkeypatch.setattr(doubles, "running_postgres", running)
    lines = run([name], SMALL, out=tmp_path)[name]
    promised = [line for line in lines if line.bar is not None]
    assert len(promised) == 3, "three promises on each database"
    assert [line for line in promised if line.value] == []
    moved = [line.value for line in lines if line.what.startswith("items handed on")]
    assert min(moved) > 0, "no lease ran out, so nothing was put to the test"


def test_the_table_says_which_bars_are_met(tmp_path: Path) -> None:
    lines = [Line("a", 3, "ms", 2), Line("b", 200, "/s", 150, least=True), Line("c", 1.5, "s")]
    keep("cycles", "python -m bench.run --only cycles", lines, small=False, folder=tmp_path)
    keep("start", "python -m bench.run --only start --small", lines, small=True, folder=tmp_path)
    write_table(folder=tmp_path, to=tmp_path / "RESULTS.md")
    table = (tmp_path / "RESULTS.md").read_text()
    assert "| a | 3 ms | ≤ 2 ms | **no** |" in table
    assert "| b | 200 /s | ≥ 150 /s | yes |" in table
    assert "| c | 1.5 s |  |  |" in table
    assert "## start" not in table
