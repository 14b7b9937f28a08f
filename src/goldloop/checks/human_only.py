"""Human-only: what belongs to people was labelled by people alone."""

from collections.abc import Sequence

from goldloop.checks.reading import latest
from goldloop.core.families import Check, check
from goldloop.core.nouns import CheckResult, Evidence, Spec

HUMAN_ONLY = Spec(name="human_only.v1")


@check("human_only.v1")
class HumanOnly(Check):
    """Passes where people alone labelled every human-only item; simulated people do not count as people.

    No share of violations is small enough. What people labelled elsewhere, and an import, a delivery or an archive
    brought, passes as its source declares it, and is counted apart.
    """

    def needs(self) -> tuple[Spec, ...]:
        """The violations."""
        return (HUMAN_ONLY,)

    def check(self, evidence: Sequence[Evidence]) -> CheckResult:
        """See `Check.check`."""
        found = latest(evidence, HUMAN_ONLY, {})
        if found is None:
            return self.result("unknown", "human-only items have not been looked at")
        if found.value is None or "human_only" not in found.details:
            because = f"nothing is known of human-only items: {found.because or 'they were not counted'}"
            return self.result("unknown", because, [found])
        items, wrong = int(found.details["human_only"]), int(found.value)
        if wrong:
            because = f"in {wrong:,} of {items:,} human-only items a machine or a simulated person took part"
            return self.result("fail", because, [found])
        if not items:
            return self.result("pass", f"none of the {found.n:,} items is human-only", [found])
        declared = int(found.details.get("declared", 0))
        if declared:
            because = (
                f"{items - declared:,} of {items:,} human-only items were labelled by people alone, and {declared:,}"
            )
            because += " elsewhere: by people, and without a suggestion in sight, as their source declares"
            return self.result("pass", because, [found])
        return self.result("pass", f"all {items:,} human-only items were labelled by people alone", [found])
