"""A floor for every part: no label and no slice may hide behind the average."""

from collections.abc import Sequence
from typing import Self

from pydantic import Field, field_validator

from goldloop.checks.reading import called, normal, number
from goldloop.core.families import Check, check
from goldloop.core.nouns import CheckResult, Evidence, Spec
from goldloop.core.policy import SpecField

SHOWN = 3


@check("every_floor.v1")
class EveryFloor(Check):
    """Passes where every part of a measure (each label, each value of a slice) is at least `at`.

    A part with fewer than `least` items counted is too small to judge and is left out; how many were is said. Fails
    where any part is below, and names the worst. Unknown where no part is large enough.
    """

    of: SpecField = Field(description="the measure")
    by: str = Field(min_length=1, description="what it is cut by: label, stratum, queue, or the name of a slice")
    at: float = Field(allow_inf_nan=False, description="the line")
    least: int = Field(default=20, ge=1, description="items counted below which a part is not judged")

    @field_validator("of")
    @classmethod
    def _exists(cls, of: Spec) -> Spec:
        return normal(of)

    def needs(self) -> tuple[Spec, ...]:
        """The measure."""
        return (self.of,)

    def check(self, evidence: Sequence[Evidence]) -> CheckResult:
        """See `Check.check`."""
        mine = [one for one in evidence if normal(one.measure) == self.of]
        if not mine:
            return self.result("unknown", f"{called(self.of, {})} has not been measured")
        newest: dict[str, Evidence] = {one.slice[self.by]: one for one in mine if set(one.slice) == {self.by}}
        large = {name: one for name, one in newest.items() if one.n >= self.least and one.value is not None}
        if not large:
            whole = next((one for one in mine if not one.slice), None)
            if whole is None:
                return self.result("unknown", f"{called(self.of, {})} has not been measured")
            why = f": {whole.because}" if whole.because else ""
            because = f"no {self.by} has {self.least} items counted, {len(newest)} have fewer{why}"
            return self.result("unknown", because, [whole])
        below = sorted(
            ((one.value, name, one) for name, one in large.items() if one.value is not None and one.value < self.at),
            key=lambda part: (part[0], part[1]),
        )
        small = len(newest) - len(large)
        left = f"; {small} with fewer than {self.least} items are not judged" if small else ""
        if below:
            named = ", ".join(f"{name!r} {number(value)} (n = {one.n:,})" for value, name, one in below[:SHOWN])
            because = f"{len(below)} of {len(large)} are below {number(self.at)}: {named}{left}"
            return self.result("fail", because, [one for _, _, one in below[:SHOWN]])
        return self.result("pass", f"each of {len(large)} is at least {number(self.at)}{left}", list(large.values()))

    @classmethod
    def example(cls) -> Self:
        return cls(of=Spec(name="agreement.v1"), by="label", at=0.8)
