"""Completeness: every item has its label."""

from collections.abc import Sequence

from goldloop.checks.reading import latest
from goldloop.core.families import Check, check
from goldloop.core.nouns import CheckResult, Evidence, Spec

PROGRESS = Spec(name="progress.v1")


@check("completeness.v1")
class Completeness(Check):
    """Passes where every item of the batch is decided; of an empty batch nothing is known."""

    def needs(self) -> tuple[Spec, ...]:
        """Progress."""
        return (PROGRESS,)

    def check(self, evidence: Sequence[Evidence]) -> CheckResult:
        """See `Check.check`."""
        found = latest(evidence, PROGRESS, {})
        if found is None:
            return self.result("unknown", "progress has not been measured")
        if found.value is None or not found.n:
            return self.result("unknown", f"progress has no value: {found.because or 'no items'}", [found])
        if found.value == 1:
            return self.result("pass", f"all {found.n:,} items are decided", [found])
        left = found.n - round(found.value * found.n)
        return self.result("fail", f"{left:,} of {found.n:,} items are not decided", [found])
