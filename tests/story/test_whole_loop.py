"""The whole loop on real questions, three rounds and a bound, through the client; out of scope belongs to people.

A small run of `bench/whole.py`, which counts over many how often the bound is kept.
"""

from pathlib import Path

from bench.bound import clinc
from bench.whole import ALPHA, ROUNDS, Size, run
from tests.realdata import folder
from tests.story.house import house

SIZE = Size(labels=6, known=80, pool=220, round=8, sample=120)


def test_a_bound_is_designed_adopted_and_kept_after_three_rounds_of_learning(tmp_path: Path) -> None:
    folder("clinc150")
    with house(tmp_path / "home", secret=b"certain" * 5) as client:
        found = run(client, tmp_path, clinc(), seed=1, size=SIZE)
    assert len(found.rounds) == len(ROUNDS)
    for one in found.rounds:
        assert one.random_arm["items"] == SIZE.round / 4
        assert one.random_arm["automated"]["low"] <= one.random_arm["automated"]["high"]
    (group,) = found.bound.groups
    assert group["errors"] / group["accepted"] < ALPHA
    assert f"at most {ALPHA:.1%} are wrong" in found.bound.promise, "it says so before anything is routed by it"
    assert found.passed > 0.3 * found.waiting, "a bound that lets nothing pass is of no use"
    assert found.wrong <= 1.5 * ALPHA * found.passed, "95 of 100 keep it; none is far from it"
    assert found.latched > 0
    assert found.passed_latched == 0
    assert found.violations == 0, "of human-only items, nothing but that the people are simulated"
