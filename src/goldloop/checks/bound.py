"""What floors and ceilings share: which number is held against which line."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from pydantic import Field, field_validator

from goldloop.checks.reading import called, latest, normal, number, told
from goldloop.core.families import Check, measure
from goldloop.core.nouns import CheckResult, Evidence, Spec
from goldloop.core.policy import SpecField


class Held(NamedTuple):
    """The number that is held against the line, and how to name it in a sentence."""

    value: float
    name: str


class Bound(Check):
    """One measure against one line. A missing, undefined or unbounded number is unknown."""

    of: SpecField = Field(description="the measure")
    at: float = Field(allow_inf_nan=False, description="the line")
    bound: Literal["value", "lower", "upper"] = Field(
        default="value", description="hold the value itself, or the lower or upper limit of its interval, to the line"
    )
    slice: dict[str, str] | None = Field(default=None, description="one slice of the measure; none: the whole")

    @field_validator("of")
    @classmethod
    def _exists(cls, of: Spec) -> Spec:
        return normal(of)

    def needs(self) -> tuple[Spec, ...]:
        """The measure."""
        return (self.of,)

    def check(self, evidence: Sequence[Evidence]) -> CheckResult:
        """See `Check.check`."""
        name, part = called(self.of, self._part), self._part
        found = latest(evidence, self.of, part)
        if found is None:
            return self.result("unknown", f"{name} has not been measured")
        held = self._held(found, name)
        if isinstance(held, str):
            return self.result("unknown", held, [found])
        good = self._good(held.value)
        side = self._side(held.value)
        because = f"{name} is {told(found)}; {held.name} {number(held.value)} is {side} {number(self.at)}"
        return self.result("pass" if good else "fail", because, [found])

    def unprovable(self, *, judged: int, batch: int) -> str | None:
        """See `Check.unprovable`."""
        if self.slice or self.bound != self._careful or not 0 <= self.at <= 1:
            return None
        needed = measure.build(self.of).needed(self.at, batch=batch)
        if needed is None or needed <= judged:
            return None
        name, line = called(self.of, {}), number(self.at)
        if needed >= batch:
            return f"{name} {line} of {batch:,} items is proved by judging all of them, not by {judged:,}"
        return f"{name} {line} needs {needed:,} judged items without an error; {judged:,} cannot prove it"

    def impossible(self, others: Sequence[Check]) -> str | None:
        """See `Check.impossible`."""
        name, span = called(self.of, self._part), measure.build(self.of).between
        if span is not None and not any(self._good(end) for end in span):
            return f"{name} lies between {span[0]:g} and {span[1]:g}, and is never {self._wanted} {number(self.at)}"
        for other in others:
            if not isinstance(other, Bound) or (other.of, other.slice) != (self.of, self.slice):
                continue
            if not self._good(other.at) and not other._good(self.at):
                sides = f"{self._wanted} {number(self.at)} and {other._wanted} {number(other.at)}"
                return f"{name} cannot be {sides} at once"
        return None

    def stricter_than(self, other: Check) -> bool:
        """See `Check.stricter_than`."""
        if type(other) is not type(self) or (other.of, other.bound, other.slice) != (self.of, self.bound, self.slice):
            return False
        return other.at != self.at and not self._good(other.at)

    @property
    def _wanted(self) -> str:
        """`at least`, `at most`."""
        raise NotImplementedError

    @property
    def _careful(self) -> str:
        """The limit of an interval that leaves no doubt."""
        raise NotImplementedError

    @property
    def _part(self) -> Mapping[str, str]:
        return self.slice or {}

    def _held(self, found: Evidence, name: str) -> Held | str:
        """The number to hold against the line, or why there is none."""
        if found.value is None:
            why = found.because or "no reason is given"
            return f"{name} has no value: {why} ({found.n:,} of {found.eligible:,} counted)"
        if self.bound == "value":
            return Held(found.value, "the value")
        if found.interval is None:
            why = f": {found.because}" if found.because else ""
            return f"{name} is {told(found)}, but has no interval whose {self.bound} limit could be held to a line{why}"
        return Held(found.interval.low if self.bound == "lower" else found.interval.high, f"its {self.bound} limit")

    def _good(self, value: float) -> bool:
        raise NotImplementedError

    def _side(self, value: float) -> str:
        """`not below the floor of`, `above the ceiling of` ..."""
        raise NotImplementedError
