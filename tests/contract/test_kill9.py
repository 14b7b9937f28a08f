"""What is acknowledged is durable: the server may die at any moment."""

from pathlib import Path

from bench.kill9 import kill9
from tests.forks import Forks

KILLS = 10  # `make soak` kills 200 times


def test_what_was_acknowledged_survives_kills_under_load_once(tmp_path: Path, forks: Forks) -> None:
    found = kill9(KILLS, tmp_path, begin=forks.start)
    assert found.kills == KILLS
    assert found.acknowledged > KILLS, "there was no load to speak of"
    assert found.whole, found
