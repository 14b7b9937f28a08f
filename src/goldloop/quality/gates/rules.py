"""What a gate concludes, how many of each stratum its audit looks at, and what it may say afterwards. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from goldloop import statistics
from goldloop.core.nouns import CheckResult, Evidence, Outcome, Spec
from goldloop.core.policy import Sample

OTHERS = "others"
PROVING = ("acceptance.v1", "errors.v1")  # the bound of a plan, where there is one, knows when it stopped


def conclude(results: Sequence[CheckResult]) -> Outcome:
    """Fail where any check fails, unknown where any is unknown, else pass. A gate without checks is unknown."""
    outcomes = {one.outcome for one in results}
    if "fail" in outcomes:
        return "fail"
    return "pass" if outcomes == {"pass"} else "unknown"


def plan_spec(sample: Sample) -> Spec:
    """The check, and the measure, of the plan that a sample declares."""
    assert sample.plan is not None
    return Spec(name="acceptance.v1", params={**sample.plan.model_dump(mode="json"), "stage": sample.stage})


def proved(evidence: Sequence[Evidence]) -> str | None:
    """The bound that an audit proves over the whole batch, as a sentence; None where it proves nothing yet."""
    for name in PROVING:
        for one in evidence:
            if one.measure.name == name and not one.slice and one.interval is not None:
                share = _percent(one.interval.high)
                return (
                    f"with {one.interval.level:.0%} confidence at most {share} of {one.eligible:,} labels are wrong "
                    f"({int(one.details['wrong'])} of {one.n:,} judged were)"
                )
    return None


def sample_sizes(held: Mapping[str, int], *, size: int, minimum: int) -> dict[str, int]:
    """How many items of each stratum to audit: in proportion, but at least `minimum` of each, or all it holds."""
    names = sorted(held)
    least = sum(min(minimum, held[name]) for name in names)
    wanted = min(sum(held.values()), max(size, least))
    given = statistics.sampling.allocate([held[name] for name in names], wanted, minimum=minimum)
    return {name: int(count) for name, count in zip(names, given, strict=True)}


class Cell(NamedTuple):
    """A sampling stratum: a queue, or a queue and who labelled."""

    queue: str
    annotator: str = ""

    @property
    def name(self) -> str:
        """How the stratum is written down."""
        return f"{self.queue}/{self.annotator}" if self.annotator else self.queue


def pooled(cells: Mapping[int, Cell], *, size: int, minimum: int) -> dict[int, Cell]:
    """Strata that an audit of this size can look into: in each queue, the annotators with least are taken together.

    A stratum of which nothing is judged would leave the whole without a number.
    """
    queues: dict[str, dict[str, int]] = {}
    for cell in cells.values():
        counts = queues.setdefault(cell.queue, {})
        counts[cell.annotator] = counts.get(cell.annotator, 0) + 1
    sizes = sample_sizes({queue: sum(counts.values()) for queue, counts in queues.items()}, size=size, minimum=minimum)
    alone = {(queue, annotator) for queue, counts in queues.items() for annotator in _large(counts, sizes[queue])}
    return {
        key: cell if (cell.queue, cell.annotator) in alone or not cell.annotator else Cell(cell.queue, OTHERS)
        for key, cell in cells.items()
    }


def cell_sizes(cells: Mapping[int, Cell], *, size: int, minimum: int) -> dict[str, int]:
    """How many items of each stratum to audit: first by queue, then one at least of each of its annotators."""
    queues: dict[str, dict[str, int]] = {}
    for cell in cells.values():
        counts = queues.setdefault(cell.queue, {})
        counts[cell.name] = counts.get(cell.name, 0) + 1
    sizes = sample_sizes({queue: sum(counts.values()) for queue, counts in queues.items()}, size=size, minimum=minimum)
    out: dict[str, int] = {}
    for queue, counts in queues.items():
        room = len(counts) <= sizes[queue]
        out |= sample_sizes(counts, size=sizes[queue], minimum=1 if room else 0)
    return out


def batch_state(outcome: str | None) -> str:
    """What a batch is after its newest verdict: held after a fail, open while nothing is known."""
    return {"pass": "passed", "waived": "waived", "fail": "held"}.get(outcome or "", "open")


def _large(counts: Mapping[str, int], size: int) -> set[str]:
    """The annotators that get a stratum of their own: those of whom two or more items are expected in the sample."""
    total = sum(counts.values())
    return {name for name, held in counts.items() if held * size >= 2 * total}


def _percent(share: float) -> str:
    """A share in per cent, rounded up: a bound must not be made tighter by rounding."""
    for digits in (1, 2, 3, 4):
        scale = 10 ** (digits + 2)
        rounded = -int(-share * scale // 1) / scale
        if rounded >= share and (rounded - share) <= 0.1 * share:
            break
    return f"{rounded * 100:.{digits}f}%"
