"""How many labels are right, with the denominator that each number stands on. Pure.

Every audited item weighs what it stands for: the inverse of its chance to be drawn. So queues that were audited at
different rates do not distort the whole, and a part is never mistaken for the rest.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from goldloop import statistics
from goldloop.core.figures import figure, no_figure
from goldloop.core.nouns import Noun

if TYPE_CHECKING:
    from goldloop.stats.result import Estimate

LEVEL = 0.95
Stage = Literal["first", "now"]
STAGES: tuple[Stage, ...] = ("first", "now")
WEIGHED = (
    "weighted by the chance to be audited; eligible is what the judged ones stand for, those of their stratum that "
    "nobody judged with them; an audit that its plan stopped early counts as far as it went, which leans to the side "
    "on which it stopped"
)
METHOD = {
    "first": f"share of labels as first submitted that equal the reference, {WEIGHED}",
    "now": f"share of labels as they stand that equal the reference, {WEIGHED}",
}
DIMENSIONS = ("work", "queue", "tier", "rule", "batch")


class Line(NamedTuple):
    """One audited label. `chance` to be drawn and judged, within its `cell`; `passed`: a verifier let it stand."""

    batch: str
    cell: str
    chance: float
    work: str  # verified, labelled in full, ruled on, accepted without a person
    queue: str
    tier: str
    rule: str
    right_first: bool | None
    right_now: bool
    passed: bool | None


class Accuracy(Noun):
    """The share of right labels in all or in one part, before review and as it stands."""

    stage: str
    by: str
    name: str
    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    eligible: int
    method: str
    because: str | None


class Gap(Noun):
    """What verifiers let pass beside what is right of it."""

    passed: float | None
    passed_low: float | None
    passed_high: float | None
    right: float | None
    right_low: float | None
    right_high: float | None
    gap: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    says: str


def accuracies(lines: Sequence[Line], *, because: str | None) -> list[Accuracy]:
    """Of both stages: in all, by how it was labelled, by queue, tier, rule and batch."""
    parts: list[tuple[str, str, Sequence[Line]]] = [("all", "", lines)]
    for by in DIMENSIONS:
        groups: dict[str, list[Line]] = {}
        for line in lines:
            groups.setdefault(getattr(line, by), []).append(line)
        parts += [(by, name, groups[name]) for name in sorted(groups)]
    return [_accuracy(stage, by, name, part, because) for by, name, part in parts for stage in STAGES]


def gap(lines: Sequence[Line]) -> Gap:
    """How often verifiers let a suggestion stand, and how often it was right as it stood: two different numbers."""
    verified = [line for line in lines if line.work == "verified" and line.passed is not None]
    let_stand = [line for line in verified if line.passed and line.right_first is not None]
    passed, right = _share(verified, lambda line: line.passed), _share(let_stand, lambda line: line.right_first)
    missed = _share(let_stand, lambda line: not line.right_first)
    if passed is None or right is None or missed is None:
        empty = dict.fromkeys(
            ("passed", "passed_low", "passed_high", "right", "right_low", "right_high", "gap", "low", "high")
        )
        why = "No audited label was verified" if passed is None else "No audited label was let stand"
        says = f"{why}, so that nothing is known of what passing means here."
        return Gap(**empty, level=LEVEL, n=len(verified), says=says)
    assert passed.value is not None and right.value is not None and missed.value is not None
    says = (
        f"Verifiers let {passed.value:.1%} of the suggestions stand. That is not their accuracy: of what they let "
        f"stand, {right.value:.1%} is right. {missed.value:.1%} was passed and is wrong: no pass rate shows it."
    )
    return Gap(
        passed=passed.value, passed_low=passed.low, passed_high=passed.high,
        right=right.value, right_low=right.low, right_high=right.high,
        gap=missed.value, low=missed.low, high=missed.high, level=LEVEL, n=len(let_stand), says=says,
    )  # fmt: skip


def _accuracy(stage: Stage, by: str, name: str, lines: Sequence[Line], because: str | None) -> Accuracy:
    def right(line: Line) -> bool | None:
        return line.right_first if stage == "first" else line.right_now

    counted = [line for line in lines if right(line) is not None]
    found = None if because else _share(counted, right)
    eligible = round(sum(1 / line.chance for line in lines))
    if found is None:
        why, method = because or "no first label of these is known", f"{METHOD[stage]}; no interval"
        return Accuracy(
            stage=stage, by=by, name=name,
            **no_figure(why, method=method, n=len(counted), eligible=eligible, level=LEVEL),
        )  # fmt: skip
    method = f"{METHOD[stage]}; {found.interval.method if found.interval else 'no interval'}"
    told = figure(found, level=LEVEL, n=len(counted), eligible=eligible, method=method, because=found.caution)
    return Accuracy(stage=stage, by=by, name=name, **told)


def _share(lines: Sequence[Line], yes: Callable[[Line], bool | None]) -> "Estimate | None":
    if not lines:
        return None
    return statistics.estimate.hajek(
        [float(bool(yes(line))) for line in lines],
        [line.chance for line in lines],
        strata=[f"{line.batch}/{line.cell}" for line in lines],
        level=LEVEL,
    )
