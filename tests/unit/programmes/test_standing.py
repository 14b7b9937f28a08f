"""Where a programme stands, in the word that presses most."""

import pytest

from goldloop.core.clock import DAY
from goldloop.programmes.overview.standing import Part, promised, standing

NOW = 1_000 * DAY


def part(left: int = 0, due: float | None = None, gate: str | None = "g", outcome: str | None = None) -> Part:
    return Part("b", left, None if due is None else NOW + round(due * DAY), gate, outcome)


@pytest.mark.parametrize(
    ("items", "parts", "per_day", "state"),
    [
        (0, [], 0, "empty"),
        (5, [], 0, "unrouted"),
        (5, [part(1, due=-1)], 9, "late"),
        (5, [part(0, outcome="fail")], 9, "held"),
        (5, [part(0, outcome="unknown")], 9, "held"),
        (5, [part(3, outcome="unknown", due=1)], 9, "on_time"),
        (100, [part(50, due=5)], 10, "on_time"),
        (100, [part(50, due=5)], 9.9, "behind"),
        (100, [part(10, due=5), part(30, due=1)], 20, "behind"),
        (100, [part(50)], 0, "open"),
        (100, [part(0)], 0, "ungated"),
        (100, [part(0, outcome="pass"), part(0, outcome="waived"), part(0, gate=None)], 0, "done"),
    ],
)
def test_the_word(items: int, parts: list[Part], per_day: float, state: str) -> None:
    found = standing(items, parts, per_day, at=NOW)
    assert found.state == state
    assert found.because


def test_a_gate_that_somebody_opened_is_never_passed_over() -> None:
    for parts in (
        [part(3, outcome="waived")],
        [part(0, outcome="waived")],
        [part(9, due=1), part(0, outcome="waived")],
    ):
        assert standing(9, parts, 1, at=NOW).because.endswith("; the gate of b was waived")
    two = [part(0, outcome="waived")] * 2
    assert standing(9, two, 1, at=NOW).because.endswith("; the gates of 2 batches were waived")


def test_a_standing_names_its_deadline() -> None:
    assert standing(9, [part(9, due=3), part(9, due=1)], 99, at=NOW).due_at == NOW + DAY


def test_what_is_needed_is_the_steepest_of_the_deadlines() -> None:
    assert promised([part(10, due=1), part(10, due=10)], at=NOW) == 10
    assert promised([part(10, due=10), part(50, due=2), part(0, due=0.1), part(9)], at=NOW) == 25
    assert promised([part(9)], at=NOW) == 0
