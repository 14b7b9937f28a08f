"""What a person's record says: accuracy beside gold and audits, confusion, drift. Pure; the numbers come from stats."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from goldloop import statistics
from goldloop.core.families import Measured
from goldloop.measures.say import measured, nothing

if TYPE_CHECKING:
    from goldloop.stats.drift import Chart

ACCURACY = "share of answers equal to gold or to an audit"
SPEED = "mean active seconds of an answer"
RUN_LENGTH = 1000  # right-or-wrong answers between two false alarms of a drift chart, on average
WORSE = 2.0  # a chart is tuned to notice an error rate that has grown by this factor
LOWEST, HIGHEST = 0.01, 0.4  # error rates between which a chart is tuned
LEVEL = 0.95


class Tally(NamedTuple):
    """So many answers right of so many that a reference speaks of."""

    right: int
    checked: int


class Pair(NamedTuple):
    """An answer and its reference as labels, and how often."""

    reference: str
    answer: str
    answers: int


def accuracy(tally: Tally, *, answers: int, slice_: Mapping[str, str] | None = None) -> Measured:
    """The share of somebody's answers that were right, exact interval; `eligible` is everything they answered."""
    if not tally.checked:
        return nothing("none of the answers is beside gold or an audit", method=ACCURACY, eligible=answers)
    found = statistics.estimate.proportion(
        tally.right, tally.checked, method="clopper-pearson", level=LEVEL, eligible=max(answers, tally.checked)
    )
    return measured(found, method=ACCURACY, slice_=slice_)


def stands_out(mine: Tally, everybody: Tally, *, people: int, of: str = "people") -> str | None:
    """Why the accuracy of a person, or a cohort, is not chance beside the others', or None.

    Fisher's exact one-sided test against everybody else together, with the chance of naming anybody wrongly kept at
    5% among all who are looked at (Bonferroni).
    """
    others = Tally(everybody.right - mine.right, everybody.checked - mine.checked)
    if not mine.checked or not others.checked:
        return None
    wrong = everybody.checked - everybody.right
    chance = statistics.bias.hypergeometric_at_least(mine.checked - mine.right, mine.checked, wrong, everybody.checked)
    if chance * max(people, 1) > 1 - LEVEL:
        return None
    return (
        f"{mine.right} of {mine.checked} right, everybody else {others.right} of {others.checked}: "
        f"chance alone would do this with p = {chance:.2g} (one of {people} {of} looked at)"
    )


def speed(active_ms: Sequence[int], *, answers: int) -> Measured:
    """Mean active seconds of the answers whose time is known, with Student's interval."""
    if not active_ms:
        return nothing("no active time is known", method=SPEED, eligible=answers)
    found = statistics.estimate.mean([ms / 1000 for ms in active_ms], level=LEVEL)
    return measured(found, method=SPEED, eligible=max(answers, len(active_ms)))


def confusion(pairs: Iterable[Pair], *, most: int = 50) -> list[Pair]:
    """What was said where the reference says something else, most frequent first."""
    wrong: Counter[tuple[str, str]] = Counter()
    for one in pairs:
        if one.reference != one.answer:
            wrong[one.reference, one.answer] += one.answers
    ranked = sorted(wrong.items(), key=lambda entry: (-entry[1], entry[0]))
    return [Pair(reference, answer, count) for (reference, answer), count in ranked[:most]]


def charts(wrong: Mapping[int, Sequence[bool]], everybody: Tally) -> "Mapping[int, Chart]":
    """A control chart of each person's right and wrong answers, tuned to everybody's error rate."""
    baseline = _baseline(everybody)
    said = [(key, one) for key, each in wrong.items() for one in each]
    found: Any = statistics.drift.error_charts(
        [one for _, one in said],
        [key for key, _ in said],
        baseline=baseline,
        worse=min(baseline * WORSE, 0.9),
        run_length=RUN_LENGTH,
    )
    return {int(key): chart for key, chart in found.items()}


def _baseline(everybody: Tally) -> float:
    """Everybody's error rate, as far as a chart can be tuned to it."""
    share = 1 - everybody.right / everybody.checked if everybody.checked else 0.0
    return min(max(share, LOWEST), HIGHEST)


def drift(wrong: Sequence[bool], everybody: Tally) -> dict[str, Any]:
    """The control chart of somebody's right and wrong answers, tuned to everybody's error rate.

    It signals, at a rate of false alarms that was decided beforehand, where errors have become frequent.
    """
    if not wrong:
        return {"because": "none of the answers is beside gold or an audit", "n": 0, "signal": None, "path": []}
    baseline = _baseline(everybody)
    chart = charts({0: wrong}, everybody)[0]
    return {
        "n": len(wrong),
        "baseline": baseline,
        "worse": min(baseline * WORSE, 0.9),
        "path": [float(value) for value in chart.upper],
        "limit": float(chart.limit[0]),
        "signal": chart.first_signal,
        "signals": len(chart.signals),
        "run_length": chart.average_run_length,
        "method": chart.method,
        "because": None,
    }
