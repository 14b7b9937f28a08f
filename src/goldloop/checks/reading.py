"""Finding the evidence that a check asks for, and saying it in a sentence."""

from collections.abc import Mapping, Sequence

from goldloop.core.families import measure
from goldloop.core.nouns import Evidence, Spec


def normal(spec: Spec) -> Spec:
    """A measure's spec with defaults left out, so that two ways to write one measure are one. Raises Invalid."""
    return measure.build(spec).spec


def latest(evidence: Sequence[Evidence], of: Spec, part: Mapping[str, str]) -> Evidence | None:
    """The newest evidence of a measure (`normal` form) about exactly this slice; of equal times the last."""
    found = None
    for one in evidence:
        same = normal(one.measure) == of and dict(one.slice) == dict(part)
        if same and (found is None or one.measured_at >= found.measured_at):
            found = one
    return found


def called(of: Spec, part: Mapping[str, str]) -> str:
    """What people call a measure, and the slice of it."""
    words = of.name.rpartition(".v")[0].replace("_", " ")
    slices = ", ".join(f"{key} {value!r}" for key, value in sorted(part.items()))
    return f"{words} for {slices}" if slices else words


def number(value: float) -> str:
    """A number as people read it: three decimals, or more where it lies close to 0 or to 1."""
    near = min(abs(value), abs(1 - value))
    for digits in (3, 4, 5, 6):
        if near == 0 or near >= 10 ** (1 - digits):
            break
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".")


def told(one: Evidence) -> str:
    """Value, interval and denominator of evidence that has a value."""
    interval = one.interval
    value = "" if one.value is None else number(one.value)
    span = f", {interval.level:.0%} interval {number(interval.low)} to {number(interval.high)}" if interval else ""
    return f"{value} ({one.n:,} of {one.eligible:,} counted{span})"
