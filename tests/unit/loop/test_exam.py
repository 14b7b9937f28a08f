"""An exam errs no more often than its level says, over all its looks, and never decides on a handful of answers."""

from math import comb

import pytest
from pydantic import ValidationError

from goldloop.core.policy import Exam
from goldloop.loop.exam import standing


def ends(exam: Exam, share: float) -> dict[str, float]:
    """How often an exam ends how for somebody who is right with this chance; exact, look by look."""
    at, out = {0: 1.0}, dict[str, float]()
    for n in range(exam.size, exam.most + 1, exam.size):
        after: dict[int, float] = {}
        for right, chance in at.items():
            for more in range(exam.size + 1):
                p = comb(exam.size, more) * share**more * (1 - share) ** (exam.size - more)
                after[right + more] = after.get(right + more, 0.0) + chance * p
        at = {}
        for right, chance in after.items():
            outcome = standing(exam, right, n).outcome
            if outcome == "more":
                at[right] = chance
            else:
                out[outcome] = out.get(outcome, 0.0) + chance
    assert not at, "the limit ends it"
    return out


@pytest.mark.parametrize("floor", [0.6, 0.8])
def test_somebody_just_at_the_floor_is_passed_or_failed_by_mistake_at_most_at_the_level(floor: float):
    exam = Exam(size=20, limit=100, floor=floor, level=0.9)
    found = ends(exam, floor)
    assert found.get("passed", 0) <= 0.05
    assert found.get("failed", 0) <= 0.05
    assert ends(exam, floor + 0.18).get("passed", 0) > 0.8
    assert ends(exam, floor - 0.35).get("failed", 0) > 0.9


def test_nothing_is_decided_before_the_first_look_and_the_limit_leaves_doubt_to_a_person():
    exam = Exam(size=20, limit=40, floor=0.8)
    assert standing(exam, 0, 3).outcome == "more"
    assert standing(exam, 0, 19).outcome == "more"
    assert standing(exam, 0, 20).outcome == "failed"
    assert standing(exam, 20, 20).outcome == "passed"
    assert standing(exam, 17, 20).outcome == "more"
    assert standing(exam, 34, 40).outcome == "undecided"


@pytest.mark.parametrize("size", [2, 7, 20, 50])
def test_the_sizes_it_names_are_the_fewest_that_decide(size: int):
    exam = Exam(size=size, limit=400, floor=0.85)
    n = exam.passes_at()
    assert standing(exam, n, n).outcome == "passed"
    assert n == size or standing(exam, n - size, n - size).outcome != "passed"
    n = exam.fails_at()
    assert standing(exam, 0, n).outcome == "failed"


def test_what_cannot_decide_is_no_exam():
    for size, limit, floor in ((1, None, 0.8), (0, None, 0.8), (-3, None, 0.8), (20, 10, 0.5), (5, 15, 0.95)):
        with pytest.raises(ValidationError):
            Exam(size=size, limit=limit, floor=floor)
