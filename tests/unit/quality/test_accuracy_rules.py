"""The accuracy of a whole: parts that were audited at different rates count by what they hold."""

import pytest

from goldloop.quality.accuracy.rules import Line, accuracies, gap

LINE = Line(
    batch="b", cell="verify", chance=0.5, work="verified", queue="verify", tier="tier 1", rule="r",
    right_first=True, right_now=True, passed=True,
)  # fmt: skip


def test_a_queue_that_was_audited_oftener_does_not_count_for_more() -> None:
    easy = [LINE._replace(chance=0.1)] * 10  # of 100
    hard = [
        LINE._replace(cell="annotate", work="labelled in full", queue="annotate", right_now=n < 25) for n in range(50)
    ]
    found = {(one.by, one.name, one.stage): one for one in accuracies(easy + hard, because=None)}
    whole = found["all", "", "now"]
    assert (whole.value, whole.n, whole.eligible) == (pytest.approx(0.75), 60, 200)
    assert whole.low is not None
    assert whole.high is not None
    assert whole.low < 0.75 < whole.high
    assert found["queue", "annotate", "now"].value == 0.5
    assert found["all", "", "first"].value == 1.0


def test_nothing_audited_is_unknown_with_its_reason() -> None:
    assert {(one.value, one.because) for one in accuracies([], because="nobody looked")} == {(None, "nobody looked")}
    assert gap([]).passed is None


def test_what_passes_and_what_is_right_of_it_are_two_numbers() -> None:
    lines = [LINE._replace(passed=n < 90, right_first=n >= 9) for n in range(100)]
    found = gap(lines)
    assert (found.passed, found.right, found.gap) == (pytest.approx(0.9), pytest.approx(0.9), pytest.approx(0.1))
    assert "let 90.0% of the suggestions stand" in found.says
    assert "10.0% was passed and is wrong" in found.says
