"""What the answers to gold prove about somebody: passed, failed, or not enough yet. Pure."""

from typing import Literal, NamedTuple

from goldloop import statistics
from goldloop.core.policy import Exam

METHOD = "share of gold answered right, exact limits, looked at after every {size} items"


class Standing(NamedTuple):
    """How an exam stands: what it proves, on which numbers, and why."""

    outcome: Literal["passed", "failed", "more", "undecided"]
    right: int
    n: int
    low: float | None
    high: float | None
    because: str


def standing(exam: Exam, right: int, n: int, *, least: int | None = None) -> Standing:
    """What `right` of `n` answers prove: nothing before the first `size` of them are in, or `least` of them."""
    if n < (exam.size if least is None else least):
        return Standing("more", right, n, None, None, f"{n} of the first {exam.size} items answered")
    low, high = limits(exam, right, n)
    said = f"{right} of {n} right, interval {low:.3f} to {high:.3f}, floor {exam.floor:g}"
    if low >= exam.floor:
        return Standing("passed", right, n, low, high, said)
    if high < exam.floor:
        return Standing("failed", right, n, low, high, said)
    if n >= exam.most:
        return Standing("undecided", right, n, low, high, f"{said}: {exam.most} items do not settle it")
    return Standing("more", right, n, low, high, said)


def limits(exam: Exam, right: int, n: int) -> tuple[float, float]:
    """The exact limits at the look that `n` answers are."""
    tail = exam.tail(max(1, n // exam.size))
    interval = statistics.estimate.proportion(right, n, method="clopper-pearson", level=1 - 2 * tail).interval
    assert interval is not None
    return interval.low, interval.high
